"""Compiled statements: SQL text with positional parameters, and the converters of parameters and result
columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Dialect, Executable, Insert
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.selectable import ReturnsRows
from sqlalchemy.types import TypeEngine

Converter = Callable[[Any], Any]
Values = Mapping[str, Any]
_NAMED: Final = re.compile(r"%\((\w+)\)s")
"""A value as SQLAlchemy writes it for psycopg."""
_ONE_ROW: Final = re.compile(r" VALUES (\((?:[^()]|\([^()]*\))*\))")


@dataclass(frozen=True, eq=False, slots=True)
class CompiledStatement:
    """A statement compiled for one dialect. `one_row` is the parenthesis after `VALUES` of a plain INSERT; in
    `text` and `one_row` every parameter is `%s` or `?`."""

    text: str
    numbered: bool
    binds: tuple[tuple[str, Converter | None], ...]
    constants: Values
    columns: tuple[Converter | None, ...]
    one_row: str | None

    @classmethod
    def of(cls, statement: Executable, dialect: Dialect) -> CompiledStatement:
        """Compile. Raises `TypeError` for a statement that depends on each execution: `IN` lists, defaults
        computed in Python."""
        compiled = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
        assert isinstance(compiled, SQLCompiler)
        if compiled.insert_prefetch or compiled.update_prefetch or compiled.post_compile_params:
            raise TypeError(f"decided at each execution, so it cannot be prepared: {compiled}")
        names = compiled.positiontup or _NAMED.findall(compiled.string)
        converters = {
            name: _converter(bind.type, dialect, inward=True) for name, bind in compiled.binds.items()
        }
        constants = {name: bind.value for name, bind in compiled.binds.items() if bind.value is not None}
        answered = statement.exported_columns if isinstance(statement, ReturnsRows) else ()
        columns = tuple(_converter(column.type, dialect, inward=False) for column in answered)
        text = _NAMED.sub("%s", compiled.string)
        one_row = _ONE_ROW.search(text) if isinstance(statement, Insert) and not columns else None
        return cls(
            text,
            compiled.positiontup is None,
            tuple((name, converters[name]) for name in names),
            constants,
            columns if any(columns) else (),
            one_row[1] if one_row else None,
        )

    @property
    def sql(self) -> str:
        """The SQL that goes to the driver."""
        return _sql(self.text, self.numbered)

    def arguments(self, values: Values) -> list[Any]:
        """The parameters in order, converted for the driver."""
        if self.constants:
            values = {**self.constants, **values}
        return [values[name] if convert is None else convert(values[name]) for name, convert in self.binds]

    def arguments_of(self, rows: Sequence[Values]) -> list[Any]:
        """The parameters of several rows, one row after the other."""
        return [argument for row in rows for argument in self.arguments(row)]

    def read(self, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """The driver's rows, converted by the column types."""
        columns = self.columns
        if not columns:
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


@lru_cache(maxsize=1024)
def multi_row_insert(form: CompiledStatement, count: int) -> str:
    """The SQL of an INSERT of `count` rows: cheaper than one statement per row."""
    assert form.one_row is not None
    before, found, after = form.text.partition(f"VALUES {form.one_row}")
    assert found, form.text
    return _sql(f"{before}VALUES {', '.join([form.one_row] * count)}{after}", form.numbered)


@lru_cache(maxsize=1024)
def _sql(text: str, numbered: bool) -> str:
    """PostgreSQL's own numbers, `$1`, in place of each `%s`; psycopg would look for them in long texts each
    time anew."""
    if not numbered:
        return text
    first, *others = text.replace("%%", "%").split("%s")
    return first + "".join([f"${number}{part}" for number, part in enumerate(others, start=1)])


def _converter(kind: TypeEngine[Any], dialect: Dialect, *, inward: bool) -> Converter | None:
    here = kind.dialect_impl(dialect)
    return here.bind_processor(dialect) if inward else here.result_processor(dialect, None)
