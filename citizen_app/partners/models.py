"""The table of partners."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from citizen_app import clock
from citizen_app.ids import new_id
from citizen_app.storage.columns import Id, Json, UtcDateTime
from citizen_app.storage.orm import Model


class PartnerSystem(Model):
    """A system that calls one service for one of its units (a hospital, a branch), within named scopes.

    `key_hash` is its key; `previous_key_hash` the one before, accepted until `previous_until`. Both are gone
    once it is revoked. `expires_at` ends them all. `last_used_on` is the day (UTC) of its last call,
    `previous_used_on` that of the last call with the key before.
    """

    __tablename__ = "partners"
    __table_args__ = (
        CheckConstraint("per_minute > 0", name="per_minute"),
        CheckConstraint("(key_hash IS NULL) = (revoked_at IS NOT NULL)", name="key_or_revoked"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    service: Mapped[str] = mapped_column(String(20), index=True)
    unit: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(60))
    scopes: Mapped[list[str]] = mapped_column(Json)
    per_minute: Mapped[int] = mapped_column(Integer)
    key_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    previous_key_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    previous_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rotated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(60))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_used_on: Mapped[date | None] = mapped_column(Date)
    previous_used_on: Mapped[date | None] = mapped_column(Date)

    @property
    def state(self) -> str:
        """`active`, `expired` or `revoked`, now."""
        if self.revoked_at is not None:
            return "revoked"
        ended = self.expires_at is not None and self.expires_at <= clock.now()
        return "expired" if ended else "active"
