"""What leaves a stop next, from the stored timetable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, or_, select

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import session
from services.bus.active import ActiveFeed, StopBoard
from services.bus.gtfs import ServiceDays
from services.bus.gtfs.fields import identifier
from services.bus.gtfs.rows import Calendar, CalendarDate, Visit
from services.bus.models import (
    BusCalendar,
    BusCalendarDate,
    BusRoute,
    BusStop,
    BusStopTime,
    BusTrip,
    table_of,
)
from services.bus.timetable import Board, Departure

STOPS: Final = table_of(BusStop)
ROUTES: Final = table_of(BusRoute)
TRIPS: Final = table_of(BusTrip)
TIMES: Final = table_of(BusStopTime)


@dataclass(frozen=True, slots=True)
class NextDepartures:
    """The departures of a stop or station, with the names that go with them."""

    stop: StopBoard
    departures: Sequence[Departure]


def next_departures_of(feed: ActiveFeed, stop_id: str, after: datetime, limit: int) -> NextDepartures | None:
    """The next departures of a stop, or of all stops of a station; None for a stop that the timetable does not have."""
    stop_id = identifier(stop_id)
    stop = feed.boards.get(stop_id, lambda: _load_board(feed.version_id, stop_id))
    if stop is None:
        return None
    days = service_days(feed)
    return NextDepartures(stop, stop.board.next(days.runs, after=after, zone=feed.zone, limit=limit))


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


def _load_board(version_id: int, stop_id: str) -> StopBoard | None:
    places = (
        session()
        .execute(
            select(STOPS.c.id, STOPS.c.gtfs_id, STOPS.c.name_zh, STOPS.c.name_en).where(
                STOPS.c.version_id == version_id, or_(STOPS.c.gtfs_id == stop_id, STOPS.c.parent == stop_id)
            )
        )
        .all()
    )
    named = {place.gtfs_id: Text(place.name_zh, place.name_en) for place in places}
    if stop_id not in named:
        return None
    rows = session().execute(_visits_at(version_id, [place.id for place in places])).all()
    return StopBoard(
        name=named[stop_id],
        board=Board(_visits(rows, {place.id: place.gtfs_id for place in places})),
        stops=named,
        lines={row.route: Text(row.name_zh, row.name_en) for row in rows},
        english={_headsign(row)[0]: _headsign(row)[1] for row in rows},
    )


def _visits_at(version_id: int, stops: Sequence[int]) -> Any:
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
        .join(TRIPS, (TRIPS.c.version_id == TIMES.c.version_id) & (TRIPS.c.id == TIMES.c.trip_id))
        .join(ROUTES, (ROUTES.c.version_id == TRIPS.c.version_id) & (ROUTES.c.id == TRIPS.c.route_id))
        .where(TIMES.c.version_id == version_id, TIMES.c.stop_id.in_(stops), TIMES.c.boardable)
    )


def _headsign(row: Row[*tuple[Any, ...]]) -> tuple[str, str]:
    if row.headsign_zh:
        return row.headsign_zh, row.headsign_en
    return row.trip_headsign_zh, row.trip_headsign_en


def _visits(rows: Sequence[Row[*tuple[Any, ...]]], stops: Mapping[int, str]) -> list[Visit]:
    """Visits as the reader of feeds makes them. Equal texts are one object: a station has thousands of rows and few names."""
    one: dict[str, str] = {}
    return [
        Visit(
            trip_id=one.setdefault(row.trip, row.trip),
            run=row.run,
            route_id=one.setdefault(row.route, row.route),
            service_id=one.setdefault(row.service_id, row.service_id),
            direction_id=row.direction_id,
            stop_id=stops[row.stop_id],
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
