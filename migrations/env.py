"""Alembic environment shared by all lineages; `registry.lineages` passes the connection and the lineage."""

from __future__ import annotations

from typing import Any

from alembic import context
from sqlalchemy import JSON, Uuid

from citizen_app.storage.columns import UtcDateTime
from citizen_app.storage.orm import Model

lineage = context.config.attributes["lineage"]


def include_object(obj: Any, name: str | None, kind: str, reflected: bool, compare_to: Any) -> bool:
    """Only this lineage's own tables."""
    return lineage.owns(name or "") if kind == "table" else True


def render_item(kind: str, obj: Any, autogen: Any) -> str | bool:
    """Write our column types by the names under which the script template imports them."""
    if kind != "type":
        return False
    if isinstance(obj, UtcDateTime):
        return "UtcDateTime()"
    if isinstance(obj, Uuid):
        return "Id"
    return "Json" if isinstance(obj, JSON) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Model.metadata,
    version_table=lineage.version_table,
    include_object=include_object,
    render_item=render_item,
    render_as_batch=False,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
