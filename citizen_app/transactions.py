"""Units of work: commit once when all went well, then do what waits for the commit.

Domain code flushes and never commits. A request is one unit (`CitizenFlask.dispatch_request`); commands and jobs open their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import structlog
from sqlalchemy.orm import SessionTransaction

from citizen_app import database
from citizen_app.extensions import db
from citizen_app.problems import Problem

log = structlog.get_logger(__name__)

_waiting: ContextVar[list[Callable[[], None]] | None] = ContextVar("waiting", default=None)


@contextmanager
def transaction(*, reading: bool = False) -> Iterator[None]:
    """One unit of work on `db.session`: committed on leaving, rolled back on any exception.

    A `Problem` with `keep_writes` commits and is raised on (a wrong guess must be counted). With `reading=True` the unit cannot
    write. Units do not nest.
    """
    if _waiting.get() is not None:
        raise RuntimeError("a unit of work is already open; pass the work in, or use after_commit")
    queue: list[Callable[[], None]] = []
    queue_token, mode_token = _waiting.set(queue), database.reading.set(reading)
    committed = False
    try:
        yield
        db.session.commit()
        committed = True
    except Problem as problem:
        if problem.keep_writes:
            db.session.commit()
            committed = True
        raise
    finally:
        db.session.close()  # rolls back what is not committed, and gives the connection back
        database.reading.reset(mode_token)
        _waiting.reset(queue_token)
        if committed:
            _run(queue)


def after_commit(action: Callable[[], None]) -> None:
    """Run `action` when the present unit of work has been committed; dropped when it is rolled back.

    For effects inside this process (dropping a cache). Anything that must happen is an outbox row instead.
    """
    queue = _waiting.get()
    if queue is None:
        raise RuntimeError("after_commit needs an open unit of work")
    queue.append(action)


@contextmanager
def hook_savepoint() -> Iterator[SessionTransaction]:
    """A savepoint around a service module's work: an exception undoes what the module wrote and nothing else."""
    savepoint = db.session.begin_nested()
    with savepoint:
        yield savepoint


def _run(queue: list[Callable[[], None]]) -> None:
    for action in queue:
        try:
            action()
        except Exception:
            log.exception("work after commit failed", action=getattr(action, "__qualname__", repr(action)))
