"""Leases: a runner acquires, renews and releases the lease in a job's row by guarded updates, so a job never
runs twice concurrently.

The lease of a killed runner expires; until then no other runner starts the job.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

import structlog
from flask import Flask
from sqlalchemy import bindparam, or_, select, text, update

from citizen_app.clock import now
from citizen_app.ids import new_id
from citizen_app.jobs.models import JobRun
from citizen_app.storage.columns import UtcDateTime
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction

LEASE: Final = timedelta(seconds=60)
CLOCK_MARGIN: Final = timedelta(seconds=60)
"""Clocks of several machines may differ by so much."""
RENEW_EVERY_SECONDS: Final = 15.0
LONGEST_ERROR: Final = 200

log = structlog.get_logger(__name__)

_INSERT: Final = text(
    "INSERT INTO job_runs (name, next_run_at, failures) VALUES (:name, :moment, 0) ON CONFLICT DO NOTHING"
).bindparams(bindparam("moment", type_=UtcDateTime()))


def register_jobs(longest_waits: Mapping[str, timedelta]) -> None:
    """Insert a row for each job that has none; it is due immediately.

    A job whose next run or lease lies further ahead than either can be is made due too: the clock was set
    back.
    """
    moment = now()
    with transaction(reading=True):
        rows = db.session.execute(select(JobRun.name, JobRun.next_run_at, JobRun.lease_until)).all()
    if missing := sorted(longest_waits.keys() - {row.name for row in rows}):
        with transaction():
            db.session.execute(_INSERT, [{"name": name, "moment": moment} for name in missing])
    latest = moment + CLOCK_MARGIN
    stranded = [
        row.name
        for row in rows
        if row.name in longest_waits
        and (
            row.next_run_at > latest + longest_waits[row.name]
            or (row.lease_until is not None and row.lease_until > latest + LEASE)
        )
    ]
    if stranded:
        log.warning("the clock was set back: jobs due far ahead are due now", jobs=stranded)
        with transaction():
            db.session.execute(
                update(JobRun)
                .where(JobRun.name.in_(stranded))
                .values(next_run_at=moment, holder=None, lease_until=None)
                .execution_options(synchronize_session=False)
            )


def due_names() -> list[str]:
    """Jobs that are due and not leased, the longest waiting first."""
    moment = now()
    with transaction(reading=True):
        return list(
            db.session.scalars(
                select(JobRun.name)
                .where(
                    JobRun.next_run_at <= moment,
                    or_(JobRun.lease_until.is_(None), JobRun.lease_until <= moment),
                )
                .order_by(JobRun.next_run_at)
            )
        )


def acquire(name: str) -> str | None:
    """Acquire the lease of a due job; returns the holder's id, or None when another runner was first."""
    moment, holder = now(), new_id()
    with transaction():
        taken = db.session.execute(
            update(JobRun)
            .where(
                JobRun.name == name,
                JobRun.next_run_at <= moment,
                or_(JobRun.lease_until.is_(None), JobRun.lease_until <= moment),
            )
            .values(holder=holder, lease_until=moment + LEASE, last_started=moment)
            .returning(JobRun.name)
            .execution_options(synchronize_session=False)
        ).one_or_none()
    return holder if taken is not None else None


def renew(name: str, holder: str) -> None:
    """Extend the lease to `LEASE` from now."""
    with transaction():
        db.session.execute(
            update(JobRun)
            .where(JobRun.name == name, JobRun.holder == holder)
            .values(lease_until=now() + LEASE)
            .execution_options(synchronize_session=False)
        )


def release(name: str, holder: str, wait: timedelta, error: str | None, failures: int) -> None:
    """Release the lease after a run; the next run is due after `wait`. Does nothing if another holder has the
    lease by now."""
    moment = now()
    with transaction():
        db.session.execute(
            update(JobRun)
            .where(JobRun.name == name, JobRun.holder == holder)
            .values(
                holder=None,
                lease_until=None,
                next_run_at=moment + wait,
                last_finished=moment,
                last_error=error[:LONGEST_ERROR] if error else None,
                failures=failures,
            )
            .execution_options(synchronize_session=False)
        )


def failures_so_far(name: str) -> int:
    """Number of consecutive failed runs."""
    with transaction(reading=True):
        return db.session.scalar(select(JobRun.failures).where(JobRun.name == name)) or 0


@contextmanager
def kept_renewed(app: Flask, name: str, holder: str) -> Iterator[None]:
    """Renew the lease on a separate thread while the block runs."""
    over = threading.Event()

    def keep() -> None:
        while not over.wait(RENEW_EVERY_SECONDS):
            try:
                with app.app_context():
                    renew(name, holder)
            except Exception:
                log.exception("cannot renew the lease", job=name)

    keeper = threading.Thread(target=keep, name=f"lease of {name}", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join()
