"""Background work of the usage log."""

from __future__ import annotations

from typing import Final

from citizen_app import clock
from citizen_app.jobs.runner import Job
from citizen_app.storage.orm import db
from citizen_app.usage.details import forget_before
from citizen_app.usage.partitions import ensure_partitions
from citizen_app.usage.retention import anything_past, detail_bounds, purge_with_lock_timeout
from citizen_app.usage.statistics import is_behind, roll_up


def prepare_months() -> None:
    """Create the partitions of the coming months, long before an event needs them."""
    ensure_partitions(db.session.connection(), clock.now())


def count_days() -> None:
    """Bring the daily counts up to date."""
    roll_up()


def forget_old_details() -> None:
    """Delete what was said of acts and in corrections once its time is over."""
    for bound, service in detail_bounds():
        forget_before(bound, service)


JOBS: Final = (
    Job("usage.rollup", every_seconds=60, run=count_days, own_transactions=True, has_work=is_behind),
    Job("usage.forget_details", every_seconds=6 * 3600, run=forget_old_details),
    Job("usage.partitions", every_seconds=86_400, run=prepare_months),
    Job("usage.retention", 6 * 3600, purge_with_lock_timeout, own_transactions=True, has_work=anything_past),
)
