"""An open unit of work: one connection, shared by the session and prepared statements, and the actions that
wait for its commit."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Final

from flask_sqlalchemy.session import Session
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError


class ConnectionLost(Exception):
    """The database ended the connection in the middle of a unit of work, which is rolled back thereby."""


class UnitOfWork:
    """An open unit of work. Its connection is taken, and its transaction begun, by the first statement.

    `lost` says that the database has ended the connection: SQLAlchemy would go on with another one, on which
    half of the work is missing.
    """

    __slots__ = ("_connect", "_connection", "afterwards", "lost", "waiting")

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self._connect = connect
        self._connection: Connection | None = None
        self.lost = False
        self.waiting: list[Callable[[], None]] = []
        self.afterwards: list[Callable[[], object]] = []

    @property
    def connection(self) -> Connection:
        """The connection, inside the transaction. Raises `ConnectionLost`."""
        self.check()
        connection = self._connection
        if connection is None:
            connection = self._connection = self._connect()
        if not connection.in_transaction():
            connection.begin()
        return connection

    def commit(self) -> None:
        """Commit what the connection has done, if there is any. Raises `ConnectionLost`."""
        self.check()
        if self._connection is not None:
            self._connection.commit()

    def check(self) -> None:
        """Raise `ConnectionLost` when the work so far is lost, even if the code that met the error swallowed
        it."""
        if self.lost:
            raise ConnectionLost("the database went away")

    def close(self) -> None:
        """Return the connection to the pool; uncommitted work is rolled back. A connection that cannot roll
        back is discarded."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.close()
        except DBAPIError as error:
            if not connection.closed:
                connection.invalidate(error)
                connection.close()


current_unit: Final[ContextVar[UnitOfWork | None]] = ContextVar("current_unit", default=None)


class UnitOfWorkSession(Session):
    """A session that works on the connection of the open unit of work, and on one of its own where there is
    none."""

    def get_bind(
        self,
        mapper: Any | None = None,
        clause: Any | None = None,
        bind: Engine | Connection | None = None,
        **more: Any,
    ) -> Engine | Connection:
        """The connection of the unit."""
        unit = current_unit.get()
        return super().get_bind(mapper, clause, bind, **more) if unit is None else unit.connection
