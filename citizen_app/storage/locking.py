"""Rows that several people may change at the same moment. What was read may be over when it is written; here are the two ways that hold.

`lock_row(Model, key)` when the rule needs more than the row can say: whoever comes second waits, and then reads what the first has left.
`guarded_update(Model, *as_stated, **to)` when one statement can say it all: the row is changed if it still is as stated, and one of many wins.
On SQLite writing units of work take turns from their beginning (`database`), on PostgreSQL these two make them.
"""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import ColumnElement, inspect, select, update

from citizen_app.storage.orm import Model, db

Row = TypeVar("Row", bound=Model)


def lock_row(model: type[Row], key: Any) -> Row | None:
    """The row with this primary key as it stands now, held until the unit of work ends; None where there is none.

    Its key cannot change, so rows that refer to it can be added meanwhile (`FOR NO KEY UPDATE`). Two statements: one that joins would
    lose the row when what it is joined with has changed since, and an object that was loaded before would keep its old values.
    """
    mine = select(_key_of(model)).where(_key_of(model) == key).with_for_update(key_share=True)
    if db.session.scalar(mine) is None:
        return None
    return db.session.get(model, key, populate_existing=True)


def guarded_update(model: type[Row], *as_stated: ColumnElement[bool], **to: Any) -> Row | None:
    """Change the one row that is as stated when its turn comes, in one statement; the row as it is then, or None."""
    change = update(model).where(*as_stated).values(**to).returning(_key_of(model))
    key = db.session.scalar(change.execution_options(synchronize_session=False))
    return None if key is None else db.session.get(model, key, populate_existing=True)


def _key_of(model: type[Model]) -> ColumnElement[Any]:
    (key,) = inspect(model).primary_key
    return key
