"""Conditions on our tables, and the search parameters that are made of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, or_, select

from citizen_app.toolkit.data import session
from citizen_app.toolkit.fhir import (
    Asked,
    Parameter,
    Token,
    any_of,
    codes,
    dates,
    ids,
    matching,
    one_of,
    references,
    tokens,
)
from citizen_app.toolkit.time import now
from services.hospital.manifest import ADDED, ALL_CHANNELS, KINDS
from services.hospital.models import HospitalBooking, HospitalPatient, HospitalPool, HospitalSession
from services.hospital.routes.fhir.codes import CHANNEL, KIND, STATUS, own_system, system_of
from services.hospital.snapshot import structure

ByTokens = Callable[[list[Token], str | None], ColumnElement[bool]]
ACTORS: Final = {
    "HealthcareService": HospitalSession.department_id,
    "Practitioner": HospitalSession.doctor_id,
    "Location": HospitalSession.campus_id,
}


def is_free(moment: datetime) -> ColumnElement[bool]:
    """Numbers that can be had at a moment."""
    return _is_sold(moment) & (HospitalPool.capacity > HospitalPool.taken)


def patient_ids(named: list[Token], unit: str) -> list[str]:
    """The patients of a hospital that record numbers or the numbers of bookings name."""
    return list(session().scalars(_patients_named(named, unit)))


def status_of(pool: HospitalPool, row: HospitalSession, moment: datetime) -> str:
    """Slot.status."""
    opened = pool.opens_at is None or pool.opens_at <= moment
    closed = pool.closes_at is not None and pool.closes_at <= moment
    is_open = structure().is_open(row.department_id, row.doctor_id)
    if row.state != "open" or pool.channel == ADDED or not opened or closed or not is_open:
        return "busy-unavailable"
    return "free" if pool.capacity > pool.taken else "busy"


def _is_sold(moment: datetime) -> ColumnElement[bool]:
    """Slots of sessions that take place, released and not yet closed, in departments that are open."""
    held = structure()
    shut = [one.id for one in held.departments.values() if not held.is_open(one.id, None)]
    away = [one.id for one in held.doctors.values() if one.closed]
    return and_(
        HospitalSession.state == "open",
        HospitalPool.channel != ADDED,
        or_(HospitalPool.opens_at.is_(None), HospitalPool.opens_at <= moment),
        or_(HospitalPool.closes_at.is_(None), HospitalPool.closes_at > moment),
        HospitalSession.department_id.not_in(shut),
        or_(HospitalSession.doctor_id.is_(None), HospitalSession.doctor_id.not_in(away)),
    )


def _patients_named(named: list[Token], unit: str | None) -> Any:
    bookings = select(HospitalBooking.patient_id).where(
        HospitalBooking.hospital_id == unit, _numbered(HospitalBooking.number, "booking")(named, unit)
    )
    by_record = _numbered(HospitalPatient.number, "record")(named, unit)
    return select(HospitalPatient.id).where(
        HospitalPatient.hospital_id == unit, or_(by_record, HospitalPatient.id.in_(bookings))
    )


def _numbered(column: Any, what: str) -> ByTokens:
    """What a hospital numbers itself, by its number."""

    def condition(named: list[Token], unit: str | None) -> ColumnElement[bool]:
        known = (None, own_system(unit, what))
        return one_of(column, [one.code for one in named if one.system in known])

    return condition


def _in_department(named: list[Token], unit: str | None) -> ColumnElement[bool]:
    mine = [one for one in structure().departments.values() if unit in (None, one.hospital_id)]
    found = matching(named, mine, lambda one: (system_of("department", one), one.code))
    return one_of(HospitalSession.department_id, [one.id for one in found])


def _is_active(asked: Asked, unit: str | None) -> ColumnElement[bool]:
    is_open = HospitalSession.state == "open"
    return any_of(is_open if value == "true" else ~is_open for value in asked.values)


def _slot_status(named: list[Token], unit: str | None) -> ColumnElement[bool]:
    moment = now()
    sold = _is_sold(moment)
    states = {
        "free": is_free(moment),
        "busy": sold & (HospitalPool.capacity <= HospitalPool.taken),
        "busy-unavailable": ~sold,
    }
    return any_of(states[one.code] for one in named if one.code in states)


def _booking_status(named: list[Token], unit: str | None) -> ColumnElement[bool]:
    """Bookings that read so now; a hold that is over is cancelled, swept or not."""
    holds = (HospitalBooking.hold_state == "held") & (HospitalBooking.expires_at > now())
    is_held = HospitalBooking.state == "held"
    states = {status: _in_states(status) for status in STATUS.values()}
    states |= {"pending": is_held & holds, "cancelled": states["cancelled"] | (is_held & ~holds)}
    return any_of(states[one.code] for one in named if one.code in states)


def _in_states(status: str) -> ColumnElement[bool]:
    return HospitalBooking.state.in_([state for state, said in STATUS.items() if said == status])


def _patient_named(column: Any) -> Parameter:
    return tokens(lambda named, unit: column.in_(_patients_named(named, unit)))


OF_SESSIONS: Final = {
    "specialty": tokens(_in_department),
    "service-type": codes(HospitalSession.kind, KIND, KINDS),
}
"""What sessions, slots and bookings are searched by alike."""
ACTOR: Final = references(ACTORS)
TAKING_PART: Final = {
    "practitioner": references({"Practitioner": HospitalSession.doctor_id}),
    "location": references({"Location": HospitalSession.campus_id}),
}
SCHEDULE: Final = {
    "_id": ids(HospitalSession.id),
    **OF_SESSIONS,
    "active": Parameter("token", _is_active),
    "actor": ACTOR,
    "date": dates(HospitalSession.starts_at),
}
SLOT: Final = {
    "_id": ids(HospitalPool.id),
    **OF_SESSIONS,
    "appointment-type": codes(HospitalPool.channel, CHANNEL, ALL_CHANNELS),
    "schedule": references({"Schedule": HospitalPool.session_id}),
    "schedule.actor": ACTOR,
    "start": dates(HospitalPool.starts_at),
    "status": tokens(_slot_status),
}
PATIENT: Final = {"_id": ids(HospitalPatient.id), "identifier": _patient_named(HospitalPatient.id)}
APPOINTMENT: Final = {
    "_id": ids(HospitalBooking.id),
    **OF_SESSIONS,
    "identifier": tokens(_numbered(HospitalBooking.number, "booking")),
    "status": tokens(_booking_status),
    "date": dates(HospitalBooking.starts_at),
    "patient": references({"Patient": HospitalBooking.patient_id}),
    "patient.identifier": _patient_named(HospitalBooking.patient_id),
    "patient:identifier": _patient_named(HospitalBooking.patient_id),
    **TAKING_PART,
    "actor": ACTOR,
    "slot": references({"Slot": HospitalBooking.pool_id}),
}
