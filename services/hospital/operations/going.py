"""On the way to a booking: it stands in the patient's own calendar, and they are told how to get there. What
leaves the city for that says when and where, and never what for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select

from citizen_app.toolkit.capabilities import call
from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import session
from citizen_app.toolkit.documents import calendar
from citizen_app.toolkit.links import public_address
from citizen_app.toolkit.web import Problem, language
from services.hospital.manifest import SERVICE
from services.hospital.models import HospitalBooking, HospitalMove, HospitalSession
from services.hospital.snapshot import One, structure

TITLE: Final = Text("市民码预约", "Booking in the citizen code")
NOTE: Final = Text("详情请在市民码中查看。", "The details are in your citizen code.")
PLACE: Final = Text("{hospital}{campus}", "{hospital}, {campus}")
PLACE_AT: Final = Text("{hospital}{campus}，{address}", "{hospital}, {campus}, {address}")
ALARM: Final = timedelta(hours=2)
MOVED: Final = Text("已改期，请看新的预约。", "It was moved: see the booking that took its place.")
FILE: Final = "appointment.ics"
STATUS: Final[Mapping[str, calendar.Status]] = {
    "held": "TENTATIVE",
    "cancelled": "CANCELLED",
    "stopped": "CANCELLED",
    "lapsed": "CANCELLED",
}
ORDER: Final = ("TENTATIVE", "CONFIRMED", "CANCELLED")
WITHOUT: Final = ("held", "lapsed", "moved")
"""What no page offers for a calendar: not yet sure, or not any more."""


def calendar_file(booking: HospitalBooking) -> bytes:
    """A booking for a calendar. Moved or given up it keeps its `uid`, under a higher number. Raises a 404
    for what was moved: it stands there under its new time."""
    if booking.state == "moved":
        raise Problem("not-found", MOVED)
    campus, status = _campus(booking), STATUS.get(booking.state, "CONFIRMED")
    one = calendar.Appointment(
        uid=f"{_first_of(booking)}@hospital",
        title=TITLE,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        changed_at=booking.ended_at or booking.made_at,
        place=_place(booking, campus),
        position=None if campus.lat is None or campus.lon is None else (campus.lat, campus.lon),
        note=NOTE,
        link=public_address("hospital_pages_mine.booking", booking_id=booking.id),
        sequence=len(ORDER) * booking.moves + ORDER.index(status),
        status=status,
        alarm_before=ALARM,
    )
    return calendar.calendar_file(one, language())


def way_to(booking: HospitalBooking, start: str, moment: datetime) -> dict[str, Any] | None:
    """How to be there in time, as the service answers that knows; None where nobody does, or it is too late.
    It is told a place and a time, and not whose or what they are."""
    campus = _campus(booking)
    if campus.lat is None or campus.lon is None or booking.state != "booked" or booking.starts_at <= moment:
        return None
    asked = {
        "latitude": campus.lat,
        "longitude": campus.lon,
        "arrive_by": booking.starts_at.isoformat(),
        "start": start,
    }
    way = call(SERVICE.id, "journeys/1", asked, default=None)
    for one in way["journeys"] if way else ():
        one["departs"], one["arrives"] = (
            datetime.fromisoformat(one[at]) for at in ("departs_at", "arrives_at")
        )
    return way


def _first_of(booking: HospitalBooking) -> str:
    """The id with which a booking began: each move made a new row of it, and wrote down which."""
    found = booking.id
    for _ in range(booking.moves):
        before = select(HospitalMove.subject_id).join(
            HospitalBooking, HospitalBooking.id == HospitalMove.subject_id
        )
        mine = HospitalBooking.patient_id == booking.patient_id
        moved = (HospitalMove.to_state == "moved") & (HospitalMove.reason == f"to {found}")
        found = session().scalar(before.where(mine, moved)) or found
    return found


def _campus(booking: HospitalBooking) -> One:
    return structure().campuses[session().get_one(HospitalSession, booking.session_id).campus_id]


def _place(booking: HospitalBooking, campus: One) -> Text:
    hospital, address = structure().hospitals[booking.hospital_id].name, campus.words("address")
    if address is None:
        return PLACE.fill(hospital=hospital, campus=campus.name)
    return PLACE_AT.fill(hospital=hospital, campus=campus.name, address=address)
