"""Journeys with at most one change: as the naive calculation finds them, on real feeds and on chance ones."""

from __future__ import annotations

import random
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.bus.operations.gtfs import Feed, ServiceDays, tables
from services.bus.operations.timetable.journeys import DayOfService, Journey, Search
from services.bus.operations.timetable.network import (
    Call,
    Change,
    Changes,
    Network,
    Run,
    StopAt,
    network_of,
)
from services.bus.operations.timetable.times import can_board, start_of_service_day
from services.bus.tests.feeds import LARGE, SMALL, real_feed, write_zip
from services.bus.tests.naive import NaiveFeed
from services.bus.tests.naive_journeys import NaiveJourneys

BUDGET = 0.25
"""Seconds for one question on a real feed, on a slow machine; a usual one takes a tenth of it."""


class Town:
    """A feed as a network, with the ids of its stops."""

    def __init__(self, path: Path) -> None:
        with Feed.open(path) as feed:
            assert feed.check().ok
            self.zone = ZoneInfo(feed.timezone)
            self.days = ServiceDays(feed.rows(tables.CALENDAR), feed.rows(tables.CALENDAR_DATES))
            stops = list(feed.rows(tables.STOPS))
            self.numbers = {stop.stop_id: number for number, stop in enumerate(stops, 1)}
            routes = {row.route_id: number for number, row in enumerate(feed.rows(tables.ROUTES))}
            trips: dict[str, int] = {}
            runs: dict[tuple[str, int], list[Call]] = {}
            of: dict[tuple[str, int], tuple[int, int, str]] = {}
            for visit in feed.visits():
                calls = runs.setdefault((visit.trip_id, visit.run), [])
                alights = bool(calls) and visit.drop_off_type != 1
                number = self.numbers[visit.stop_id]
                calls.append(Call(number, visit.arrival, visit.departure, can_board(visit), alights))
                trip = trips.setdefault(visit.trip_id, len(trips))
                of[visit.trip_id, visit.run] = routes[visit.route_id], trip, visit.service_id
            changes = [
                Change(
                    self.numbers[row.from_stop_id],
                    self.numbers[row.to_stop_id],
                    row.transfer_type,
                    row.min_transfer_time,
                )
                for row in feed.rows(tables.TRANSFERS)
                if row.is_between_stops
            ]
        at = {
            self.numbers[stop.stop_id]: StopAt(
                self.numbers.get(stop.parent_station, 0), stop.stop_lat, stop.stop_lon
            )
            for stop in stops
            if stop.location_type == 0
        }
        every = (Run(*of[key], calls) for key, calls in runs.items())
        self.network: Network = network_of(every, changes, at)
        self.runs = {of[key][1]: key for key in runs}

    def journeys(self, sources: list[str], targets: list[str], after: datetime) -> list[Journey]:
        """What the product answers."""
        today = after.astimezone(self.zone).date()
        days = []
        for offset in range(-2, 3):
            day = today + timedelta(days=offset)
            zero = int(start_of_service_day(day, self.zone).timestamp())
            days.append(DayOfService(self.network, zero, self.days.running_on(day)))
        numbers = [[self.numbers[stop] for stop in stops] for stops in (sources, targets)]
        return Search(self.network, days, *numbers).journeys(int(after.timestamp()))

    def check(self, journey: Journey) -> None:
        """A journey can be made: each ride is one, and the change holds."""
        for ride in journey.rides:
            pattern, wide = (
                self.network.patterns[ride.pattern],
                len(self.network.patterns[ride.pattern].stops),
            )
            assert pattern.boards[ride.place] and pattern.alights[ride.until] and ride.place < ride.until
            assert pattern.departures[ride.run * wide + ride.place] + ride.day == ride.departs
            assert pattern.arrivals[ride.run * wide + ride.until] + ride.day == ride.arrives
        if journey.changes:
            first, second = journey.rides
            off = self.network.patterns[first.pattern].stops[first.until]
            on = self.network.patterns[second.pattern].stops[second.place]
            assert dict(self.network.changes(off))[on] == journey.walk
            assert 0 <= second.departs - first.arrives - journey.walk <= 3600


def triples(found: list[Journey]) -> list[tuple[int, int, int]]:
    """Journeys in the form of the naive calculation."""
    return sorted((one.departs, one.arrives, one.changes) for one in found)


@pytest.mark.parametrize(
    ("name", "year", "questions"),
    [("google-sample-feed.zip", 2007, 60), pytest.param("cairns.zip", 2014, 30, marks=LARGE)],
)
def test_journeys_of_a_real_feed_equal_the_naive_calculation(name: str, year: int, questions: int) -> None:
    town, naive = Town(real_feed(name)), NaiveFeed.of_zip(real_feed(name))
    slow, choose = NaiveJourneys(naive), random.Random(year)
    answered, changed, longest = 0, 0, 0.0
    for number in range(questions):
        month, day = ((6, 3), (6, 8), (10, 5), (12, 26))[number % 4]
        after = datetime(
            year, month, day, choose.choice((0, *range(5, 24))), choose.randrange(60), tzinfo=town.zone
        )
        origin, target = choose.sample(naive.stops, 2)
        town.journeys([origin], [target], after)  # the columns of its days are made once
        began = time.perf_counter()
        found = town.journeys([origin], [target], after)
        longest = max(longest, time.perf_counter() - began)
        assert triples(found) == slow.journeys([origin], [target], after), (origin, target, after)
        for journey in found:
            town.check(journey)
        answered += bool(found)
        changed += any(journey.changes for journey in found)
    assert answered >= questions // 5 and (changed >= 5 or "sample" in name)
    assert longest < BUDGET


def minutes(value: int) -> str:
    """A GTFS time."""
    return f"{value // 60:02}:{value % 60:02}:00"


@st.composite
def towns(draw: st.DrawFn) -> dict[str, str]:
    """Seven stops, two of them a station, lines by day and by night, some that overtake, changes of every
    kind."""
    stops = ["s1", "s2", "s3", "s4", "s5", "p1", "p2"]
    place = st.sampled_from(stops)
    trips, times, frequencies = [], [], []
    for number in range(draw(st.integers(2, 9))):
        route, service = draw(st.sampled_from(["r1", "r2", "r3"])), draw(st.sampled_from(["WD", "SAT"]))
        trips.append(f"{route},{service},t{number}")
        at = draw(st.integers(22 * 60, 27 * 60))
        calls = draw(st.lists(place, min_size=2, max_size=5))
        for sequence, stop in enumerate(calls):
            at += draw(st.integers(0, 20))
            leaves = at + draw(st.integers(0, 3))
            flags = draw(st.sampled_from(["0,0", "0,0", "1,0", "0,1"]))
            times.append(f"t{number},{minutes(at)},{minutes(leaves)},{stop},{sequence},{flags}")
            at = leaves
        if draw(st.integers(0, 4)) == 0:
            frequencies.append(f"t{number},22:00:00,23:00:00,1200")
    kinds = st.sampled_from(["0,", "1,", "2,30", "2,600", "3,"])
    pairs = st.tuples(st.sampled_from([*stops, "P"]), st.sampled_from([*stops, "P"]))
    rows = draw(st.dictionaries(pairs, kinds, max_size=4))
    located = [
        f"{stop},{stop},33.9{n},118.2{n},0,{'P' if stop[0] == 'p' else ''}" for n, stop in enumerate(stops)
    ]
    return {
        "stops.txt": "\n".join(
            [
                "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station",
                *located,
                "P,P,33.95,118.25,1,",
            ]
        ),
        "routes.txt": SMALL["routes.txt"] + "r2,A,2路,,3\nr3,A,3路,,3\n",
        "trips.txt": "\n".join(["route_id,service_id,trip_id", *trips]),
        "stop_times.txt": "\n".join(
            ["trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type", *times]
        ),
        "calendar.txt": SMALL["calendar.txt"] + "SAT,0,0,0,0,0,1,0,20260101,20281231\n",
        "frequencies.txt": "\n".join(["trip_id,start_time,end_time,headway_secs", *frequencies]),
        "transfers.txt": "\n".join(
            [
                "from_stop_id,to_stop_id,transfer_type,min_transfer_time",
                *(f"{a},{b},{k}" for (a, b), k in rows.items()),
            ]
        ),
    }


@given(town=towns(), day=st.integers(4, 7), minute=st.integers(0, 1439), seed=st.integers(0, 5))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_journeys_of_any_town_equal_the_naive_calculation(
    town: dict[str, str], day: int, minute: int, seed: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write_zip(Path(folder), town)
        made, slow = Town(path), NaiveJourneys(NaiveFeed.of_zip(path))
    choose = random.Random(seed)
    stops = ["s1", "s2", "s3", "s4", "s5", "p1", "p2"]
    after = datetime(2026, 6, day, minute // 60, minute % 60, tzinfo=made.zone)
    for _ in range(4):
        origin, target = choose.sample(stops, 2)
        sources = ["p1", "p2"] if origin[0] == "p" else [origin]
        targets = [target] if target not in sources else ["s1"]
        found = made.journeys(sources, targets, after)
        assert triples(found) == slow.journeys(sources, targets, after), (sources, targets)
        for journey in found:
            made.check(journey)


def test_a_bus_that_is_overtaken_is_not_taken() -> None:
    def run(trip: int, *times: int) -> Run:
        calls = [Call(stop, at, at, stop < 3, stop > 1) for stop, at in enumerate(times, 1)]
        return Run(1, trip, "WD", calls)

    network = network_of([run(1, 100, 900, 1700), run(2, 200, 500, 700), run(3, 1000, 1400, 1800)], [], {})
    assert sorted(list(pattern.trips) for pattern in network.patterns) == [[1, 3], [2]]
    day = DayOfService(network, 0, {"WD"})
    assert triples(Search(network, [day], [1], [3]).journeys(50)) == [(200, 700, 0), (1000, 1800, 0)]


def test_what_is_stated_of_two_stops_goes_before_what_is_stated_of_their_station() -> None:
    stops = {1: StopAt(9, 33.9, 118.2), 2: StopAt(9, 33.9, 118.2), 3: StopAt(0, None, None)}
    changes = Changes([Change(1, 2, 2, 240), Change(9, 9, 3, None), Change(9, 3, 0, None)], stops)
    assert changes(1) == ((2, 240), (3, 180))
    assert changes(2) == ((3, 180),)
    assert Changes([], stops)(1) == ((1, 60), (2, 60))
    assert Changes([], {})(7) == ((7, 60),)
