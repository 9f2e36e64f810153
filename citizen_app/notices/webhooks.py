"""Webhooks: where the systems of departments hear that notices of a service were sent, set by staff.

What is sent names the notice by its id, which the service knows (`send` returns it), and nothing else: no
words and nobody. It is signed in the Standard Webhooks form, with both secrets while one is changed.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import delete, func, select

from citizen_app.audit.operations import record
from citizen_app.clock import now
from citizen_app.ids import new_id
from citizen_app.jobs.signing import SECRET_PREFIX
from citizen_app.notices.webhook_models import NoticeWebhook
from citizen_app.registry.contract import Notice
from citizen_app.registry.state import module_of
from citizen_app.storage.keyset import Page, page
from citizen_app.storage.locking import lock_row
from citizen_app.storage.orm import db
from citizen_app.text import Text
from citizen_app.wire.problems import Problem, invalid_input

BOTH_FOR: Final = timedelta(hours=24)
"""How long the old secret signs beside the new one."""
MOST_OF_SERVICE: Final = 20
ENOUGH: Final = Text(
    "这项服务的推送地址已达 {most} 个。", "This service has {most} webhooks already, which is the most."
)
NOT_DECLARED: Final = Text("这项服务没有这样的可推送通知", "the service declares no such notice for webhooks")


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A webhook and the secret that is shown once."""

    webhook: NoticeWebhook
    secret: str


def notices_for(service: str) -> list[Notice]:
    """The notices of a service that webhooks may hear of."""
    return [one for one in module_of(service).descriptor.notices if "webhook" in one.channels]


def webhook_page(
    services: Collection[str] | None, *, limit: int, cursor: str | None = None, service: str | None = None
) -> Page[NoticeWebhook]:
    """One page of webhooks, newest first, of these services only. Raises a 422 for a foreign cursor."""
    wanted = select(NoticeWebhook)
    if services is not None:
        wanted = wanted.where(NoticeWebhook.service.in_(services))
    if service is not None:
        wanted = wanted.where(NoticeWebhook.service == service)
    return page(wanted, NoticeWebhook.id, limit, cursor, of="webhooks")


def webhook_or_404(webhook_id: str, services: Collection[str] | None) -> NoticeWebhook:
    """One webhook. Raises a 404 for one of another service."""
    found = db.session.get(NoticeWebhook, webhook_id)
    if found is None or (services is not None and found.service not in services):
        raise Problem("not-found")
    return found


def set_up(service: str, name: str, url: str, notices: Sequence[str]) -> NewSecret:
    """A webhook that hears of these notices. Raises a 409 where a service has too many, a 422 for notices
    that it does not declare."""
    _check(service, notices)
    count = select(func.count()).where(NoticeWebhook.service == service)
    if (db.session.scalar(count) or 0) >= MOST_OF_SERVICE:
        raise Problem("conflict", ENOUGH.fill(most=MOST_OF_SERVICE))
    secret = _new_secret()
    made = NoticeWebhook(id=new_id(), service=service, name=name, url=url, notices=sorted(set(notices)))
    made.secret = secret
    db.session.add(made)
    db.session.flush()
    record("webhooks.create", "webhook", made.id, service=service, url=url, notices=made.notices)
    return NewSecret(made, secret)


def change(webhook_id: str, **changes: Any) -> NoticeWebhook:
    """Another name, address, or choice of notices; switched off or on."""
    row = _locked(webhook_id)
    if "notices" in changes:
        _check(row.service, changes["notices"])
        changes["notices"] = sorted(set(changes["notices"]))
    for name, value in changes.items():
        setattr(row, name, value)
    if changes.keys() & {"url", "enabled"}:
        row.failing_since = row.last_error = None
    db.session.flush()
    record("webhooks.change", "webhook", row.id, service=row.service, **changes)
    return row


def change_secret(webhook_id: str) -> NewSecret:
    """A new secret; the one before it signs beside it for a day, so that the other side can change over."""
    row, secret = _locked(webhook_id), _new_secret()
    row.old_secret, row.old_until = row.secret, now() + BOTH_FOR
    row.secret = secret
    db.session.flush()
    record("webhooks.change_secret", "webhook", row.id, service=row.service)
    return NewSecret(row, secret)


def remove(webhook_id: str) -> None:
    """Nothing is sent there any more, not even what waits."""
    row = _locked(webhook_id)
    record("webhooks.remove", "webhook", row.id, service=row.service, url=row.url)
    db.session.delete(row)
    db.session.flush()


def secrets_of(row: NoticeWebhook) -> list[str]:
    """The secrets that sign now, the newest first."""
    old = row.old_secret if row.old_until is not None and row.old_until > now() else None
    return [one for one in (row.secret, old) if one is not None]


def hearing(service: str, notice: str) -> list[str]:
    """Ids of the webhooks that hear of a notice."""
    rows = db.session.execute(
        select(NoticeWebhook.id, NoticeWebhook.notices)
        .where(NoticeWebhook.service == service, NoticeWebhook.enabled.is_(True))
        .order_by(NoticeWebhook.id)
    )
    return [webhook_id for webhook_id, notices in rows if notice in notices]


def forget_webhooks(service: str) -> None:
    """A service has left."""
    db.session.execute(delete(NoticeWebhook).where(NoticeWebhook.service == service))


def _check(service: str, notices: Sequence[str]) -> None:
    declared = {one.id for one in notices_for(service)}
    for index, notice in enumerate(notices):
        if notice not in declared:
            raise invalid_input(f"/notices/{index}", NOT_DECLARED)


def _locked(webhook_id: str) -> NoticeWebhook:
    row = lock_row(NoticeWebhook, webhook_id)
    if row is None:
        raise Problem("not-found")
    return row


def _new_secret() -> str:
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
