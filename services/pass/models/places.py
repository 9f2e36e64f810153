"""Tables of places, their gates and the kiosks at them, and of emergencies."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from citizen_app.toolkit.data import Id, Json, Model, SealedText, UtcDateTime
from citizen_app.toolkit.time import now

from .columns import Named, place_key, plain


class PassPlace(Named, Model):
    """A place with gates. `policy` and `accompanied` are a `Policy`, `hours` are `Hours`, as `as_dict` writes
    them."""

    __tablename__ = "pass_places"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), nullable=False)
    closed: Mapped[bool] = mapped_column(nullable=False, default=False)
    policy: Mapped[dict[str, Any]] = mapped_column(Json, nullable=False)
    accompanied: Mapped[str] = mapped_column(String(8), nullable=False, default="free", server_default="free")
    hours: Mapped[dict[str, Any]] = mapped_column(Json, nullable=False)
    trail_days: Mapped[int] = mapped_column(SmallInteger, nullable=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    @property
    def whole_policy(self) -> dict[str, Any]:
        """All that the place has decided for itself."""
        return {**self.policy, "accompanied": self.accompanied}


class PassGate(Named, Model):
    """A gate: `direction` is in, out or both. `code` is what is written on it."""

    __tablename__ = "pass_gates"
    __table_args__ = (UniqueConstraint("place_id", "code"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    place_id: Mapped[str] = place_key()
    code: Mapped[str] = mapped_column(String(20), nullable=False)
    direction: Mapped[str] = mapped_column(String(4), nullable=False)
    in_use: Mapped[bool] = mapped_column(nullable=False, default=True)


class PassGateKiosk(Model):
    """The gate at which a kiosk stands. A kiosk has one gate; a gate may have several kiosks."""

    __tablename__ = "pass_gate_kiosks"

    kiosk_id: Mapped[str] = mapped_column(Id, primary_key=True)
    gate_id: Mapped[str] = mapped_column(Id, ForeignKey("pass_gates.id"), nullable=False, index=True)


class PassEmergency(Model):
    """A time in which every gate of a place lets everybody through. It ends by itself."""

    __tablename__ = "pass_emergencies"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    place_id: Mapped[str] = place_key(index=True)
    reason_plain: Mapped[str] = plain("reason", 200)
    reason_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    opened_by: Mapped[str] = mapped_column(String(60), nullable=False)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    until: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    ended_by: Mapped[str | None] = mapped_column(String(60))

    reason = SealedText("reason_sealed", plain="reason_plain")

    @property
    def is_open(self) -> bool:
        """Whether it holds now."""
        return self.opened_at <= now() < self.until


class PassAccounted(Model):
    """Somebody was found safe during an emergency."""

    __tablename__ = "pass_accounted"

    emergency_id: Mapped[str] = mapped_column(Id, ForeignKey("pass_emergencies.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(Id, primary_key=True)
    by: Mapped[str] = mapped_column(String(60), nullable=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, index=True)
