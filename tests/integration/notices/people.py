"""Who is told, and the gateway that takes it."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from citizen_app.jobs.models import OutboxMessage
from citizen_app.notices.catalogue import CODE_STOPPED
from citizen_app.notices.preferences import Preferences, choose
from citizen_app.notices.sending import tell
from citizen_app.registry.contract import Notice
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City

__all__ = ["CODE_STOPPED", "EMAIL", "INBOX", "NOON", "Gateway", "chosen", "sent_code", "told"]
NOON = datetime(2026, 5, 4, 4, 0, tzinfo=UTC)
"""In China."""
INBOX = "/api/v1/me/notices"

EMAIL = f"{INBOX}/email"


def sent_code(city: City) -> str:
    """The code in the newest e-mail that waits to leave."""
    newest = select(OutboxMessage).where(OutboxMessage.kind == "email").order_by(OutboxMessage.id.desc())
    with city.app.app_context(), transaction(reading=True):
        row = db.session.scalars(newest.limit(1)).one()
        letter = json.loads(OutboxMessage.payload.open(row.id, row.payload_sealed or b""))
    return re.findall(r"\b\d{6}\b", letter["text"])[0]


class Gateway:
    """Keeps what it is given, and fails as long as told to."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.failure: Exception | None = None

    def send(self, message_id: str, phone: str, text: str) -> None:
        if self.failure is not None:
            raise self.failure
        self.sent.append((phone, text))


def told(city: City, citizen_id: str, notice: Notice, **how: Any) -> str:
    """Tell somebody a notice of the core, as one unit of work."""
    with city.app.app_context(), transaction():
        return tell(citizen_id, notice, **how)


def chosen(city: City, citizen_id: str, **what: Any) -> None:
    """What somebody has chosen."""
    with city.app.app_context(), transaction():
        choose(citizen_id, Preferences(**what))
