"""What an open unit of work holds: one connection, which prepared statements and the session share, and what waits for its commit."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Final

from flask_sqlalchemy.session import Session
from sqlalchemy import Connection, Engine


class Unit:
    """An open unit of work. Its connection is taken, and its transaction begun, by the first statement."""

    __slots__ = ("_connect", "_connection", "afterwards", "waiting")

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self._connect = connect
        self._connection: Connection | None = None
        self.waiting: list[Callable[[], None]] = []
        self.afterwards: list[Callable[[], object]] = []

    @property
    def connection(self) -> Connection:
        """The connection, inside the transaction."""
        connection = self._connection
        if connection is None:
            connection = self._connection = self._connect()
        if not connection.in_transaction():
            connection.begin()
        return connection

    def commit(self) -> None:
        """Commit what the connection has done, if there is any."""
        if self._connection is not None:
            self._connection.commit()

    def close(self) -> None:
        """Give the connection back; what is not committed is rolled back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


current_unit: Final[ContextVar[Unit | None]] = ContextVar("current_unit", default=None)


class UnitSession(Session):
    """A session that works on the connection of the open unit of work, and on one of its own where there is none."""

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
