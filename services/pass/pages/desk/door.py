"""Who may stand at the desk of a place."""

from __future__ import annotations

from citizen_app.toolkit.people import calling_citizen

from ...manifest import SERVICE
from ...operations.reading import Reader, manager_of


def reader_of(place_id: str) -> Reader:
    """The calling citizen at the desk of a place; a 404 where they are no manager."""
    return manager_of(calling_citizen(SERVICE.id), place_id)
