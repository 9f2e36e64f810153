"""In-process caches with invalidation by version rows: a cached value is reloaded within a second after
another process changed its rows.

Each topic has a version row. Code that changes what a topic covers calls `invalidate(topic)` in the same
transaction. A thread in every process compares the version rows each second and reloads what changed, so no
request waits for a reload.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar

import structlog
from flask import Flask
from sqlalchemy import Connection, String, select, text
from sqlalchemy.orm import Mapped, mapped_column

from citizen_app.flask_globals import extension
from citizen_app.storage import dialects
from citizen_app.storage.orm import Model, db
from citizen_app.storage.transactions import after_commit

log = structlog.get_logger(__name__)
Value = TypeVar("Value")

INCREMENT_VERSION: Final = text(
    "INSERT INTO watch_versions (topic, version) VALUES (:topic, 1)"
    " ON CONFLICT (topic) DO UPDATE SET version = watch_versions.version + 1"
)


class CacheVersion(Model):
    """The version row of one topic; it only grows."""

    __tablename__ = "watch_versions"

    topic: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[int] = mapped_column(nullable=False)


class CachedValue(Generic[Value]):
    """A value loaded from the database, shared by all threads of a process and reloaded when its topic is
    invalidated."""

    def __init__(self, topic: str, load: Callable[[Connection], Value]) -> None:
        self.topic = topic
        self.load = load

    def get(self) -> Value:
        """The current value; loaded on first use."""
        value: Value = current_watch().value_of(self)
        return value


class CacheWatch:
    """The cached values of one application in one process, and the thread that keeps them current."""

    def __init__(self, app: Flask, interval: float) -> None:
        self._app = app
        self.interval = interval
        self._values: dict[CachedValue[Any], tuple[int, Any]] = {}
        self._on_each_check: list[Callable[[], None]] = []
        self._lock = threading.RLock()
        self._thread: threading.Thread | None = None
        self._stopped = threading.Event()
        self.last_check = 0.0

    def value_of(self, watched: CachedValue[Value]) -> Value:
        """The value from memory; the first call loads it."""
        held = self._values.get(watched)
        if held is None:
            self.check_versions(also=watched)
            held = self._values[watched]
        value: Value = held[1]
        return value

    def check_versions(self, also: CachedValue[Any] | None = None) -> None:
        """Compare the version rows and reload what changed."""
        with self._lock:
            mode = dialects.reading.set(True)
            try:
                with db.engine.connect() as connection, connection.begin():
                    rows = connection.execute(select(CacheVersion.topic, CacheVersion.version)).all()
                    versions = {row.topic: row.version for row in rows}
                    for watched in {*self._values, *([also] if also else [])}:
                        version = versions.get(watched.topic, 0)
                        held = self._values.get(watched)
                        if held is None or held[0] != version:
                            self._values[watched] = (version, watched.load(connection))
                self.last_check = time.monotonic()
            finally:
                dialects.reading.reset(mode)

    def on_each_check(self, action: Callable[[], None]) -> None:
        """Run `action` after each check of the thread, outside any transaction."""
        self._on_each_check.append(action)

    def start(self) -> None:
        """Start the thread that checks the versions each `interval` seconds; safe to call again."""
        if self._thread is not None and self._thread.is_alive():
            return
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """End the thread, and wait until it has ended."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def reset(self) -> None:
        """Drop all values and stop until the next `start`."""
        self.stop()
        with self._lock:
            self._values.clear()
            self._thread = None
            self._stopped.clear()
            self.last_check = 0.0

    def _act(self) -> None:
        for action in self._on_each_check:
            try:
                action()
            except Exception:
                log.exception("work beside the watch failed", action=action.__qualname__)

    def _run(self) -> None:
        failing = False
        while not self._stopped.wait(self.interval):
            try:
                with self._app.app_context():
                    self.check_versions()
                    self._act()
                failing = False
            except Exception:
                if not failing:
                    log.exception(
                        "the watch cannot reach the database; values in memory stay until it is back"
                    )
                failing = True


def invalidate(topic: str) -> None:
    """Raise the version of `topic` in the current unit of work; this process reloads right after the commit,
    the others within a second."""
    db.session.execute(INCREMENT_VERSION, {"topic": topic})
    watch = current_watch()
    after_commit(watch.check_versions)


def current_watch() -> CacheWatch:
    """The watch of the running application."""
    watch: CacheWatch = extension("watch")
    return watch
