"""Retention of the usage log: how long it is kept, and how its oldest part is deleted.

On PostgreSQL a month is a partition, and dropping it is dropping a table. On SQLite events are deleted in
bounded slices. Both tables refuse changes by trigger; only here do triggers step aside, for the length of one
transaction (docs/adr/0010). What is not in the daily counts yet stays, so that statistics lose nothing.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import structlog
from sqlalchemy import Connection, delete, func, select, text
from sqlalchemy.exc import OperationalError

from citizen_app.audit.operations import record
from citizen_app.ids import first_id_at
from citizen_app.jobs.retention_clock import retention_now
from citizen_app.settings import LEAST_RETENTION_DAYS, current_settings
from citizen_app.storage.append_only import append_only_statements, drop_append_only_statements
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.usage.look_retention import purge_looks
from citizen_app.usage.models import UsageActor, UsageEvent, UsageLook, UsageMark
from citizen_app.usage.partitions import Month, months_kept
from citizen_app.usage.statistics import counted_to

SLICE: Final = 1000
"""Rows deleted in one transaction on SQLite: scans wait for no more than that."""
LOCK_TIMEOUT: Final = "2s"
"""How long scans may queue behind the lock that dropping a month needs; then the job tries again later."""

log = structlog.get_logger(__name__)

_EVENTS: Final[Any] = UsageEvent.__table__
_MARKS: Final[Any] = UsageMark.__table__
_ACTORS: Final[Any] = UsageActor.__table__
GUARDED: Final = {"usage_events": "id", "usage_marks": "id", "usage_actors": "event_id"}
"""Append-only tables of events, with the primary key."""


class TooSoon(ValueError):
    """The retention asked for is below the legal minimum of 184 days (six months)."""


def retention_days() -> int:
    """For how many days events are kept (`CITIZEN_USAGE_RETENTION_DAYS`)."""
    return current_settings().usage_retention_days


def purge(days: int | None = None) -> int:
    """Remove events that arrived, and looks that were made, more than so many days ago, in transactions of
    its own; returns how many events.

    Whole months on PostgreSQL, so an event stays up to a month longer there. Raises `TooSoon` for less than
    184 days.
    """
    kept = retention_days() if days is None else days
    if kept < LEAST_RETENTION_DAYS:
        raise TooSoon(f"the log is kept for {LEAST_RETENTION_DAYS} days at least, not {kept}")
    with transaction(reading=True):
        oldest = first_id_at(retention_now() - timedelta(days=kept))
        bound = min(oldest, counted_to())
    purge_looks(oldest)
    return _delete_slices(bound) if current_settings().on_sqlite else _drop_months(bound)


def anything_past() -> bool:
    """Whether something may be purged: a cheap look."""
    bound = first_id_at(retention_now() - timedelta(days=retention_days()))
    if db.session.scalar(select(UsageLook.id).where(UsageLook.id < bound).limit(1)) is not None:
        return True
    if current_settings().on_sqlite:
        return db.session.scalar(select(UsageEvent.id).where(UsageEvent.id < bound).limit(1)) is not None
    return any(month.bounds[1] <= bound for month in months_kept(db.session.connection()))


def _drop_months(bound: str) -> int:
    removed = 0
    with transaction(reading=True):
        past = [month for month in months_kept(db.session.connection()) if month.bounds[1] <= bound]
    for month in past:
        with transaction():
            removed += _drop_month(month)
    return removed


def _drop_month(month: Month) -> int:
    """Drop one partition with the marks of its events, and say so in the audit log."""
    connection = db.session.connection()
    low, high = month.bounds
    connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
    events = connection.execute(text(f"SELECT count(*) FROM {month.name}")).scalar_one()  # noqa: S608 - a name of our own
    _delete_beside(connection, _MARKS, low, high)
    _delete_beside(connection, _ACTORS, low, high)
    connection.execute(text(f"DROP TABLE {month.name}"))
    record("usage.purge", "month", f"{month.year:04}-{month.month:02}", events=events)
    log.info("a month of the usage log was dropped", month=month.name, events=events)
    return int(events)


def _delete_beside(connection: Connection, table: Any, low: str, high: str) -> None:
    """Delete what stands beside events of these ids in one of the tables."""
    doomed = table.c.event_id >= low, table.c.event_id < high
    if connection.execute(select(table.c.event_id).where(*doomed).limit(1)).first() is None:
        return
    connection.execute(text(f"ALTER TABLE {table.name} DISABLE TRIGGER USER"))
    connection.execute(delete(table).where(*doomed))
    connection.execute(text(f"ALTER TABLE {table.name} ENABLE TRIGGER USER"))


def _delete_slices(bound: str) -> int:
    removed = 0
    while True:
        with transaction():
            step = _delete_slice(bound)
            if step:
                record("usage.purge", "events", None, events=step)
        removed += step
        if step < SLICE:
            return removed


def _delete_slice(bound: str) -> int:
    """Delete the oldest events and their marks; the guards are away for this transaction only, which is the
    only writing one."""
    oldest = select(_EVENTS.c.id).where(_EVENTS.c.id < bound).order_by(_EVENTS.c.id).limit(SLICE)
    last = db.session.scalar(select(func.max(oldest.subquery().c.id)))
    if last is None:
        return 0
    connection = db.session.connection()
    for table in GUARDED:
        for statement in drop_append_only_statements(table, "sqlite"):
            connection.execute(text(statement))
    for beside in (_MARKS, _ACTORS):
        connection.execute(delete(beside).where(beside.c.event_id <= last))
    removed: int = connection.execute(delete(_EVENTS).where(_EVENTS.c.id <= last)).rowcount
    for table, key in GUARDED.items():
        for statement in append_only_statements(table, "sqlite", (key,)):
            connection.execute(text(statement))
    return removed


def purge_with_lock_timeout() -> None:
    """The job: purge with a short lock timeout; partitions that are locked wait for the next run."""
    try:
        purge()
    except OperationalError as error:
        log.warning("the usage log is busy; nothing more is dropped now", error=type(error.orig).__name__)
