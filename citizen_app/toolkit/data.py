"""A service's own tables: names begin with the service's id and `_`, foreign keys stay inside the service.

A value that every scan needs can stay in memory: `CachedValue("<service>:<name>", load)` loads it once per process, and whoever changes
its rows calls `invalidate("<service>:<name>")` in the same unit of work. Every worker then holds the new value within a second or two.
`upsert(table)` is an INSERT that can say `ON CONFLICT` on both databases. An id begins with the moment it was made:
`id < first_id_at(moment)` finds what is older, without an index of its own.
A personal field is a `SealedText` over a column of bytes: encrypted for its table, column and row.

`table_of(Model)` is its table, for statements that need no objects. What every scan does goes fastest as a `Prepared` statement, made once at import: `Prepared(insert(TABLE)).run(values)`. It shares the
unit of work with the session and costs a quarter of `session().execute`.

Who decides by what a row says, and then changes it, is not alone: `lock_row(Model, key)` waits for the others and reads the row as they left
it, `guarded_update(Model, Model.id == key, Model.status == "open", status="closed")` changes it if it still is so, and one of many wins.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from citizen_app.ids import first_id_at, new_id
from citizen_app.registry.circuit_breaker import check_budget
from citizen_app.secrecy.sealing import SealedText
from citizen_app.storage.cached_values import CachedValue, invalidate
from citizen_app.storage.columns import Id, Json, UtcDateTime
from citizen_app.storage.locking import guarded_update, lock_row
from citizen_app.storage.orm import Model, db, table_of
from citizen_app.storage.statements import Prepared, upsert


def session() -> Session:
    """The session of the present unit of work. Add, execute and flush; the core commits."""
    check_budget()
    return db.session()


__all__ = [
    "CachedValue",
    "Id",
    "Json",
    "Model",
    "Prepared",
    "SealedText",
    "UtcDateTime",
    "first_id_at",
    "guarded_update",
    "invalidate",
    "lock_row",
    "new_id",
    "session",
    "table_of",
    "upsert",
]
