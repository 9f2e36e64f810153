"""Which columns each GTFS file has, how each is read, and what makes a row unique.

Source: GTFS Schedule reference, section "Field Definitions". A column that GTFS defines and we do not read is
listed under `unread`, so that it is not reported as unknown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Generic, NamedTuple, TypeVar

from services.bus.operations.gtfs import fields, rows

R = TypeVar("R", covariant=True)


class Column(NamedTuple):
    """One column, read by `parse` when it has a value.

    `required` columns must be there with a value in every row, or one of the columns `instead` of it; others
    take `default` when blank. `header` columns must be there, but may be blank.
    """

    name: str
    parse: Callable[[str], object]
    required: bool = False
    default: object = ""
    header: bool = False
    instead: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table(Generic[R]):
    """One file: its columns in the order of the row type's fields. `key` names the row's primary key."""

    file: str
    build: Callable[..., R]
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    required: bool = False
    unread: frozenset[str] = frozenset()

    @property
    def names(self) -> frozenset[str]:
        """Every column that GTFS gives this file."""
        return self.unread | {column.name for column in self.columns}


def _id(name: str, *, required: bool = True, header: bool = False) -> Column:
    return Column(name, fields.identifier, required, "", header)


def _text(name: str, *, required: bool = False) -> Column:
    return Column(name, fields.text, required)


def _enum(name: str, *allowed: int | tuple[int, int], default: Any = 0, required: bool = False) -> Column:
    return Column(name, fields.enum(*allowed), required, default)


def _words(names: str) -> frozenset[str]:
    return frozenset(names.split())


AGENCY: Final = Table(
    "agency.txt",
    rows.Agency,
    (
        _id("agency_id", required=False),
        _text("agency_name", required=True),
        Column("agency_url", fields.url, required=True),
        Column("agency_timezone", fields.timezone, required=True),
        Column("agency_lang", fields.language),
        _text("agency_phone"),
    ),
    key=("agency_id",),
    required=True,
    unread=_words("agency_fare_url agency_email cemv_support"),
)

STOPS: Final = Table(
    "stops.txt",
    rows.Stop,
    (
        _id("stop_id"),
        _text("stop_code"),
        _text("stop_name"),
        _text("stop_desc"),
        Column("stop_lat", fields.latitude, default=None),
        Column("stop_lon", fields.longitude, default=None),
        _id("zone_id", required=False),
        _enum("location_type", (0, 4)),
        _id("parent_station", required=False),
        _enum("wheelchair_boarding", (0, 2)),
        _text("platform_code"),
    ),
    key=("stop_id",),
    required=True,
    unread=_words("tts_stop_name stop_url stop_timezone level_id stop_access"),
)

ROUTES: Final = Table(
    "routes.txt",
    rows.Route,
    (
        _id("route_id"),
        _id("agency_id", required=False),
        _text("route_short_name"),
        _text("route_long_name"),
        _text("route_desc"),
        # 100-1799: the extended route types many feeds use beside the ones of the reference
        _enum("route_type", (0, 7), 11, 12, (100, 1799), required=True, default=3),
        Column("route_url", fields.url),
        Column("route_color", fields.colour),
        Column("route_text_color", fields.colour),
        Column("route_sort_order", fields.integer(), default=None),
    ),
    key=("route_id",),
    required=True,
    unread=_words("continuous_pickup continuous_drop_off network_id cemv_support"),
)

CALENDAR: Final = Table(
    "calendar.txt",
    rows.Calendar,
    (
        _id("service_id"),
        *(
            _enum(name, 0, 1, required=True)
            for name in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
        ),
        Column("start_date", fields.day, required=True),
        Column("end_date", fields.day, required=True),
    ),
    key=("service_id",),
)

CALENDAR_DATES: Final = Table(
    "calendar_dates.txt",
    rows.CalendarDate,
    (
        _id("service_id"),
        Column("date", fields.day, required=True),
        _enum("exception_type", 1, 2, required=True),
    ),
    key=("service_id", "date"),
)

TRIPS: Final = Table(
    "trips.txt",
    rows.Trip,
    (
        _id("trip_id"),
        _id("route_id"),
        _id("service_id"),
        _text("trip_headsign"),
        _text("trip_short_name"),
        _enum("direction_id", 0, 1, default=None),
        _enum("wheelchair_accessible", (0, 2)),
    ),
    key=("trip_id",),
    required=True,
    unread=_words("block_id shape_id bikes_allowed cars_allowed safe_duration_factor safe_duration_offset"),
)

STOP_TIMES: Final = Table(
    "stop_times.txt",
    rows.StopTime,
    (
        _id("trip_id"),
        Column("arrival_time", fields.time, default=None, header=True),
        Column("departure_time", fields.time, default=None, header=True),
        Column("stop_id", fields.identifier, required=True, instead=("location_group_id", "location_id")),
        Column("stop_sequence", fields.integer(), required=True),
        _text("stop_headsign"),
        _enum("pickup_type", (0, 3)),
        _enum("drop_off_type", (0, 3)),
        _enum("timepoint", 0, 1, default=None),
        _id("location_group_id", required=False),
        _id("location_id", required=False),
        Column("start_pickup_drop_off_window", fields.time, default=None),
    ),
    key=("trip_id", "stop_sequence"),
    required=True,
    unread=_words(
        "continuous_pickup continuous_drop_off shape_dist_traveled end_pickup_drop_off_window"
        " pickup_booking_rule_id drop_off_booking_rule_id"
    ),
)

FREQUENCIES: Final = Table(
    "frequencies.txt",
    rows.Frequency,
    (
        _id("trip_id"),
        Column("start_time", fields.time, required=True),
        Column("end_time", fields.time, required=True),
        Column("headway_secs", fields.integer(1), required=True),
        _enum("exact_times", 0, 1),
    ),
    key=("trip_id", "start_time"),
)

TRANSFERS: Final = Table(
    "transfers.txt",
    rows.Transfer,
    (
        _id("from_stop_id", required=False),
        _id("to_stop_id", required=False),
        _enum("transfer_type", (0, 5)),
        Column("min_transfer_time", fields.integer(), default=None),
        _id("from_route_id", required=False),
        _id("to_route_id", required=False),
        _id("from_trip_id", required=False),
        _id("to_trip_id", required=False),
    ),
    key=("from_stop_id", "to_stop_id", "from_route_id", "to_route_id", "from_trip_id", "to_trip_id"),
)

TRANSLATIONS: Final = Table(
    "translations.txt",
    rows.Translation,
    (
        _text("table_name", required=True),
        _text("field_name", required=True),
        Column("language", fields.language, required=True),
        _text("translation", required=True),
        _id("record_id", required=False),
        _id("record_sub_id", required=False),
        _text("field_value"),
    ),
    key=("table_name", "field_name", "language", "record_id", "record_sub_id", "field_value"),
)

FEED_INFO: Final = Table(
    "feed_info.txt",
    rows.FeedInfo,
    (
        _text("feed_publisher_name", required=True),
        Column("feed_publisher_url", fields.url, required=True),
        Column("feed_lang", fields.language, required=True),
        Column("feed_start_date", fields.day, default=None),
        Column("feed_end_date", fields.day, default=None),
        _text("feed_version"),
    ),
    unread=_words("default_lang feed_contact_email feed_contact_url"),
)

TABLES: Final[tuple[Table[object], ...]] = (
    AGENCY,
    STOPS,
    ROUTES,
    CALENDAR,
    CALENDAR_DATES,
    TRIPS,
    STOP_TIMES,
    FREQUENCIES,
    TRANSFERS,
    TRANSLATIONS,
    FEED_INFO,
)

FILES_NOT_USED: Final = _words(
    "fare_attributes.txt fare_rules.txt timeframes.txt rider_categories.txt fare_media.txt fare_products.txt"
    " fare_leg_rules.txt fare_leg_join_rules.txt fare_transfer_rules.txt areas.txt stop_areas.txt "
    "networks.txt route_networks.txt shapes.txt pathways.txt levels.txt location_groups.txt"
    " location_group_stops.txt locations.geojson booking_rules.txt attributions.txt"
)
KNOWN_FILES: Final = FILES_NOT_USED | {table.file for table in TABLES}
