"""Tables of the bus service: timetables in versions, and boardings.

Every timetable row belongs to one feed version and is numbered within it, so that an import writes beside the
active version and one UPDATE switches over. Times are seconds from "noon minus 12 h" of the service day
(GTFS); names are (Chinese, English).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Date, ForeignKey, Index, SmallInteger, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from citizen_app.toolkit.data import Id, Json, Model, UtcDateTime

ACTIVE: Final = text("status = 'active'")
BOARDABLE: Final = text("boardable")
BOARDABLE_ON_SQLITE: Final = text("boardable = 1")  # as queries write it there: SQLite compares the words


def _version_key(*, primary_key: bool = True) -> Mapped[int]:
    return mapped_column(ForeignKey("bus_feed_versions.id"), primary_key=primary_key)


class BusFeedVersion(Model):
    """One imported feed. `status` is staged, waiting (it comes into force at `activated_at`), active,
    retired, discarded (its rows are going) or refused (it never had any).

    `counts` is rows stored by kind; `report` what the check found; `max_departure` the latest departure in
    seconds of a service day.
    """

    __tablename__ = "bus_feed_versions"
    __table_args__ = (
        Index(
            "uq_bus_feed_versions_active", "status", unique=True, sqlite_where=ACTIVE, postgresql_where=ACTIVE
        ),
        {"sqlite_autoincrement": True},  # a number is never given twice: boardings keep it
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(String(10), nullable=False)
    source: Mapped[str] = mapped_column(String(200), nullable=False)
    sha256: Mapped[str] = mapped_column(String(64), nullable=False)
    language: Mapped[str] = mapped_column(String(35), nullable=False)
    timezone: Mapped[str] = mapped_column(String(64), nullable=False)
    first_day: Mapped[date | None] = mapped_column(Date)
    last_day: Mapped[date | None] = mapped_column(Date)
    max_departure: Mapped[int] = mapped_column(nullable=False)
    counts: Mapped[dict[str, int]] = mapped_column(Json, nullable=False)
    report: Mapped[dict[str, Any]] = mapped_column(Json, nullable=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    activated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class BusFeedActivation(Model):
    """A feed came, or will come, into force at `since` and stays until the next row: by it a late tap finds
    the timetable of its own time.

    A row outlives its version, so that a moment under a removed feed never falls to the feed before it.
    `told_at` is when the riders whose stops it changes were told, `told_through` the last of them so far.
    """

    __tablename__ = "bus_feed_activations"

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(nullable=False)
    since: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told_through: Mapped[str | None] = mapped_column(String(64))


class BusStop(Model):
    """A stop, or a station whose stops name it as `parent`. Coordinates are WGS-84 degrees."""

    __tablename__ = "bus_stops"
    __table_args__ = (UniqueConstraint("version_id", "gtfs_id"), Index(None, "version_id", "parent"))

    version_id: Mapped[int] = _version_key()
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    gtfs_id: Mapped[str] = mapped_column(Text, nullable=False)
    code: Mapped[str] = mapped_column(Text, nullable=False)
    name_zh: Mapped[str] = mapped_column(Text, nullable=False)
    name_en: Mapped[str] = mapped_column(Text, nullable=False)
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    location_type: Mapped[int] = mapped_column(SmallInteger, nullable=False)
    parent: Mapped[str] = mapped_column(Text, nullable=False)
    platform_code: Mapped[str] = mapped_column(Text, nullable=False)
    wheelchair_boarding: Mapped[int] = mapped_column(SmallInteger, nullable=False)


class BusRoute(Model):
    """A line. Numbered in the order in which riders are shown lines; `name` is its short name, or else its
    long one."""

    __tablename__ = "bus_routes"
    __table_args__ = (UniqueConstraint("version_id", "gtfs_id"),)

    version_id: Mapped[int] = _version_key()
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    gtfs_id: Mapped[str] = mapped_column(Text, nullable=False)
    name_zh: Mapped[str] = mapped_column(Text, nullable=False)
    name_en: Mapped[str] = mapped_column(Text, nullable=False)
    long_name_zh: Mapped[str] = mapped_column(Text, nullable=False)
    long_name_en: Mapped[str] = mapped_column(Text, nullable=False)
    route_type: Mapped[int] = mapped_column(SmallInteger, nullable=False)
    color: Mapped[str] = mapped_column(String(6), nullable=False)
    text_color: Mapped[str] = mapped_column(String(6), nullable=False)


class BusDirection(Model):
    """A direction of a line. `headsigns` are [Chinese, English] pairs, the most frequent first."""

    __tablename__ = "bus_directions"

    version_id: Mapped[int] = _version_key()
    route_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    direction: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    headsigns: Mapped[list[list[str]]] = mapped_column(Json, nullable=False)


class BusLineStop(Model):
    """A stop of a line in one direction, at its place among all stops that any of its trips serves."""

    __tablename__ = "bus_line_stops"
    __table_args__ = (Index(None, "version_id", "stop_id"),)

    version_id: Mapped[int] = _version_key()
    route_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    direction: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    stop_id: Mapped[int] = mapped_column(nullable=False)


class BusTrip(Model):
    """A trip on the days of its service."""

    __tablename__ = "bus_trips"
    __table_args__ = (UniqueConstraint("version_id", "gtfs_id"),)

    version_id: Mapped[int] = _version_key()
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    gtfs_id: Mapped[str] = mapped_column(Text, nullable=False)
    route_id: Mapped[int] = mapped_column(nullable=False)
    service_id: Mapped[str] = mapped_column(Text, nullable=False)
    direction_id: Mapped[int | None] = mapped_column(SmallInteger)
    headsign_zh: Mapped[str] = mapped_column(Text, nullable=False)
    headsign_en: Mapped[str] = mapped_column(Text, nullable=False)


class BusCalendar(Model):
    """The weekly pattern of a service: bit 0 of `weekdays` is Monday; both dates included."""

    __tablename__ = "bus_calendars"

    version_id: Mapped[int] = _version_key()
    service_id: Mapped[str] = mapped_column(Text, primary_key=True)
    weekdays: Mapped[int] = mapped_column(SmallInteger, nullable=False)
    start_date: Mapped[date] = mapped_column(Date, nullable=False)
    end_date: Mapped[date] = mapped_column(Date, nullable=False)


class BusCalendarDate(Model):
    """An exception: `exception_type` 1 adds the service on the date, 2 removes it."""

    __tablename__ = "bus_calendar_dates"

    version_id: Mapped[int] = _version_key()
    service_id: Mapped[str] = mapped_column(Text, primary_key=True)
    date: Mapped[date] = mapped_column(Date, primary_key=True)
    exception_type: Mapped[int] = mapped_column(SmallInteger, nullable=False)


class BusStopTime(Model):
    """One visit: a vehicle of one run of a trip at a stop. `headsign` only where the stop has one of its own.

    The importer guarantees that version, trip and stop exist; foreign keys here would cost every one of
    millions of rows a look-up.
    """

    __tablename__ = "bus_stop_times"
    __table_args__ = (
        Index(
            None,
            "version_id",
            "stop_id",
            "departure",
            sqlite_where=BOARDABLE_ON_SQLITE,
            postgresql_where=BOARDABLE,
        ),
    )

    version_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    trip_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    run: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    stop_sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    stop_id: Mapped[int] = mapped_column(nullable=False)
    arrival: Mapped[int] = mapped_column(nullable=False)
    departure: Mapped[int] = mapped_column(nullable=False)
    pickup_type: Mapped[int] = mapped_column(SmallInteger, nullable=False)
    drop_off_type: Mapped[int] = mapped_column(SmallInteger, nullable=False)
    boardable: Mapped[bool] = mapped_column(nullable=False)
    approximate: Mapped[bool] = mapped_column(nullable=False)
    headway_secs: Mapped[int | None]
    headsign_zh: Mapped[str | None] = mapped_column(Text)
    headsign_en: Mapped[str | None] = mapped_column(Text)


class BusTransfer(Model):
    """What the feed says of changing between two stops or stations, by their numbers: a GTFS transfer_type,
    and the seconds it takes where it says so."""

    __tablename__ = "bus_transfers"

    version_id: Mapped[int] = _version_key()
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    origin: Mapped[int] = mapped_column(nullable=False)
    target: Mapped[int] = mapped_column(nullable=False)
    transfer_type: Mapped[int] = mapped_column(SmallInteger, nullable=False)
    min_transfer_time: Mapped[int | None]


class BusSavedStop(Model):
    """A stop that a citizen wants at hand, by its GTFS id: the next timetable has it, too, or it is not
    shown."""

    __tablename__ = "bus_saved_stops"

    citizen_ref: Mapped[str] = mapped_column(String(64), primary_key=True)
    stop_gtfs_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)


class BusBoarding(Model):
    """A citizen got on. Names are kept as they were shown then; `version_id` is None when there was no
    timetable to check against.

    `tapped_on` is the vehicle, or the kiosk where the vehicle is not known: what a second tap is compared by.
    """

    __tablename__ = "bus_boardings"
    __table_args__ = (
        Index(None, "citizen_ref", "id"),
        Index(None, "citizen_ref", "tapped_on", "occurred_at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    citizen_ref: Mapped[str] = mapped_column(String(64), nullable=False)
    version_id: Mapped[int | None]
    route_gtfs_id: Mapped[str | None] = mapped_column(Text)
    line_zh: Mapped[str] = mapped_column(Text, nullable=False)
    line_en: Mapped[str] = mapped_column(Text, nullable=False)
    direction: Mapped[int | None] = mapped_column(SmallInteger)
    headsign_zh: Mapped[str | None] = mapped_column(Text)
    headsign_en: Mapped[str | None] = mapped_column(Text)
    stop_gtfs_id: Mapped[str | None] = mapped_column(Text)
    stop_zh: Mapped[str | None] = mapped_column(Text)
    stop_en: Mapped[str | None] = mapped_column(Text)
    vehicle: Mapped[str | None] = mapped_column(String(40))
    kiosk_id: Mapped[str] = mapped_column(Id, nullable=False)
    tapped_on: Mapped[str] = mapped_column(String(40), nullable=False)
    fare_class: Mapped[str] = mapped_column(String(20), nullable=False)
    fare: Mapped[int] = mapped_column(nullable=False)
    currency: Mapped[str] = mapped_column(String(3), nullable=False)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    late: Mapped[bool] = mapped_column(nullable=False)


class BusRider(Model):
    """The newest tap of a citizen: the row that two taps at the same moment meet on."""

    __tablename__ = "bus_riders"

    citizen_ref: Mapped[str] = mapped_column(String(64), primary_key=True)
    tapped_on: Mapped[str] = mapped_column(String(40), nullable=False)
    tapped_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
