"""What a row must hold beside its own values: keys, references and the rules of each small file.

Each function reads one file through `TableReader` and leaves in `Known` what later files refer to: ids, never
whole tables of times. Source of every rule: GTFS Schedule reference, section "Field Definitions".
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import TypeVar

from services.bus.operations.gtfs import tables
from services.bus.operations.gtfs.parsing import TableReader
from services.bus.operations.gtfs.report import FeedReport
from services.bus.operations.gtfs.rows import Frequency, Stop
from services.bus.operations.gtfs.service_days import ServiceDays
from services.bus.operations.gtfs.tables import Table

R = TypeVar("R", bound=tuple[object, ...])
_STATION, _PLATFORM = 1, 0


@dataclass(slots=True)
class Known:
    """What has been read so far, by id."""

    agencies: set[str] = field(default_factory=set)
    stops: dict[str, int] = field(default_factory=dict)
    routes: set[str] = field(default_factory=set)
    days: ServiceDays = field(default_factory=ServiceDays)
    services_used: set[str] = field(default_factory=set)
    trips: set[str] = field(default_factory=set)
    frequencies: dict[str, list[Frequency]] = field(default_factory=dict)
    feed_end: date | None = None


class TableChecks:
    """The checks of every file but stop_times.txt and translations.txt."""

    def __init__(self, reader: TableReader, report: FeedReport, known: Known, names: frozenset[str]) -> None:
        self._reader = reader
        self._report = report
        self._known = known
        self._names = names

    def run(self) -> None:
        """Check the files in the order in which they refer to each other."""
        self._agency()
        self._stops()
        self._routes()
        self._calendar()
        self._calendar_dates()
        self._trips()
        self._frequencies()
        self._transfers()
        self._feed_info()

    def _unique(self, table: Table[R]) -> Iterator[tuple[int, R]]:
        """The rows of a table, reporting those whose primary key has been given before."""
        places = [index for index, column in enumerate(table.columns) if column.name in table.key]
        seen: set[object] = set()
        for line, row in self._reader.read(table):
            key = row[places[0]] if len(places) == 1 else tuple(row[place] for place in places)
            if key in seen:
                shown = " / ".join(str(row[place]) for place in places)
                self._report.add(
                    "duplicate_key", table.file, line=line, field=", ".join(table.key), value=shown
                )
                continue
            seen.add(key)
            yield line, row

    def _refers(
        self, table: Table[object], line: int, name: str, value: str, known: Container[str], target: str
    ) -> None:
        """Report a value that is not among the ids of a target file that could be read in full."""
        if value not in known and self._reader.whole(target):
            self._report.add(
                "foreign_key_violation",
                table.file,
                line=line,
                field=name,
                value=value,
                details={"target": target},
            )

    def _agency(self) -> None:
        zone = ""
        lines = []
        for line, row in self._unique(tables.AGENCY):
            self._known.agencies.add(row.agency_id)
            lines.append((line, row.agency_id))
            if zone and row.agency_timezone != zone:
                self._report.add(
                    "inconsistent_agency_timezone",
                    "agency.txt",
                    line=line,
                    field="agency_timezone",
                    value=row.agency_timezone,
                    details={"expected": zone},
                )
            zone = zone or row.agency_timezone
        if len(lines) > 1:
            for line, agency_id in lines:
                if not agency_id:
                    self._report.add("missing_required_field", "agency.txt", line=line, field="agency_id")

    def _stops(self) -> None:
        parents = []
        for line, row in self._unique(tables.STOPS):
            self._known.stops[row.stop_id] = row.location_type
            self._stop_values(line, row)
            if row.parent_station:
                parents.append((line, row.location_type, row.parent_station))
        for line, kind, parent in parents:
            self._refers(tables.STOPS, line, "parent_station", parent, self._known.stops, "stops.txt")
            expected = _PLATFORM if kind == 4 else _STATION
            if kind != _STATION and self._known.stops.get(parent, expected) != expected:
                self._report.add(
                    "wrong_parent_location_type",
                    "stops.txt",
                    line=line,
                    field="parent_station",
                    value=parent,
                    details={"expected": expected},
                )

    def _stop_values(self, line: int, row: Stop) -> None:
        if row.location_type <= 2:
            for name in ("stop_name", "stop_lat", "stop_lon"):
                if getattr(row, name) in ("", None):
                    self._report.add("missing_required_field", "stops.txt", line=line, field=name)
        if row.location_type == _STATION and row.parent_station:
            self._report.add("station_with_parent_station", "stops.txt", line=line, value=row.stop_id)
        if row.location_type >= 2 and not row.parent_station:
            self._report.add("location_without_parent_station", "stops.txt", line=line, value=row.stop_id)

    def _routes(self) -> None:
        for line, row in self._unique(tables.ROUTES):
            self._known.routes.add(row.route_id)
            if not row.route_short_name and not row.route_long_name:
                self._report.add(
                    "route_both_short_and_long_name_missing", "routes.txt", line=line, value=row.route_id
                )
            if row.agency_id:
                self._refers(
                    tables.ROUTES, line, "agency_id", row.agency_id, self._known.agencies, "agency.txt"
                )
            elif len(self._known.agencies) > 1:
                self._report.add("missing_required_field", "routes.txt", line=line, field="agency_id")

    def _calendar(self) -> None:
        for line, row in self._unique(tables.CALENDAR):
            self._known.days.add_calendar(row)
            if row.end_date < row.start_date:
                self._report.add(
                    "start_and_end_range_out_of_order",
                    "calendar.txt",
                    line=line,
                    field="end_date",
                    value=row.start_date,
                )

    def _calendar_dates(self) -> None:
        for _, row in self._unique(tables.CALENDAR_DATES):
            self._known.days.add_exception(row)

    def _trips(self) -> None:
        for line, row in self._unique(tables.TRIPS):
            self._known.trips.add(row.trip_id)
            self._refers(tables.TRIPS, line, "route_id", row.route_id, self._known.routes, "routes.txt")
            self._known.services_used.add(row.service_id)
            if row.service_id not in self._known.days and self._knows_services():
                self._report.add(
                    "foreign_key_violation",
                    "trips.txt",
                    line=line,
                    field="service_id",
                    value=row.service_id,
                    details={"target": "calendar.txt, calendar_dates.txt"},
                )

    def _knows_services(self) -> bool:
        files = self._names & {"calendar.txt", "calendar_dates.txt"}
        return bool(files) and all(map(self._reader.whole, files))

    def _frequencies(self) -> None:
        for line, row in self._unique(tables.FREQUENCIES):
            self._refers(tables.FREQUENCIES, line, "trip_id", row.trip_id, self._known.trips, "trips.txt")
            if row.end_time <= row.start_time:
                equal = row.end_time == row.start_time
                rule = "start_and_end_range_equal" if equal else "start_and_end_range_out_of_order"
                self._report.add(rule, "frequencies.txt", line=line, field="end_time", value=row.start_time)
                continue
            periods = self._known.frequencies.setdefault(row.trip_id, [])
            periods.append(row)
        for trip_id, periods in self._known.frequencies.items():
            periods.sort(key=lambda period: period.start_time)
            if any(later.start_time < earlier.end_time for earlier, later in pairwise(periods)):
                self._report.add("overlapping_frequency", "frequencies.txt", value=trip_id)

    def _transfers(self) -> None:
        for line, row in self._unique(tables.TRANSFERS):
            for name in ("from_stop_id", "to_stop_id"):
                value = getattr(row, name)
                if value:
                    self._refers(tables.TRANSFERS, line, name, value, self._known.stops, "stops.txt")

    def _feed_info(self) -> None:
        if "feed_info.txt" not in self._names:
            self._report.add("missing_recommended_file", "feed_info.txt")
        for number, (line, row) in enumerate(self._reader.read(tables.FEED_INFO)):
            if number == 1:
                self._report.add("more_than_one_entity", "feed_info.txt", line=line)
            self._known.feed_end = self._known.feed_end or row.feed_end_date
            if row.feed_start_date and row.feed_end_date and row.feed_end_date < row.feed_start_date:
                self._report.add(
                    "start_and_end_range_out_of_order",
                    "feed_info.txt",
                    line=line,
                    field="feed_end_date",
                    value=row.feed_start_date,
                )
