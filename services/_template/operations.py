"""Rules and writes. They flush; the core commits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import select

from citizen_app.toolkit.booking import Capacity
from citizen_app.toolkit.data import new_id, session, table_of, upsert
from citizen_app.toolkit.jobs import Unit, delete_in_slices
from citizen_app.toolkit.notices import send
from citizen_app.toolkit.scan import Text
from citizen_app.toolkit.time import city_zone
from citizen_app.toolkit.usage import note
from citizen_app.toolkit.web import invalid_input
from services._template.manifest import SERVICE
from services._template.models import (
    ParlourBooking,
    ParlourClosedDay,
    ParlourHour,
    ParlourVisit,
)

VISITS: Final = table_of(ParlourVisit)
BOOKINGS: Final = table_of(ParlourBooking)
HOURS: Final = Capacity(ParlourHour, ParlourBooking)
DAYS_AHEAD: Final = 7
VISIT: Final = Text("{day} 的到访", "Visit of {day}")
HOUR: Final = Text("{day} {hour}:00", "{day}, {hour}:00")


def is_open(moment: datetime, settings: Mapping[str, Any]) -> bool:
    """Whether the room is open at that moment: within the hours of a day that is not closed."""
    local = moment.astimezone(city_zone())
    within = settings["opens_at"] <= local.hour < settings["closes_at"]
    return within and session().get(ParlourClosedDay, local.date().isoformat()) is None


def sign_in(citizen_ref: str, moment: datetime, is_senior: bool, companions: int) -> bool:
    """Write down a visit; False when the citizen was here on that day already. Of two scans at once one is
    first."""
    visit = upsert(ParlourVisit).values(
        id=new_id(),
        citizen_ref=citizen_ref,
        day=moment.astimezone(city_zone()).date().isoformat(),
        occurred_at=moment,
        is_senior=is_senior,
        companions=companions,
    )
    return session().scalar(visit.on_conflict_do_nothing().returning(ParlourVisit.id)) is not None


def delete_visit(citizen_ref: str, visit_id: str) -> bool:
    """Delete a visit of the citizen's own; False when there is none. The deed stands in their log."""
    mine = VISITS.delete().where(VISITS.c.id == visit_id, VISITS.c.citizen_ref == citizen_ref)
    day = session().scalar(mine.returning(VISITS.c.day))
    if day is None:
        return False
    note(SERVICE.id, citizen_ref, "forget", "app", [VISIT.fill(day=day)])
    return True


def close_on(day: date) -> None:
    """Keep the room closed on a day; a second time changes nothing."""
    closed = upsert(ParlourClosedDay).values(day=day.isoformat())
    session().execute(closed.on_conflict_do_nothing())


def call_off(day: date, moment: datetime) -> None:
    """Give back what is booked of a day, and tell whoever has booked it."""
    starts = datetime.combine(day, time(), city_zone())
    within = ParlourHour.starts_at.between(starts, starts + timedelta(days=1))
    booked = select(BOOKINGS, ParlourHour.starts_at).join(ParlourHour)
    for row in session().execute(booked.where(within, ParlourHour.starts_at > moment)).all():
        if HOURS.release(row.id, moment) is not None:
            told = {"at": row.starts_at}
            send(SERVICE.id, row.citizen_ref, "hour_lost", told, key=row.id)


def book(
    citizen_ref: str,
    starts_at: datetime,
    moment: datetime,
    settings: Mapping[str, Any],
) -> ParlourBooking:
    """Book a place in the hour that starts then: within a week, and while the room is open.

    Raises `Full`, and `AlreadyHeld` for whoever has one."""
    local = starts_at.astimezone(city_zone())
    if (local.minute, local.second, local.microsecond) != (0, 0, 0):
        raise invalid_input("/starts_at", Text("请选择整点", "An hour starts on the hour"))
    if not moment < starts_at <= moment + timedelta(days=DAYS_AHEAD):
        raise invalid_input("/starts_at", Text("只能预约今后七天", "Bookings are for the next seven days"))
    if not is_open(starts_at, settings):
        raise invalid_input("/starts_at", Text("那时不开放", "The room is closed then"))
    hour = upsert(ParlourHour).values(
        id=new_id(), starts_at=starts_at, capacity=settings["places"], closes_at=starts_at
    )
    session().execute(hour.on_conflict_do_nothing())
    at = ParlourHour.starts_at == starts_at
    pool_id = session().scalars(select(ParlourHour.id).where(at)).one()
    booking = HOURS.hold(pool_id, citizen_ref, moment, seconds=None)
    note(SERVICE.id, citizen_ref, "book", "app", [said_hour(starts_at)], key=booking.id)
    return booking


def cancel(citizen_ref: str, booking_id: str, moment: datetime) -> bool:
    """Give a booking of the citizen's own back before its hour; False when there is none."""
    mine = select(ParlourHour.starts_at).join(ParlourBooking)
    own = (BOOKINGS.c.id == booking_id) & (BOOKINGS.c.citizen_ref == citizen_ref)
    starts_at = session().scalar(mine.where(own, ParlourHour.starts_at > moment))
    if starts_at is None or HOURS.release(booking_id, moment) is None:
        return False
    note(SERVICE.id, citizen_ref, "cancel", "app", [said_hour(starts_at)])
    return True


def cancel_all(citizen_ref: str, moment: datetime) -> None:
    """Give back whatever a citizen has booked."""
    booked = select(BOOKINGS.c.id).where(BOOKINGS.c.citizen_ref == citizen_ref)
    for booking_id in session().scalars(booked).all():
        HOURS.release(booking_id, moment)


def forget_citizen(citizen_ref: str) -> None:
    """Delete all that is kept of a citizen."""
    HOURS.forget(citizen_ref)
    session().execute(VISITS.delete().where(VISITS.c.citizen_ref == citizen_ref))


def said_hour(starts_at: datetime) -> Text:
    """An hour in words, by the city's clock."""
    local = starts_at.astimezone(city_zone())
    return HOUR.fill(day=local.date().isoformat(), hour=local.hour)


def forget_visits(moment: datetime, keep_days: int, unit: Unit) -> int:
    """Delete visits and bookings older than they may be kept, a slice to a unit; returns how many went."""
    oldest = (moment.astimezone(city_zone()) - timedelta(days=keep_days)).date().isoformat()
    is_over = ParlourHour.starts_at < moment - timedelta(days=keep_days)
    over = select(ParlourHour.id).where(is_over)
    bookings = delete_in_slices(BOOKINGS, BOOKINGS.c.pool_id.in_(over), unit)
    return bookings + delete_in_slices(VISITS, VISITS.c.day < oldest, unit)
