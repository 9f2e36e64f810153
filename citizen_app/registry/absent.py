"""Services whose folder or package is gone but which still have rows or tables in the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from citizen_app.registry.lineages import services_with_tables
from citizen_app.registry.modules import current_registry
from citizen_app.registry.state import ServiceState
from citizen_app.storage.transactions import current_connection

STATES: Final = ServiceState.__table__


@dataclass(frozen=True, slots=True)
class AbsentService:
    """A service that is not installed: whether staff have it on, and whether its tables are still there."""

    id: str
    enabled: bool
    has_tables: bool


def absent_services() -> list[AbsentService]:
    """All of them, by id; asks the database in the present unit of work. One that was retired and erased is
    not among them."""
    connection = current_connection()
    standings = connection.execute(select(STATES.c.service, STATES.c.enabled))
    enabled = {row.service: row.enabled for row in standings}
    with_tables = services_with_tables(connection)
    installed = {module.id for module in current_registry()}
    return [
        AbsentService(service, enabled.get(service, False), service in with_tables)
        for service in sorted((enabled.keys() | with_tables) - installed)
    ]
