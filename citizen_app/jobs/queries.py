"""How the background work stands, for those who watch it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from citizen_app.jobs.models import JobRun, OutboxMessage
from citizen_app.jobs.runner import current_jobs
from citizen_app.storage.orm import db


@dataclass(frozen=True, slots=True)
class Backlog:
    """The outbox: messages not yet sent, when the oldest of them was written, and messages that were given
    up."""

    waiting: int
    oldest: datetime | None
    given_up: int


def outbox_backlog() -> Backlog:
    """The outbox as it stands."""
    state = OutboxMessage.state
    waiting, oldest = db.session.execute(
        select(func.count(), func.min(OutboxMessage.created_at)).where(state == "waiting")
    ).one()
    given_up = db.session.scalar(select(func.count()).where(state == "given_up"))
    return Backlog(waiting, oldest, given_up or 0)


def runs_of_jobs() -> dict[str, JobRun]:
    """The last run of each job that is installed, by name; one that never ran is left out."""
    known = {job.name for job in current_jobs()}
    return {run.name: run for run in db.session.scalars(select(JobRun).where(JobRun.name.in_(known)))}
