"""The rules of stop_times.txt, trip by trip: the only file too large to know by heart."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from services.bus.operations.gtfs.checks import Known
from services.bus.operations.gtfs.ordering import Numbered, by_trip
from services.bus.operations.gtfs.parsing import TableReader
from services.bus.operations.gtfs.report import FeedReport
from services.bus.operations.gtfs.sources import Limits
from services.bus.operations.gtfs.trips import runs_in, timetabled

_FILE = "stop_times.txt"


class StopTimeChecks:
    """Checks the rows of whole trips, which must come together. Source: GTFS reference, stop_times.txt."""

    def __init__(self, reader: TableReader, report: FeedReport, known: Known, limits: Limits) -> None:
        self._reader = reader
        self._report = report
        self._known = known
        self._limits = limits
        self._served_stops: set[str] = set()
        self._served_trips: set[str] = set()
        self.visits = 0

    def run(self, rows: Iterable[Numbered]) -> None:
        """Check every trip, then what no trip uses."""
        for trip_id, trip in by_trip(rows, self._limits.stops_per_trip):
            if len(trip) > self._limits.stops_per_trip:
                detail = f"{trip_id} > {self._limits.stops_per_trip}"
                self._report.add("too_many_rows", _FILE, line=trip[0][0], details={"detail": detail})
                continue
            self._references(trip_id, trip)
            self._sequence(trip_id, trip)
            fixed = timetabled(trip, lambda numbered: numbered[1])
            if fixed:
                self._times(trip_id, fixed)
                self._edges(trip_id, fixed)
                self._count_visits(trip_id, len(fixed))
        if self.visits > self._limits.visits:
            detail = f"{self.visits} departures > {self._limits.visits}"
            self._report.add("too_many_rows", "frequencies.txt", details={"detail": detail})
        self._unused()

    def _references(self, trip_id: str, trip: list[Numbered]) -> None:
        if trip_id in self._known.trips:
            self._served_trips.add(trip_id)
        else:
            self._foreign(trip[0][0], "trip_id", trip_id, "trips.txt")
        for line, row in trip:
            if row.is_on_demand:
                self._report.add("stop_time_on_demand", _FILE, line=line, value=trip_id)
            if not row.stop_id:
                continue
            kind = self._known.stops.get(row.stop_id)
            if kind is None:
                self._foreign(line, "stop_id", row.stop_id, "stops.txt")
            elif kind != 0:
                self._report.add(
                    "location_with_unexpected_stop_time", _FILE, line=line, field="stop_id", value=row.stop_id
                )
            else:
                self._served_stops.add(row.stop_id)

    def _foreign(self, line: int, name: str, value: str, target: str) -> None:
        if self._reader.whole(target):
            self._report.add(
                "foreign_key_violation", _FILE, line=line, field=name, value=value, details={"target": target}
            )

    def _sequence(self, trip_id: str, trip: list[Numbered]) -> None:
        for (_, before), (line, row) in pairwise(trip):
            if row.stop_sequence == before.stop_sequence:
                self._report.add(
                    "duplicate_key",
                    _FILE,
                    line=line,
                    field="trip_id, stop_sequence",
                    value=f"{trip_id} / {row.stop_sequence}",
                )

    def _times(self, trip_id: str, trip: list[Numbered]) -> None:
        left: int | None = None
        for line, row in trip:
            arrival, departure = row.arrival_time, row.departure_time
            if arrival is None or departure is None:
                self._missing_times(line, arrival, departure, row.timepoint)
                continue
            if departure < arrival:
                rule = "stop_time_with_departure_before_arrival_time"
                self._report.add(rule, _FILE, line=line, field="departure_time", value=trip_id)
            elif left is not None and arrival < left:
                rule = "stop_time_with_arrival_before_previous_departure_time"
                self._report.add(rule, _FILE, line=line, field="arrival_time", value=trip_id)
            left = departure

    def _missing_times(
        self, line: int, arrival: int | None, departure: int | None, timepoint: int | None
    ) -> None:
        if (arrival is None) != (departure is None):
            self._report.add("stop_time_with_only_arrival_or_departure_time", _FILE, line=line)
        elif timepoint == 1:
            self._report.add("stop_time_timepoint_without_times", _FILE, line=line, field="timepoint")

    def _edges(self, trip_id: str, trip: list[Numbered]) -> None:
        for line, row in (trip[0], trip[-1]) if len(trip) > 1 else trip:
            if row.arrival_time is None or row.departure_time is None:
                self._report.add("missing_trip_edge", _FILE, line=line, value=trip_id)
        if len(trip) < 2:
            self._report.add("unusable_trip", _FILE, line=trip[0][0], value=trip_id)

    def _count_visits(self, trip_id: str, stops: int) -> None:
        periods = self._known.frequencies.get(trip_id, ())
        self.visits += stops * (sum(map(runs_in, periods)) if periods else 1)

    def _unused(self) -> None:
        if not self._reader.whole(_FILE):
            return
        for trip_id in sorted(self._known.trips - self._served_trips):
            self._report.add("unused_trip", "trips.txt", value=trip_id)
        for stop_id, kind in self._known.stops.items():
            if kind == 0 and stop_id not in self._served_stops:
                self._report.add("stop_without_stop_time", "stops.txt", value=stop_id)
