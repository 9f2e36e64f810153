"""Check-in (报到): a booking of today becomes a patient who is there, with a place in the queue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import select

from citizen_app.toolkit.data import lock_row, session
from citizen_app.toolkit.queueing import URGENT, rank_of
from citizen_app.toolkit.time import city_zone
from citizen_app.toolkit.web import Problem
from services.hospital.models import HospitalBooking, HospitalSession, HospitalTicket
from services.hospital.operations import strikes
from services.hospital.operations.calling import QUEUES
from services.hospital.operations.states import BOOKINGS, PRESENT
from services.hospital.snapshot import rules_of, structure

Reason = Literal[
    "no_booking",
    "too_early",
    "too_late",
    "wrong_campus",
    "wrong_hospital",
    "wrong_day",
    "not_paid",
    "stopped",
]
LAPSED: Final = ("no_show", "stopped", "held")
LOOKED_AT: Final = ("booked", *PRESENT, *LAPSED)


@dataclass(frozen=True, slots=True)
class Arrived:
    """Somebody is there, under a number of the queue; `again` if they had checked in."""

    booking: HospitalBooking
    place: HospitalSession
    ticket: HospitalTicket
    again: bool


@dataclass(frozen=True, slots=True)
class NotHere:
    """Why somebody is not checked in, and the booking that comes nearest to it."""

    reason: Reason
    booking: HospitalBooking | None = None
    place: HospitalSession | None = None


def arrive(
    citizen_ref: str,
    moment: datetime,
    *,
    campus_id: str | None = None,
    has: Callable[[str], bool] = lambda claim: False,
    uploaded_at: datetime | None = None,
) -> Arrived | NotHere:
    """Check a citizen in for today's next booking, at the campus where they stand. What was uploaded later
    has happened: it is never too late."""
    found = _bookings(citizen_ref, moment)
    today = [(one, place) for one, place in found if one.day == moment.astimezone(city_zone()).date()]
    answer: Arrived | NotHere | None = None
    for booking, place in today:
        said = _reason(booking, place, moment, campus_id, uploaded_at is not None)
        if said is None:
            done = check_in(booking, moment, has=has, known_at=uploaded_at)
            if not done.again:
                return done
            answer = answer if isinstance(answer, Arrived) else done
        elif answer is None or (isinstance(answer, NotHere) and answer.reason in ("too_late", "stopped")):
            answer = NotHere(said, booking, place)
    if answer is not None:
        return answer
    for booking, place in found:
        if booking.state == "booked" and booking.starts_at > moment:
            return NotHere("wrong_day", booking, place)
    return NotHere("no_booking")


def check_in(
    booking: HospitalBooking,
    moment: datetime,
    *,
    has: Callable[[str], bool] = lambda claim: False,
    by: str = "citizen",
    reason: str = "code",
    is_urgent: bool = False,
    known_at: datetime | None = None,
) -> Arrived:
    """Check one booking in and give it the next number of its session; whoever was checked in keeps theirs.
    `known_at` is when that became known, where it was later: nobody waits in a session that was over by then.
    Raises a 409 for a booking that is over."""
    place = QUEUES.lock(booking.session_id)
    row = lock_row(HospitalBooking, booking.id)
    if row is None:
        raise Problem("not-found")
    mine = select(HospitalTicket).where(HospitalTicket.booking_id == row.id)
    held = session().scalar(mine.execution_options(populate_existing=True))
    if held is not None:
        return Arrived(row, place, held, again=True)
    if row.state == "no_show":
        strikes.forgive_missed(row.id, moment, by)
    BOOKINGS.move(row.id, "checked_in", by=by, reason=reason, moment=moment, checked_in_at=moment)
    rank = URGENT if is_urgent else rank_of(rules_of(row.policy_id).priorities, has)
    ticket = QUEUES.take(place, moment, rank=rank, known_at=known_at, booking_id=row.id)
    return Arrived(row, place, ticket, again=False)


def _bookings(citizen_ref: str, moment: datetime) -> list[tuple[HospitalBooking, HospitalSession]]:
    found = session().execute(
        select(HospitalBooking, HospitalSession)
        .join(HospitalSession, HospitalSession.id == HospitalBooking.session_id)
        .where(
            HospitalBooking.citizen_ref == citizen_ref,
            HospitalBooking.day >= moment.astimezone(city_zone()).date(),
            HospitalBooking.state.in_(LOOKED_AT),
        )
        .order_by(HospitalBooking.starts_at, HospitalBooking.id)
    )
    return [(booking, place) for booking, place in found]


def _reason(
    booking: HospitalBooking,
    place: HospitalSession,
    moment: datetime,
    campus_id: str | None,
    late_upload: bool,
) -> Reason | None:
    """Why a booking of today is not checked in here and now; None for one that is."""
    if booking.state == "stopped":
        return "stopped"
    if booking.state == "no_show" and not late_upload:
        return "too_late"
    if campus_id is not None and place.campus_id != campus_id:
        return _elsewhere(place, campus_id)
    if booking.state in PRESENT:
        return None
    if booking.state == "held":
        return "not_paid" if booking.expires_at is None or booking.expires_at > moment else "no_booking"
    rules = rules_of(booking.policy_id)
    if moment < booking.starts_at - timedelta(minutes=rules.early_minutes):
        return "too_early"
    if moment > booking.ends_at + timedelta(minutes=rules.late_minutes) and not late_upload:
        return "too_late"
    return None


def _elsewhere(place: HospitalSession, campus_id: str) -> Reason:
    here = structure().campuses.get(campus_id)
    is_same = here is not None and here.hospital_id == place.hospital_id
    return "wrong_campus" if is_same else "wrong_hospital"
