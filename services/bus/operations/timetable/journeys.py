"""From one place to another with at most one change. Pure: no database, no clock.

Of all journeys that begin within a stretch of time those are told that nobody would leave for another: none
leaves later and arrives earlier (or at the same times) with fewer changes. Moments are POSIX seconds.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import Final, NamedTuple

from services.bus.operations.timetable.network import Network, Pattern

STRETCHES: Final = (2 * 3600, 6 * 3600, 24 * 3600)
"""From the moment asked for on: the first of these within which any journey begins."""
LONGEST_WAIT: Final = 3600
"""At a change; whoever would wait longer is told of later journeys."""


class Ride(NamedTuple):
    """One vehicle from a stop to a later one. `place` and `until` are places in the pattern."""

    pattern: int
    run: int
    place: int
    until: int
    day: int
    departs: int
    arrives: int


class Journey(NamedTuple):
    """One or two rides. `walk` is the seconds that the change takes on foot."""

    departs: int
    arrives: int
    rides: tuple[Ride, ...]
    walk: int = 0

    @property
    def changes(self) -> int:
        """How often a rider changes."""
        return len(self.rides) - 1


@dataclass(slots=True)
class DayOfService:
    """The runs of one service day: `zero` is the moment that its seconds count from."""

    network: Network
    zero: int
    running: Collection[str]
    _runs: dict[int, array[int]] = field(default_factory=dict)
    _columns: dict[tuple[int, int, bool], array[int]] = field(default_factory=dict)

    def runs(self, number: int) -> array[int]:
        """The numbers of a pattern's runs on this day, the earliest first."""
        found = self._runs.get(number)
        if found is None:
            services = self.network.patterns[number].services
            found = array("l", (run for run, service in enumerate(services) if service in self.running))
            self._runs[number] = found
        return found

    def departures(self, number: int, place: int) -> array[int]:
        """When they leave a place of the pattern, in seconds of the day."""
        return self._column(number, place, False)

    def arrivals(self, number: int, place: int) -> array[int]:
        """When they arrive there."""
        return self._column(number, place, True)

    def _column(self, number: int, place: int, arriving: bool) -> array[int]:
        found = self._columns.get((number, place, arriving))
        if found is None:
            pattern = self.network.patterns[number]
            times = (pattern.arrivals if arriving else pattern.departures)[place :: len(pattern.stops)]
            chosen = [service in self.running for service in pattern.services]
            found = array("l", compress(times, chosen))
            self._columns[number, place, arriving] = found
        return found


class _Onward(NamedTuple):
    """A change that leads to the target: where to get off, and where the next pattern is boarded and left."""

    off: int
    walk: int
    pattern: int
    place: int
    until: int


class Search:
    """One question: from any of some stops to any of others, on the days given."""

    def __init__(
        self,
        network: Network,
        days: Sequence[DayOfService],
        sources: Collection[int],
        targets: Collection[int],
    ) -> None:
        self._network = network
        self._days = days
        self._sources = sorted(sources)
        self._arriving = self._patterns_to(targets)

    def journeys(self, after: int) -> list[Journey]:
        """The journeys of the first stretch that has any, in the order in which they begin."""
        for stretch in STRETCHES:
            found = best(self._all(after, after + stretch))
            if found:
                return found
        return []

    def _patterns_to(self, targets: Collection[int]) -> Mapping[int, list[int]]:
        """The patterns that arrive, with the places at which they do."""
        found: dict[int, list[int]] = {}
        for stop in sorted(targets):
            for number, place in self._network.serving.get(stop, ()):
                if self._network.patterns[number].alights[place]:
                    found.setdefault(number, []).append(place)
        return {number: sorted(places) for number, places in found.items()}

    def _all(self, after: int, until: int) -> Iterator[Journey]:
        for stop in self._sources:
            for number, place in self._network.serving.get(stop, ()):
                pattern = self._network.patterns[number]
                if not pattern.boards[place]:
                    continue
                off = self._first_target(number, place)
                onward = list(self._onward(pattern, place))
                if off is None and not onward:
                    continue
                for day in self._days:
                    yield from self._from(day, number, place, off, onward, after, until)

    def _first_target(self, number: int, place: int) -> int | None:
        return next((later for later in self._arriving.get(number, ()) if later > place), None)

    def _onward(self, pattern: Pattern, place: int) -> Iterator[_Onward]:
        for off in range(place + 1, len(pattern.stops)):
            if not pattern.alights[off]:
                continue
            for stop, walk in self._network.changes(pattern.stops[off]):
                for number, at in self._network.serving.get(stop, ()):
                    if number in self._arriving and self._network.patterns[number].boards[at]:
                        until = self._first_target(number, at)
                        if until is not None:
                            yield _Onward(off, walk, number, at, until)

    def _from(
        self,
        day: DayOfService,
        number: int,
        place: int,
        off: int | None,
        onward: list[_Onward],
        after: int,
        until: int,
    ) -> Iterator[Journey]:
        leaving, runs = day.departures(number, place), day.runs(number)
        first, last = bisect_left(leaving, after - day.zero), bisect_left(leaving, until - day.zero)
        for nth in range(first, last):
            departs = day.zero + leaving[nth]

            def ride(to: int, nth: int = nth, departs: int = departs) -> Ride:
                arrives = day.zero + day.arrivals(number, to)[nth]
                return Ride(number, runs[nth], place, to, day.zero, departs, arrives)

            if off is not None:
                whole = ride(off)
                yield Journey(departs, whole.arrives, (whole,))
            for change in onward:
                begun = day.zero + day.arrivals(number, change.off)[nth]
                second = self._next(change, begun + change.walk)
                if second is not None:
                    yield Journey(departs, second.arrives, (ride(change.off), second), change.walk)

    def _next(self, change: _Onward, ready: int) -> Ride | None:
        """The ride that arrives first of those that leave once a rider is there, and soon enough."""
        found: Ride | None = None
        for day in self._days:
            leaving = day.departures(change.pattern, change.place)
            nth = bisect_left(leaving, ready - day.zero)
            if nth == len(leaving) or day.zero + leaving[nth] > ready + LONGEST_WAIT:
                continue
            arrives = day.zero + day.arrivals(change.pattern, change.until)[nth]
            if found is None or arrives < found.arrives:
                run = day.runs(change.pattern)[nth]
                departs = day.zero + leaving[nth]
                found = Ride(change.pattern, run, change.place, change.until, day.zero, departs, arrives)
        return found


def best(found: Iterable[Journey]) -> list[Journey]:
    """Those that no other makes needless, one of several alike, in the order in which they begin."""
    kept: list[Journey] = []
    earliest: dict[int, int] = {}
    for journey in sorted(found, key=_rank):
        least = min((at for changes, at in earliest.items() if changes <= journey.changes), default=None)
        if least is None or journey.arrives < least:
            earliest[journey.changes] = journey.arrives
            kept.append(journey)
    return kept[::-1]


def _rank(journey: Journey) -> tuple[int, int, int, int, int, tuple[Ride, ...]]:
    """The latest to leave first; of those the first to arrive, with fewest changes, the shortest way on foot
    and the longest wait at the change (a connection that is sure)."""
    slack = journey.rides[0].arrives - journey.rides[-1].departs
    return -journey.departs, journey.arrives, journey.changes, journey.walk, slack, journey.rides
