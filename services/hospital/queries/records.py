"""What a hospital has written about somebody: results, and letters to other hospitals."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import InstrumentedAttribute

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import session
from citizen_app.toolkit.looks import looked
from citizen_app.toolkit.people import masked_name
from citizen_app.toolkit.web import Officer, Page, Problem, page
from services.hospital.manifest import SERVICE
from services.hospital.models import (
    HospitalBooking,
    HospitalPatient,
    HospitalPool,
    HospitalReferral,
    HospitalReport,
    HospitalSession,
)
from services.hospital.operations import letters, reports
from services.hospital.operations.privacy import Looking
from services.hospital.operations.states import PLACES
from services.hospital.snapshot import structure

Direction = Literal["sent", "received"]
KNOWN_THERE = ("accepted", "used")
"""States in which the hospital to which a letter goes knows of it."""
LETTERS = Text("查看转诊单列表", "List of letters of referral")
LETTER = Text("查看转诊单", "A letter of referral was read")


def reports_page(who: Looking, moment: datetime, limit: int, cursor: str | None) -> Page[dict[str, Any]]:
    """Somebody's results, what came in last first."""
    mine = select(HospitalReport).where(reports.seen_by(who))
    found = page(mine, HospitalReport.id, limit, cursor)
    shown = [reports.shown(one) for one in found.items if who.sees_records(one.hospital_id, moment)]
    return Page(shown, found.next_cursor)


def letters_of(who: Looking, moment: datetime, limit: int, cursor: str | None) -> Page[dict[str, Any]]:
    """Somebody's letters, the last first."""
    mine = select(HospitalReferral).where(HospitalReferral.citizen_ref == who.ref)
    found = page(mine, HospitalReferral.id, limit, cursor)
    shown = [shown_letter(one, moment) for one in found.items if who.sees_records(one.hospital_id, moment)]
    return Page(shown, found.next_cursor)


def own_letter(who: Looking, letter_id: str, moment: datetime) -> HospitalReferral:
    """A letter that somebody sees; any other is a 404."""
    found = session().get(HospitalReferral, letter_id)
    if found is None or found.citizen_ref != who.ref or not who.sees_records(found.hospital_id, moment):
        raise Problem("not-found")
    return found


def shown_letter(letter: HospitalReferral, moment: datetime) -> dict[str, Any]:
    """A letter, without its reason."""
    held = structure()
    return {
        "row": letter,
        "id": letter.id,
        "state": letters.standing(letter, moment),
        "hospital": held.hospitals[letter.hospital_id],
        "to_hospital": held.hospitals[letter.to_hospital_id],
        "department": held.departments[letter.to_department_id],
    }


def slots_for(letter: HospitalReferral, moment: datetime) -> list[tuple[HospitalSession, HospitalPool, int]]:
    """The referral numbers that can be had with a letter, the next first; a hundred at most."""
    if letters.standing(letter, moment) != "accepted":
        return []
    found = session().execute(
        select(HospitalSession, HospitalPool)
        .join(HospitalPool, HospitalPool.session_id == HospitalSession.id)
        .where(
            HospitalSession.department_id == letter.to_department_id,
            HospitalSession.state == "open",
            HospitalSession.day <= letter.valid_until,
            HospitalPool.channel == "referral",
            HospitalPool.closes_at > moment,
        )
        .order_by(HospitalPool.starts_at, HospitalPool.id)
        .limit(100)
    )
    rows = found.all()
    left = PLACES.left_in([pool.id for _, pool in rows], moment)
    return [(row, pool, left[pool.id]) for row, pool in rows if left[pool.id]]


def staff_letters(
    units: frozenset[str] | None,
    direction: Direction | None,
    limit: int,
    cursor: str | None,
    moment: datetime,
) -> Page[dict[str, Any]]:
    """Letters that hospitals have sent, or received; of those that they receive they know once the patient
    has agreed. Each patient finds the look."""
    found = page(
        select(HospitalReferral).where(_of_staff(units, direction)),
        HospitalReferral.id, limit, cursor, of=f"letters_{direction}",
    )  # fmt: skip
    looked(SERVICE.id, [one.citizen_ref for one in found.items if one.citizen_ref], LETTERS)
    return found.map(lambda one: _for_staff(one, moment))


def staff_letter(officer: Officer, letter_id: str) -> HospitalReferral:
    """A letter of a hospital of theirs; any other is a 404."""
    found = session().get(HospitalReferral, letter_id)
    sent = found is not None and officer.has(found.hospital_id)
    if found is None or not (sent or (officer.has(found.to_hospital_id) and found.state in KNOWN_THERE)):
        raise Problem("not-found")
    return found


def staff_letter_shown(letter: HospitalReferral, moment: datetime) -> dict[str, Any]:
    """A letter with its reason, for staff who may read it; its patient finds the look."""
    if letter.citizen_ref:
        looked(SERVICE.id, [letter.citizen_ref], LETTER, of=("hospital_referral", letter.id))
    return _for_staff(letter, moment)


def patient_by_booking(officer: Officer, number: str) -> HospitalPatient | None:
    """Whose booking at a hospital of theirs has a number."""
    found = (
        select(HospitalPatient)
        .join(HospitalBooking, HospitalBooking.patient_id == HospitalPatient.id)
        .where(HospitalBooking.number == number)
        .order_by(HospitalBooking.id)
    )
    if officer.units is not None:
        found = found.where(HospitalBooking.hospital_id.in_(officer.units))
    return session().scalars(found.limit(1)).first()


def patient_of_staff(officer: Officer, patient_id: str) -> HospitalPatient:
    """A patient of a hospital of theirs; any other is a 404."""
    found = session().get(HospitalPatient, patient_id)
    if found is None or not officer.has(found.hospital_id):
        raise Problem("not-found")
    return found


def patient_of_letter(letter: HospitalReferral) -> HospitalPatient | None:
    """The patient at the hospital that received a letter, once they are one."""
    return session().scalar(
        select(HospitalPatient).where(
            HospitalPatient.hospital_id == letter.to_hospital_id,
            HospitalPatient.citizen_ref == letter.citizen_ref,
        )
    )


def _of_staff(units: frozenset[str] | None, direction: Direction | None) -> ColumnElement[bool]:
    def theirs(column: InstrumentedAttribute[str]) -> ColumnElement[bool]:
        return true() if units is None else column.in_(units)

    sent = theirs(HospitalReferral.hospital_id)
    received = theirs(HospitalReferral.to_hospital_id) & HospitalReferral.state.in_(KNOWN_THERE)
    return {"sent": sent, "received": received, None: sent | received}[direction]


def _for_staff(letter: HospitalReferral, moment: datetime) -> dict[str, Any]:
    patient = session().get_one(HospitalPatient, letter.patient_id)
    name = masked_name(patient.name) if patient.name else None
    return {**shown_letter(letter, moment), "masked_name": name}
