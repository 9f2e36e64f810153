"""Requests for acts that need a second person."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from citizen_app.ids import new_id
from citizen_app.staff.models import Staff
from citizen_app.storage.columns import Id, Json, UtcDateTime
from citizen_app.storage.orm import Model

STATES: Final = (
    "pending",
    "approved",
    "refused",
    "expired",
    "alone",
    "to_confirm",
    "confirmed",
    "unconfirmed",
)
"""`alone`: nobody else could have approved, and the settings allow that. `to_confirm`: it was done at once
and a second person still has to confirm it; `unconfirmed`: nobody did in time."""


class Approval(Model):
    """One act: what, with which parameters, who asked, and who decided. Never by the one who asked."""

    __tablename__ = "approvals"
    __table_args__ = (CheckConstraint("decided_by IS NULL OR decided_by <> requested_by", name="two_people"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    act: Mapped[str] = mapped_column(String(40), nullable=False)
    service: Mapped[str | None] = mapped_column(String(20))
    parameters: Mapped[dict[str, Any]] = mapped_column(Json, nullable=False)
    reason: Mapped[str] = mapped_column(String(200), nullable=False)
    state: Mapped[str] = mapped_column(String(12), nullable=False, index=True)
    requested_by: Mapped[str] = mapped_column(Id, ForeignKey(Staff.id), nullable=False)
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    decided_by: Mapped[str | None] = mapped_column(Id, ForeignKey(Staff.id))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
