"""Tables of notices: the inbox, what each citizen has chosen, their e-mail addresses, and how many messages a
day has had."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlalchemy import Date, ForeignKey, Index, LargeBinary, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from citizen_app.clock import now
from citizen_app.ids import new_id
from citizen_app.secrecy.sealing import SealedText
from citizen_app.storage.columns import Id, Json, UtcDateTime
from citizen_app.storage.orm import Model

UNREAD: Final = text("read_at IS NULL")


class InboxNotice(Model):
    """One notice in somebody's inbox; gone with its citizen, its service, or after its time.

    `ward_id` stands on a copy for whoever looks after somebody. `about` is the id of what it speaks of (a
    session), where an objection ends that. `key_index` recognises a repetition; `routed_at` is when the
    channels were chosen by which it leaves.
    """

    __tablename__ = "inbox_notices"
    __table_args__ = (
        Index(None, "citizen_id", "id"),
        Index("ix_inbox_notices_unread", "citizen_id", sqlite_where=UNREAD, postgresql_where=UNREAD),
        Index(None, "service", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    citizen_id: Mapped[str] = mapped_column(Id, ForeignKey("citizens.id", ondelete="CASCADE"))
    ward_id: Mapped[str | None] = mapped_column(Id, ForeignKey("citizens.id", ondelete="CASCADE"), index=True)
    service: Mapped[str] = mapped_column(String(20))
    notice: Mapped[str] = mapped_column(String(40))
    security: Mapped[bool] = mapped_column(default=False)
    about: Mapped[str | None] = mapped_column(String(64))
    key_index: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    said_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    routed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    disputed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    said = SealedText("said_sealed")
    """JSON: `{"title": Text, "body": Text, "leaves": Text}`, each in both languages."""


class NoticePreferences(Model):
    """What a citizen has chosen; whoever has no row has chosen nothing (`preferences.USUAL`).

    Quiet from one hour of the city's day to another, the same hour twice for never. `muted` are services
    whose notices stay in the inbox.
    """

    __tablename__ = "notice_preferences"

    citizen_id: Mapped[str] = mapped_column(
        Id, ForeignKey("citizens.id", ondelete="CASCADE"), primary_key=True
    )
    sms: Mapped[bool]
    email: Mapped[bool]
    quiet_from: Mapped[int] = mapped_column(SmallInteger)
    quiet_to: Mapped[int] = mapped_column(SmallInteger)
    language: Mapped[str] = mapped_column(String(4))
    muted: Mapped[list[str]] = mapped_column(Json)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, onupdate=now)


class CitizenEmail(Model):
    """A citizen's e-mail address: the one that is confirmed, and one that waits for its code."""

    __tablename__ = "citizen_emails"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    citizen_id: Mapped[str] = mapped_column(Id, ForeignKey("citizens.id", ondelete="CASCADE"), unique=True)
    address_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    pending_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    code_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    tries: Mapped[int] = mapped_column(SmallInteger, default=0)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_on: Mapped[date | None] = mapped_column(Date)
    sent: Mapped[int] = mapped_column(SmallInteger, default=0)

    address = SealedText("address_sealed")
    pending = SealedText("pending_sealed")


class NoticeTally(Model):
    """How many messages that are not about security left for a citizen on a day of the city."""

    __tablename__ = "notice_tallies"

    citizen_id: Mapped[str] = mapped_column(
        Id, ForeignKey("citizens.id", ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    sent: Mapped[int] = mapped_column(SmallInteger)
