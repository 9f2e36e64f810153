"""Messages that were given up: what they were, why, sending them again, and dropping them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from sqlalchemy import delete, select, update

from citizen_app.clock import now
from citizen_app.jobs.models import OutboxMessage
from citizen_app.jobs.outbox import GIVE_UP_AFTER
from citizen_app.storage.keyset import Page, page
from citizen_app.storage.orm import db
from citizen_app.wire.problems import Problem

_GIVEN_UP: Final = OutboxMessage.state == "given_up"


def dead_letters(limit: int, cursor: str | None = None) -> Page[OutboxMessage]:
    """One page of them, newest first. One whose payload is erased (an OTP) cannot be sent again."""
    return page(select(OutboxMessage).where(_GIVEN_UP), OutboxMessage.id, limit, cursor)


def send_again(ids: Collection[str] | None = None) -> list[str]:
    """Have dead letters sent again, these or all; returns the ids of those that wait now. What is erased, was
    sent or waits already stays as it is."""
    moment = now()
    again = (
        update(OutboxMessage)
        .where(_GIVEN_UP, OutboxMessage.payload_sealed.is_not(None))
        .values(state="waiting", attempts=0, next_attempt_at=moment, give_up_at=moment + GIVE_UP_AFTER)
        .returning(OutboxMessage.id)
        .execution_options(synchronize_session=False)
    )
    if ids is not None:
        again = again.where(OutboxMessage.id.in_(ids))
    return sorted(db.session.scalars(again))


def dead_letter_or_404(message_id: str) -> OutboxMessage:
    """One of them. Raises a 404 for what is none, or none any more."""
    found = db.session.scalar(select(OutboxMessage).where(OutboxMessage.id == message_id, _GIVEN_UP))
    if found is None:
        raise Problem("not-found")
    return found


def drop(message_id: str) -> str:
    """Delete a dead letter for good; returns its kind. Raises a 404 for one that waits again by now."""
    gone = delete(OutboxMessage).where(OutboxMessage.id == message_id, _GIVEN_UP)
    kind: str | None = db.session.scalar(gone.returning(OutboxMessage.kind))
    if kind is None:
        raise Problem("not-found")
    return kind
