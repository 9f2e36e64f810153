"""Statements that the two databases spell differently, and prepared statements.

`Prepared` is for the few statements on the path of every scan. SQLAlchemy compiles them once for each
dialect; after that they go straight to the driver, which costs a quarter of `session.execute`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import psycopg
from psycopg import RawCursor
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Dialect,
    Executable,
    Table,
    TypeDecorator,
    any_,
    bindparam,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.types import TypeEngine

from citizen_app.storage.columns import Json
from citizen_app.storage.compiled_statements import CompiledStatement, Values, multi_row_insert
from citizen_app.storage.orm import Model, on_sqlite
from citizen_app.storage.transactions import current_connection

Insert = postgresql.Insert | sqlite.Insert
NO_VALUES: Final[Values] = {}
MOST_ROWS: Final = 64
"""In one statement: enough that its own cost does not count, few enough that texts and parameters stay
small."""


def upsert(table: Table | type[Model]) -> Insert:
    """An INSERT into a table (or a model's table) that supports `ON CONFLICT`."""
    return sqlite.insert(table) if on_sqlite() else postgresql.insert(table)


class _ListOf(TypeDecorator[list[Any]]):
    """SQLite: a list as JSON, each value as its column stores it."""

    impl = Json
    cache_ok = True

    def __init__(self, of: TypeEngine[Any]) -> None:
        super().__init__()
        self._of = of

    def process_bind_param(self, value: list[Any] | None, dialect: Dialect) -> list[Any] | None:
        """The values as the driver takes them."""
        convert = self._of.dialect_impl(dialect).bind_processor(dialect)
        return value if value is None or convert is None else [convert(one) for one in value]


def one_of(column: InstrumentedAttribute[Any], name: str) -> ColumnElement[bool]:
    """Whether the column is in the list bound as `name`: unlike `IN`, one statement for lists of any
    length."""
    if on_sqlite():
        values = bindparam(name, type_=_ListOf(column.type))
        return column.in_(select(func.json_each(values).table_valued("value").c.value))
    return column == any_(bindparam(name, type_=ARRAY(column.type)))


class Prepared:
    """A statement that is compiled once for each dialect and runs in the current unit of work.

    Takes a Core statement, or a function that returns one where the databases differ. Values are named after
    columns or bound parameters and pass the column types both ways; errors are SQLAlchemy's. Not supported:
    `IN` lists and column defaults computed in Python. It does not flush the session first.
    """

    def __init__(self, statement: Executable | Callable[[], Executable]) -> None:
        self._statement = statement
        self._forms: dict[str, CompiledStatement] = {}

    def rows(self, values: Values = NO_VALUES) -> list[tuple[Any, ...]]:
        """Run it and read every row, as plain tuples."""
        connection = current_connection()
        form = self._form(connection)
        return form.read(self._run(connection, form.sql, form.arguments(values)).fetchall())

    def run(self, values: Values = NO_VALUES) -> int:
        """Run it; returns how many rows were affected."""
        connection = current_connection()
        form = self._form(connection)
        touched: int = self._run(connection, form.sql, form.arguments(values)).rowcount
        return touched

    def run_many(self, rows: Sequence[Values]) -> int:
        """Run it for each of the rows; returns how many rows were affected in total."""
        if not rows:
            return 0
        connection = current_connection()
        form = self._form(connection)
        if form.one_row is None:
            return sum(self.run(row) for row in rows)
        touched = 0
        for start in range(0, len(rows), MOST_ROWS):
            some = rows[start : start + MOST_ROWS]
            cursor = self._run(connection, multi_row_insert(form, len(some)), form.arguments_of(some))
            touched += cursor.rowcount
        return touched

    def _run(self, connection: Connection, sql: str, arguments: list[Any]) -> Any:
        kept = connection.info  # lives as long as the driver's connection
        cursor = kept.get("cursor")
        if cursor is None:
            cursor = kept["cursor"] = _cursor(connection)
        connection.dispatch.before_cursor_execute(connection, cursor, sql, arguments, None, False)
        try:
            cursor.execute(sql, arguments)
        except Exception as error:
            kept.pop("cursor", None)  # SQLAlchemy closes the cursor of a statement that failed
            connection._handle_dbapi_exception(error, sql, arguments, cursor, None)
        return cursor

    def _form(self, connection: Connection) -> CompiledStatement:
        form = self._forms.get(connection.dialect.name)
        if form is None:
            statement = self._statement() if callable(self._statement) else self._statement
            form = self._forms[connection.dialect.name] = CompiledStatement.of(statement, connection.dialect)
        return form


def _cursor(connection: Connection) -> Any:
    """A cursor of the driver: SQL goes to the database unchanged."""
    driver = connection.connection.driver_connection
    return RawCursor(driver) if isinstance(driver, psycopg.Connection) else connection.connection.cursor()
