"""Lists for the staff of a hospital."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import select

from citizen_app.toolkit.data import session
from citizen_app.toolkit.web import Page, Problem, page
from services.hospital.models import (
    Hospital,
    HospitalAppeal,
    HospitalBooking,
    HospitalPatient,
    HospitalPolicy,
    HospitalSession,
    HospitalStrike,
)
from services.hospital.operations.strikes import COUNTED, suspended_at
from services.hospital.snapshot import rules_in_force

MOST_SUSPENDED: Final = 500


def hospital(hospital_id: str) -> Hospital | None:
    """A hospital, open or not."""
    return session().get(Hospital, hospital_id)


def session_page(hospital_id: str, day: date, limit: int, cursor: str | None) -> Page[HospitalSession]:
    """Sessions of a hospital on a day, for its desk."""
    found = select(HospitalSession).where(
        HospitalSession.hospital_id == hospital_id, HospitalSession.day == day
    )
    return page(found, HospitalSession.id, limit, cursor, of="sessions_of_day")


def session_bookings(session_id: str, limit: int, cursor: str | None) -> Page[dict[str, Any]]:
    """Who has a number in a session, for the desk: record number and name partly hidden."""
    found = select(HospitalBooking).where(HospitalBooking.session_id == session_id)
    rows = page(found, HospitalBooking.id, limit, cursor, of="bookings_of_session")
    patients = {
        one.id: one
        for one in session().scalars(
            select(HospitalPatient).where(HospitalPatient.id.in_([row.patient_id for row in rows.items]))
        )
    }
    return rows.map(lambda row: {"booking": row, "patient": patients[row.patient_id]})


def policy_page(hospital_id: str, limit: int, cursor: str | None) -> Page[HospitalPolicy]:
    """Versions of a hospital's rules."""
    found = select(HospitalPolicy).where(HospitalPolicy.hospital_id == hospital_id)
    return page(found, HospitalPolicy.id, limit, cursor)


def policy(hospital_id: str, policy_id: str) -> HospitalPolicy:
    """One version. Raises a 404."""
    found = session().get(HospitalPolicy, policy_id)
    if found is None or found.hospital_id != hospital_id:
        raise Problem("not-found")
    return found


def any_booking(booking_id: str) -> HospitalBooking | None:
    """A booking, whosoever's."""
    return session().get(HospitalBooking, booking_id)


def strike_page(
    hospital_id: str, limit: int, cursor: str | None
) -> Page[tuple[HospitalStrike, HospitalPatient | None]]:
    """What counts at a hospital as missed or given up late, written down last first, with whose it is."""
    found = select(HospitalStrike).where(
        HospitalStrike.hospital_id == hospital_id, HospitalStrike.kind.in_(COUNTED)
    )
    rows = page(found, HospitalStrike.id, limit, cursor, of="strikes")
    known = patients_by_ref(hospital_id, [row.citizen_ref for row in rows.items])
    return rows.map(lambda row: (row, known.get(row.citizen_ref)))


def patients_by_ref(hospital_id: str, refs: Iterable[str]) -> dict[str, HospitalPatient]:
    """Patients of a hospital, by how their bookings know them."""
    found = select(HospitalPatient).where(
        HospitalPatient.hospital_id == hospital_id, HospitalPatient.holder_ref.in_(list(refs))
    )
    return {one.holder_ref: one for one in session().scalars(found)}


def suspended_of(hospital_id: str, moment: datetime) -> list[tuple[HospitalPatient, datetime]]:
    """Patients who may not book now, the first to be free again first, each until when."""
    rules = rules_in_force(hospital_id, None, None, moment).rules
    ends = dict(list(suspended_at(hospital_id, rules, moment).items())[:MOST_SUSPENDED])
    known = patients_by_ref(hospital_id, ends)
    return [(known[ref], until) for ref, until in ends.items() if ref in known]


def appeal_of(hospital_id: str, appeal_id: str) -> tuple[HospitalAppeal, HospitalStrike]:
    """An appeal to a hospital, and against what it is. Raises a 404."""
    found = session().get(HospitalAppeal, appeal_id)
    if found is None or found.hospital_id != hospital_id:
        raise Problem("not-found")
    return found, session().get_one(HospitalStrike, found.strike_id)


def appeal_page(hospital_id: str, state: str | None, limit: int, cursor: str | None) -> Page[HospitalAppeal]:
    """Appeals to a hospital."""
    found = select(HospitalAppeal).where(HospitalAppeal.hospital_id == hospital_id)
    if state is not None:
        found = found.where(HospitalAppeal.state == state)
    return page(found, HospitalAppeal.id, limit, cursor)
