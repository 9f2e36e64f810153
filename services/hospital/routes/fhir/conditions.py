"""Searches as conditions on our tables."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, or_, select

from citizen_app.toolkit.data import session
from services.hospital.manifest import ADDED
from services.hospital.models import HospitalBooking, HospitalPatient, HospitalPool, HospitalSession
from services.hospital.routes.fhir.codes import CHANNEL, KIND, OURS, STATUS, system
from services.hospital.routes.fhir.search import Asked, Token, every, matching, moment_condition, one_of
from services.hospital.snapshot import One, structure

Conditions = list[ColumnElement[bool]]
OPEN_CHANNELS: Final = ("app",)
SOLD: Final = ("general", "expert", "special")
ACTORS: Final = {
    "HealthcareService": HospitalSession.department_id,
    "Practitioner": HospitalSession.doctor_id,
    "Location": HospitalSession.campus_id,
}


def is_free(moment: datetime) -> ColumnElement[bool]:
    """Numbers that can be had at a moment."""
    return _is_sold(moment) & (HospitalPool.capacity > HospitalPool.taken)


def departments_of(tokens: list[Token], unit: str | None) -> list[str]:
    """The departments that tokens name."""
    held = structure()
    mine = [one for one in held.departments.values() if unit in (None, one.hospital_id)]
    return [one.id for one in matching(tokens, mine, lambda one: (system_of("department", one), one.code))]


def patient_ids(tokens: list[Token], unit: str) -> list[str]:
    """The patients of a hospital that record numbers or the numbers of bookings name."""
    return list(session().scalars(named_by(tokens, unit)))


def named_by(tokens: list[Token], unit: str | None) -> Any:
    """The ids of those patients, as a select."""
    records = [one.code for one in tokens if one.system in (None, own_system(unit, "record"))]
    bookings = [one.code for one in tokens if one.system in (None, own_system(unit, "booking"))]
    by_booking = select(HospitalBooking.patient_id).where(
        HospitalBooking.hospital_id == unit, one_of(HospitalBooking.number, bookings)
    )
    return select(HospitalPatient.id).where(
        HospitalPatient.hospital_id == unit,
        or_(one_of(HospitalPatient.number, records), HospitalPatient.id.in_(by_booking)),
    )


def of_sessions(asked: Asked, unit: str | None) -> Conditions:
    """What slots, sessions and bookings are searched by alike: department, kind of number, who takes
    part."""
    wanted = [
        one_of(HospitalSession.department_id, departments_of(one, unit)) for one in asked.tokens("specialty")
    ]
    for tokens in asked.tokens("service-type"):
        kinds = matching(tokens, SOLD, lambda kind: (KIND, kind))
        wanted.append(one_of(HospitalSession.kind, kinds))
    for name, types in (
        ("actor", tuple(ACTORS)),
        ("schedule.actor", tuple(ACTORS)),
        ("practitioner", ("Practitioner",)),
        ("location", ("Location",)),
    ):
        for refs in asked.references(name, *types):
            named = [ACTORS[of] == one for kind, one in refs for of in ([kind] if kind else types)]
            wanted.append(or_(one_of(HospitalSession.id, ()), *named))
    return wanted


def of_slots(asked: Asked, unit: str | None, moment: datetime) -> Conditions:
    """Slots of a hospital; for anyone those of the app that are free."""
    wanted = of_sessions(asked, unit)
    if unit is None:
        wanted += [HospitalPool.channel.in_(OPEN_CHANNELS), is_free(moment)]
    else:
        wanted.append(HospitalSession.hospital_id == unit)
    wanted += [one_of(HospitalPool.id, ids) for ids in asked.ids]
    for refs in asked.references("schedule", "Schedule"):
        wanted.append(one_of(HospitalPool.session_id, [one for _, one in refs]))
    wanted += moment_condition(HospitalPool.starts_at, asked.values.get("start", ()), "start")
    for tokens in asked.tokens("appointment-type"):
        named = [one.code for one in tokens if one.system in (None, CHANNEL)]
        wanted.append(one_of(HospitalPool.channel, named))
    full = HospitalPool.capacity <= HospitalPool.taken
    states = {
        "free": is_free(moment),
        "busy": _is_sold(moment) & full,
        "busy-unavailable": ~_is_sold(moment),
    }
    for values in asked.tokens("status"):
        wanted.append(
            or_(one_of(HospitalPool.id, ()), *(states[one.code] for one in values if one.code in states))
        )
    return wanted


def _is_sold(moment: datetime) -> ColumnElement[bool]:
    """Slots of sessions that take place, released and not yet closed, in departments that are open."""
    held = structure()
    shut = [one.id for one in held.departments.values() if not held.is_open(one.id, None)]
    away = [one.id for one in held.doctors.values() if one.closed]
    return every(
        [
            HospitalSession.state == "open",
            HospitalPool.channel != ADDED,
            or_(HospitalPool.opens_at.is_(None), HospitalPool.opens_at <= moment),
            or_(HospitalPool.closes_at.is_(None), HospitalPool.closes_at > moment),
            HospitalSession.department_id.not_in(shut),
            or_(HospitalSession.doctor_id.is_(None), HospitalSession.doctor_id.not_in(away)),
        ]
    )


def status_of(pool: HospitalPool, row: HospitalSession, moment: datetime) -> str:
    """Slot.status."""
    opened = pool.opens_at is None or pool.opens_at <= moment
    closed = pool.closes_at is not None and pool.closes_at <= moment
    is_open = structure().is_open(row.department_id, row.doctor_id)
    if row.state != "open" or pool.channel == ADDED or not opened or closed or not is_open:
        return "busy-unavailable"
    return "free" if pool.capacity > pool.taken else "busy"


def has_status(code: str, moment: datetime) -> ColumnElement[bool]:
    """Bookings that read so at a moment; a hold that is over is cancelled, swept or not."""
    over = (HospitalBooking.state == "held") & ~_holds(moment)
    if code == "pending":
        return (HospitalBooking.state == "held") & _holds(moment)
    found = one_of(HospitalBooking.state, [state for state, status in STATUS.items() if status == code])
    return or_(found, over) if code == "cancelled" else found


def _holds(moment: datetime) -> ColumnElement[bool]:
    return (HospitalBooking.hold_state == "held") & (HospitalBooking.expires_at > moment)


def pools() -> Any:
    """Slots with their sessions."""
    return select(HospitalPool, HospitalSession).join(
        HospitalSession, HospitalSession.id == HospitalPool.session_id
    )


def begins(one: One, word: str) -> bool:
    """Whether a name begins so, in either language."""
    return any(said.lower().startswith(word.lower()) for said in (one.name.zh, one.name.en))


def own_system(unit: str | None, what: str) -> str | None:
    """The system in which a hospital numbers something."""
    hospital = structure().hospitals.get(unit or "")
    return system(what, hospital) if hospital is not None else None


def system_of(what: str | None, one: One) -> str:
    """The system of the identifier that a thing has."""
    return f"{OURS}:code" if what is None else system(what, structure().hospitals[one.hospital_id])
