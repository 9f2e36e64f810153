"""The first rows of a city, with keys and every service switched on: written once by the operations, then
from memory."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Table, insert, select

from citizen_app import clock
from citizen_app.codes.keys import SigningKeyRow, ensure_keys
from citizen_app.registry import state
from citizen_app.registry.modules import current_registry
from citizen_app.registry.words import ServiceWords
from citizen_app.settings import current_settings
from citizen_app.storage.cached_values import CacheVersion, current_watch
from citizen_app.storage.orm import Model, db
from citizen_app.storage.transactions import after_commit

FOUNDED: Final[tuple[type[Model], ...]] = (SigningKeyRow, state.ServiceState, ServiceWords, CacheVersion)
Rows = dict[Table, list[dict[str, Any]]]
_remembered: Final[dict[tuple[Any, ...], Rows]] = {}
"""By the services and by the keys that have sealed the rows."""


def found() -> None:
    """Make the keys and switch on the services, in the present unit of work."""
    settings = current_settings()
    key = (*(m.descriptor for m in current_registry()), *settings.field_keys.items(), settings.pseudonym_key)
    untouched = db.session.scalar(select(CacheVersion.topic).limit(1)) is None
    if untouched and key in _remembered:
        _write(_remembered[key])
        return
    ensure_keys()
    for module in current_registry():
        state.enable(module.id)
    if untouched:
        db.session.flush()
        _remembered[key] = {table: _read(table) for table in map(table_of, FOUNDED)}


def table_of(model: type[Model]) -> Table:
    """The table of a model."""
    return model.metadata.tables[model.__tablename__]


def _read(table: Table) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in db.session.execute(select(table))]


def _write(founded: Rows) -> None:
    """The rows as if they were written now, wherever the clock has been moved."""
    now = clock.now()
    for table, rows in founded.items():
        if rows:
            dated = [
                {name: now if isinstance(value, datetime) else value for name, value in row.items()}
                for row in rows
            ]
            db.session.execute(insert(table), dated)
    after_commit(current_watch().check_versions)
