"""The timetable as a journey search wants it: runs by pattern, changes between stops. Pure: no database, no
clock.

A *pattern* is what runs of one line have in common: the same stops, served alike. The runs of a pattern here
never overtake each other (those that would are a pattern of their own), so that the first run to leave is the
first to arrive, and one bisection finds it (Delling, Pajor, Werneck: Round-Based Public Transit Routing,
2012). Times are seconds of the service day.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import asin, ceil, cos, radians, sin, sqrt
from typing import Final, NamedTuple

SAME_STOP_SECONDS: Final = 60
"""Between two vehicles at one pole."""
WALKING: Final = 1.1
"""Metres a second: the pace of older people."""
DETOUR: Final = 1.3
"""What a way on foot is longer than the straight line."""
UNMEASURED_SECONDS: Final = 180
"""On foot within a station whose stops have no coordinates."""
EARTH_METRES: Final = 6_371_000
TIMED, TAKES_TIME, NOT_POSSIBLE = 1, 2, 3
"""GTFS transfer_type."""


class Call(NamedTuple):
    """A run at a stop. `boards` and `alights` say whether riders get on and off there."""

    stop: int
    arrival: int
    departure: int
    boards: bool
    alights: bool
    approximate: bool = False


class Run(NamedTuple):
    """One vehicle of one trip. `headway` are the seconds between vehicles where no time is promised."""

    route: int
    trip: int
    service: str
    calls: Sequence[Call]
    headway: int | None = None


class Change(NamedTuple):
    """transfers.txt: from one stop or station to another."""

    origin: int
    target: int
    kind: int
    seconds: int | None


class StopAt(NamedTuple):
    """Where a stop is: its station, or 0, and its WGS-84 degrees."""

    station: int
    lat: float | None
    lon: float | None


@dataclass(slots=True)
class Pattern:
    """Runs that call at the same stops and never overtake each other, the earliest first. Times stand run by
    run."""

    route: int
    stops: tuple[int, ...]
    boards: tuple[bool, ...]
    alights: tuple[bool, ...]
    trips: array[int] = field(default_factory=lambda: array("l"))
    services: list[str] = field(default_factory=list)
    headways: array[int] = field(default_factory=lambda: array("l"))
    arrivals: array[int] = field(default_factory=lambda: array("l"))
    departures: array[int] = field(default_factory=lambda: array("l"))
    approximate: bytearray = field(default_factory=bytearray)

    def add(self, run: Run) -> None:
        """Add the run that comes next."""
        self.trips.append(run.trip)
        self.services.append(run.service)
        self.headways.append(run.headway or 0)
        for call in run.calls:
            self.arrivals.append(call.arrival)
            self.departures.append(call.departure)
            self.approximate.append(call.approximate)

    def takes(self, run: Run) -> bool:
        """Whether a run comes nowhere before the last one."""
        first = len(self.arrivals) - len(self.stops)
        return all(
            call.arrival >= self.arrivals[first + place] and call.departure >= self.departures[first + place]
            for place, call in enumerate(run.calls)
        )


@dataclass(frozen=True, slots=True)
class Network:
    """All of a timetable. `serving` is by stop where patterns call, `changes` by stop which stops a rider
    reaches on foot, and in how many seconds: itself too."""

    patterns: Sequence[Pattern]
    serving: Mapping[int, Sequence[tuple[int, int]]]
    changes: Callable[[int], Iterable[tuple[int, int]]]


def network_of(runs: Iterable[Run], changes: Iterable[Change], stops: Mapping[int, StopAt]) -> Network:
    """Put runs into patterns, and work out what can be changed between."""
    alike: dict[tuple[object, ...], list[Run]] = {}
    for run in runs:
        calls = run.calls
        key = (
            run.route,
            tuple(call.stop for call in calls),
            tuple(call.boards for call in calls),
            tuple(call.alights for call in calls),
        )
        alike.setdefault(key, []).append(run)
    patterns = [pattern for same in alike.values() for pattern in _in_order(same)]
    serving: dict[int, list[tuple[int, int]]] = {}
    for number, pattern in enumerate(patterns):
        for place, stop in enumerate(pattern.stops):
            serving.setdefault(stop, []).append((number, place))
    return Network(patterns, serving, Changes(changes, stops))


def _in_order(runs: list[Run]) -> list[Pattern]:
    found: list[Pattern] = []
    for run in sorted(runs, key=lambda run: [call.departure for call in run.calls]):
        pattern = next((one for one in found if one.takes(run)), None)
        if pattern is None:
            calls = run.calls
            pattern = Pattern(
                run.route,
                tuple(call.stop for call in calls),
                tuple(call.boards for call in calls),
                tuple(call.alights for call in calls),
            )
            found.append(pattern)
        pattern.add(run)
    return found


class Changes:
    """Which stops a rider reaches from a stop, and in how many seconds: what transfers.txt says goes first,
    then the stop itself and the stops of the same station."""

    def __init__(self, stated: Iterable[Change], stops: Mapping[int, StopAt]) -> None:
        self._stops = stops
        self._of_station: dict[int, list[int]] = {}
        for stop, at in stops.items():
            if at.station:
                self._of_station.setdefault(at.station, []).append(stop)
        self._stated: dict[int, dict[int, int | None]] = {}
        for change in sorted(stated, key=self._narrowness):
            for origin in self._members(change.origin):
                for target in self._members(change.target):
                    self._stated.setdefault(origin, {})[target] = self._seconds(change, origin, target)
        self._known: dict[int, tuple[tuple[int, int], ...]] = {}

    def __call__(self, stop: int) -> tuple[tuple[int, int], ...]:
        """(stop, seconds) in order."""
        if stop not in self._known:
            self._known[stop] = tuple(sorted(self._from(stop).items()))
        return self._known[stop]

    def _from(self, stop: int) -> dict[int, int]:
        found = {stop: SAME_STOP_SECONDS}
        station = self._stops[stop].station if stop in self._stops else 0
        for other in self._of_station.get(station, ()) if station else ():
            if other != stop:
                found[other] = self.on_foot(stop, other)
        for target, seconds in self._stated.get(stop, {}).items():
            if seconds is None:
                found.pop(target, None)
            else:
                found[target] = seconds
        return found

    def on_foot(self, one: int, other: int) -> int:
        """Seconds from stop to stop, at least as many as at one pole."""
        here, there = self._stops[one], self._stops[other]
        if here.lat is None or here.lon is None or there.lat is None or there.lon is None:
            return UNMEASURED_SECONDS
        metres = great_circle(here.lat, here.lon, there.lat, there.lon)
        return max(SAME_STOP_SECONDS, ceil(metres * DETOUR / WALKING))

    def _seconds(self, change: Change, origin: int, target: int) -> int | None:
        if change.kind == NOT_POSSIBLE:
            return None
        if change.kind == TIMED:
            return change.seconds or 0
        if change.seconds is not None:
            return change.seconds
        return SAME_STOP_SECONDS if origin == target else self.on_foot(origin, target)

    def _members(self, place: int) -> Collection[int]:
        return self._of_station.get(place, (place,))

    def _narrowness(self, change: Change) -> int:
        """What is said of two stops goes before what is said of a station."""
        return -sum(place in self._of_station for place in (change.origin, change.target))


def great_circle(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Metres between two places (haversine)."""
    one, other = radians(lat), radians(other_lat)
    half = sin((other - one) / 2) ** 2
    half += cos(one) * cos(other) * sin(radians(other_lon - lon) / 2) ** 2
    return 2 * EARTH_METRES * asin(sqrt(half))
