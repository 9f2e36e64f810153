"""Journeys worked out the slow way, straight from the CSV text: every day, every vehicle, every pair of them.

Shares no code with the product, so that both being wrong in the same way is unlikely.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from services.bus.tests.naive import NaiveFeed

Triple = tuple[int, int, int]
"""Departure and arrival in POSIX seconds, and changes."""
Vehicle = list[tuple[str, int, int, bool, bool]]
"""(stop, arrival, departure, boards, alights), in order."""
HOUR = 3600


class NaiveJourneys:
    """Every journey of a feed with at most one change."""

    def __init__(self, feed: NaiveFeed) -> None:
        self._feed = feed
        self._stops = {row["stop_id"]: row for row in feed.table("stops.txt")}

    def journeys(
        self, sources: Collection[str], targets: Collection[str], after: datetime, days: range = range(-2, 3)
    ) -> list[Triple]:
        """The journeys that nobody would leave for another, in the first of 2, 6 and 24 hours that has
        any."""
        moment = math.ceil(after.timestamp())
        vehicles = [one for offset in days for one in self._vehicles(after, offset)]
        boarded: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
        for number, vehicle in enumerate(vehicles):
            for place, (stop, _, departure, boards, _) in enumerate(vehicle):
                if boards:
                    boarded[stop].append((departure, number, place))
        for hours in (2, 6, 24):
            found = set(self._all(vehicles, boarded, sources, targets, moment, moment + hours * HOUR))
            best = [one for one in found if not any(_better(other, one) for other in found)]
            if best:
                return sorted(best)
        return []

    def _all(
        self,
        vehicles: list[Vehicle],
        boarded: dict[str, list[tuple[int, int, int]]],
        sources: Collection[str],
        targets: Collection[str],
        first: int,
        end: int,
    ) -> Iterator[Triple]:
        for source in sources:
            for departure, number, place in boarded[source]:
                if not first <= departure < end:
                    continue
                for stop, arrival, _, _, alights in vehicles[number][place + 1 :]:
                    if not alights:
                        continue
                    if stop in targets:
                        yield departure, arrival, 0
                    for other, seconds in self.on_foot(stop).items():
                        for later, second, at in boarded[other]:
                            if 0 <= later - arrival - seconds <= HOUR:
                                for last, arrives, _, _, gets_off in vehicles[second][at + 1 :]:
                                    if gets_off and last in targets:
                                        yield departure, arrives, 1

    def on_foot(self, stop: str) -> dict[str, int]:
        """Which stops are reached from one, and in how many seconds."""
        found = {stop: 60}
        station = self._stops[stop].get("parent_station", "")
        for other, row in self._stops.items():
            if station and other != stop and row.get("parent_station") == station:
                found[other] = max(60, math.ceil(self._metres(stop, other) * 1.3 / 1.1))
        rows = [
            row
            for row in self._feed.table("transfers.txt")
            if not any(
                row.get(name) for name in ("from_route_id", "to_route_id", "from_trip_id", "to_trip_id")
            )
        ]
        for stations in (2, 1, 0):  # what is said of stops goes before what is said of stations
            for row in rows:
                ends = row["from_stop_id"], row["to_stop_id"]
                if stations != sum(bool(self._members(end) - {end}) for end in ends):
                    continue
                if stop in self._members(ends[0]):
                    for target in self._members(ends[1]):
                        self._apply(found, row, stop, target)
        return found

    def _apply(self, found: dict[str, int], row: dict[str, str], stop: str, target: str) -> None:
        kind, least = row.get("transfer_type", "") or "0", row.get("min_transfer_time", "")
        if kind == "3":
            found.pop(target, None)
        elif kind in "012":
            usual = 0 if kind == "1" else 60
            if kind != "1" and target != stop:
                usual = max(60, math.ceil(self._metres(stop, target) * 1.3 / 1.1))
            found[target] = int(least) if least else usual

    def _members(self, place: str) -> set[str]:
        return {one for one, row in self._stops.items() if row.get("parent_station") == place} or {place}

    def _metres(self, one: str, other: str) -> float:
        here, there = self._stops[one], self._stops[other]
        a, b = math.radians(float(here["stop_lat"])), math.radians(float(there["stop_lat"]))
        c = math.radians(float(there["stop_lon"]) - float(here["stop_lon"]))
        half = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(c / 2) ** 2
        return 2 * 6_371_000 * math.asin(math.sqrt(half))

    def _vehicles(self, after: datetime, offset: int) -> Iterator[Vehicle]:
        local = after.astimezone(self._feed.zone)
        noon = datetime(local.year, local.month, local.day, 12) + timedelta(days=offset)
        zero = int(noon.replace(tzinfo=self._feed.zone).timestamp()) - 12 * HOUR
        for trip in self._feed.table("trips.txt"):
            if self._feed.active(trip["service_id"], noon):
                for calls in self._feed.runs(trip["trip_id"]):
                    yield [
                        (stop, zero + arrival, zero + departure, boards, alights)
                        for stop, arrival, departure, boards, alights in calls
                    ]


def _better(one: Triple, other: Triple) -> bool:
    return one != other and one[0] >= other[0] and one[1] <= other[1] and one[2] <= other[2]
