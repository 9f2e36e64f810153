"""The heartbeat job does nothing: its last run shows that a runner is alive, even when the other jobs have
nothing to do for days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from citizen_app.jobs.models import JobRun
from citizen_app.jobs.runner import Job, current_jobs


def beat() -> None:
    """Do nothing; the lease records the run."""


def overdue(runs: Mapping[str, JobRun], now: datetime) -> dict[str, timedelta]:
    """How long each job has been overdue; zero for one that is running.

    Jobs with `has_work` are left out: they stay due while there is no work.
    """
    late = {}
    for job in current_jobs():
        run = runs.get(job.name)
        if run is not None and job.has_work is None:
            is_run = run.lease_until is not None and run.lease_until > now
            late[job.name] = timedelta(0) if is_run else max(timedelta(0), now - run.next_run_at)
    return late


JOBS: Final = (Job("jobs.heartbeat", every_seconds=30, run=beat),)
