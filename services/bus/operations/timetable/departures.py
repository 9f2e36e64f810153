"""What leaves a stop next, from the stored timetable."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, func, or_, select

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import session, table_of
from services.bus.models import (
    BusCalendar,
    BusCalendarDate,
    BusRoute,
    BusStop,
    BusStopTime,
    BusTrip,
)
from services.bus.operations.gtfs import ServiceDays
from services.bus.operations.gtfs.fields import identifier
from services.bus.operations.gtfs.rows import Calendar, CalendarDate, Visit
from services.bus.operations.timetable.lines import LineName
from services.bus.operations.timetable.times import Departure, next_departures
from services.bus.snapshot import ActiveFeed, Place, Span

STOPS: Final = table_of(BusStop)
ROUTES: Final = table_of(BusRoute)
TRIPS: Final = table_of(BusTrip)
TIMES: Final = table_of(BusStopTime)
OF_ITS_TRIP: Final = (TRIPS.c.version_id == TIMES.c.version_id) & (TRIPS.c.id == TIMES.c.trip_id)

MOST_LOOKED_AT: Final = 1_000
"""How many visits, of whatever services, one statement looks at."""
FEW_LOOKS: Final = 6


@dataclass(frozen=True, slots=True)
class NextDepartures:
    """The departures of a stop or station, with the names that go with them: of lines by GTFS id, in English
    of headsigns."""

    place: Place
    departures: Sequence[Departure]
    lines: Mapping[str, Text]
    english: Mapping[str, str]

    @property
    def leaving(self) -> list[Leaving]:
        """The departures as riders are told of them."""
        return [Leaving(departure, self) for departure in self.departures]


@dataclass(frozen=True, slots=True)
class Leaving:
    """A departure, with the names that came with it."""

    departure: Departure
    named: NextDepartures

    @property
    def visit(self) -> Visit:
        """Which line, whereto and how exact."""
        return self.departure.visit

    @property
    def line(self) -> LineName:
        """The line."""
        return LineName(self.visit.route_id, self.named.lines[self.visit.route_id])

    @property
    def headsign(self) -> Text | None:
        """Whereto."""
        written = self.visit.headsign
        return Text(written, self.named.english.get(written, written)) if written else None

    @property
    def stop_name(self) -> Text:
        """The place of a station that it leaves from."""
        return self.named.place.stops[self.visit.stop_id]

    @property
    def time(self) -> str:
        """HH:MM:SS of the service day, past 24:00:00 after midnight (GTFS Time)."""
        seconds = self.visit.departure
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def next_departures_of(feed: ActiveFeed, stop_id: str, after: datetime, limit: int) -> NextDepartures | None:
    """The next departures of a stop, or of all stops of a station; None for a stop that the timetable does
    not have.

    However large the stop, little is read beyond what is told, by the index of its stops, and kept for who
    asks next.
    """
    stop_id = identifier(stop_id)
    place = feed.places.get(stop_id, lambda: _load_place(feed.version_id, stop_id))
    if place is None:
        return None
    lines: dict[str, Text] = {}
    english: dict[str, str] = {}
    looks = itertools.count()

    def leaving(day: date, first: int, end: int) -> tuple[int, Iterable[Visit]]:
        running = running_on(feed, day)
        if running and next(looks) >= FEW_LOOKS:  # it is worth knowing which services call here at all
            running &= feed.calling.get(stop_id, lambda: _load_calling(feed.version_id, place))
        if not running:
            return end, ()
        span = feed.spans.get(
            (stop_id, day, first, end), lambda: _load_span(feed.version_id, place, running, first, end)
        )
        lines.update(span.lines)
        english.update(span.english)
        return span.end, span.visits

    found = next_departures(
        leaving, after=after, zone=feed.zone, latest_seconds=feed.max_departure, limit=limit
    )
    return NextDepartures(place, found, lines, english)


def running_on(feed: ActiveFeed, day: date) -> frozenset[str]:
    """The services that run on a service day, from memory when asked lately."""
    return feed.running.get(day, lambda: service_days(feed).running_on(day))


def service_days(feed: ActiveFeed) -> ServiceDays:
    """On which days each service of the timetable runs."""
    return feed.days.get(None, lambda: _load_days(feed.version_id))


def _load_days(version_id: int) -> ServiceDays:
    calendars, dates = table_of(BusCalendar), table_of(BusCalendarDate)
    weekly = session().execute(select(calendars).where(calendars.c.version_id == version_id))
    exceptions = session().execute(
        select(dates.c.service_id, dates.c.date, dates.c.exception_type).where(
            dates.c.version_id == version_id
        )
    )
    return ServiceDays(map(_calendar, weekly), (CalendarDate(*row) for row in exceptions))


def _calendar(row: Row[*tuple[Any, ...]]) -> Calendar:
    weekdays = [row.weekdays >> day & 1 for day in range(7)]
    return Calendar._make((row.service_id, *weekdays, row.start_date, row.end_date))


def _load_place(version_id: int, stop_id: str) -> Place | None:
    here = or_(STOPS.c.gtfs_id == stop_id, STOPS.c.parent == stop_id)
    names = select(STOPS.c.id, STOPS.c.gtfs_id, STOPS.c.name_zh, STOPS.c.name_en)
    rows = session().execute(names.where(STOPS.c.version_id == version_id, here)).all()
    stops = {row.gtfs_id: Text(row.name_zh, row.name_en) for row in rows}
    if stop_id not in stops:
        return None
    return Place(stops[stop_id], stops, {row.id: row.gtfs_id for row in rows})


def _load_calling(version_id: int, place: Place) -> frozenset[str]:
    """Every service of which riders ever board a vehicle here."""
    services = select(TRIPS.c.service_id).distinct().select_from(TIMES.join(TRIPS, OF_ITS_TRIP))
    return frozenset(session().scalars(services.where(*_at(version_id, place))))


def _at(version_id: int, place: Place) -> tuple[ColumnElement[bool], ...]:
    return TIMES.c.version_id == version_id, TIMES.c.stop_id.in_(place.ids), TIMES.c.boardable


def _load_span(version_id: int, place: Place, running: Collection[str], first: int, end: int) -> Span:
    end = _looked_until(version_id, place, first, end)
    rows = session().execute(_visits_at(version_id, place, running, first, end)).all()
    return Span(
        end,
        _visits(rows, place),
        {row.route: Text(row.name_zh, row.name_en) for row in rows},
        dict(map(_headsign, rows)),
    )


def _looked_until(version_id: int, place: Place, first: int, end: int) -> int:
    """`end`, or an earlier second where more visits than are looked at lie before it."""
    while end - first > 1:
        within = select(TIMES.c.departure).where(*_at(version_id, place), *_between(first, end))
        some = within.limit(MOST_LOOKED_AT + 1).subquery()
        if (session().scalar(select(func.count()).select_from(some)) or 0) <= MOST_LOOKED_AT:
            break
        end = first + max(1, (end - first) // 4)
    return end


def _between(first: int, end: int) -> tuple[ColumnElement[bool], ...]:
    return TIMES.c.departure >= first, TIMES.c.departure < end


def _visits_at(
    version_id: int, place: Place, running: Collection[str], first: int, end: int
) -> Select[tuple[Any, ...]]:
    """The visits of running services within a span of a service day."""
    return (
        select(
            *(TIMES.c[name] for name in ("run", "stop_sequence", "stop_id", "arrival", "departure")),
            *(TIMES.c[name] for name in ("pickup_type", "drop_off_type", "approximate", "headway_secs")),
            TIMES.c.headsign_zh,
            TIMES.c.headsign_en,
            TRIPS.c.gtfs_id.label("trip"),
            TRIPS.c.service_id,
            TRIPS.c.direction_id,
            TRIPS.c.headsign_zh.label("trip_headsign_zh"),
            TRIPS.c.headsign_en.label("trip_headsign_en"),
            ROUTES.c.gtfs_id.label("route"),
            ROUTES.c.name_zh,
            ROUTES.c.name_en,
        )
        .select_from(TIMES.join(TRIPS, OF_ITS_TRIP))
        .join(ROUTES, (ROUTES.c.version_id == TRIPS.c.version_id) & (ROUTES.c.id == TRIPS.c.route_id))
        .where(*_at(version_id, place), *_between(first, end), TRIPS.c.service_id.in_(sorted(running)))
    )


def _headsign(row: Row[*tuple[Any, ...]]) -> tuple[str, str]:
    if row.headsign_zh:
        return row.headsign_zh, row.headsign_en
    return row.trip_headsign_zh, row.trip_headsign_en


def _visits(rows: Sequence[Row[*tuple[Any, ...]]], place: Place) -> list[Visit]:
    """Visits as the reader of feeds makes them. Equal texts are one object: many rows have few names."""
    one: dict[str, str] = {}
    return [
        Visit(
            trip_id=one.setdefault(row.trip, row.trip),
            run=row.run,
            route_id=one.setdefault(row.route, row.route),
            service_id=one.setdefault(row.service_id, row.service_id),
            direction_id=row.direction_id,
            stop_id=place.ids[row.stop_id],
            stop_sequence=row.stop_sequence,
            arrival=row.arrival,
            departure=row.departure,
            headsign=one.setdefault(_headsign(row)[0], _headsign(row)[0]),
            pickup_type=row.pickup_type,
            drop_off_type=row.drop_off_type,
            last=False,
            approximate=row.approximate,
            headway_secs=row.headway_secs,
        )
        for row in rows
    ]
