"""Rows of a table as a citizen's copy has them: what stands in plain or sealed columns, under its name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, inspect, select

from citizen_app.secrecy.sealing import SealedText
from citizen_app.storage.orm import Model, db

ROWS_AT_ONCE: Final = 500
PSEUDONYMS: Final = frozenset({"citizen_ref", "contact_ref", "identity_ref"})
"""References say nothing to the person, and are keys for others."""


def rows_of(
    model: type[Model],
    where: ColumnElement[bool],
    *,
    omit: Collection[str] = (),
    **shown: Callable[[Any], Any],
) -> Iterator[Mapping[str, Any]]:
    """The rows of a table that are a citizen's, in the order of their keys, read as they are taken.

    Each has all columns by name, sealed ones opened, but for bytes, references of people and what is left
    out (`omit`); `shown` adds values made of a row, or replaces them: `guest=lambda row: row.masked_guest`.
    """
    plain, opened = _names(model, {*omit, *shown})
    wanted = select(model).where(where).order_by(*inspect(model).primary_key)
    for row in db.session.scalars(wanted.execution_options(yield_per=ROWS_AT_ONCE)):
        told = {name: getattr(row, name) for name in (*plain, *opened)}
        yield told | {name: make(row) for name, make in shown.items()}


def _names(model: type[Model], left_out: Collection[str]) -> tuple[list[str], list[str]]:
    sealed = {
        name: field
        for base in model.__mro__
        for name, field in vars(base).items()
        if isinstance(field, SealedText)
    }
    behind = {column for field in sealed.values() for column in field.columns} | PSEUDONYMS | set(left_out)
    attributes = inspect(model).column_attrs
    plain = [
        one.key
        for one in attributes
        if one.key not in behind and one.columns[0].type.python_type is not bytes
    ]
    return plain, [name for name in sealed if name not in left_out]
