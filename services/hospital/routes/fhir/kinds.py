"""The types of resource, and how each is found. A partner finds what is of its hospital, and nothing else
exists for it; whoever has no key finds the numbers that are free online."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import session
from citizen_app.toolkit.fhir import (
    Found,
    Json,
    Parameter,
    ResourceType,
    Search,
    fitting,
    one_of,
    page_of_rows,
    page_of_things,
)
from citizen_app.toolkit.time import now
from services.hospital.models import (
    HospitalBooking,
    HospitalMove,
    HospitalPatient,
    HospitalPool,
    HospitalSession,
)
from services.hospital.routes.fhir import conditions, resources
from services.hospital.routes.fhir.codes import PROFILES, system_of
from services.hospital.schemas.fhir import RESOURCES
from services.hospital.snapshot import One, structure

OPERATIONS: Final = {
    name: f"{PROFILES}/OperationDefinition/appointment-{name}" for name in ("find", "hold", "book")
}
PLACES: Final = Text(
    "一个 Slot 是一个时段内一个渠道的全部号源，余号数在扩展 places-left 中。",
    "A Slot has all the numbers that one channel sells in one slot; the extension places-left says how many are left.",
)
STATUSES: Final = Text(
    "可改的只有 status：cancelled、arrived、fulfilled、noshow。",
    "Only the status can be changed: cancelled, arrived, fulfilled, noshow.",
)
_ID: Final = fitting("token", lambda asked, one: one.id in asked.values)
_NAME: Final = fitting("string", lambda asked, one: any(_begins(one, word) for word in asked.values))
_ORGANIZATION: Final = fitting(
    "reference", lambda asked, one: one.hospital_id in {to for _, to in asked.references(["Organization"])}
)
_LOCATION: Final = fitting(
    "reference", lambda asked, one: one.campus_id in {to for _, to in asked.references(["Location"])}
)


def _identifier(what: str | None) -> Parameter:
    return fitting(
        "token",
        lambda asked, one: any(token.names(system_of(what, one), one.code) for token in asked.tokens),
    )


def _begins(one: One, word: str) -> bool:
    """Whether a name begins so, in either language."""
    return any(said.lower().startswith(word.lower()) for said in (one.name.zh, one.name.en))


def _kept(which: str, shown: Callable[[One], Json]) -> Callable[[Search, str | None], Found]:
    """A search of what stands in memory: hospitals, campuses, departments, doctors."""

    def found(search: Search, unit: str | None) -> Found:
        mine = [one for one in getattr(structure(), which).values() if one.hospital_id == unit]
        return page_of_things(mine, search, shown)

    return found


def schedules(search: Search, unit: str | None) -> Found:
    """Sessions."""
    query = select(HospitalSession).where(HospitalSession.hospital_id == unit, *search.conditions(unit))
    page = page_of_rows(query, search, HospitalSession.id, HospitalSession.starts_at)
    return page.shown([resources.schedule(row) for (row,) in page.rows])


def slots(search: Search, unit: str | None) -> Found:
    """Slots: of one hospital all of them; for anyone those of the app that are free now."""
    moment = now()
    is_open = (HospitalPool.channel == "app") & conditions.is_free(moment)
    mine = is_open if unit is None else HospitalSession.hospital_id == unit
    query = _pools().where(mine, *search.conditions(unit))
    page = page_of_rows(query, search, HospitalPool.id, HospitalPool.starts_at)
    of = {row.id: row for _, row in page.rows} if "Slot:schedule" in search.includes and unit else {}
    return page.shown(
        [resources.slot(pool, row, conditions.status_of(pool, row, moment)) for pool, row in page.rows],
        [resources.schedule(row) for row in of.values()],
    )


def free_pools(
    search: Search, unit: str, within: ColumnElement[bool], moment: datetime
) -> tuple[list[Any], int]:
    """Numbers of a hospital that can be booked now, with their sessions, and how many slots there are."""
    query = _pools().where(
        HospitalSession.hospital_id == unit, conditions.is_free(moment), within, *search.conditions(unit)
    )
    page = page_of_rows(query, search, HospitalPool.id, HospitalPool.starts_at)
    return [tuple(row) for row in page.rows], page.total


def pool_and_session(pool_id: str, unit: str) -> tuple[HospitalPool, HospitalSession] | None:
    """One slot of a hospital, whatever it holds."""
    mine = _pools().where(HospitalPool.id == pool_id, HospitalSession.hospital_id == unit)
    found = session().execute(mine).first()
    return (found[0], found[1]) if found is not None else None


def patients(search: Search, unit: str | None) -> Found:
    """Patients of a hospital that have, or had, a booking there."""
    books = select(HospitalBooking.id).where(HospitalBooking.patient_id == HospitalPatient.id)
    query = select(HospitalPatient).where(
        HospitalPatient.hospital_id == unit, books.exists(), *search.conditions(unit)
    )
    page = page_of_rows(query, search, HospitalPatient.id)
    found = [row for (row,) in page.rows]
    return page.shown([resources.patient(row) for row in found], refs=[row.holder_ref for row in found])


def appointments(search: Search, unit: str | None) -> Found:
    """Bookings of a hospital."""
    query = (
        select(HospitalBooking, HospitalSession)
        .join(HospitalSession, HospitalSession.id == HospitalBooking.session_id)
        .where(HospitalBooking.hospital_id == unit, *search.conditions(unit))
    )
    page = page_of_rows(query, search, HospitalBooking.id, HospitalBooking.starts_at)
    rows = [(row, place) for row, place in page.rows]
    of = {row.patient_id for row, _ in rows} if "Appointment:patient" in search.includes else ()
    known = session().scalars(select(HospitalPatient).where(one_of(HospitalPatient.id, of)))
    return page.shown(
        appointments_shown(rows, now()),
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


def _pools() -> Any:
    return select(HospitalPool, HospitalSession).join(
        HospitalSession, HospitalSession.id == HospitalPool.session_id
    )


def _kind(name: str, parameters: dict[str, Parameter], found: Any, **more: Any) -> ResourceType:
    return ResourceType(name, RESOURCES[name], parameters, found, **more)


KINDS: Final = (
    _kind(
        "Organization",
        {"_id": _ID, "identifier": _identifier(None), "name": _NAME},
        _kept("hospitals", resources.organization),
    ),
    _kind(
        "Location",
        {"_id": _ID, "name": _NAME, "organization": _ORGANIZATION},
        _kept("campuses", resources.location),
    ),
    _kind(
        "HealthcareService",
        {
            "_id": _ID,
            "identifier": _identifier("department"),
            "name": _NAME,
            "specialty": _identifier("department"),
            "organization": _ORGANIZATION,
            "location": _LOCATION,
        },
        _kept("departments", resources.healthcare_service),
    ),
    _kind(
        "Practitioner",
        {"_id": _ID, "identifier": _identifier("doctor"), "name": _NAME},
        _kept("doctors", resources.practitioner),
    ),
    _kind("Schedule", conditions.SCHEDULE, schedules),
    _kind("Slot", conditions.SLOT, slots, includes=("Slot:schedule",), words=PLACES),
    _kind("Patient", conditions.PATIENT, patients),
    _kind(
        "Appointment",
        conditions.APPOINTMENT,
        appointments,
        includes=("Appointment:patient",),
        updates=True,
        operations=OPERATIONS,
        words=STATUSES,
    ),
)
