"""Tables of kiosks."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Integer, LargeBinary, String
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
    the present. `clock_offset_ms` is the kiosk's clock minus ours at the last heartbeat.
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


class KioskCounter(Model):
    """How often a kiosk read on one UTC day what names no citizen; such scans write nothing else."""

    __tablename__ = "kiosk_counters"

    kiosk_id: Mapped[str] = mapped_column(Id, ForeignKey(Kiosk.id), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    reason: Mapped[str] = mapped_column(String(24), primary_key=True)
    count: Mapped[int] = mapped_column(Integer, nullable=False)
