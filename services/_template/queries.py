"""Reads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Row, func, select

from citizen_app.toolkit.booking import CONFIRMED
from citizen_app.toolkit.data import session
from citizen_app.toolkit.time import city_zone
from citizen_app.toolkit.web import Page, page, page_of_rows
from services._template.models import (
    ParlourBooking,
    ParlourHour,
    ParlourVisit,
)
from services._template.operations import HOURS, is_open


def visits_of(citizen_ref: str, limit: int, cursor: str | None) -> Page[ParlourVisit]:
    """A citizen's visits, the one recorded last first."""
    mine = select(ParlourVisit).where(ParlourVisit.citizen_ref == citizen_ref)
    return page(mine, ParlourVisit.id, limit, cursor)


def bookings_of(citizen_ref: str, moment: datetime) -> list[dict[str, Any]]:
    """A citizen's bookings of hours to come, the next first: `id`, `starts_at`."""
    mine = (
        select(ParlourBooking.id, ParlourHour.starts_at)
        .join(ParlourHour)
        .where(
            ParlourBooking.citizen_ref == citizen_ref,
            ParlourBooking.hold_state == CONFIRMED,
            ParlourHour.starts_at > moment,
        )
        .order_by(ParlourHour.starts_at)
    )
    return [row._asdict() for row in session().execute(mine)]


def starts_at_of(booking: ParlourBooking) -> datetime | None:
    """When the hour of a booking starts."""
    starts_at = select(ParlourHour.starts_at)
    return session().scalar(starts_at.where(ParlourHour.id == booking.pool_id))


def hours_of(day: date | None, moment: datetime, settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The hours of a day (today) that can be booked: `starts_at`, and how many places are `left`."""
    day = day or moment.astimezone(city_zone()).date()
    hours = [datetime.combine(day, time(hour), city_zone()) for hour in range(24)]
    open_hours = [hour for hour in hours if hour > moment and is_open(hour, settings)]
    is_asked = ParlourHour.starts_at.in_(open_hours)
    begun = select(ParlourHour.starts_at, ParlourHour.id).where(is_asked)
    pools = {row.starts_at: row.id for row in session().execute(begun)}
    left = HOURS.left_in(pools.values(), moment)
    return [
        {"starts_at": hour, "left": left[pools[hour]] if hour in pools else settings["places"]}
        for hour in open_hours
    ]


def days(limit: int, cursor: str | None) -> Page[Row[*tuple[Any, ...]]]:
    """Days with `visitors`, citizens and companions together; the latest day first."""
    day, companions = ParlourVisit.day, func.sum(ParlourVisit.companions)
    by_day = select(day, (func.count() + companions).label("visitors")).group_by(day)
    return page_of_rows(by_day, day, limit, cursor)


def visits_on(day: str) -> int:
    """How many citizens came on a day."""
    found = select(func.count(ParlourVisit.id)).where(ParlourVisit.day == day)
    return session().scalar(found) or 0
