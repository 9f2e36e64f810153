"""Which tables a package defines: the core's, or one module's."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Table

from citizen_app.storage.orm import Model


def tables_mapped_in(package: str) -> Iterator[Table]:
    """Tables whose classes stand in modules of a package, loaded so far."""
    for mapper in Model.registry.mappers:
        if mapper.class_.__module__.startswith(f"{package}.") and isinstance(mapper.local_table, Table):
            yield mapper.local_table


def core_tables() -> frozenset[str]:
    """Names of the core's tables."""
    return frozenset(table.name for table in tables_mapped_in("citizen_app"))
