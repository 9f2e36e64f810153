"""A job that does nothing: that it was run says that somebody runs the jobs. Others may have nothing to do for days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from citizen_app.jobs.models import JobRun
from citizen_app.jobs.runner import Job, current_jobs


def beat() -> None:
    """Nothing; the lease writes down when."""


def overdue(runs: Mapping[str, JobRun], now: datetime) -> dict[str, timedelta]:
    """How long each job has been due without being run; zero for one that is being run.

    A job that looks first whether there is work stays due while there is none, so it has no say here.
    """
    late = {}
    for job in current_jobs():
        run = runs.get(job.name)
        if run is not None and job.has_work is None:
            is_run = run.lease_until is not None and run.lease_until > now
            late[job.name] = timedelta(0) if is_run else max(timedelta(0), now - run.next_run_at)
    return late


JOBS: Final = (Job("jobs.heartbeat", every_seconds=30, run=beat),)
