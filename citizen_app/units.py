"""What an open unit of work holds: one connection, which prepared statements and the session share, and what waits for its commit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any, Final, Protocol

from flask_sqlalchemy.session import Session
from sqlalchemy import Connection, Engine


class Later(Protocol):
    """A statement whose rows can wait."""

    def write_together(self, held: Mapping[Any, list[Any]]) -> None:
        """Write the rows of all statements that were held back, this one among them."""


class Unit:
    """An open unit of work. Its connection is taken, and its transaction begun, by the first statement."""

    __slots__ = ("_connect", "_connection", "_held_back", "afterwards", "waiting")

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self._connect = connect
        self._connection: Connection | None = None
        self._held_back: dict[Later, list[Any]] = {}
        self.waiting: list[Callable[[], None]] = []
        self.afterwards: list[Callable[[], object]] = []

    @property
    def connection(self) -> Connection:
        """The connection, inside the transaction. Whoever takes it finds written what was held back."""
        if self._held_back:
            self.write_held_back()
        return self.connection_as_it_is

    @property
    def connection_as_it_is(self) -> Connection:
        """The connection, inside the transaction, for a statement to which what is held back does not matter."""
        connection = self._connection
        if connection is None:
            connection = self._connection = self._connect()
        if not connection.in_transaction():
            connection.begin()
        return connection

    def hold_back(self, statement: Later, row: Any) -> None:
        """Keep a row until somebody takes the connection, or the end; what is held by then is written together."""
        self._held_back.setdefault(statement, []).append(row)

    def write_held_back(self) -> None:
        """Write what was held back."""
        held, self._held_back = self._held_back, {}
        for statement in held:
            statement.write_together(held)
            break

    def commit(self) -> None:
        """Commit what the connection has done, if there is any."""
        self.write_held_back()
        if self._connection is not None:
            self._connection.commit()

    def close(self) -> None:
        """Give the connection back; what is not committed is rolled back, what was held back is dropped."""
        self._held_back.clear()
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
