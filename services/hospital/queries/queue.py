"""What doctors, the waiting room and patients see of a queue. Names are partly hidden, and stand only where
somebody has to be told apart: in the room, and on the wall once they are called."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import func, select

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import session
from citizen_app.toolkit.people import masked_name
from citizen_app.toolkit.time import city_zone
from citizen_app.toolkit.web import Officer, Problem
from services.hospital.manifest import ADDED
from services.hospital.models import (
    HospitalBooking,
    HospitalPatient,
    HospitalSession,
    HospitalTicket,
)
from services.hospital.operations.calling import IN_ROOM
from services.hospital.operations.ordering import before, waiting
from services.hospital.operations.privacy import Looking
from services.hospital.operations.states import PRESENT
from services.hospital.snapshot import structure

BESIDE: Final = ("away", "missed")
NEXT_ON_WALL: Final = 4


@dataclass(frozen=True, slots=True)
class Called:
    """Somebody on the list: the ticket, the name partly hidden, and by what the city knows them."""

    ticket: HospitalTicket
    name: str | None
    ref: str


@dataclass(frozen=True, slots=True)
class Clinic:
    """A session as a queue: what it is called, and how many wait."""

    row: HospitalSession
    hospital: Text
    department: Text
    doctor: Text | None
    waiting: int


@dataclass(frozen=True, slots=True)
class OnWall:
    """A session on the wall: who is called, and the numbers that are next."""

    clinic: Clinic
    called: list[Called]
    next: list[int]


@dataclass(frozen=True, slots=True)
class Position:
    """A patient's own place: the ticket, its session, and how many are before."""

    ticket: HospitalTicket
    row: HospitalSession
    before: int


def may_call(officer: Officer, row: HospitalSession) -> bool:
    """Whether a session's patients are theirs to call: a doctor's own sessions and the shared ones of the
    department; a nurse's by the units of the role, a hospital or a department."""
    if not (officer.has(row.hospital_id) or officer.has(row.department_id)):
        return False
    mine = [one for one in structure().doctors.values() if one.staff_name == officer.name]
    if not mine:
        return True
    if row.doctor_id is None:
        return any(one.department_id == row.department_id for one in mine)
    return any(one.id == row.doctor_id for one in mine)


def clinics_of(officer: Officer, day: date) -> list[Clinic]:
    """Today's sessions that somebody may call for, by time and room."""
    found = (
        select(HospitalSession)
        .where(HospitalSession.day == day, HospitalSession.state == "open")
        .order_by(HospitalSession.starts_at, HospitalSession.room, HospitalSession.id)
    )
    if officer.units is not None:
        units = list(officer.units)
        found = found.where(HospitalSession.hospital_id.in_(units) | HospitalSession.department_id.in_(units))
    return [_clinic(row) for row in session().scalars(found) if may_call(officer, row)]


def clinic_or_404(officer: Officer, session_id: str) -> Clinic:
    """A session that somebody may call for; to them no other exists."""
    row = session().get(HospitalSession, session_id)
    if row is None or not may_call(officer, row):
        raise Problem("not-found")
    return _clinic(row)


def ticket_or_404(session_id: str, ticket_id: str) -> HospitalTicket:
    """A ticket of a session."""
    found = session().get(HospitalTicket, ticket_id)
    if found is None or found.session_id != session_id:
        raise Problem("not-found")
    return found


def booking_by_number(row: HospitalSession, number: str) -> HospitalBooking | None:
    """The booking of a session that has a number."""
    return session().scalar(
        select(HospitalBooking).where(
            HospitalBooking.session_id == row.id,
            HospitalBooking.hospital_id == row.hospital_id,
            HospitalBooking.number == number,
        )
    )


def patient_by_number(row: HospitalSession, number: str) -> HospitalPatient | None:
    """A patient of the session's hospital."""
    return session().scalar(
        select(HospitalPatient).where(
            HospitalPatient.hospital_id == row.hospital_id, HospitalPatient.number == number
        )
    )


def patient_seen(session_id: str, ticket_id: str) -> HospitalPatient:
    """Who is in a room with a ticket of a session, or was; to whoever calls nobody else exists."""
    ticket = ticket_or_404(session_id, ticket_id)
    if ticket.state not in (*IN_ROOM, "away", "done"):
        raise Problem("not-found")
    booking = session().get_one(HospitalBooking, ticket.booking_id)
    return session().get_one(HospitalPatient, booking.patient_id)


def added_to(session_id: str) -> set[str]:
    """The bookings of a session that were added by hand and still hold."""
    found = select(HospitalBooking.id).where(
        HospitalBooking.session_id == session_id,
        HospitalBooking.channel == ADDED,
        HospitalBooking.state.in_(("booked", *PRESENT)),
    )
    return set(session().scalars(found))


def in_rooms(session_id: str) -> list[Called]:
    """Who is called, or in a room, whoever was called last first."""
    return _named(session_id, IN_ROOM)


def beside(session_id: str) -> list[Called]:
    """Who is away for tests, or was called in vain."""
    return _named(session_id, BESIDE)


def last_done(session_id: str) -> HospitalTicket | None:
    """Whose visit ended last: what `undo` takes back."""
    done = select(HospitalTicket).where(
        HospitalTicket.session_id == session_id, HospitalTicket.state == "done"
    )
    return session().scalars(done.order_by(HospitalTicket.called_at.desc())).first()


def wall_of(place_id: str, moment: datetime) -> list[OnWall]:
    """The sessions of a department, or of a campus, that take patients now: numbers and names, and never what
    for."""
    today = moment.astimezone(city_zone()).date()
    found = select(HospitalSession).where(
        HospitalSession.day == today,
        HospitalSession.state == "open",
        (HospitalSession.department_id == place_id) | (HospitalSession.campus_id == place_id),
        HospitalSession.last_number > 0,
    )
    rows = session().scalars(found.order_by(HospitalSession.room, HospitalSession.id)).all()
    return [
        OnWall(_clinic(row), in_rooms(row.id), [one.number for one in waiting(row.id)[:NEXT_ON_WALL]])
        for row in rows
    ]


def positions_of(who: Looking, moment: datetime) -> list[tuple[HospitalBooking, Position]]:
    """Where a citizen stands in the queues of today, as far as whoever looks may see."""
    today = moment.astimezone(city_zone()).date()
    found = session().execute(
        select(HospitalBooking, HospitalTicket, HospitalSession)
        .join(HospitalTicket, HospitalTicket.booking_id == HospitalBooking.id)
        .join(HospitalSession, HospitalSession.id == HospitalTicket.session_id)
        .where(
            HospitalBooking.citizen_ref == who.ref,
            HospitalBooking.day == today,
            HospitalTicket.state.not_in(("done", "left")),
        )
        .order_by(HospitalTicket.arrived_at)
    )
    return [
        (booking, Position(ticket, row, before(ticket)))
        for booking, ticket, row in found
        if who.sees(booking)
    ]


def _clinic(row: HospitalSession) -> Clinic:
    held = structure()
    doctor = held.doctors.get(row.doctor_id) if row.doctor_id else None
    count = select(func.count(HospitalTicket.id)).where(
        HospitalTicket.session_id == row.id, HospitalTicket.state == "waiting"
    )
    return Clinic(
        row,
        held.hospitals[row.hospital_id].name,
        held.departments[row.department_id].name,
        doctor.name if doctor else None,
        session().scalar(count) or 0,
    )


def _named(session_id: str, states: tuple[str, ...]) -> list[Called]:
    found = session().execute(
        select(HospitalTicket, HospitalPatient)
        .join(HospitalBooking, HospitalBooking.id == HospitalTicket.booking_id)
        .join(HospitalPatient, HospitalPatient.id == HospitalBooking.patient_id)
        .where(HospitalTicket.session_id == session_id, HospitalTicket.state.in_(states))
        .order_by(HospitalTicket.called_at.desc(), HospitalTicket.number)
    )
    return [
        Called(ticket, masked_name(patient.name) if patient.name else None, patient.holder_ref)
        for ticket, patient in found
    ]
