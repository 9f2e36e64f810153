"""Statements that both databases know under different names, and statements that are prepared once.

`Prepared` is for the few statements on the path of every scan. SQLAlchemy writes and checks them, once for each kind of database;
from then on they go to the driver with nothing between, which costs a quarter of `session.execute`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import psycopg
from psycopg import RawCursor
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Executable,
    Table,
    any_,
    bindparam,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute

from citizen_app.columns import Json
from citizen_app.extensions import Model, on_sqlite
from citizen_app.statement_forms import Form, Values, as_one, with_rows
from citizen_app.transactions import current_connection
from citizen_app.units import current_unit

Insert = postgresql.Insert | sqlite.Insert
NO_VALUES: Final[Values] = {}
MOST_ROWS: Final = 64
"""In one statement: enough that its own cost does not count, few enough that texts and parameters stay small."""


def upsert(table: Table | type[Model]) -> Insert:
    """An INSERT into a table, or into a model's, that can say `ON CONFLICT`."""
    return sqlite.insert(table) if on_sqlite() else postgresql.insert(table)


def one_of(column: InstrumentedAttribute[Any], name: str) -> ColumnElement[bool]:
    """Whether a column holds one of the values of a list that is given as `name`: unlike `IN`, one statement for any length."""
    if on_sqlite():
        return column.in_(select(func.json_each(bindparam(name, type_=Json)).table_valued("value").c.value))
    return column == any_(bindparam(name, type_=ARRAY(column.type)))


class Prepared:
    """A statement of the present unit of work, prepared once for each kind of database.

    Takes a Core statement, or a function that makes one where the databases differ. Values go by the names of the columns or bound
    parameters and pass the column types both ways, as always; errors are SQLAlchemy's. What it cannot do is what is decided at each
    execution: lists in `IN`, and defaults of columns that Python fills in. It does not flush the session first.

    Rows that wait (`run_later`) are written before it, unless it is `ahead`: a statement that neither reads nor locks their tables, or
    need not see those rows, lets them wait on, so that many scans' rows still go in as one.
    """

    def __init__(self, statement: Executable | Callable[[], Executable], *, ahead: bool = False) -> None:
        self._statement = statement
        self._ahead = ahead
        self._forms: dict[str, Form] = {}

    def rows(self, values: Values = NO_VALUES) -> list[tuple[Any, ...]]:
        """Run it and read every row, as plain tuples."""
        connection = current_connection(as_it_is=self._ahead)
        form = self._form(connection)
        return form.read(self._run(connection, form.sql, form.arguments(values)).fetchall())

    def run(self, values: Values = NO_VALUES) -> int:
        """Run it; returns how many rows it touched."""
        connection = current_connection(as_it_is=self._ahead)
        form = self._form(connection)
        touched: int = self._run(connection, form.sql, form.arguments(values)).rowcount
        return touched

    def run_later(self, values: Values) -> None:
        """Run it before the unit of work does anything else, together with whatever else can wait.

        For an INSERT that nobody looks back at: an upload of 500 scans writes 500 rows at once, and a single scan writes the rows of
        several tables in one round trip. Its errors come late, too.
        """
        unit = current_unit.get()
        if unit is None:
            self.run(values)
        else:
            unit.hold_back(self, values)

    def run_many(self, rows: Sequence[Values]) -> int:
        """Run it for each of the rows; returns how many rows it touched altogether."""
        connection = current_connection()
        form = self._form(connection)
        if form.one_row is None:
            return sum(self.run(row) for row in rows)
        touched = 0
        for start in range(0, len(rows), MOST_ROWS):
            some = rows[start : start + MOST_ROWS]
            cursor = self._run(connection, with_rows(form, len(some)), form.arguments_of(some))
            touched += cursor.rowcount
        return touched

    def write_together(self, held: Mapping[Prepared, list[Values]]) -> None:
        """Write what was held back: a few rows of several tables as one statement where the database knows how, otherwise in turn."""
        connection = current_connection()
        forms = [(statement._form(connection), rows) for statement, rows in held.items()]
        few = sum(len(rows) for rows in held.values()) <= MOST_ROWS and all(form.one_row for form, _ in forms)
        if len(held) == 1 or not few or connection.dialect.name != "postgresql":
            for statement, rows in held.items():
                statement.run_many(rows)
            return
        text = as_one(tuple((form, len(rows)) for form, rows in forms))
        self._run(connection, text, [value for form, rows in forms for value in form.arguments_of(rows)])

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

    def _form(self, connection: Connection) -> Form:
        form = self._forms.get(connection.dialect.name)
        if form is None:
            statement = self._statement() if callable(self._statement) else self._statement
            form = self._forms[connection.dialect.name] = Form.of(statement, connection.dialect)
        return form


def _cursor(connection: Connection) -> Any:
    """The driver's own: SQL goes to the database as it stands."""
    driver = connection.connection.driver_connection
    return RawCursor(driver) if isinstance(driver, psycopg.Connection) else connection.connection.cursor()
