"""A service's own tables: names begin with the service's id and `_`, foreign keys stay inside the service.

A value that every scan needs can be cached: `CachedValue("<service>:<name>", load)` loads it once per
process, and code that changes its rows calls `invalidate("<service>:<name>")` in the same unit of work. Every
worker then has the new value within two seconds. `upsert(table)` is an INSERT that can say `ON CONFLICT` on
both databases. An id begins with the moment it was made: `id < first_id_at(moment)` finds what is older,
without an index of its own. A personal field is a `SealedText` over a column of bytes: encrypted for its
table, column and row.

`table_of(Model)` is its table, for statements that need no objects. Statements of every scan are fastest as
`Prepared` statements, made once at import: `Prepared(insert(TABLE)).run(values)`. They share the unit of work
with the session and cost a quarter of `session().execute`.

Reading a row and then changing it is a race: `lock_row(Model, key)` waits for concurrent transactions and
reads the row as they committed it; `guarded_update(Model, Model.id == key, Model.status == "open",
status="closed")` changes it only if the guards still hold, so of several concurrent updates one wins.
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
