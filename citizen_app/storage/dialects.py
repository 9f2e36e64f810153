"""The connection and transaction rules of each database.

SQLite: one process; a writing transaction is `BEGIN IMMEDIATE` behind a first-in-first-out lock, because a
deferred BEGIN that turns into a write fails with "database is locked", and SQLite's own busy-waiting is
unfair. Reads never wait. Other processes (the command line) are met by `busy_timeout`. PostgreSQL: as many
processes as wanted, READ COMMITTED.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, text
from sqlalchemy.exc import DBAPIError, DisconnectionError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry

from citizen_app.process import metrics
from citizen_app.settings import Settings
from citizen_app.storage.unit_of_work import ConnectionLost, current_unit
from citizen_app.wire.json_text import read_json, write_json

LOCK_TIMEOUT_SECONDS: Final = 20.0
BUSY_TIMEOUT_MS: Final = 20_000
IDLE_SECONDS: Final = 1.0

reading: ContextVar[bool] = ContextVar("reading", default=False)
"""Whether the transaction that begins next only reads; set by `transactions`."""


class WriteLockTimeout(Exception):
    """The write lock was not granted in time: the database is overloaded or a writer is stuck."""


OUTAGE_STATES: Final = ("08", "40", "53", "55P03", "57P")
"""PostgreSQL, appendix A: no connection, lost against another transaction, no resources, no lock, shutting
down."""
OUTAGE_CODES: Final = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CANTOPEN")


def is_outage(error: BaseException) -> bool:
    """Whether an error means that the database is unreachable, full or overloaded, rather than that the
    statement is wrong."""
    if isinstance(error, (WriteLockTimeout, PoolTimeout, ConnectionLost)):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    code = getattr(error.orig, "sqlite_errorname", None)
    if code is not None:
        return str(code).startswith(OUTAGE_CODES)
    state = getattr(error.orig, "sqlstate", None)
    return isinstance(error, OperationalError) if state is None else str(state).startswith(OUTAGE_STATES)


def outage_cause(error: BaseException) -> BaseException | None:
    """The outage in an error's chain of causes, the error itself included; None if there is none."""
    while error is not None and not is_outage(error):
        error = error.__cause__ or error.__context__  # type: ignore[assignment]
    return error


def is_conflict(error: BaseException) -> bool:
    """Whether an error is a conflict with another transaction, so that a retry may succeed: a unique row
    exists already, or PostgreSQL aborted this transaction in favour of another (class 40: deadlock,
    serialisation failure)."""
    if isinstance(error, IntegrityError):
        return True
    return isinstance(error, DBAPIError) and str(getattr(error.orig, "sqlstate", None)).startswith("40")


class FairLock:
    """A first-in-first-out lock."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held = False
        self._waiting: deque[threading.Event] = deque()

    def acquire(self, timeout: float) -> None:
        """Acquire the lock; raises `WriteLockTimeout` after `timeout` seconds."""
        with self._guard:
            if not self._held:
                self._held = True
                return
            turn = threading.Event()
            self._waiting.append(turn)
        if turn.wait(timeout):
            return
        with self._guard:
            if turn.is_set():  # granted between the time-out and here: take it
                return
            self._waiting.remove(turn)
        raise WriteLockTimeout(f"no turn to write within {timeout:.0f} s")

    def release(self) -> None:
        """Release the lock to the thread that has waited longest."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._held = False


def engine_options(settings: Settings) -> dict[str, Any]:
    """Pool sizes and behaviour for `SQLALCHEMY_ENGINE_OPTIONS`."""
    options: dict[str, Any] = {
        "hide_parameters": True,
        "pool_size": settings.threads + 4,
        "max_overflow": 8,
        "pool_timeout": 20,
        "pool_use_lifo": True,  # the connection used last has its statements and pages ready
        "json_serializer": write_json,
        "json_deserializer": read_json,
    }
    if settings.on_sqlite:
        options["connect_args"] = {"check_same_thread": False}
    else:
        options["connect_args"] = {
            "connect_timeout": 5,
            "options": "-c timezone=utc -c lock_timeout=20s -c statement_timeout=60s"
            " -c idle_in_transaction_session_timeout=60s",
            # A host that falls silent sends no reset; the kernel alone would wait a quarter of an hour.
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 15_000,
        }
    return options


def apply_rules(engine: Engine) -> None:
    """Attach the rules of the engine's dialect."""

    @event.listens_for(engine, "handle_error")
    def note_loss(failed: ExceptionContext) -> None:
        unit = current_unit.get()
        if failed.is_disconnect and unit is not None:
            unit.lost = True

    if engine.dialect.name == "sqlite":
        _apply_sqlite_rules(engine)
    else:
        _ping_idle_connections(engine)


def _ping_idle_connections(engine: Engine) -> None:
    """Ping a pooled connection before use when it has been idle for more than `IDLE_SECONDS`.

    (`pool_pre_ping` would ping every time: one more round trip for every request.)
    """

    @event.listens_for(engine, "checkin")
    def rest(connection: Any, entry: ConnectionPoolEntry) -> None:
        entry.info["rests_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def ask(connection: Any, entry: ConnectionPoolEntry, proxy: object) -> None:
        rested = time.monotonic() - entry.info.get("rests_since", time.monotonic())
        if rested > IDLE_SECONDS and not _lives(engine, connection):
            raise DisconnectionError


def _lives(engine: Engine, connection: Any) -> bool:
    """Whether a driver's connection answers a ping."""
    try:
        return engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error:
        return False


def standalone_engine(settings: Settings) -> Engine:
    """A separate engine with the same rules, for work outside requests (migrations)."""
    engine = create_engine(settings.database_url, **engine_options(settings))
    apply_rules(engine)
    return engine


@contextmanager
def changing_tables(engine: Engine) -> Iterator[Connection]:
    """One transaction in which tables may be made anew.

    SQLite drops the old table, which would delete by cascade whatever refers to it: foreign keys rest
    meanwhile, which only works outside of a transaction, and are checked before the commit (SQLite
    documentation, "Making Other Kinds Of Table Schema Changes").
    """
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        if engine.dialect.name != "sqlite":
            with connection.begin():
                yield connection
            return
        driver.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
                if (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first()) is not None:
                    raise RuntimeError(f"a row of {broken[0]} refers to none of {broken[2]}")
        finally:
            driver.execute("PRAGMA foreign_keys=ON")


def read_from_snapshot(connection: Connection) -> None:
    """Make a transaction that has just begun read from one snapshot (REPEATABLE READ, READ ONLY); on SQLite
    every transaction does."""
    if connection.dialect.name != "sqlite":
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))


def enable_wal(engine: Engine) -> None:
    """Switch an SQLite file to write-ahead logging. It is a property of the file and is set once: setting it
    per connection races."""
    if engine.dialect.name != "sqlite":
        return
    raw = engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA journal_mode=WAL")
    finally:
        raw.close()


def _apply_sqlite_rules(engine: Engine) -> None:
    lock = FairLock()

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA secure_delete=ON")
        cursor.execute("PRAGMA recursive_triggers=ON")  # INSERT OR REPLACE meets the append-only guards
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        only_reads = reading.get()
        if not only_reads and not connection.info.get("writes"):
            asked = time.perf_counter()
            lock.acquire(LOCK_TIMEOUT_SECONDS)
            metrics.write_lock_waited(time.perf_counter() - asked)
            connection.info["writes"] = True
        if connection.info.get("only_reads", False) is not only_reads:
            connection.exec_driver_sql(f"PRAGMA query_only={'ON' if only_reads else 'OFF'}")
            connection.info["only_reads"] = only_reads
        connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")

    @event.listens_for(engine, "checkin")
    def release(connection: Any, entry: ConnectionPoolEntry) -> None:
        if entry.info.pop("writes", False):
            lock.release()
