"""One type per kind of row. Times are seconds of the service day, coordinates WGS-84 degrees.

Fields are named as in the GTFS Schedule reference, section "Field Definitions"; those we have no use for are
left out. `None` or '' means that the feed gives no value.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


class Agency(NamedTuple):
    """agency.txt. `agency_id` is '' in a feed of one agency that does not name it."""

    agency_id: str
    agency_name: str
    agency_url: str
    agency_timezone: str
    agency_lang: str
    agency_phone: str


class Stop(NamedTuple):
    """stops.txt. location_type 0 is a stop, 1 a station, 2 an entrance, 3 a node, 4 a boarding area."""

    stop_id: str
    stop_code: str
    stop_name: str
    stop_desc: str
    stop_lat: float | None
    stop_lon: float | None
    zone_id: str
    location_type: int
    parent_station: str
    wheelchair_boarding: int
    platform_code: str


class Route(NamedTuple):
    """routes.txt: what riders call a line. Colours are six hexadecimal digits, '' when not given."""

    route_id: str
    agency_id: str
    route_short_name: str
    route_long_name: str
    route_desc: str
    route_type: int
    route_url: str
    route_color: str
    route_text_color: str
    route_sort_order: int | None


class Calendar(NamedTuple):
    """calendar.txt. The weekday fields are 1 or 0, both dates are included."""

    service_id: str
    monday: int
    tuesday: int
    wednesday: int
    thursday: int
    friday: int
    saturday: int
    sunday: int
    start_date: date
    end_date: date

    def runs_weekday(self, day: date) -> bool:
        """Whether the weekly pattern holds on this day's weekday; the period is not looked at."""
        return bool(self[1 + day.weekday()])


class CalendarDate(NamedTuple):
    """calendar_dates.txt. exception_type 1 adds the service on the date, 2 removes it."""

    service_id: str
    date: date
    exception_type: int


class Trip(NamedTuple):
    """trips.txt. `direction_id` is 0, 1 or None."""

    trip_id: str
    route_id: str
    service_id: str
    trip_headsign: str
    trip_short_name: str
    direction_id: int | None
    wheelchair_accessible: int


class StopTime(NamedTuple):
    """stop_times.txt. `timepoint` 1 says exact times, 0 approximate ones, None nothing.

    In a feed with GTFS-Flex a vehicle also comes on demand: to a place that is no stop (`location_group_id`
    or `location_id`, and no `stop_id`), or to a stop within a window (from `window_start` on) instead of at a
    time.
    """

    trip_id: str
    arrival_time: int | None
    departure_time: int | None
    stop_id: str
    stop_sequence: int
    stop_headsign: str
    pickup_type: int
    drop_off_type: int
    timepoint: int | None
    location_group_id: str = ""
    location_id: str = ""
    window_start: int | None = None

    @property
    def is_on_demand(self) -> bool:
        """Whether no vehicle comes here at a time that a timetable could show."""
        return not self.stop_id or self.window_start is not None


class Frequency(NamedTuple):
    """frequencies.txt. exact_times 0 is a headway kept on the road, 1 a compressed timetable."""

    trip_id: str
    start_time: int
    end_time: int
    headway_secs: int
    exact_times: int


class Transfer(NamedTuple):
    """transfers.txt. transfer_type 0 is a usual place to change, 1 a connection that waits, 2 one that takes
    `min_transfer_time` seconds, 3 none; 4 and 5 are of trips that go on as others."""

    from_stop_id: str
    to_stop_id: str
    transfer_type: int
    min_transfer_time: int | None
    from_route_id: str
    to_route_id: str
    from_trip_id: str
    to_trip_id: str

    @property
    def is_between_stops(self) -> bool:
        """Whether it holds for all lines; those of single lines or trips are not used."""
        narrower = (self.from_route_id, self.to_route_id, self.from_trip_id, self.to_trip_id)
        return bool(self.from_stop_id and self.to_stop_id) and not any(narrower) and self.transfer_type < 4


class Translation(NamedTuple):
    """translations.txt. `record_id` (with `record_sub_id`) or `field_value` names what is translated."""

    table_name: str
    field_name: str
    language: str
    translation: str
    record_id: str
    record_sub_id: str
    field_value: str


class FeedInfo(NamedTuple):
    """feed_info.txt."""

    feed_publisher_name: str
    feed_publisher_url: str
    feed_lang: str
    feed_start_date: date | None
    feed_end_date: date | None
    feed_version: str


class Visit(NamedTuple):
    """A vehicle calling at a stop on every day its service runs: one stop time of one run of one trip.

    `arrival` and `departure` are seconds from "noon minus 12 h" of the service day, interpolated where the
    feed gives none. `run` numbers the runs of a headway trip from 0 and is 0 for any other trip. `headsign`
    is the stop's own or the trip's. `last` marks the end of the trip, where nobody boards. `approximate` says
    that the time is interpolated, marked timepoint=0, or follows a headway; `headway_secs` is that headway,
    else None.
    """

    trip_id: str
    run: int
    route_id: str
    service_id: str
    direction_id: int | None
    stop_id: str
    stop_sequence: int
    arrival: int
    departure: int
    headsign: str
    pickup_type: int
    drop_off_type: int
    last: bool
    approximate: bool
    headway_secs: int | None
