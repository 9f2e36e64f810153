"""The moment by which things are deleted: it follows the clock, and no jump of the clock moves it.

Whatever is kept for a time (a replay claim until no late upload can meet it, a revocation until its tokens are over, the usage log as
the law wants) is lost for good when a clock that is days ahead for an hour is believed. So a job looks at the clock each minute and
writes down how far it has run, in steps that can be real time. After a jump, or a pause of the whole installation, what counts goes on
from where it was. The clock is believed again when it has run without a jump for longer than anything that was promised before
can still be asked for.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import Table, select

from citizen_app import clock
from citizen_app.jobs.leases import CLOCK_MARGIN
from citizen_app.jobs.models import RetentionClock
from citizen_app.jobs.runner import Job
from citizen_app.storage.locking import lock_row
from citizen_app.storage.orm import db
from citizen_app.storage.statements import upsert

LOOK_EVERY: Final = timedelta(minutes=1)
LONGEST_STEP: Final = timedelta(hours=1)
"""Between two looks: more is a jump of the clock, or nobody ran the jobs."""
BELIEVED_AFTER: Final = timedelta(days=10)
"""Longer than a used code can come back: it expires within 26 hours, and an offline kiosk uploads for seven days after that."""

ONLY: Final = 1
_TABLE: Final[Table] = RetentionClock.__table__  # type: ignore[assignment]

log = structlog.get_logger(__name__)


def retention_now() -> datetime:
    """The moment by which things may be deleted: now, or less where the clock has jumped. Now, too, before the jobs have ever run."""
    now = clock.now()
    found: datetime | None = db.session.scalar(select(_TABLE.c.moment))
    return now if found is None else min(now, found)


def advance_retention_clock() -> None:
    """Look at the clock, and let what counts go as far as the clock can have gone."""
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
