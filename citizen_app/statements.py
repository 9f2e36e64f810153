"""Statements that both databases know under different names, and statements that are prepared once.

`Prepared` is for the few statements on the path of every scan. SQLAlchemy writes and checks them, once for each kind of database;
from then on they go to the driver with nothing between, which costs a quarter of `session.execute`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection, Dialect, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.selectable import ReturnsRows
from sqlalchemy.types import TypeEngine

from citizen_app.extensions import Model, on_sqlite
from citizen_app.transactions import current_connection
from citizen_app.units import current_unit

Insert = postgresql.Insert | sqlite.Insert
Converter = Callable[[Any], Any]
NO_VALUES: Final[Mapping[str, Any]] = {}


def upsert(table: Table | type[Model]) -> Insert:
    """An INSERT into a table, or into a model's, that can say `ON CONFLICT`."""
    return sqlite.insert(table) if on_sqlite() else postgresql.insert(table)


class Prepared:
    """A statement of the present unit of work, prepared once for each kind of database.

    Takes a Core statement, or a function that makes one where the databases differ. Values go by the names of the columns or bound
    parameters and pass the column types both ways, as always; errors are SQLAlchemy's. What it cannot do is what is decided at each
    execution: lists in `IN`, and defaults of columns that Python fills in. It does not flush the session first.
    """

    def __init__(self, statement: Executable | Callable[[], Executable]) -> None:
        self._statement = statement
        self._forms: dict[str, _Form] = {}

    def rows(self, values: Mapping[str, Any] = NO_VALUES) -> list[tuple[Any, ...]]:
        """Run it and read every row, as plain tuples."""
        connection = current_connection()
        form = self._form(connection)
        return form.read(self._run(connection, form.sql, form.arguments(values)).fetchall())

    def run(self, values: Mapping[str, Any] = NO_VALUES) -> int:
        """Run it; returns how many rows it touched."""
        connection = current_connection()
        form = self._form(connection)
        touched: int = self._run(connection, form.sql, form.arguments(values)).rowcount
        return touched

    def run_later(self, values: Mapping[str, Any]) -> None:
        """Run it before the unit of work does anything else, together with whatever else can wait.

        For an INSERT that nobody looks back at: an upload of 500 scans writes 500 rows at once, and a single scan writes the rows of
        several tables in one round trip. Its errors come late, too.
        """
        unit = current_unit.get()
        if unit is None:
            self.run(values)
        else:
            unit.hold_back(self, values)

    def run_many(self, rows: Sequence[Mapping[str, Any]]) -> int:
        """Run it for each of the rows; returns how many rows it touched altogether."""
        if len(rows) == 1:
            return self.run(rows[0])
        connection = current_connection()
        form = self._form(connection)
        arguments = [form.arguments(row) for row in rows]
        touched: int = self._run(connection, form.sql, arguments, many=True).rowcount
        return touched

    def write_together(self, held: Mapping[Prepared, list[Mapping[str, Any]]]) -> None:
        """Write what was held back: one row of each statement as one statement where the database knows how, otherwise in turn."""
        connection = current_connection()
        alone = len(held) == 1 or any(len(rows) > 1 for rows in held.values())
        if alone or connection.dialect.name != "postgresql":
            for statement, rows in held.items():
                statement.run_many(rows)
            return
        arguments: dict[str, Any] = {}
        for number, (statement, (row,)) in enumerate(held.items()):
            given = statement._form(connection).arguments(row)
            arguments.update((f"_{number}_{name}", value) for name, value in given.items())
        self._run(connection, _as_one(tuple(held)), arguments)

    def _run(self, connection: Connection, sql: str, arguments: Any, *, many: bool = False) -> Any:
        kept = connection.info  # lives as long as the driver's connection
        cursor = kept.get("cursor")
        if cursor is None:
            cursor = kept["cursor"] = connection.connection.cursor()
        connection.dispatch.before_cursor_execute(connection, cursor, sql, arguments, None, many)
        try:
            cursor.executemany(sql, arguments) if many else cursor.execute(sql, arguments)
        except Exception as error:
            kept.pop("cursor", None)  # SQLAlchemy closes the cursor of a statement that failed
            connection._handle_dbapi_exception(error, sql, arguments, cursor, None)
        return cursor

    def _form(self, connection: Connection) -> _Form:
        form = self._forms.get(connection.dialect.name)
        if form is None:
            statement = self._statement() if callable(self._statement) else self._statement
            form = self._forms[connection.dialect.name] = _Form.of(statement, connection.dialect)
        return form


@dataclass(frozen=True, slots=True)
class _Form:
    """A statement as one kind of database takes it; `binds` and `columns` convert values on their way in and out."""

    sql: str
    by_place: bool
    binds: tuple[tuple[str, Converter | None], ...]
    constants: Mapping[str, Any]
    columns: tuple[Converter | None, ...]

    @classmethod
    def of(cls, statement: Executable, dialect: Dialect) -> _Form:
        compiled = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
        assert isinstance(compiled, SQLCompiler)
        if compiled.insert_prefetch or compiled.update_prefetch or compiled.post_compile_params:
            raise TypeError(f"decided at each execution, so it cannot be prepared: {compiled}")
        names = compiled.positiontup or list(compiled.binds)
        binds = tuple((name, _converter(compiled.binds[name].type, dialect, inward=True)) for name in names)
        constants = {name: bind.value for name, bind in compiled.binds.items() if bind.value is not None}
        answered = statement.exported_columns if isinstance(statement, ReturnsRows) else ()
        columns = tuple(_converter(column.type, dialect, inward=False) for column in answered)
        return cls(compiled.string, compiled.positiontup is not None, binds, constants, columns)

    def arguments(self, values: Mapping[str, Any]) -> Any:
        """The values as the driver takes them."""
        if self.constants:
            values = {**self.constants, **values}
        if self.by_place:
            return [
                values[name] if convert is None else convert(values[name]) for name, convert in self.binds
            ]
        return {
            name: values[name] if convert is None else convert(values[name]) for name, convert in self.binds
        }

    def read(self, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """The driver's rows as the column types give them."""
        columns = self.columns
        if not any(columns):
            return rows
        return [
            tuple(
                [
                    value if convert is None else convert(value)
                    for value, convert in zip(row, columns, strict=True)
                ]
            )
            for row in rows
        ]


@lru_cache(maxsize=256)
def _as_one(statements: tuple[Prepared, ...]) -> str:
    """PostgreSQL: INSERTs as one statement, `WITH … AS (INSERT …), … INSERT …`; each keeps its own names of values."""
    parts = [
        re.sub(r"%\((\w+)\)s", rf"%(_{number}_\1)s", statement._forms["postgresql"].sql)
        for number, statement in enumerate(statements)
    ]
    before = ", ".join(f"_{number} AS ({part})" for number, part in enumerate(parts[:-1]))
    return f"WITH {before} {parts[-1]}"


def _converter(kind: TypeEngine[Any], dialect: Dialect, *, inward: bool) -> Converter | None:
    here = kind.dialect_impl(dialect)
    return here.bind_processor(dialect) if inward else here.result_processor(dialect, None)
