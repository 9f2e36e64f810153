"""Units of work: commit once when all went well, then run the actions that wait for the commit.

Domain code flushes and never commits. A request is one unit (`CitizenFlask.dispatch_request`); commands and
jobs open their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from citizen_app.storage import dialects
from citizen_app.storage.orm import db
from citizen_app.storage.unit_of_work import UnitOfWork, current_unit
from citizen_app.wire.problems import Problem

log = structlog.get_logger(__name__)


@contextmanager
def transaction(*, reading: bool = False) -> Iterator[None]:
    """One unit of work: committed on leaving, rolled back on any exception.

    A `Problem` with `keep_writes` commits and is raised on (a wrong guess must be counted). With
    `reading=True` the unit cannot write. Units do not nest. One that touches no table takes no connection.
    """
    if current_unit.get() is not None:
        raise RuntimeError("a unit of work is already open; pass the work in, or use after_commit")
    _end_session()  # one that read outside of any unit has a connection of its own
    unit = UnitOfWork(_connect)
    unit_token, mode_token = current_unit.set(unit), dialects.reading.set(reading)
    committed = False
    try:
        yield
        _commit(unit)
        committed = True
    except Problem as problem:
        if problem.keep_writes:
            _commit(unit)
            committed = True
        raise
    finally:
        try:
            _release(unit)
        finally:
            dialects.reading.reset(mode_token)
            current_unit.reset(unit_token)
        if committed:
            _run(unit.waiting)
    if unit.afterwards:
        with transaction():
            for write in unit.afterwards:
                write()


def _release(unit: UnitOfWork) -> None:
    """Release session and connection. An error here is logged only: it does not change what was committed."""
    try:
        _end_session()
    except DBAPIError as error:
        log.warning("a session could not be closed", error=type(error.orig).__name__)
        db.session.remove()
    unit.close()


def _connect() -> Connection:
    return db.engine.connect()


def _commit(unit: UnitOfWork) -> None:
    if db.session.registry.has():
        db.session.commit()  # flushes, and lets go of its objects' transaction; the connection's is the unit's
    unit.commit()


def flush() -> None:
    """Flush the session, if there is one."""
    if db.session.registry.has():
        db.session.flush()


def _end_session() -> None:
    if db.session.registry.has():
        db.session.close()


def current_connection() -> Connection:
    """The connection of the present unit of work, for statements that need no session."""
    unit = current_unit.get()
    return db.session.connection() if unit is None else unit.connection


@contextmanager
def raise_if_connection_lost() -> Iterator[None]:
    """Raise `ConnectionLost` on leaving when the connection was lost inside, even if the error was swallowed
    there."""
    try:
        yield
    finally:
        unit = current_unit.get()
        if unit is not None:
            unit.check()


def after_commit(action: Callable[[], None]) -> None:
    """Run `action` when the present unit of work has been committed; dropped when it is rolled back.

    For effects inside this process (dropping a cache). Anything that must happen is an outbox row instead.
    """
    unit = current_unit.get()
    if unit is None:
        raise RuntimeError("after_commit needs an open unit of work")
    unit.waiting.append(action)


def write_after_read(write: Callable[[], object]) -> None:
    """Defer a write that reading causes (an audit entry, a look): after a read-only unit of work it runs in a
    unit of its own; in a writing unit it runs immediately.

    All deferred writes of one unit are committed together, before the caller gets the answer; when they fail
    the caller gets an error. So a reading request holds SQLite's write lock for these rows only, however long
    it reads.
    """
    unit = current_unit.get()
    if unit is None:
        raise RuntimeError("write_after_read needs an open unit of work")
    if dialects.reading.get():
        unit.afterwards.append(write)
    else:
        write()


def _run(queue: list[Callable[[], None]]) -> None:
    for action in queue:
        try:
            action()
        except Exception:
            log.exception("work after commit failed", action=getattr(action, "__qualname__", repr(action)))
