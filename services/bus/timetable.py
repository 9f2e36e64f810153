"""When the times of a service day are, and what leaves a stop next. Pure: no database, no clock.

Source: GTFS Schedule reference. A *service day* is not a calendar day: its times count from "noon minus 12 h"
local time, so they stay true on the days when clocks change, and they may exceed 24:00:00, so at 00:30 the
buses of yesterday's service day are still running.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import NamedTuple
from zoneinfo import ZoneInfo

from services.bus.gtfs.rows import Visit

ActiveService = Callable[[str, date], bool]
_SECONDS_OF_A_DAY = 86_400
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


class Board:
    """What leaves one stop or station, sorted once and asked often."""

    def __init__(self, visits: Iterable[Visit]) -> None:
        self._visits = sorted(
            (visit for visit in visits if can_board(visit)), key=lambda visit: (visit.departure, _tie(visit))
        )
        self._times = [visit.departure for visit in self._visits]

    def next(
        self, runs: ActiveService, *, after: datetime, zone: ZoneInfo, limit: int, days_ahead: int = 7
    ) -> list[Departure]:
        """The first `limit` departures at or after `after`; see `next_departures`."""
        if limit < 0:
            raise ValueError("limit must not be negative")
        if not self._visits:
            return []
        days = [
            _departures(self._visits, bisect_left(self._times, window.from_seconds), window.day, runs, zone)
            for window in windows(after, zone, self._times[-1], days_ahead)
        ]
        return list(islice(heapq.merge(*days, key=_rank), limit))


def next_departures(
    visits: Iterable[Visit],
    runs: ActiveService,
    *,
    after: datetime,
    zone: ZoneInfo,
    limit: int,
    days_ahead: int = 7,
) -> list[Departure]:
    """The first `limit` departures at or after `after` among the visits of one stop or station.

    `runs(service_id, day)` says whether a service runs, e.g. `ServiceDays.runs`. `zone` is the agency's.
    Earlier service days are looked at as long as their latest vehicle can still be running, later ones up to
    `days_ahead` days after today. Ties come in order of route, trip, run and stop_sequence. ValueError for a
    naive `after` or a negative `limit`.
    """
    return Board(visits).next(runs, after=after, zone=zone, limit=limit, days_ahead=days_ahead)


def _departures(
    board: Sequence[Visit], first: int, day: date, runs: ActiveService, zone: ZoneInfo
) -> Iterator[Departure]:
    """The departures of one service day from place `first` on, in order."""
    start = start_of_service_day(day, zone)
    running: dict[str, bool] = {}
    for place in range(first, len(board)):
        visit = board[place]
        service_id = visit.service_id
        if service_id not in running:
            running[service_id] = runs(service_id, day)
        if running[service_id]:
            yield Departure(start + timedelta(seconds=visit.departure), day, visit)


def _tie(visit: Visit) -> tuple[str, str, int, int]:
    return visit.route_id, visit.trip_id, visit.run, visit.stop_sequence


def _rank(departure: Departure) -> tuple[datetime, tuple[str, str, int, int]]:
    return departure.at, _tie(departure.visit)
