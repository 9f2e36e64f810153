"""Applications for tests: made once for each environment, then lent to one test after another.

Making one costs far more than most tests. An application that comes back forgets what it has learnt
(`CitizenFlask.reset`) and is given back what a test exchanged in it. Flask itself refuses new routes to an
application that has answered; one that comes back with anything else that a test left in it is not lent
again.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy.pool import QueuePool

from citizen_app.factory import CitizenFlask, create_app
from citizen_app.storage.orm import db, on_sqlite

ENGINE_EVENTS: Final = ("begin", "before_cursor_execute", "after_cursor_execute", "commit", "rollback")
POOL_EVENTS: Final = ("connect", "checkout", "checkin")
MOST_IDLE: Final = 16
"""Of each kind of settings that tests share there is one or two; what only one test asks for makes room
again."""


def dispose(app: CitizenFlask) -> None:
    """Let go of an application's connections, so that its database can be dropped."""
    with app.app_context():
        app.extensions["watch"].stop()
        db.engine.dispose()


class Lent:
    """One application, and how it was before anybody used it."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = dict(environ)
        self.app = create_app(environ)
        assert self.app.test_client().get("/healthz").status_code == 200  # from now on Flask refuses routes
        self.app.reset()
        self._extensions = dict(self.app.extensions)
        self._config = dict(self.app.config)
        self._parts = [(part, dict(vars(part))) for part in self._exchangeable()]
        self._listeners = self.listeners()

    def come_back(self) -> bool:
        """Be as before; whether that is so."""
        for watch in {id(w): w for w in (self.app.extensions["watch"], self._extensions["watch"])}.values():
            watch.stop()
        self.app.extensions.clear()
        self.app.extensions.update(self._extensions)
        self.app.config.clear()
        self.app.config.update(self._config)
        for part, was in self._parts:
            vars(part).clear()
            vars(part).update(was)
        self.app.reset()
        return self._rests() and self.listeners() == self._listeners

    def listeners(self) -> dict[str, int]:
        """How many listen to each event of the engine and of its pool."""
        with self.app.app_context():
            engine = db.engine
            watched = {engine: ENGINE_EVENTS, engine.pool: POOL_EVENTS}
            return {
                name: len(list(getattr(on.dispatch, name))) for on, names in watched.items() for name in names
            }

    def _rests(self) -> bool:
        """Whether nobody holds a connection any more; what is left is one to PostgreSQL at most, none to a
        file that is exchanged."""
        with self.app.app_context():
            pool = db.engine.pool
            if isinstance(pool, QueuePool) and pool.checkedout():
                gc.collect()  # one that hangs in a cycle of references goes back only now
            rests = not (isinstance(pool, QueuePool) and pool.checkedout())
            if on_sqlite() or not isinstance(pool, QueuePool) or pool.checkedin() > 1:
                db.engine.dispose()
            return rests

    def _exchangeable(self) -> list[Any]:
        kept = self.app.extensions
        return [kept["settings"], kept["watch"], *kept["registry"]]


class Applications:
    """The applications of this process that no test uses at the moment, those that were used last at the
    end."""

    def __init__(self) -> None:
        self._idle: list[Lent] = []

    @contextmanager
    def lend(self, environ: Mapping[str, str]) -> Iterator[CitizenFlask]:
        """An application as `create_app` makes it, for one test at a time."""
        lent = next((one for one in reversed(self._idle) if one.environ == dict(environ)), None)
        if lent is None:
            lent = Lent(environ)
        else:
            self._idle.remove(lent)
        try:
            yield lent.app
        finally:
            if lent.come_back():
                self._idle.append(lent)
            else:
                dispose(lent.app)
            while len(self._idle) > MOST_IDLE:
                dispose(self._idle.pop(0).app)

    def dispose(self) -> None:
        """Let go of every one."""
        while self._idle:
            dispose(self._idle.pop().app)
