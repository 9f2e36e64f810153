"""Concurrent changes of one row: a row lock, or a guarded update.

`lock_row(Model, key)` when the rule needs more than one statement: a second transaction waits and then reads
what the first committed; `lock_rows(Model, keys)` when it is about several rows.
`guarded_update(Model, *guards, **values)` when one statement is enough: the row changes only if the guards
still hold, so of several concurrent updates one wins. On SQLite writing units of work are serialised from
their beginning (`dialects`); on PostgreSQL these do it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, inspect, select, update

from citizen_app.storage.orm import Model, db

Row = TypeVar("Row", bound=Model)


def lock_row(model: type[Row], key: Any) -> Row | None:
    """Lock the row with this primary key until the unit of work ends and return its current state; None if
    there is no such row.

    `FOR NO KEY UPDATE`: rows that refer to it can still be inserted. Two statements, because a joined SELECT
    would lose the row when a joined row has changed meanwhile, and because an object loaded earlier would
    keep its old values.
    """
    lock = select(_key_of(model)).where(_key_of(model) == key).with_for_update(key_share=True)
    if db.session.scalar(lock) is None:
        return None
    return db.session.get(model, key, populate_existing=True)


def lock_rows(model: type[Row], keys: Iterable[Any]) -> list[Row]:
    """Lock the rows with these primary keys as `lock_row` does, in the order of the keys, so that nobody
    waits in a circle, and return their current state; what is not there is left out."""
    key = _key_of(model)
    lock = select(key).where(key.in_(list(keys))).order_by(key).with_for_update(key_share=True)
    there = select(model).where(key.in_(db.session.scalars(lock).all())).order_by(key)
    return list(db.session.scalars(there.execution_options(populate_existing=True)))


def guarded_update(model: type[Row], *guards: ColumnElement[bool], **values: Any) -> Row | None:
    """Update the one row for which `guards` hold, in one statement; returns the updated row, or None if no
    row matched."""
    change = update(model).where(*guards).values(**values).returning(_key_of(model))
    key = db.session.scalar(change.execution_options(synchronize_session=False))
    return None if key is None else db.session.get(model, key, populate_existing=True)


def _key_of(model: type[Model]) -> ColumnElement[Any]:
    (key,) = inspect(model).primary_key
    return key
