"""When the times of a service day are, and what leaves a stop next. Pure: no database, no clock.

Source: GTFS Schedule reference. A *service day* is not a calendar day: its times count from "noon minus 12 h"
local time, so they stay true on the days when clocks change, and they may exceed 24:00:00, so at 00:30 the
buses of yesterday's service day are still running.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from services.bus.operations.gtfs.rows import Visit

Leaving = Callable[[date, int, int], tuple[int, Iterable[Visit]]]
"""What leaves on a service day from one second of it on and before another: how far was looked, at most to
the second one, and in any order the visits until there at which riders board, of the services that run on
that day."""
_SECONDS_OF_A_DAY = 86_400
_FIRST_SPAN = 900
_LONGEST_SPAN = 2 * _SECONDS_OF_A_DAY
_NO_PICKUP = 1


def start_of_service_day(day: date, zone: ZoneInfo) -> datetime:
    """Local noon minus twelve hours, as an instant in UTC: where the times of a service day count from."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=zone)
    return noon.astimezone(UTC) - timedelta(hours=12)


def instant(day: date, seconds: int, zone: ZoneInfo) -> datetime:
    """The instant (UTC) of a GTFS time in seconds on a service day."""
    return start_of_service_day(day, zone) + timedelta(seconds=seconds)


class Window(NamedTuple):
    """A service day and the first of its seconds that is not before the moment asked for."""

    day: date
    from_seconds: int


def windows(after: datetime, zone: ZoneInfo, latest_seconds: int, days_ahead: int) -> list[Window]:
    """The service days that can have a departure at or after `after`, earliest first.

    `latest_seconds` is the largest departure of the timetable: it says how many service days ago a vehicle
    may have started that is still running. `days_ahead` counts the days after today that are looked at.
    `after` is aware.
    """
    if after.tzinfo is None:
        raise ValueError("after must be an aware datetime")
    today = after.astimezone(zone).date()
    back = latest_seconds // _SECONDS_OF_A_DAY + 1
    found = []
    for offset in range(-back, days_ahead + 1):
        day = today + timedelta(days=offset)
        waited = after - start_of_service_day(day, zone)
        from_seconds = waited.days * _SECONDS_OF_A_DAY + waited.seconds + (waited.microseconds > 0)
        if from_seconds <= latest_seconds:
            found.append(Window(day, max(from_seconds, 0)))
    return found


@dataclass(frozen=True, slots=True)
class Departure:
    """A vehicle leaving a stop at an instant in UTC; `visit` says which line, whereto and how exact."""

    at: datetime
    service_day: date
    visit: Visit


def can_board(visit: Visit) -> bool:
    """Whether riders get on here: not where the trip ends, not where pickup_type is 1 (no pickup)."""
    return not visit.last and visit.pickup_type != _NO_PICKUP


def next_departures(
    leaving: Leaving, *, after: datetime, zone: ZoneInfo, latest_seconds: int, limit: int, days_ahead: int = 7
) -> list[Departure]:
    """The first `limit` departures at or after `after` of one stop or station.

    `zone` is the agency's, `latest_seconds` the largest departure of the timetable. Earlier service days are
    looked at as long as their latest vehicle can still be running, later ones up to `days_ahead` days after
    today. A busy stop is asked for a quarter of an hour or less, a quiet one for spans that grow until they
    are days, so that little more is read than is told. Ties come in order of route, trip, run and
    stop_sequence. ValueError for a naive `after` or a negative `limit`.
    """
    if limit < 0:
        raise ValueError("limit must not be negative")
    found: list[Departure] = []
    span = _FIRST_SPAN
    for window in windows(after, zone, latest_seconds, days_ahead):
        zero = start_of_service_day(window.day, zone)
        first = (
            window.from_seconds - window.from_seconds % _FIRST_SPAN
        )  # what many ask at about the same time is asked alike
        while first <= latest_seconds:
            if len(found) == limit and (not limit or found[-1].at < zero + timedelta(seconds=first)):
                break
            end, visits = leaving(window.day, first, first + span)
            ahead = (visit for visit in visits if visit.departure >= window.from_seconds)
            found += [
                Departure(zero + timedelta(seconds=visit.departure), window.day, visit) for visit in ahead
            ]
            found = sorted(found, key=_rank)[:limit]
            first, span = end, min((end - first) * 4, _LONGEST_SPAN)
    return found


def _rank(departure: Departure) -> tuple[datetime, str, str, int, int]:
    visit = departure.visit
    return departure.at, visit.route_id, visit.trip_id, visit.run, visit.stop_sequence
