"""Tables of kiosks."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from citizen_app.ids import new_id
from citizen_app.storage.columns import Id, Json, UtcDateTime
from citizen_app.storage.orm import Model
from citizen_app.text import Text


class Placement(Model):
    """Where a kiosk stands from a moment on. Rows never change: the usage log points at them, so a kiosk that
    is moved takes nothing of its history along.
    """

    __tablename__ = "kiosk_placements"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    # No foreign key: together with Kiosk.placement_id it would be a circle.
    kiosk_id: Mapped[str] = mapped_column(Id, nullable=False, index=True)
    place_zh: Mapped[str] = mapped_column(String(80), nullable=False)
    place_en: Mapped[str] = mapped_column(String(160), nullable=False)
    since: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    @property
    def place(self) -> Text:
        """The place in both languages."""
        return Text(self.place_zh, self.place_en)


class Kiosk(Model):
    """One device that reads codes.

    `number` is the kiosk id inside challenge codes (4 bytes, docs/code-format.md). `previous_token_hash` is
    the token before a rotation, accepted until `previous_token_until`, or, where that is empty, one beside
    the present. `clock_offset_ms` is the kiosk's clock minus ours at the last heartbeat. A `virtual` one is
    a poster that citizens' phones read (`PlaceCode`): it has no token and sends no heartbeat, so it is never
    silent.
    """

    __tablename__ = "kiosks"
    __table_args__ = (
        CheckConstraint("state IN ('pending', 'active', 'revoked')", name="state"),
        CheckConstraint("number > 0", name="number"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    number: Mapped[int] = mapped_column(Integer, nullable=False, unique=True)
    name: Mapped[str] = mapped_column(String(80), nullable=False)
    service: Mapped[str] = mapped_column(String(20), nullable=False, index=True)
    purposes: Mapped[list[str]] = mapped_column(Json, nullable=False)
    context: Mapped[dict[str, Any]] = mapped_column(Json, nullable=False, default=dict)
    placement_id: Mapped[str] = mapped_column(Id, ForeignKey(Placement.id), nullable=False)
    state: Mapped[str] = mapped_column(String(10), nullable=False, default="pending")
    virtual: Mapped[bool] = mapped_column(nullable=False, default=False, server_default=false())
    activation_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    activation_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    token_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    previous_token_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    previous_token_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    public_key: Mapped[dict[str, str] | None] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    created_by: Mapped[str] = mapped_column(String(60), nullable=False)
    last_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    app_version: Mapped[str | None] = mapped_column(String(40))
    clock_offset_ms: Mapped[int | None] = mapped_column(BigInteger)
    bundle_version: Mapped[str | None] = mapped_column(String(80))
    journal_seq: Mapped[int | None] = mapped_column(BigInteger)

    placement: Mapped[Placement] = relationship(lazy="joined", innerjoin=True)


class PlaceCode(Model):
    """One print of a poster: the token that a phone reads, for a purpose of its virtual kiosk or for a public
    page of its service. At most one print of a place is not void."""

    __tablename__ = "place_codes"
    __table_args__ = (
        CheckConstraint("(purpose IS NULL) <> (page IS NULL)", name="purpose_or_page"),
        Index(
            "uq_place_codes_hanging",
            "kiosk_id",
            unique=True,
            sqlite_where=text("voided_at IS NULL"),
            postgresql_where=text("voided_at IS NULL"),
        ),
        Index(None, "kiosk_id", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    kiosk_id: Mapped[str] = mapped_column(Id, ForeignKey(Kiosk.id), nullable=False)
    token: Mapped[str] = mapped_column(String(22), nullable=False, unique=True)
    purpose: Mapped[str | None] = mapped_column(String(40))
    page: Mapped[str | None] = mapped_column(String(200))
    title_zh: Mapped[str] = mapped_column(String(80), nullable=False)
    title_en: Mapped[str] = mapped_column(String(160), nullable=False)
    printed_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    printed_by: Mapped[str] = mapped_column(String(60), nullable=False)
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    kiosk: Mapped[Kiosk] = relationship(lazy="joined", innerjoin=True)

    @property
    def title(self) -> Text:
        """What the poster is for, in both languages."""
        return Text(self.title_zh, self.title_en)

    @property
    def is_current(self) -> bool:
        """Whether it hangs: neither printed anew, nor voided, nor its place shut."""
        return self.voided_at is None and self.kiosk.state == "active"


class KioskCounter(Model):
    """How often on one UTC day a kiosk read what names no citizen, or its service had no answer to what it
    uploaded; such scans write nothing else."""

    __tablename__ = "kiosk_counters"

    kiosk_id: Mapped[str] = mapped_column(Id, ForeignKey(Kiosk.id), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    reason: Mapped[str] = mapped_column(String(24), primary_key=True)
    count: Mapped[int] = mapped_column(Integer, nullable=False)


class KioskPin(Model):
    """The PIN that staff type on a kiosk's page, as its argon2id hash. `tries` counts wrong ones in a row."""

    __tablename__ = "kiosk_pins"

    kiosk_id: Mapped[str] = mapped_column(Id, ForeignKey(Kiosk.id), primary_key=True)
    pin_hash: Mapped[str] = mapped_column(String(200), nullable=False)
    tries: Mapped[int] = mapped_column(SmallInteger, nullable=False, default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    set_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
