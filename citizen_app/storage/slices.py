"""Long work in short units, so that nobody who waits at a door waits for an import or a clearing-up.

SQLite has one writer at a time, and a waiting process looks for its turn only every 25 ms and then every 50
or 100 (its busy handler). A long work that began its next unit at once would keep everybody out: so it leaves
the door open between two units.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, CursorResult, Table, Tuple, delete, literal, select, tuple_

from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction

Unit = Callable[[], AbstractContextManager[None]]
"""Opens one unit of work: a transaction of its own, or nothing where the caller holds one already."""

ROWS_PER_SLICE: Final = 2_000
PAUSE: Final = 0.03
"""Longer than a waiting process sleeps between two looks in its first 128 ms."""
LONG_UNIT: Final = 0.1
LONG_PAUSE: Final = 0.1
"""Longer than it sleeps afterwards."""


class Paced:
    """A `Unit` of transactions with pauses between them on SQLite, so that whoever waited for one unit comes
    before the next.

    Work that the caller does between two units counts as a pause.
    """

    def __init__(self) -> None:
        self._not_before = 0.0

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """The next unit of work."""
        time.sleep(max(0.0, self._not_before - time.monotonic()))
        began = time.monotonic()
        with transaction():
            one_writer = db.session.get_bind().dialect.name == "sqlite"
            yield
        ended = time.monotonic()
        if one_writer:
            self._not_before = ended + (PAUSE if ended - began < LONG_UNIT else LONG_PAUSE)


def delete_in_slices(
    table: Table,
    condition: ColumnElement[bool],
    unit: Unit,
    rows: int = ROWS_PER_SLICE,
    pinned: Collection[ColumnElement[Any]] = (),
) -> int:
    """Delete the rows of a table that meet a condition, `rows` to a unit in order of the primary key; returns
    how many went.

    `pinned` are columns of the key that the condition holds to one value: without them in the comparison a
    database finds each slice by its index; with them SQLite reads all rows of that value each time.
    """
    key, removed = [column for column in table.primary_key.columns if column not in set(pinned)], 0
    after: Tuple | None = None
    while True:
        with unit():
            here = condition if after is None else condition & (tuple_(*key) > after)
            ends = select(*key).where(here).order_by(*key).offset(rows - 1).limit(1)
            last = db.session.execute(ends).first()
            if last is not None:
                here &= tuple_(*key) <= _values(key, last)
            gone = cast(CursorResult[Any], db.session.execute(delete(table).where(here)))
            removed += gone.rowcount
        if last is None:
            return removed
        after = _values(key, last)


def _values(key: Sequence[ColumnElement[Any]], row: Sequence[Any]) -> Tuple:
    """A key as SQL, each value stored as its column stores it."""
    return tuple_(*(literal(value, column.type) for column, value in zip(key, row, strict=True)))
