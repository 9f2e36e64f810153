"""Whom a member of staff has found: an id for them alone, behind which everything that is done at a desk
stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from citizen_app.citizens.documents import documents_of
from citizen_app.citizens.models import Citizen, CitizenDocument
from citizen_app.citizens.personal import masked_name, masked_phone
from citizen_app.clock import now
from citizen_app.desk.models import DeskFinding
from citizen_app.ids import new_id
from citizen_app.staff.callers import StaffCaller
from citizen_app.storage.locking import lock_row
from citizen_app.storage.orm import db
from citizen_app.wire.problems import Problem

GOOD_FOR: Final = timedelta(hours=8)
"""As long as a member of staff is signed in at most."""


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody who was found, as a clerk is shown them."""

    id: str
    masked_name: str | None
    masked_phone: str | None
    documents: list[CitizenDocument]
    assurance_level: int
    state: str
    registered_at: datetime


def keep_finding(caller: StaffCaller, citizen: Citizen, reason: str) -> DeskFinding:
    """Somebody has been found, for a reason; what the same member of staff found before goes on."""
    finding = DeskFinding(
        id=new_id(), staff_id=caller.staff_id, citizen_id=citizen.id, reason=reason, found_at=now()
    )
    db.session.add(finding)
    db.session.flush()
    return finding


def finding_of(caller: StaffCaller, finding_id: str) -> DeskFinding:
    """What the caller has found under this id. Raises a 404 for what another has found, or was found too long
    ago."""
    mine = select(DeskFinding).where(
        DeskFinding.id == finding_id,
        DeskFinding.staff_id == caller.staff_id,
        DeskFinding.found_at > now() - GOOD_FOR,
    )
    found = db.session.scalars(mine).one_or_none()
    if found is None:
        raise Problem("not-found")
    return found


def citizen_of(finding: DeskFinding) -> Citizen:
    """The account that was found. Raises a 404 where it has been erased since."""
    citizen = db.session.get(Citizen, finding.citizen_id)
    if citizen is None:
        raise Problem("not-found")
    return citizen


def locked_citizen(finding: DeskFinding) -> Citizen:
    """The account that was found, locked. Raises a 404 where it has been erased since."""
    citizen = lock_row(Citizen, finding.citizen_id)
    if citizen is None:
        raise Problem("not-found")
    return citizen


def describe(finding: DeskFinding, citizen: Citizen) -> Found:
    """An account as it is shown at a desk: nothing in full."""
    name, phone = citizen.name, citizen.phone
    return Found(
        finding.id,
        None if name is None else masked_name(name),
        None if phone is None else masked_phone(phone),
        documents_of(citizen.id),
        citizen.assurance_level,
        citizen.status,
        citizen.created_at,
    )
