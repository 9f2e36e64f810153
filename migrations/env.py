"""Alembic environment shared by all lineages; `registry.lineages` passes the connection and the lineage."""

from __future__ import annotations

from typing import Any

from alembic import context

from citizen_app.extensions import Model

lineage = context.config.attributes["lineage"]


def include_object(obj: Any, name: str | None, kind: str, reflected: bool, compare_to: Any) -> bool:
    """Only this lineage's own tables."""
    return lineage.owns(name or "") if kind == "table" else True


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Model.metadata,
    version_table=lineage.version_table,
    include_object=include_object,
    render_as_batch=False,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
