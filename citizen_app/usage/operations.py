"""Writes of citizens to their usage log: disputes."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from citizen_app import clock
from citizen_app.ids import new_id
from citizen_app.storage.orm import db, table_of
from citizen_app.storage.statements import upsert
from citizen_app.usage.lines import UsageLine
from citizen_app.usage.models import DISPUTED, UsageMark
from citizen_app.usage.queries import event_of_citizen

_MARKS: Final = table_of(UsageMark)


def dispute(citizen_id: str, event_id: str, within: Collection[str] | None = None) -> UsageLine:
    """ "这不是我": mark an event of this citizen as disputed; a second time changes nothing.

    Returns the event with its marks. Raises a 404 for anybody else's event, and for one of a service outside
    of `within`, where somebody acts for the citizen.
    """
    event = event_of_citizen(citizen_id, event_id, within)
    if any(mark.kind == "disputed" for mark in event.marks):
        return event
    row = {"id": new_id(), "event_id": event_id, "kind": "disputed", "at": clock.now(), "details": {}}
    # Of two concurrent calls one finds the other's mark.
    db.session.execute(
        upsert(_MARKS).values(row).on_conflict_do_nothing(index_elements=["event_id"], index_where=DISPUTED)
    )
    return event_of_citizen(citizen_id, event_id)
