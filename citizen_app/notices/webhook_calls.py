"""Calling a webhook: what is said, who has signed it, and what is noted of how it went."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import update

from citizen_app.clock import now, rfc3339, timestamp
from citizen_app.flask_globals import extension
from citizen_app.ids import new_id
from citizen_app.jobs.signing import webhook_headers
from citizen_app.notices.models import InboxNotice
from citizen_app.notices.webhook_models import NoticeWebhook
from citizen_app.notices.webhooks import secrets_of
from citizen_app.process.egress import Egress, NotDelivered
from citizen_app.process.outside import Breakers
from citizen_app.settings import current_settings
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.wire.problems import Problem

NOTED_EVERY: Final = timedelta(minutes=1)
TEST: Final = "webhook.test"


@dataclass(frozen=True, slots=True)
class _Call:
    """What is to be sent where, read in a unit of work and sent in none."""

    webhook_id: str
    url: str
    secrets: list[str]
    kind: str
    data: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Tried:
    """How a test request went."""

    delivered: bool
    status: int | None
    error: str | None


def send_by_webhook(message_id: str, payload: Mapping[str, Any]) -> None:
    """Sender of outbox messages of kind `notice.webhook`. To a webhook that is gone or switched off nothing
    is sent."""
    with transaction(reading=True):
        row = db.session.get(NoticeWebhook, payload["webhook"])
        notice = db.session.get(InboxNotice, payload["notice"])
        if row is None or not row.enabled or notice is None:
            return
        kind = f"{notice.service}.{notice.notice}"
        call = _Call(row.id, row.url, secrets_of(row), kind, {"notice_id": notice.id})
    _deliver(message_id, call)


def try_out(webhook_id: str) -> Tried:
    """Send a test request and say how it went; in no unit of work. Raises a 404."""
    with transaction(reading=True):
        row = db.session.get(NoticeWebhook, webhook_id)
        if row is None:
            raise Problem("not-found")
        call = _Call(row.id, row.url, secrets_of(row), TEST, {})
    try:
        status = _deliver(new_id(), call)
    except NotDelivered as error:
        return Tried(False, error.status, error.safe_words)
    return Tried(True, status, None)


def _deliver(message_id: str, call: _Call) -> int:
    moment = timestamp()
    said = {"type": call.kind, "timestamp": rfc3339(now()), "data": call.data}
    body = json.dumps(said, separators=(",", ":")).encode()
    headers = webhook_headers(call.secrets, message_id, moment, body)
    headers["Content-Type"] = "application/json"
    breakers: Breakers = extension("breakers")
    egress = Egress(current_settings().webhook_networks)
    try:
        status = egress.post(call.url, body, headers, breakers.of(f"webhook {call.webhook_id}"))
    except NotDelivered as error:
        _note(call.webhook_id, error.safe_words)
        raise
    _note(call.webhook_id, None)
    return status


def _note(webhook_id: str, error: str | None) -> None:
    """How the last call went: at the change from good to bad and back, and each minute at most."""
    moment = now()
    with transaction():
        row = db.session.get(NoticeWebhook, webhook_id)
        if row is None:
            return
        changes: dict[str, Any] = {}
        if error is not None:
            if row.last_error != error or row.failing_since is None:
                changes = {"last_error": error, "failing_since": row.failing_since or moment}
        elif row.failing_since or row.delivered_at is None or row.delivered_at < moment - NOTED_EVERY:
            changes = {"last_error": None, "failing_since": None, "delivered_at": moment}
        if changes:
            db.session.execute(update(NoticeWebhook).where(NoticeWebhook.id == webhook_id).values(**changes))
