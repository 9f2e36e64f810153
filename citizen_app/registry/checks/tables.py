"""Rules about own tables: their names, where they point, and what they may hold of a citizen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sqlalchemy import LargeBinary, Table
from sqlalchemy.types import TypeDecorator

from citizen_app.registry.checks.examined import Examined, Fault

OF_A_PERSON: Final = frozenset(
    {
        "citizen_id",
        "subject_number",
        "phone",
        "phone_number",
        "mobile",
        "id_number",
        "id_card",
        "real_name",
    }
)
"""Columns that would hold a key of the core, or a person in clear text."""


REFERENCES: Final = ("citizen_ref", "contact_ref", "identity_ref")
"""By what a service knows a person: the names of its columns end so."""


def names_people(table: Table) -> bool:
    """Whether rows of a table name people by a reference."""
    return any(column.name.endswith(REFERENCES) for column in table.columns)


def table_prefix(seen: Examined) -> Iterator[Fault]:
    """Table names begin with the service's id."""
    prefix = f"{seen.declared.id}_"
    for table in seen.tables:
        if not table.name.startswith(prefix):
            file, line = _place(seen, table.name)
            yield Fault(file, line, f"table {table.name!r}", f"call it {prefix}{table.name}")


def foreign_key(seen: Examined) -> Iterator[Fault]:
    """Foreign keys stay inside the service: the core and other services can be changed and removed without
    it."""
    prefix = f"{seen.declared.id}_"
    for table in seen.tables:
        for key in table.foreign_keys:
            if not key.target_fullname.startswith(prefix):
                file, line = _place(seen, key.target_fullname, table.name)
                message = f"{table.name} points at {key.target_fullname}"
                yield Fault(file, line, message, "keep citizen_ref or an id without a foreign key")


def personal_column(seen: Examined) -> Iterator[Fault]:
    """A citizen is a citizen_ref here; a personal field that the service needs is sealed."""
    for table in seen.tables:
        for column in table.columns:
            if column.name in OF_A_PERSON and not _is_sealed(column.type):
                file, line = _place_of_column(seen, table, column.name)
                remedy = "keep citizen_ref, contact_ref or identity_ref; a personal field is a SealedText"
                yield Fault(file, line, f"{table.name}.{column.name} would hold a person", remedy)


def _is_sealed(kind: object) -> bool:
    return isinstance(kind.impl if isinstance(kind, TypeDecorator) else kind, LargeBinary)


def _place(seen: Examined, *words: str) -> tuple[Path, int]:
    """Where one of the words stands as a value: in models.py, or in another file of the module."""
    for word in words:
        for path in (seen.path("models.py"), *seen.code):
            line = seen.line(path, word)
            if line > 1:
                return path, line
    return seen.path("models.py"), 1


def _place_of_column(seen: Examined, table: Table, column: str) -> tuple[Path, int]:
    file, line = _place(seen, table.name)
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    for number, text in enumerate(lines[line:], line + 1):
        if text.lstrip().startswith(f"{column}:"):
            return file, number
    return file, line


RULES: Final = (table_prefix, foreign_key, personal_column)
