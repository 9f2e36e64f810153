"""The audit log: one row per action, append-only in the database."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from citizen_app.ids import new_id
from citizen_app.storage.columns import Id, Json, UtcDateTime
from citizen_app.storage.orm import Model

ACTOR_KINDS: Final = ("staff", "citizen", "command", "system")
RESULTS: Final = ("ok", "refused")


class AuditEvent(Model):
    """Who did what to which thing, when, from where, with which result (GB/T 22239-2019 §8.1.4.3; ASVS
    V16.2.1).

    `details` holds no personal data of citizens. Made append-only by `citizen_app.storage.append_only` in the
    migration.
    """

    __tablename__ = "audit_events"
    __table_args__ = (
        CheckConstraint("actor_kind IN ('staff', 'citizen', 'command', 'system')", name="actor_kind"),
        CheckConstraint("result IN ('ok', 'refused')", name="result"),
        Index(None, "target_kind", "target_id"),
        Index(None, "actor_id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    actor_kind: Mapped[str] = mapped_column(String(10), nullable=False)
    actor_id: Mapped[str | None] = mapped_column(String(40))
    actor_name: Mapped[str] = mapped_column(String(60), nullable=False)
    action: Mapped[str] = mapped_column(String(60), nullable=False)
    target_kind: Mapped[str] = mapped_column(String(30), nullable=False)
    target_id: Mapped[str | None] = mapped_column(String(60))
    result: Mapped[str] = mapped_column(String(10), nullable=False)
    details: Mapped[dict[str, Any]] = mapped_column(Json, nullable=False)
    request_id: Mapped[str | None] = mapped_column(String(64))
    address: Mapped[str | None] = mapped_column(String(64))
