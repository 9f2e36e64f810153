"""The table of webhooks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from citizen_app.clock import now
from citizen_app.ids import new_id
from citizen_app.secrecy.sealing import SealedText
from citizen_app.storage.columns import Id, Json, UtcDateTime
from citizen_app.storage.orm import Model


class NoticeWebhook(Model):
    """An address of a department's system that hears when notices of a service were sent. While its secret is
    changed the old one signs, too, until `old_until`."""

    __tablename__ = "notice_webhooks"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    service: Mapped[str] = mapped_column(String(20), index=True)
    name: Mapped[str] = mapped_column(String(80))
    url: Mapped[str] = mapped_column(String(300))
    notices: Mapped[list[str]] = mapped_column(Json)
    enabled: Mapped[bool] = mapped_column(default=True)
    secret_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    old_secret_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    old_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(String(200))

    secret = SealedText("secret_sealed")
    old_secret = SealedText("old_secret_sealed")
