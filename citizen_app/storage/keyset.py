"""Keyset pagination, newest first: a page costs the same at any depth, and pages stay stable while rows are
inserted.

The order is one unique column, descending; ids are UUIDv7, so that is the order of creation. A cursor holds
the name of its list and the last key, and is signed: a client cannot forge one or use it for another list.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from itsdangerous import BadData
from marshmallow import Schema, fields, validate
from sqlalchemy import ColumnElement, Row, Select
from sqlalchemy.orm import InstrumentedAttribute

from citizen_app.secrecy.vault import current_vault
from citizen_app.storage.orm import db
from citizen_app.text import Text
from citizen_app.wire.inputs import StrictSchema
from citizen_app.wire.problems import Problem, invalid_input

MOST_PER_PAGE: Final = 100
USUAL_PER_PAGE: Final = 50
MOST_LOOKED_AT: Final = 5_000
NOT_A_CURSOR: Final = Text("不是这个列表的游标", "not a cursor of this list")

Item = TypeVar("Item")
Other = TypeVar("Other")
KeyColumn = InstrumentedAttribute[Any] | ColumnElement[Any]


class PageQuerySchema(StrictSchema):
    """`?limit=&cursor=`, for query strings; inherit to add filters."""

    limit = fields.Integer(
        load_default=USUAL_PER_PAGE,
        validate=validate.Range(min=1),
        metadata={"description": f"Items per page; more than {MOST_PER_PAGE} gives {MOST_PER_PAGE}."},
    )
    cursor = fields.String(
        load_default=None,
        validate=validate.Length(max=400),
        metadata={"description": "`next_cursor` of the page before; opaque."},
    )


class PageSchema(Schema):
    """What every list answers; inherit and add `items`."""

    next_cursor = fields.String(
        required=True, allow_none=True, metadata={"description": "Cursor of the next page; null on the last."}
    )


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended: the list, and the key of its last row (text or whole number)."""

    list_name: str
    after: str | int

    def sign(self) -> str:
        """The cursor as opaque text."""
        text: str = current_vault().signer("cursor").dumps([self.list_name, self.after])
        return text

    @classmethod
    def read(cls, text: str, list_name: str) -> Cursor:
        """Back from `sign`. Raises a 422 for a cursor that is not ours, or of another list."""
        try:
            named, after = current_vault().signer("cursor").loads(text)
        except BadData as refused:
            raise _not_a_cursor() from refused
        if named != list_name:
            raise _not_a_cursor()
        return cls(named, after)


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of a list; `next_cursor` is None on the last."""

    items: list[Item]
    next_cursor: str | None

    def map(self, change: Callable[[Item], Other]) -> Page[Other]:
        """The same page with each item changed."""
        return Page([change(item) for item in self.items], self.next_cursor)


def page(
    query: Select[Item], column: KeyColumn, limit: int, cursor: str | None, of: str | None = None
) -> Page[Item]:
    """One page of a select of one entity (or one column), ordered by the unique `column` descending.

    `limit` above 100 gives 100; `cursor` is the `next_cursor` of the page before; `of` names the list where
    several show rows of one table. Raises a 422 for a foreign cursor.
    """
    return page_of_rows(query, column, limit, cursor, of).map(lambda row: row[0])


def page_of_rows(
    query: Select[*tuple[Any, ...]],
    column: KeyColumn,
    limit: int,
    cursor: str | None,
    of: str | None = None,
) -> Page[Row[*tuple[Any, ...]]]:
    """As `page`, for a select of several columns: the items are rows, with the key as an extra last value."""
    name, limit = of or str(column), min(limit, MOST_PER_PAGE)
    if cursor is not None:
        query = query.where(column < Cursor.read(cursor, name).after)
    narrowed = (
        query.add_columns(column.label("page_key")).order_by(None).order_by(column.desc()).limit(limit + 1)
    )
    rows = list(db.session.execute(narrowed).all())
    more = len(rows) > limit
    return Page(rows[:limit], Cursor(name, rows[limit - 1].page_key).sign() if more else None)


def page_of_matching(
    query: Select[Item], column: KeyColumn, limit: int, cursor: str | None, matches: Callable[[Item], bool]
) -> Page[Item]:
    """As `page`, filtered in Python by `matches`, for fields that the database cannot search (sealed ones).
    Examines at most `MOST_LOOKED_AT` rows, so a page may be short, or empty, and still have a next one.
    """
    name, limit = str(column), min(limit, MOST_PER_PAGE)
    found: list[Item] = []
    for _ in range(MOST_LOOKED_AT // MOST_PER_PAGE):
        step = page_of_rows(query, column, MOST_PER_PAGE, cursor)
        for place, row in enumerate(step.items, 1):
            if matches(row[0]):
                found.append(row[0])
            if len(found) == limit and (place < len(step.items) or step.next_cursor is not None):
                return Page(found, Cursor(name, row.page_key).sign())
        cursor = step.next_cursor
        if cursor is None:
            break
    return Page(found, cursor)


def page_of_list(
    items: Sequence[Item], name: str, named: Callable[[Item], str], limit: int, cursor: str | None
) -> Page[Item]:
    """As `page`, for a short list in memory in its own order: the cursor holds the last item's name, given by
    `named`.

    Raises a 422 for a foreign cursor, and when the named item is no longer in the list.
    """
    start, limit = 0, min(limit, MOST_PER_PAGE)
    if cursor is not None:
        last = Cursor.read(cursor, name).after
        found = next((place for place, item in enumerate(items) if named(item) == last), None)
        if found is None:
            raise _not_a_cursor()
        start = found + 1
    chosen = list(items[start : start + limit])
    more = len(items) > start + limit
    return Page(chosen, Cursor(name, named(chosen[-1])).sign() if more else None)


def _not_a_cursor() -> Problem:
    return invalid_input("?cursor", NOT_A_CURSOR)
