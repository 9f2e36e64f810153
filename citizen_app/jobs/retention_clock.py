"""The retention clock: deletions go by it, not by the system clock, so a jump of the system clock deletes
nothing early.

What is kept for a time (replay claims, revocations, the usage log) would be lost for good if a clock that is
days ahead for an hour were believed. A job reads the system clock each minute and adds the elapsed time to a
stored moment, but only in steps that can be real. After a jump, or a pause of the whole installation, the
stored moment continues from where it was. It catches up with the system clock once that has run for
`BELIEVED_AFTER` without a jump: longer than anything promised before can still be needed.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import select

from citizen_app import clock
from citizen_app.jobs.leases import CLOCK_MARGIN
from citizen_app.jobs.models import RetentionClock
from citizen_app.jobs.runner import Job
from citizen_app.storage.locking import lock_row
from citizen_app.storage.orm import db, table_of
from citizen_app.storage.statements import upsert

LOOK_EVERY: Final = timedelta(minutes=1)
LONGEST_STEP: Final = timedelta(hours=1)
"""Most time between two runs; more is a clock jump, or the jobs were not running."""
BELIEVED_AFTER: Final = timedelta(days=10)
"""Longer than a used code can come back: it expires within 26 hours, and an offline kiosk uploads for seven
days after that."""

ONLY: Final = 1
_TABLE: Final = table_of(RetentionClock)

log = structlog.get_logger(__name__)


def retention_now() -> datetime:
    """The time by which expiry is judged when deleting: the current time, or earlier after a clock jump.
    Before the jobs have ever run it is the current time."""
    now = clock.now()
    found: datetime | None = db.session.scalar(select(_TABLE.c.moment))
    return now if found is None else min(now, found)


def advance_retention_clock() -> None:
    """Read the system clock and advance the retention clock by the time that can really have passed."""
    now = clock.now()
    first: dict[str, Any] = {"id": ONLY, "moment": now, "looked_at": now, "steady_seconds": 0}
    db.session.execute(upsert(_TABLE).values(**first).on_conflict_do_nothing())
    row = lock_row(RetentionClock, ONLY)
    assert row is not None
    passed = now - row.looked_at
    if -CLOCK_MARGIN <= passed <= LONGEST_STEP:
        row.moment += max(passed, timedelta(0))
        row.steady_seconds += max(0, round(passed.total_seconds()))
    else:
        log.warning("the clock has jumped, or the jobs have paused", seconds=round(passed.total_seconds()))
        row.steady_seconds = 0
    if row.moment > now or row.steady_seconds >= BELIEVED_AFTER.total_seconds():
        row.moment = now
    row.looked_at = now
    db.session.flush()


JOBS: Final = (
    Job("jobs.settle", every_seconds=int(LOOK_EVERY.total_seconds()), run=advance_retention_clock),
)
