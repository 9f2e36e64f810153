"""Units of work: commit once when all went well, then do what waits for the commit.

Domain code flushes and never commits. A request is one unit (`CitizenFlask.dispatch_request`); commands and jobs open their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import structlog
from sqlalchemy import Connection
from sqlalchemy.orm import SessionTransaction

from citizen_app import database
from citizen_app.extensions import db
from citizen_app.problems import Problem

log = structlog.get_logger(__name__)


class _Unit:
    """What an open unit of work holds: what waits for its commit, and its connection once there is one."""

    __slots__ = ("connection", "waiting")

    def __init__(self) -> None:
        self.waiting: list[Callable[[], None]] = []
        self.connection: Connection | None = None


_unit: ContextVar[_Unit | None] = ContextVar("unit", default=None)


@contextmanager
def transaction(*, reading: bool = False) -> Iterator[None]:
    """One unit of work on `db.session`: committed on leaving, rolled back on any exception.

    A `Problem` with `keep_writes` commits and is raised on (a wrong guess must be counted). With `reading=True` the unit cannot
    write. Units do not nest.
    """
    if _unit.get() is not None:
        raise RuntimeError("a unit of work is already open; pass the work in, or use after_commit")
    unit = _Unit()
    unit_token, mode_token = _unit.set(unit), database.reading.set(reading)
    committed = False
    try:
        yield
        _commit()
        committed = True
    except Problem as problem:
        if problem.keep_writes:
            _commit()
            committed = True
        raise
    finally:
        if db.session.registry.has():
            db.session.close()  # rolls back what is not committed, and gives the connection back
        database.reading.reset(mode_token)
        _unit.reset(unit_token)
        if committed:
            _run(unit.waiting)


def _commit() -> None:
    if db.session.registry.has():  # a unit that touched no table has no session
        db.session.commit()


def current_connection() -> Connection:
    """The connection of the present unit of work, for statements that need no session; the session uses the same one."""
    unit = _unit.get()
    if unit is None:
        return db.session.connection()
    connection = unit.connection
    if connection is None or connection.closed:
        connection = unit.connection = db.session.connection()
    return connection


def start_over() -> None:
    """Undo everything that the present unit of work has done, what waits for its commit too; it goes on in a new transaction."""
    db.session.rollback()
    unit = _unit.get()
    if unit is not None:
        unit.waiting.clear()
        unit.connection = None


def after_commit(action: Callable[[], None]) -> None:
    """Run `action` when the present unit of work has been committed; dropped when it is rolled back.

    For effects inside this process (dropping a cache). Anything that must happen is an outbox row instead.
    """
    unit = _unit.get()
    if unit is None:
        raise RuntimeError("after_commit needs an open unit of work")
    unit.waiting.append(action)


@contextmanager
def hook_savepoint() -> Iterator[SessionTransaction]:
    """A savepoint around a service module's work: an exception undoes what the module wrote and nothing else."""
    savepoint = db.session.begin_nested()
    with savepoint:
        db.session.connection()  # the session would wait for a statement of its own before it sets the savepoint
        yield savepoint


def _run(queue: list[Callable[[], None]]) -> None:
    for action in queue:
        try:
            action()
        except Exception:
            log.exception("work after commit failed", action=getattr(action, "__qualname__", repr(action)))
