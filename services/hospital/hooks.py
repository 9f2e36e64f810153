"""What a scan means, in words for the patient; and how the service is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import func, select

from citizen_app.toolkit.data import session
from citizen_app.toolkit.payments import PaymentEvent
from citizen_app.toolkit.rights import Kept
from citizen_app.toolkit.scan import Card, Choosing, CitizenView, Meaning, Scan, Text
from citizen_app.toolkit.time import city_zone, now
from services.hospital import queries
from services.hospital.models import Hospital, HospitalAppeal, HospitalBooking, HospitalSession
from services.hospital.operations.at_kiosk import book_here
from services.hospital.operations.booking import By
from services.hospital.operations.checking_in import campuses_to_choose, met
from services.hospital.operations.giving_up import cancel
from services.hospital.operations.paying import paid_by_provider
from services.hospital.operations.rights import erase, kept_of
from services.hospital.operations.states import OPEN, PRESENT
from services.hospital.operations.visit_words import BOOK
from services.hospital.operations.waiting import leave

AHEAD: Final = timedelta(hours=48)
TO_DO: Final = Text("您有一个待确认的预约", "A booking waits for you")
IN_QUEUE: Final = Text("您在排队，点开看前面人数", "You are in a queue: open to see your place")
TODAY: Final = Text("今天 {time} 有一个预约", "You have a booking today at {time}")
COMING: Final = Text("{day} {time} 有一个预约", "You have a booking on {day} at {time}")


def on_scan(scan: Scan) -> Meaning:
    """Check the citizen in for the booking of today that comes next, or book a number of today."""
    return book_here(scan) if scan.purpose == BOOK.id else met(scan)


def choices_for(asked: Choosing) -> Sequence[tuple[str, Text]]:
    """The campus where a kiosk stands."""
    return campuses_to_choose(asked)


def on_payment(event: PaymentEvent) -> None:
    """A fee that was asked for has been paid, or has not."""
    paid_by_provider(event)


def export_for(citizen: CitizenView) -> Sequence[Kept]:
    """All that is kept of somebody."""
    return kept_of(citizen)


def erase_for(citizen: CitizenView) -> None:
    """Delete it."""
    erase(citizen, now())


def on_death(citizen_ref: str) -> None:
    """What was booked to come goes to others, and what was paid comes back."""
    moment = now()
    for row in queries.coming_of(citizen_ref, moment):
        if row.state in OPEN and moment < row.starts_at:
            cancel(row, moment, By("system", "system"))
    for waited in queries.waits_of(citizen_ref):
        leave(citizen_ref, waited["id"], moment)


def cards_for(citizen: CitizenView) -> Sequence[Card]:
    """A place in the queue of today, the next booking within a day or two, and one that waits to be
    confirmed: when, and neither where nor what for, until it is opened."""
    moment = now()
    coming = queries.coming_of(citizen.ref, moment)
    held = [Card(TO_DO, (), f"bookings/{row.id}", row.expires_at) for row in coming if row.state == "held"]
    soon = [row for row in coming if row.state == "booked" and row.starts_at - moment < AHEAD]
    queued = [Card(IN_QUEUE, (), "visits", moment) for row in coming if row.state in PRESENT]
    return [*queued[:1], *held[:1], *(_card(row) for row in soon[:1])]


def _card(row: HospitalBooking) -> Card:
    at = row.starts_at.astimezone(city_zone())
    is_today = at.date() == now().astimezone(city_zone()).date()
    said = TODAY if is_today else COMING
    words = said.fill(day=f"{at:%m-%d}", time=f"{at:%H:%M}")
    return Card(words, (), f"bookings/{row.id}", row.starts_at)


def health() -> Mapping[str, Any]:
    """Hospitals that are open, sessions to come, who is booked for today, and what waits to be done."""
    today = now().astimezone(city_zone()).date()
    counts = {
        "hospitals": select(func.count(Hospital.id)).where(Hospital.closed_at.is_(None)),
        "sessions": select(func.count(HospitalSession.id)).where(HospitalSession.state == "open"),
        "booked_today": select(func.count(HospitalBooking.id)).where(
            HospitalBooking.day == today, HospitalBooking.state.in_(("booked", *PRESENT))
        ),
        "appeals_waiting": select(func.count(HospitalAppeal.id)).where(HospitalAppeal.state == "waiting"),
    }
    return {name: session().scalar(count) or 0 for name, count in counts.items()}
