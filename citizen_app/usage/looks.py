"""Looks at a citizen's uses by staff: who works for the service may look, gives a reason, and the citizen sees it.

The citizen is shown the office and the reason. Which person it was stands in the audit log, under the same id.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from citizen_app import clock
from citizen_app.extensions import db
from citizen_app.ids import new_id
from citizen_app.keyset import Page, page
from citizen_app.usage.models import UsageLook
from citizen_app.usage.queries import subject_key_of, subject_key_of_ref
from citizen_app.vault import current_vault


@dataclass(frozen=True, slots=True)
class Look:
    """One look, as the citizen sees it; `events` is how many uses were shown."""

    id: str
    service: str
    reason: str
    events: int
    at: datetime


def note_look(service: str, citizen_ref: str, staff_id: str, reason: str, events: int) -> str:
    """Note that somebody of a service looks at a citizen's uses, in the unit of work of the look; returns its id.

    Raises a 404 for a reference that the service does not know.
    """
    look_id = new_id()
    db.session.add(
        UsageLook(
            id=look_id,
            subject_key=subject_key_of_ref(service, citizen_ref),
            service=service,
            staff_id=staff_id,
            reason_sealed=current_vault().seal(reason, _place(look_id)),
            events=events,
            at=clock.now(),
        )
    )
    db.session.flush()
    return look_id


def looks_at_citizen(citizen_id: str, *, limit: int, cursor: str | None = None) -> Page[Look]:
    """One page of the looks at a citizen's uses, newest first. Raises a 422 for a foreign cursor."""
    mine = select(UsageLook).where(UsageLook.subject_key == subject_key_of(citizen_id))
    return page(mine, UsageLook.id, limit, cursor).map(_opened)


def _opened(row: UsageLook) -> Look:
    reason = current_vault().unseal(row.reason_sealed, _place(row.id)).decode()
    return Look(row.id, row.service, reason, row.events, row.at)


def _place(look_id: str) -> str:
    return f"usage_looks.reason_sealed.{look_id}"
