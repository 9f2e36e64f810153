"""The transactional outbox: a message is a row written in the transaction that decides on it, and is sent
after the commit.

A message is claimed in one transaction, sent outside any, and its outcome recorded in another. If the process
dies in between it is sent again: delivery is at least once, and the message id stays the same so that the
receiver can deduplicate. After `GIVE_UP_AFTER`, or where the other side has refused it for good, it becomes a
dead letter (state `given_up`), which staff may have sent again (`dead_letters`). Payloads are sealed, and
erased when a message was sent; that of a short-lived one (an OTP) when it is given up, too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import structlog
from flask import Flask, current_app
from sqlalchemy import delete, insert, select, update

from citizen_app.clock import now
from citizen_app.ids import new_id
from citizen_app.jobs.email import EMAIL, send_email
from citizen_app.jobs.models import OutboxMessage
from citizen_app.jobs.retention_clock import retention_now
from citizen_app.jobs.runner import Job
from citizen_app.jobs.sms import SMS, send_sms
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction

GIVE_UP_AFTER: Final = timedelta(hours=24)
CLAIM: Final = timedelta(seconds=60)
"""Longer than a batch can take: every sender must end within its own time-out of a few seconds."""
BATCH: Final = 40
CONCURRENT_SENDS: Final = 8
LONGEST_WAIT_SECONDS: Final = 3600
KEPT: Final = timedelta(days=7)

log = structlog.get_logger(__name__)

Sender = Callable[[str, Mapping[str, Any]], None]
"""Sends one message given its id and payload, or raises; called without a transaction, must not take longer
than 5 s. What it raises may say `safe_words`, and `for_good` where trying again is of no use."""


@dataclass(frozen=True, slots=True)
class Unsent:
    """Why a message was not sent, in words without personal data, and whether it never will be."""

    words: str
    for_good: bool = False


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A claimed message. `attempts` counts this one."""

    id: str
    kind: str
    attempts: int
    give_up_at: datetime
    created_at: datetime
    payload_sealed: bytes | None = field(repr=False)


def enqueue(
    kind: str,
    payload: Mapping[str, Any],
    *,
    give_up_after: timedelta = GIVE_UP_AFTER,
    not_before: datetime | None = None,
) -> str:
    """Add a message that is sent once the current transaction has committed, and not before a moment where
    one is given; returns its id."""
    message_id, moment = new_id(), now()
    due = max(moment, not_before or moment)
    db.session.execute(
        insert(OutboxMessage).values(
            id=message_id,
            kind=kind,
            payload_sealed=OutboxMessage.payload.seal(message_id, json.dumps(payload)),
            next_attempt_at=due,
            give_up_at=due + give_up_after,
            created_at=moment,
        )
    )
    return message_id


def add_sender(app: Flask, kind: str, sender: Sender) -> None:
    """Register the sender of a kind of message; called while the application is built."""
    app.extensions.setdefault("outbox_senders", {})[kind] = sender


def send_due() -> None:
    """Claim due messages, send them and record the outcomes, batch by batch until none is due; what a message
    has written is sent with it."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    while True:
        with transaction():
            batch = claim_due_messages()
        if not batch:
            return
        with ThreadPoolExecutor(max_workers=CONCURRENT_SENDS, thread_name_prefix="outbox") as pool:
            outcomes = list(pool.map(partial(_send, app), batch))
        with transaction():
            for message, unsent in zip(batch, outcomes, strict=True):
                mark(message, unsent)


def claim_due_messages() -> list[Outgoing]:
    """Claim up to `BATCH` due messages for `CLAIM`; skips messages that another runner has claimed."""
    moment = now()
    due = db.session.scalars(
        select(OutboxMessage.id)
        .where(OutboxMessage.state == "waiting", OutboxMessage.next_attempt_at <= moment)
        .order_by(OutboxMessage.next_attempt_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    if not due:
        return []
    claimed = db.session.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.id.in_(due),
            OutboxMessage.state == "waiting",
            OutboxMessage.next_attempt_at <= moment,
        )
        .values(attempts=OutboxMessage.attempts + 1, next_attempt_at=moment + CLAIM)
        .returning(
            OutboxMessage.id,
            OutboxMessage.kind,
            OutboxMessage.attempts,
            OutboxMessage.give_up_at,
            OutboxMessage.created_at,
            OutboxMessage.payload_sealed,
        )
        .execution_options(synchronize_session=False)
    ).all()
    return [Outgoing(*row) for row in claimed]


def mark(message: Outgoing, unsent: Unsent | None) -> None:
    """Record the outcome of an attempt: sent, retry after a backoff, or given up (dead letter)."""
    moment = now()
    wait = retry_wait(message.attempts)
    changes: dict[str, Any]
    error = None if unsent is None else unsent.words
    if unsent is None:
        changes = {"state": "sent", "sent_at": moment, "payload_sealed": None, "last_error": None}
    elif unsent.for_good or moment + wait >= message.give_up_at:
        log.error("outbox message given up", kind=message.kind, message=message.id, error=error)
        changes = {"state": "given_up", "last_error": error}
        if message.give_up_at - message.created_at < GIVE_UP_AFTER:
            changes["payload_sealed"] = None
    else:
        log.warning("outbox message not sent", kind=message.kind, message=message.id, error=error)
        changes = {"next_attempt_at": moment + wait, "last_error": error}
    db.session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id == message.id, OutboxMessage.state == "waiting")
        .values(**changes)
        .execution_options(synchronize_session=False)
    )


def forget_payloads(kinds: Collection[str], concerns: Callable[[Mapping[str, Any]], bool]) -> None:
    """Erase what messages of these kinds say where it `concerns` somebody who is erased; those that wait are
    not sent."""
    held = select(OutboxMessage.id, OutboxMessage.payload_sealed).where(
        OutboxMessage.kind.in_(kinds), OutboxMessage.payload_sealed.is_not(None)
    )
    theirs = [
        message_id
        for message_id, sealed in db.session.execute(held)
        if concerns(json.loads(OutboxMessage.payload.open(message_id, sealed or b"")))
    ]
    db.session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id.in_(theirs))
        .values(state="given_up", payload_sealed=None, last_error="erased")
        .execution_options(synchronize_session=False)
    )


def retry_wait(attempts: int) -> timedelta:
    """Exponential backoff after the nth failed attempt: 2, 4, 8 … s, at most an hour."""
    return timedelta(seconds=min(2 ** min(attempts, 20), LONGEST_WAIT_SECONDS))


def anything_due() -> bool:
    """Whether a message is due; one index look-up."""
    due = select(OutboxMessage.id).where(
        OutboxMessage.state == "waiting", OutboxMessage.next_attempt_at <= now()
    )
    return db.session.scalar(due.limit(1)) is not None


def sweep_outbox() -> None:
    """Delete finished messages older than `KEPT`."""
    db.session.execute(
        delete(OutboxMessage)
        .where(OutboxMessage.state != "waiting", OutboxMessage.created_at < retention_now() - KEPT)
        .execution_options(synchronize_session=False)
    )


def _send(app: Flask, message: Outgoing) -> Unsent | None:
    """Send one message; returns None, or why not."""
    with app.app_context():
        sender = {SMS: send_sms, EMAIL: send_email, **app.extensions.get("outbox_senders", {})}.get(
            message.kind
        )
        if sender is None:
            return Unsent("no sender")
        if message.give_up_at <= now():
            return Unsent("too late")
        try:
            payload = OutboxMessage.payload.open(message.id, message.payload_sealed or b"")
            sender(message.id, json.loads(payload))
        except Exception as error:
            words: str = getattr(error, "safe_words", type(error).__name__)
            return Unsent(words[:200], getattr(error, "for_good", False))
    return None


JOBS: Final = (
    Job("jobs.outbox", 1, send_due, own_transactions=True, has_work=anything_due, prompt=True),
    Job("jobs.sweep_outbox", every_seconds=3600, run=sweep_outbox),
)
