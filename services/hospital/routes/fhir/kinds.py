"""The types of resource: what each can be searched by, and how. A partner finds what is of its hospital, and
nothing else exists for it; whoever has no key finds the numbers that are free online."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, or_, select

from citizen_app.toolkit.data import session
from citizen_app.toolkit.time import now
from services.hospital.models import (
    HospitalBooking,
    HospitalMove,
    HospitalPatient,
    HospitalPool,
    HospitalSession,
)
from services.hospital.routes.fhir import resources
from services.hospital.routes.fhir.bundles import Found, page_of, page_of_list
from services.hospital.routes.fhir.codes import Json
from services.hospital.routes.fhir.conditions import (
    Conditions,
    begins,
    has_status,
    is_free,
    named_by,
    of_sessions,
    of_slots,
    own_system,
    pools,
    status_of,
    system_of,
)
from services.hospital.routes.fhir.search import Asked, every, matching, moment_condition, one_of
from services.hospital.snapshot import One, structure


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of resource: its search parameters, each with its type of FHIR, and how it is searched for a
    hospital, or for anyone (None)."""

    name: str
    parameters: Mapping[str, str]
    found: Callable[[Asked, str | None], Found]
    includes: tuple[str, ...] = ()


def _kept(which: str, shown: Callable[[One], Json], of_system: str | None) -> Callable[..., Found]:
    """A search of what stands in memory: hospitals, campuses, departments, doctors."""

    def found(asked: Asked, unit: str | None) -> Found:
        held = structure()
        things: list[Any] = [one for one in getattr(held, which).values() if one.hospital_id == unit]
        for ids in asked.ids:
            things = [one for one in things if one.id in ids]
        for words in asked.values.get("name", ()):
            things = [one for one in things if any(begins(one, word) for word in words)]
        for tokens in asked.tokens("identifier", "specialty"):
            things = matching(tokens, things, lambda one: (system_of(of_system, one), one.code))
        for refs in asked.references("organization", "Organization"):
            things = [one for one in things if (one.hospital_id in {ref for _, ref in refs})]
        for refs in asked.references("location", "Location"):
            things = [one for one in things if one.campus_id in {ref for _, ref in refs}]
        return page_of_list(things, shown, asked)

    return found


def schedules(asked: Asked, unit: str | None) -> Found:
    """Sessions."""
    wanted = [HospitalSession.hospital_id == unit, *of_sessions(asked, unit)]
    wanted += moment_condition(HospitalSession.starts_at, asked.values.get("date", ()), "date")
    for values in asked.values.get("active", ()):
        states = [
            HospitalSession.state == "open" if one == "true" else HospitalSession.state != "open"
            for one in values
        ]
        wanted.append(or_(*states))
    wanted += [one_of(HospitalSession.id, ids) for ids in asked.ids]
    query = select(HospitalSession).where(every(wanted))
    rows, total, after = page_of(query, HospitalSession.id, HospitalSession.starts_at, asked)
    return Found([resources.schedule(row) for (row,) in rows], total, after)


def slots(asked: Asked, unit: str | None) -> Found:
    """Slots: of one hospital all of them; for anyone those of the app that are free now."""
    moment = now()
    wanted = of_slots(asked, unit, moment)
    query = pools().where(every(wanted))
    rows, total, after = page_of(query, HospitalPool.id, HospitalPool.starts_at, asked)
    found = [resources.slot(pool, row, status_of(pool, row, moment)) for pool, row in rows]
    of = {row.id: row for _, row in rows} if "Slot:schedule" in asked.includes and unit else {}
    return Found(found, total, after, [resources.schedule(row) for row in of.values()])


def free_pools(asked: Asked, unit: str, more: Conditions, moment: datetime) -> tuple[list[Any], int]:
    """Numbers of a hospital that can be booked now, with their sessions, and how many slots there are."""
    wanted = [HospitalSession.hospital_id == unit, is_free(moment), *of_sessions(asked, unit), *more]
    rows, total, _ = page_of(pools().where(every(wanted)), HospitalPool.id, HospitalPool.starts_at, asked)
    return [tuple(row) for row in rows], total


def pool_and_session(pool_id: str, unit: str) -> tuple[HospitalPool, HospitalSession] | None:
    """One slot of a hospital, whatever it holds."""
    mine = pools().where(HospitalPool.id == pool_id, HospitalSession.hospital_id == unit)
    found = session().execute(mine).first()
    return (found[0], found[1]) if found is not None else None


def patients(asked: Asked, unit: str | None) -> Found:
    """Patients of a hospital that have, or had, a booking there."""
    books = select(HospitalBooking.id).where(HospitalBooking.patient_id == HospitalPatient.id)
    wanted: Conditions = [HospitalPatient.hospital_id == unit, books.exists()]
    wanted += [one_of(HospitalPatient.id, ids) for ids in asked.ids]
    wanted += [HospitalPatient.id.in_(named_by(one, unit)) for one in asked.tokens("identifier")]
    rows, total, after = page_of(
        select(HospitalPatient).where(every(wanted)), HospitalPatient.id, None, asked
    )
    found = [row for (row,) in rows]
    return Found(
        [resources.patient(row) for row in found], total, after, refs=[row.holder_ref for row in found]
    )


def appointments(asked: Asked, unit: str | None) -> Found:
    """Bookings of a hospital."""
    moment = now()
    wanted = [HospitalBooking.hospital_id == unit, *of_sessions(asked, unit)]
    wanted += moment_condition(HospitalBooking.starts_at, asked.values.get("date", ()), "date")
    wanted += [one_of(HospitalBooking.id, ids) for ids in asked.ids]
    for refs in asked.references("slot", "Slot"):
        wanted.append(one_of(HospitalBooking.pool_id, [one for _, one in refs]))
    for refs in asked.references("patient", "Patient"):
        wanted.append(one_of(HospitalBooking.patient_id, [one for _, one in refs]))
    for tokens in asked.tokens("patient.identifier", "patient:identifier"):
        wanted.append(HospitalBooking.patient_id.in_(named_by(tokens, unit)))
    for tokens in asked.tokens("identifier"):
        numbers = [one.code for one in tokens if one.system in (None, own_system(unit, "booking"))]
        wanted.append(one_of(HospitalBooking.number, numbers))
    for values in asked.tokens("status"):
        wanted.append(or_(*(has_status(one.code, moment) for one in values)))
    query = select(HospitalBooking, HospitalSession).join(
        HospitalSession, HospitalSession.id == HospitalBooking.session_id
    )
    rows, total, after = page_of(
        query.where(every(wanted)), HospitalBooking.id, HospitalBooking.starts_at, asked
    )
    of = {row.patient_id: row for row, _ in rows} if "Appointment:patient" in asked.includes else {}
    known = session().scalars(select(HospitalPatient).where(one_of(HospitalPatient.id, of)))
    return Found(
        appointments_shown([(row, place) for row, place in rows], moment),
        total,
        after,
        [resources.patient(one) for one in known],
        [row.citizen_ref for row, _ in rows],
    )


def appointments_shown(rows: list[tuple[HospitalBooking, HospitalSession]], moment: datetime) -> list[Json]:
    """Bookings with the version that each has reached."""
    ids = [row.id for row, _ in rows]
    counted = select(HospitalMove.subject_id, func.count(), func.max(HospitalMove.moved_at))
    moved = session().execute(
        counted.where(one_of(HospitalMove.subject_id, ids)).group_by(HospitalMove.subject_id)
    )
    moves = {one: (number, last) for one, number, last in moved}
    return [resources.appointment(row, place, moves.get(row.id, (0, None)), moment) for row, place in rows]


_IN_SESSION: Final = {"_id": "token", "specialty": "token", "service-type": "token"}
_NAMED: Final = {"_id": "token", "identifier": "token", "name": "string"}
KINDS: Final = {
    one.name: one
    for one in (
        Kind("Organization", _NAMED, _kept("hospitals", resources.organization, None)),
        Kind(
            "Location",
            {"_id": "token", "name": "string", "organization": "reference"},
            _kept("campuses", resources.location, None),
        ),
        Kind(
            "HealthcareService",
            {**_NAMED, "specialty": "token", "organization": "reference", "location": "reference"},
            _kept("departments", resources.healthcare_service, "department"),
        ),
        Kind("Practitioner", _NAMED, _kept("doctors", resources.practitioner, "doctor")),
        Kind("Schedule", {**_IN_SESSION, "active": "token", "actor": "reference", "date": "date"}, schedules),
        Kind(
            "Slot",
            {
                **_IN_SESSION,
                "appointment-type": "token",
                "schedule": "reference",
                "schedule.actor": "reference",
                "start": "date",
                "status": "token",
            },
            slots,
            ("Slot:schedule",),
        ),
        Kind("Patient", {"_id": "token", "identifier": "token"}, patients),
        Kind(
            "Appointment",
            {
                **_IN_SESSION,
                "identifier": "token",
                "status": "token",
                "date": "date",
                "patient": "reference",
                "patient.identifier": "token",
                "patient:identifier": "token",
                "practitioner": "reference",
                "location": "reference",
                "actor": "reference",
                "slot": "reference",
            },
            appointments,
            ("Appointment:patient",),
        ),
    )
}
