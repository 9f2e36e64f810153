"""Statements that both databases know under different names."""

from __future__ import annotations

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from citizen_app.extensions import Model, on_sqlite

Insert = postgresql.Insert | sqlite.Insert


def upsert(table: Table | type[Model]) -> Insert:
    """An INSERT into a table, or into a model's, that can say `ON CONFLICT`."""
    return sqlite.insert(table) if on_sqlite() else postgresql.insert(table)
