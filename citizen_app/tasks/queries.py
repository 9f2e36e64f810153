"""Reading runs: lists, one, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select, true

from citizen_app.storage.keyset import Page, page
from citizen_app.storage.orm import db
from citizen_app.tasks.models import TaskRun
from citizen_app.wire.problems import Problem


def run_page(
    *,
    limit: int,
    cursor: str | None = None,
    owner: str | None = None,
    tasks: Collection[str] | None = None,
    state: str | None = None,
    of: ColumnElement[bool] | None = None,
) -> Page[TaskRun]:
    """One page of runs, newest first; each filter narrows. `of`: only those that somebody reaches."""
    query = select(TaskRun)
    if of is not None:
        query = query.where(of)
    if owner is not None:
        query = query.where(TaskRun.owner == owner)
    if tasks is not None:
        query = query.where(TaskRun.task.in_(tasks))
    if state is not None:
        query = query.where(TaskRun.state == state)
    shown = sorted(tasks) if tasks is not None else "all"
    return page(query, TaskRun.id, limit, cursor, f"runs of {owner}: {shown}")


def run_or_404(
    run_id: str,
    owner: str | None = None,
    tasks: Collection[str] | None = None,
    of: ColumnElement[bool] | None = None,
) -> TaskRun:
    """A run, of this owner and one of these tasks where they are given, and one that somebody reaches (`of`).
    Raises a 404."""
    found = db.session.scalar(select(TaskRun).where(TaskRun.id == run_id, true() if of is None else of))
    if found is None or (owner is not None and found.owner != owner):
        raise Problem("not-found")
    if tasks is not None and found.task not in tasks:
        raise Problem("not-found")
    return found


def oldest_waiting() -> datetime | None:
    """Since when the run that has waited longest waits."""
    return db.session.scalar(select(func.min(TaskRun.created_at)).where(TaskRun.state == "waiting"))


def anything_runs(moment: datetime) -> bool:
    """Whether a process is at work on a run."""
    held = (TaskRun.state == "running") & (TaskRun.lease_until > moment)
    return db.session.scalar(select(TaskRun.id).where(held).limit(1)) is not None


def failed_since(moment: datetime, past: timedelta, owner: str | None = None) -> list[TaskRun]:
    """Runs that have failed within the time before a moment, of one owner where it is given; newest first."""
    failed = select(TaskRun).where(TaskRun.state == "failed", TaskRun.ended_at > moment - past)
    if owner is not None:
        failed = failed.where(TaskRun.owner == owner)
    return list(db.session.scalars(failed.order_by(TaskRun.id.desc()).limit(20)))
