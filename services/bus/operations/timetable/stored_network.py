"""The network of a stored timetable, in memory: read once by a worker, at the first journey asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Row, select

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import session, table_of
from services.bus.models import BusRoute, BusStop, BusStopTime, BusTransfer, BusTrip
from services.bus.operations.gtfs.fields import identifier
from services.bus.operations.timetable.departures import running_on
from services.bus.operations.timetable.journeys import DayOfService, Journey, Search
from services.bus.operations.timetable.lines import LineName
from services.bus.operations.timetable.network import (
    Call,
    Change,
    Network,
    Run,
    StopAt,
    great_circle,
    network_of,
)
from services.bus.operations.timetable.times import start_of_service_day, windows
from services.bus.snapshot import ActiveFeed

STOPS: Final = table_of(BusStop)
ROUTES: Final = table_of(BusRoute)
TRIPS: Final = table_of(BusTrip)
TIMES: Final = table_of(BusStopTime)
TRANSFERS: Final = table_of(BusTransfer)
ROWS_AT_A_TIME: Final = 10_000
NO_DROP_OFF: Final = 1
STATION: Final = 1
ACROSS_THE_ROAD: Final = 300
"""Metres within which stops of one name are one place to a rider: the poles of both directions."""
DAYS_AHEAD: Final = 2
"""A journey begins within a day, and its second ride may belong to the next service day."""


@dataclass(frozen=True, slots=True)
class Pole:
    """A stop or station of the timetable."""

    gtfs_id: str
    name: Text
    station: str
    is_station: bool
    at: StopAt


@dataclass(frozen=True, slots=True)
class TripWords:
    """A trip as riders know it."""

    gtfs_id: str
    headsign: Text | None


@dataclass(frozen=True, slots=True)
class StoredNetwork:
    """A network with its names, by the numbers of the timetable."""

    network: Network
    poles: Mapping[int, Pole]
    numbers: Mapping[str, int]
    named: Mapping[str, Sequence[int]]
    lines: Mapping[int, LineName]
    trips: Mapping[int, TripWords]


@dataclass(frozen=True, slots=True)
class Terminal:
    """Where a journey begins or ends: a stop or station as the rider named it, and all the stops that are
    it."""

    pole: Pole
    stops: frozenset[int]


def pole_of(feed: ActiveFeed, stop_id: str) -> Pole | None:
    """A stop or station by its GTFS id; None for what the timetable does not have."""
    held = network_of_feed(feed)
    number = held.numbers.get(identifier(stop_id))
    return None if number is None else held.poles[number]


def terminal_of(feed: ActiveFeed, stop_id: str) -> Terminal | None:
    """A station is all its stops, and a stop of a station is that station; a stop without one is the stops of
    its name that stand near. None for what the timetable does not have."""
    held = network_of_feed(feed)
    number = held.numbers.get(identifier(stop_id))
    if number is None:
        return None
    pole = held.poles[number]
    station = pole.gtfs_id if pole.is_station else pole.station
    alike = held.named[pole.name.zh]
    if station:
        stops = [one for one, other in held.poles.items() if other.station == station] or [number]
    else:
        stops = [one for one in alike if _near(pole, held.poles[one])]
    return Terminal(held.poles.get(held.numbers.get(station, 0), pole), frozenset(stops))


def _near(pole: Pole, other: Pole) -> bool:
    here, there = pole.at, other.at
    if pole.gtfs_id == other.gtfs_id:
        return True
    if other.station or other.is_station or None in (here.lat, here.lon, there.lat, there.lon):
        return False
    assert here.lat is not None and here.lon is not None and there.lat is not None and there.lon is not None
    return great_circle(here.lat, here.lon, there.lat, there.lon) <= ACROSS_THE_ROAD


def journeys_of(feed: ActiveFeed, origin: Terminal, target: Terminal, after: datetime) -> list[Journey]:
    """The journeys that begin at or after a moment, in the order in which they begin."""
    held = network_of_feed(feed)
    days = [
        feed.service_days.get(window.day, partial(_day, feed, held, window.day))
        for window in windows(after, feed.zone, feed.max_departure, DAYS_AHEAD)
    ]
    search = Search(held.network, days, origin.stops, target.stops)
    moment = after.timestamp()
    return search.journeys(int(moment) + (moment > int(moment)))


def _day(feed: ActiveFeed, held: StoredNetwork, day: date) -> DayOfService:
    zero = int(start_of_service_day(day, feed.zone).timestamp())
    return DayOfService(held.network, zero, running_on(feed, day))


def network_of_feed(feed: ActiveFeed) -> StoredNetwork:
    """The network of a timetable, from memory once somebody has asked."""
    network: StoredNetwork = feed.network.get(lambda: _load(feed.version_id))
    return network


def _load(version_id: int) -> StoredNetwork:
    poles = _poles(version_id)
    numbers = {pole.gtfs_id: number for number, pole in poles.items()}
    named: dict[str, list[int]] = {}
    for number, pole in poles.items():
        named.setdefault(pole.name.zh, []).append(number)
    lines = {
        row.id: LineName(row.gtfs_id, Text(row.name_zh, row.name_en))
        for row in session().execute(
            select(ROUTES.c.id, ROUTES.c.gtfs_id, ROUTES.c.name_zh, ROUTES.c.name_en).where(
                ROUTES.c.version_id == version_id
            )
        )
    }
    trips = session().execute(select(TRIPS).where(TRIPS.c.version_id == version_id)).all()
    by_number = {row.id: row for row in trips}
    at = {number: pole.at for number, pole in poles.items() if not pole.is_station}
    network = network_of(_runs(version_id, by_number), _changes(version_id), at)
    one: dict[tuple[str, str], Text] = {}
    words = {
        row.id: TripWords(
            row.gtfs_id,
            one.setdefault((row.headsign_zh, row.headsign_en), Text(row.headsign_zh, row.headsign_en))
            if row.headsign_zh
            else None,
        )
        for row in trips
    }
    return StoredNetwork(network, poles, numbers, named, lines, words)


def _poles(version_id: int) -> dict[int, Pole]:
    rows = (
        session()
        .execute(
            select(STOPS).where(STOPS.c.version_id == version_id, STOPS.c.location_type.in_((0, STATION)))
        )
        .all()
    )
    numbers = {row.gtfs_id: row.id for row in rows}
    return {
        row.id: Pole(
            row.gtfs_id,
            Text(row.name_zh, row.name_en),
            row.parent,
            row.location_type == STATION,
            StopAt(numbers.get(row.parent, 0), row.lat, row.lon),
        )
        for row in rows
    }


def _changes(version_id: int) -> list[Change]:
    rows = session().execute(
        select(
            TRANSFERS.c.origin, TRANSFERS.c.target, TRANSFERS.c.transfer_type, TRANSFERS.c.min_transfer_time
        ).where(TRANSFERS.c.version_id == version_id)
    )
    return [Change(*row) for row in rows]


def _runs(version_id: int, trips: Mapping[int, Row[*tuple[Any, ...]]]) -> Iterator[Run]:
    """Runs in the order of the key, which the table has anyway."""
    columns = ("trip_id", "run", "stop_id", "arrival", "departure", "boardable", "drop_off_type")
    wanted = select(*(TIMES.c[name] for name in columns), TIMES.c.approximate, TIMES.c.headway_secs)
    ordered = wanted.where(TIMES.c.version_id == version_id).order_by(
        TIMES.c.trip_id, TIMES.c.run, TIMES.c.stop_sequence
    )
    rows = session().execute(ordered.execution_options(yield_per=ROWS_AT_A_TIME))
    for (trip, _), visits in groupby(rows, key=lambda row: (row.trip_id, row.run)):
        calls: list[Call] = []
        headway: int | None = None
        for row in visits:
            alights = bool(calls) and row.drop_off_type != NO_DROP_OFF
            calls.append(
                Call(
                    row.stop_id,
                    row.arrival,
                    row.departure,
                    bool(row.boardable),
                    alights,
                    bool(row.approximate),
                )
            )
            headway = row.headway_secs
        known = trips[trip]
        yield Run(known.route_id, trip, known.service_id, calls, headway)
