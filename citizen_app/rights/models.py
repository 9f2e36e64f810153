"""Tables of what citizens ask for: a copy, or erasure; and what each service has still to forget."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from citizen_app.ids import new_id
from citizen_app.secrecy.sealing import SealedText
from citizen_app.storage.columns import Id, Json, UtcDateTime
from citizen_app.storage.orm import Model

OPEN: Final = text("state = 'waiting'")


class RightsRequest(Model):
    """A citizen (or who may ask for them) wants a `copy`, or the account gone (`erasure`).

    `state` is waiting, ready (the copy can be fetched until `over_at`), over, void (the person was erased
    before it was made), or done (erased everywhere). Whoever is erased leaves a row without a citizen: when
    it was asked for, until when the city had to answer (`due_at`), and when it had. `missing` are services
    that could not be asked for their part of a copy.
    """

    __tablename__ = "rights_requests"
    __table_args__ = (
        CheckConstraint("kind IN ('copy', 'erasure')", name="kind"),
        CheckConstraint("state IN ('waiting', 'ready', 'over', 'void', 'done')", name="state"),
        CheckConstraint("asked_by IN ('oneself', 'guardian', 'clerk')", name="asked_by"),
        Index(
            "uq_rights_requests_citizen_id_kind",
            "citizen_id",
            "kind",
            unique=True,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
        Index("ix_rights_requests_next_at", "next_at", sqlite_where=OPEN, postgresql_where=OPEN),
        Index(None, "citizen_id", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(8))
    citizen_id: Mapped[str | None] = mapped_column(Id, ForeignKey("citizens.id", ondelete="SET NULL"))
    asked_by: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(8))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    over_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    file_id: Mapped[str | None] = mapped_column(Id, ForeignKey("stored_files.id", ondelete="SET NULL"))
    missing: Mapped[list[str]] = mapped_column(Json, default=list)
    last_error: Mapped[str | None] = mapped_column(String(200))


class ErasureStep(Model):
    """One service has to forget somebody; `known_sealed` is by which references, until it has.

    It is asked again until it ends without an error, and once more a minute after that (`passes`): what had
    begun before the account was gone may have written since.
    """

    __tablename__ = "rights_steps"
    __table_args__ = (
        UniqueConstraint("request_id", "service"),
        Index(
            "ix_rights_steps_next_at",
            "next_at",
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    request_id: Mapped[str] = mapped_column(Id, ForeignKey("rights_requests.id", ondelete="CASCADE"))
    service: Mapped[str] = mapped_column(String(40))
    known_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    passes: Mapped[int] = mapped_column(SmallInteger, default=0)
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(String(200))

    known = SealedText("known_sealed")
    """As `views.KnownAs.as_text` writes it."""
