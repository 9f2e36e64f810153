"""Reads of the network: lines with their stops, and stops by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Row, or_, select

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import session, table_of
from citizen_app.toolkit.time import now
from citizen_app.toolkit.web import Page, page, page_of_rows
from services.bus.models import (
    BusBoarding,
    BusDirection,
    BusFeedVersion,
    BusLineStop,
    BusRoute,
    BusStop,
)
from services.bus.operations.gtfs import FeedReport
from services.bus.operations.gtfs.fields import identifier
from services.bus.operations.timetable.lines import Direction, FoundStop, Line, LineName, StopOfLine
from services.bus.operations.timetable.stop_words import stops_called
from services.bus.operations.versions import version_in_force
from services.bus.snapshot import ActiveFeed

ROUTES: Final = table_of(BusRoute)
STOPS: Final = table_of(BusStop)
DIRECTIONS: Final = table_of(BusDirection)
LINE_STOPS: Final = table_of(BusLineStop)
LARGEST_NUMBER: Final = 2**31 - 1
MOST_MATCHES: Final = 5_000
"""Of stops that one question means; whoever sees so many asks for more words."""
STATION: Final = 1
STOPS_AND_STATIONS: Final = (0, STATION)
WHEELCHAIR: Final = {1: True, 2: False}
"""GTFS wheelchair_boarding; 0 says nothing."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed that was imported or refused, beside the number of the one in force."""

    version: BusFeedVersion
    in_force: int | None

    @property
    def status(self) -> str:
        """The status at this moment; the row's may not say yet that a feed which waited came into force."""
        if self.version.id == self.in_force:
            return "active"
        since = self.version.activated_at
        came = self.version.status == "waiting" and since is not None and since <= now()
        return "retired" if came or self.version.status == "active" else self.version.status

    @property
    def waits_until(self) -> date | None:
        """The day on which a waiting feed comes into force."""
        return self.version.first_day if self.status == "waiting" else None

    @property
    def activated_at(self) -> datetime | None:
        """When it last came into force; None for one that never was or still waits."""
        return None if self.status == "waiting" else self.version.activated_at

    @property
    def checked(self) -> FeedReport:
        """What the check found."""
        return FeedReport.from_json(self.version.report)


def lines_called(feed: ActiveFeed, word: str) -> tuple[Line, ...]:
    """The lines that a device or a rider calls so: by GTFS id, or by name in either language. From memory
    when asked lately."""
    word = word.strip()
    return feed.lines.get(word, lambda: _load_lines(feed.version_id, word))


def line_of(feed: ActiveFeed, gtfs_id: str) -> Line | None:
    """The line of this GTFS id."""
    gtfs_id = identifier(gtfs_id)
    return next((line for line in lines_called(feed, gtfs_id) if line.gtfs_id == gtfs_id), None)


def line_list(feed: ActiveFeed, limit: int, cursor: str | None) -> Page[Line]:
    """All lines in the order in which riders are shown them, without their directions."""
    in_version = select(ROUTES).where(ROUTES.c.version_id == feed.version_id)
    return page_of_rows(in_version, -ROUTES.c.id, limit, cursor).map(_line)


def all_lines(feed: ActiveFeed) -> list[Line]:
    """All lines at once, as `line_list`."""
    in_version = select(ROUTES).where(ROUTES.c.version_id == feed.version_id)
    return [_line(row) for row in session().execute(in_version.order_by(ROUTES.c.id))]


def stop_list(feed: ActiveFeed, words: str, limit: int, cursor: str | None) -> Page[FoundStop]:
    """Stops and stations whose name, in Chinese, pinyin or English, contains all of the words, or whose id or
    code is exactly that."""
    found = select(STOPS).where(
        STOPS.c.version_id == feed.version_id, STOPS.c.location_type.in_(STOPS_AND_STATIONS)
    )
    if words.split():
        found = found.where(STOPS.c.id.in_([one.number for one in stops_called(feed, words)][:MOST_MATCHES]))
    rows = page_of_rows(found, -STOPS.c.id, limit, cursor)
    calling = _lines_at(feed, rows.items)
    return rows.map(lambda row: _found_stop(row, calling[row.gtfs_id]))


def _found_stop(row: Row[*tuple[Any, ...]], lines: dict[str, Text]) -> FoundStop:
    return FoundStop(
        row.gtfs_id,
        row.code,
        row.parent,
        Text(row.name_zh, row.name_en),
        row.lat,
        row.lon,
        is_station=row.location_type == STATION,
        platform=row.platform_code,
        wheelchair=WHEELCHAIR.get(row.wheelchair_boarding),
        lines=tuple(LineName(line_id, name) for line_id, name in lines.items()),
    )


def _lines_at(feed: ActiveFeed, stops: Sequence[Row[*tuple[Any, ...]]]) -> dict[str, dict[str, Text]]:
    """The lines that call at each of the stops (a station's are those of its stops): by stop id, then by line
    id."""
    wanted = {stop.gtfs_id for stop in stops}
    calling = (
        select(
            STOPS.c.gtfs_id,
            STOPS.c.parent,
            ROUTES.c.gtfs_id.label("line"),
            ROUTES.c.name_zh,
            ROUTES.c.name_en,
        )
        .join(
            LINE_STOPS, (LINE_STOPS.c.version_id == STOPS.c.version_id) & (LINE_STOPS.c.stop_id == STOPS.c.id)
        )
        .join(ROUTES, (ROUTES.c.version_id == STOPS.c.version_id) & (ROUTES.c.id == LINE_STOPS.c.route_id))
        .where(
            STOPS.c.version_id == feed.version_id,
            or_(STOPS.c.gtfs_id.in_(wanted), STOPS.c.parent.in_(wanted)),
        )
        .order_by(ROUTES.c.id)
    )
    found: dict[str, dict[str, Text]] = {stop_id: {} for stop_id in wanted}
    for row in session().execute(calling):
        for stop_id in {row.gtfs_id, row.parent} & wanted:
            found[stop_id][row.line] = Text(row.name_zh, row.name_en)
    return found


def knows_stop(feed: ActiveFeed, word: str) -> bool:
    """Whether the timetable has a stop of this id or code, on whatever line."""
    called = select(STOPS.c.id).where(
        STOPS.c.version_id == feed.version_id, or_(STOPS.c.gtfs_id == word, STOPS.c.code == word)
    )
    return session().execute(called.limit(1)).first() is not None


def trips_of(citizen_ref: str, limit: int, cursor: str | None) -> Page[BusBoarding]:
    """A citizen's boardings, the one recorded last first."""
    mine = select(BusBoarding).where(BusBoarding.citizen_ref == citizen_ref)
    return page(mine, BusBoarding.id, limit, cursor)


def newest_trip(citizen_ref: str, since: datetime) -> BusBoarding | None:
    """A citizen's last boarding since a moment."""
    mine = select(BusBoarding).where(BusBoarding.citizen_ref == citizen_ref, BusBoarding.occurred_at >= since)
    return session().scalars(mine.order_by(BusBoarding.occurred_at.desc()).limit(1)).one_or_none()


def trip_of(citizen_ref: str, trip_id: str) -> BusBoarding | None:
    """One of a citizen's boardings."""
    mine = select(BusBoarding).where(BusBoarding.id == trip_id, BusBoarding.citizen_ref == citizen_ref)
    return session().scalars(mine).one_or_none()


def feed_list(limit: int, cursor: str | None) -> Page[Feed]:
    """The feeds that were imported or refused, newest first."""
    in_force = _number_in_force()
    found = page(select(BusFeedVersion), BusFeedVersion.id, limit, cursor)
    return found.map(lambda version: Feed(version, in_force))


def all_feeds() -> list[Feed]:
    """All of them, newest first."""
    in_force = _number_in_force()
    newest_first = select(BusFeedVersion).order_by(BusFeedVersion.id.desc())
    return [Feed(version, in_force) for version in session().scalars(newest_first)]


def feed_of_number(version: int) -> Feed | None:
    """The feed of that number as the database has it now."""
    if not 0 < version <= LARGEST_NUMBER:
        return None
    found = session().get(BusFeedVersion, version, populate_existing=True)
    return Feed(found, _number_in_force()) if found is not None else None


def _number_in_force() -> int | None:
    version = version_in_force()
    return version.id if version is not None else None


def _load_lines(version_id: int, word: str) -> tuple[Line, ...]:
    by_id = ROUTES.c.gtfs_id == word
    called = or_(by_id, ROUTES.c.name_zh == word, ROUTES.c.name_en == word)
    routes = (
        session()
        .execute(
            select(ROUTES)
            .where(ROUTES.c.version_id == version_id, called)
            .order_by(by_id.desc(), ROUTES.c.id)
        )
        .all()
    )
    if not routes:
        return ()
    directions = _directions(version_id, [route.id for route in routes])
    return tuple(_line(route, tuple(directions.get(route.id, ()))) for route in routes)


def _line(route: Row[*tuple[Any, ...]], directions: tuple[Direction, ...] = ()) -> Line:
    return Line(
        route.gtfs_id,
        Text(route.name_zh, route.name_en),
        directions,
        Text(route.long_name_zh, route.long_name_en) if route.long_name_zh else None,
        route.route_type,
        route.color,
        route.text_color,
    )


def _directions(version_id: int, routes: Sequence[int]) -> dict[int, list[Direction]]:
    """The directions of lines with their stops in order, in two statements."""
    served = session().execute(
        select(
            LINE_STOPS.c.route_id,
            LINE_STOPS.c.direction,
            *(STOPS.c[name] for name in ("gtfs_id", "code", "parent", "name_zh", "name_en", "lat", "lon")),
        )
        .join(STOPS, (STOPS.c.version_id == LINE_STOPS.c.version_id) & (STOPS.c.id == LINE_STOPS.c.stop_id))
        .where(LINE_STOPS.c.version_id == version_id, LINE_STOPS.c.route_id.in_(routes))
        .order_by(LINE_STOPS.c.route_id, LINE_STOPS.c.direction, LINE_STOPS.c.position)
    )
    stops: dict[tuple[int, int], list[StopOfLine]] = {}
    for row in served:
        stop = StopOfLine(row.gtfs_id, row.code, row.parent, Text(row.name_zh, row.name_en), row.lat, row.lon)
        stops.setdefault((row.route_id, row.direction), []).append(stop)
    found: dict[int, list[Direction]] = {}
    for row in session().execute(
        select(DIRECTIONS)
        .where(DIRECTIONS.c.version_id == version_id, DIRECTIONS.c.route_id.in_(routes))
        .order_by(DIRECTIONS.c.route_id, DIRECTIONS.c.direction)
    ):
        headsigns = tuple(Text(zh, en) for zh, en in row.headsigns)
        served_here = tuple(stops.get((row.route_id, row.direction), ()))
        found.setdefault(row.route_id, []).append(Direction(row.direction, headsigns, served_here))
    return found
