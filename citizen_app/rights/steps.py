"""The steps of erasures: each service forgets, on its own, until it has.

A step is one unit of work with the service's own writes, so one that is killed half-way is as if it had not
begun. Each runs twice, a minute apart: what had begun before the account was gone may have written since.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import inspect, select

from citizen_app.clock import now
from citizen_app.registry.modules import current_registry
from citizen_app.registry.state import standing_of
from citizen_app.rights.erasing import names_anybody
from citizen_app.rights.models import ErasureStep, RightsRequest
from citizen_app.rights.views import KnownAs
from citizen_app.storage.dialects import outage_cause
from citizen_app.storage.locking import lock_row
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction

PASSES: Final = 2
AGAIN_AFTER: Final = timedelta(seconds=60)
LONGEST_WAIT_SECONDS: Final = 600
AT_ONCE: Final = 50

log = structlog.get_logger(__name__)


class NotNow(Exception):
    """A service cannot forget anybody at present; the words hold nothing personal."""


def run_steps() -> None:
    """Do what is due, each step in a unit of its own; ends when all that was due was tried once."""
    with transaction(reading=True):
        due = db.session.scalars(
            select(ErasureStep.id)
            .where(ErasureStep.done_at.is_(None), ErasureStep.next_at <= now())
            .order_by(ErasureStep.next_at)
            .limit(AT_ONCE)
        ).all()
    for step_id in due:
        try:
            with transaction():
                _run(step_id)
        except Exception as error:
            if (outage := outage_cause(error)) is not None:
                raise outage from None
            words = str(error) if isinstance(error, NotNow) else type(error).__name__
            log.error("a service has not forgotten somebody", step=step_id, error=words)
            with transaction():
                _later(step_id, words)


def steps_due(moment: datetime) -> bool:
    """Whether a step is due."""
    due = select(ErasureStep.id).where(ErasureStep.done_at.is_(None), ErasureStep.next_at <= moment)
    return db.session.scalar(due.limit(1)) is not None


def _run(step_id: str) -> None:
    step = lock_row(ErasureStep, step_id)
    if step is None or step.done_at is not None:
        return
    known = step.known
    if known is not None:
        _forget(step.service, KnownAs.from_text(known))
    step.passes, step.last_error = step.passes + 1, None
    if step.passes < PASSES:
        step.next_at = now() + AGAIN_AFTER
        return
    step.done_at, step.known = now(), None
    db.session.flush()
    _close(step.request_id)


def _forget(service: str, known: KnownAs) -> None:
    """Let a service forget whom it knows so. Raises `NotNow`, and whatever the service raises."""
    module = current_registry().get(service)
    if module is None:
        tables = inspect(db.session.connection()).get_table_names()
        if any(name.startswith(f"{service}_") for name in tables):
            raise NotNow("not installed, and its tables are here")
        return
    erase_for = getattr(module.hooks, "erase_for", None)
    if erase_for is None:
        if names_anybody(module):
            raise NotNow("it has no erase_for")
        return
    if not standing_of(service).enabled:
        raise NotNow("switched off")
    erase_for(known.view())
    db.session.flush()


def _later(step_id: str, words: str) -> None:
    step = lock_row(ErasureStep, step_id)
    if step is not None and step.done_at is None:
        step.attempts = min(step.attempts + 1, 1_000)
        wait = min(2 ** min(step.attempts, 20), LONGEST_WAIT_SECONDS)
        step.next_at, step.last_error = now() + timedelta(seconds=wait), words[:200]


def _close(request_id: str) -> None:
    """The erasure is done once no step is left."""
    request = lock_row(RightsRequest, request_id)
    open_ = select(ErasureStep.id).where(ErasureStep.request_id == request_id, ErasureStep.done_at.is_(None))
    if request is not None and db.session.scalar(open_.limit(1)) is None:
        request.state, request.ended_at = "done", now()
        db.session.flush()
