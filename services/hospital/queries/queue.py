"""Which queues there are, whose they are to call for, and whose tickets are in them; a citizen's own
places."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import select

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import guarded_update, invalidate, session
from citizen_app.toolkit.people import masked_name
from citizen_app.toolkit.queueing import (
    IN_ROOM,
    OVER,
    Called,
    Notes,
    Position,
    QueueName,
    QueueViews,
    WallPlace,
    line_of,
)
from citizen_app.toolkit.time import city_zone
from citizen_app.toolkit.web import Officer, Problem, audit
from services.hospital.manifest import ADDED
from services.hospital.models import (
    HospitalBooking,
    HospitalCampus,
    HospitalDepartment,
    HospitalPatient,
    HospitalSession,
    HospitalTicket,
)
from services.hospital.operations.calling import QUEUES
from services.hospital.operations.privacy import Looking
from services.hospital.operations.states import PRESENT
from services.hospital.snapshot import TOPIC, structure

BY_HAND: Final = Text("加号", "Added")
COUNT_BY_HAND: Final = Text("加号 {count} 个", "{count} added by hand")


class _Sessions(QueueViews[HospitalSession, HospitalTicket]):
    def queues_of(self, officer: Officer, moment: datetime) -> Sequence[HospitalSession]:
        """Today's sessions, by time and room."""
        found = (
            select(HospitalSession)
            .where(HospitalSession.day == _day(moment), HospitalSession.state == "open")
            .order_by(HospitalSession.starts_at, HospitalSession.room, HospitalSession.id)
        )
        if officer.units is not None:
            units = list(officer.units)
            of_theirs = HospitalSession.hospital_id.in_(units) | HospitalSession.department_id.in_(units)
            found = found.where(of_theirs)
        return session().scalars(found).all()

    def may_call(self, officer: Officer, queue: HospitalSession) -> bool:
        """A doctor's own sessions and the shared ones of the department; a nurse's by the units of the role,
        a hospital or a department."""
        if not (officer.has(queue.hospital_id) or officer.has(queue.department_id)):
            return False
        mine = [one for one in structure().doctors.values() if one.staff_name == officer.name]
        if not mine:
            return True
        if queue.doctor_id is None:
            return any(one.department_id == queue.department_id for one in mine)
        return any(one.id == queue.doctor_id for one in mine)

    def name_of(self, queue: HospitalSession) -> QueueName:
        held = structure()
        department = held.departments[queue.department_id].name
        doctor = held.doctors.get(queue.doctor_id) if queue.doctor_id else None
        called = doctor.name if doctor else None
        return QueueName(
            title=line_of(queue.room or department),
            heading=line_of(queue.room, department, called),
            line=line_of(held.hospitals[queue.hospital_id].name, department, called, _hours(queue)),
        )

    def called(self, tickets: Sequence[HospitalTicket]) -> list[Called[HospitalTicket]]:
        found = session().execute(
            select(HospitalBooking.id, HospitalPatient)
            .join(HospitalPatient, HospitalPatient.id == HospitalBooking.patient_id)
            .where(HospitalBooking.id.in_([one.booking_id for one in tickets]))
        )
        patients = {row[0]: row[1] for row in found}
        return [_called(one, patients[one.booking_id]) for one in tickets]

    def notes(self, queue: HospitalSession) -> Notes:
        """What was added by hand (加号) and still holds."""
        found = session().execute(
            select(HospitalBooking.id, HospitalTicket.id)
            .outerjoin(HospitalTicket, HospitalTicket.booking_id == HospitalBooking.id)
            .where(
                HospitalBooking.session_id == queue.id,
                HospitalBooking.channel == ADDED,
                HospitalBooking.state.in_(("booked", *PRESENT)),
            )
        )
        tickets = [ticket for _, ticket in found]
        below = (COUNT_BY_HAND.fill(count=len(tickets)),) if tickets else ()
        return Notes({ticket: BY_HAND for ticket in tickets if ticket}, below)

    def wall_place(self, place_id: str) -> WallPlace | None:
        """A campus or a department."""
        held = structure()
        place = held.departments.get(place_id) or held.campuses.get(place_id)
        if place is None:
            return None
        return WallPlace(place.id, place.name, held.hospitals[place.hospital_id].name, place.wall)

    def queues_at(self, place_id: str, moment: datetime) -> Sequence[HospitalSession]:
        """The sessions that take patients now."""
        found = select(HospitalSession).where(
            HospitalSession.day == _day(moment),
            HospitalSession.state == "open",
            (HospitalSession.department_id == place_id) | (HospitalSession.campus_id == place_id),
            HospitalSession.last_number > 0,
        )
        return session().scalars(found.order_by(HospitalSession.room, HospitalSession.id)).all()

    def walls_of(self, officer: Officer, queues: Collection[HospitalSession]) -> Sequence[WallPlace]:
        """The departments of sessions, behind their campuses for whoever has the whole hospital."""
        campuses = {row.campus_id for row in queues if officer.has(row.hospital_id)}
        departments = {row.department_id for row in queues}
        found = map(self.wall_place, (*sorted(campuses), *sorted(departments)))
        return [place for place in found if place is not None]

    def has_wall(self, officer: Officer, place: WallPlace) -> bool:
        return officer.has(_hospital_of(place)) or officer.has(place.id)

    def renew_wall(self, place: WallPlace) -> None:
        model: Any = HospitalCampus if place.id in structure().campuses else HospitalDepartment
        guarded_update(model, model.id == place.id, wall=model.wall + 1)
        invalidate(TOPIC)
        audit("hospital.renew_wall", model.__tablename__, place.id, hospital=_hospital_of(place))


VIEWS: Final = _Sessions(QUEUES)


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
    ticket = VIEWS.ticket_or_404(session_id, ticket_id)
    if ticket.state not in (*IN_ROOM, "away", "done"):
        raise Problem("not-found")
    booking = session().get_one(HospitalBooking, ticket.booking_id)
    return session().get_one(HospitalPatient, booking.patient_id)


def positions_of(
    who: Looking, moment: datetime
) -> list[tuple[HospitalBooking, Position[HospitalSession, HospitalTicket]]]:
    """Where a citizen stands in the queues of today, as far as whoever looks may see."""
    found = session().execute(
        select(HospitalBooking, HospitalTicket, HospitalSession)
        .join(HospitalTicket, HospitalTicket.booking_id == HospitalBooking.id)
        .join(HospitalSession, HospitalSession.id == HospitalTicket.session_id)
        .where(
            HospitalBooking.citizen_ref == who.ref,
            HospitalBooking.day == _day(moment),
            HospitalTicket.state.not_in(OVER),
        )
        .order_by(HospitalTicket.arrived_at)
    )
    return [(booking, VIEWS.position(ticket, row)) for booking, ticket, row in found if who.sees(booking)]


def _called(ticket: HospitalTicket, patient: HospitalPatient) -> Called[HospitalTicket]:
    return Called(ticket, masked_name(patient.name) if patient.name else None, patient.holder_ref)


def _hospital_of(place: WallPlace) -> str:
    held = structure()
    one = held.departments.get(place.id) or held.campuses[place.id]
    return one.hospital_id


def _hours(row: HospitalSession) -> str:
    zone = city_zone()
    return f"{row.starts_at.astimezone(zone):%H:%M}–{row.ends_at.astimezone(zone):%H:%M}"


def _day(moment: datetime) -> date:
    return moment.astimezone(city_zone()).date()
