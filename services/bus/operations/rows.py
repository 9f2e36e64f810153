"""The rows that a feed becomes, table by table, streamed: names numbered, translated and cut to what is asked
of them later."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from citizen_app.toolkit.data import Model
from services.bus.models import (
    BusCalendar,
    BusCalendarDate,
    BusDirection,
    BusLineStop,
    BusRoute,
    BusStop,
    BusStopTime,
    BusTransfer,
    BusTrip,
)
from services.bus.operations.gtfs import Feed, Translations, tables
from services.bus.operations.gtfs.rows import Route, Stop, Trip, Visit
from services.bus.operations.timetable.line_order import merged_order
from services.bus.operations.timetable.times import can_board

Row = dict[str, Any]
Rows = Iterator[tuple[type[Model], Row]]
RouteDirection = tuple[int, int]


class FeedRows:
    """The rows of one feed under one version number. Iterate once; the figures are complete afterwards.

    Held in memory: ids, trips and the distinct stop patterns of each line; stop times pass through.
    """

    def __init__(self, feed: Feed, version_id: int) -> None:
        self._feed = feed
        self._version_id = version_id
        self._names: Translations = feed.translations()
        self._stops: dict[str, int] = {}
        self._routes: dict[str, int] = {}
        self._trips: dict[str, tuple[int, Trip]] = {}
        self._patterns: dict[RouteDirection, Counter[tuple[int, ...]]] = {}
        self._headsigns: dict[RouteDirection, Counter[tuple[str, str]]] = {}
        self.max_departure = 0

    def __iter__(self) -> Rows:
        for model, row in self._all():
            row["version_id"] = self._version_id
            yield model, row

    def _all(self) -> Rows:
        yield from self._calendars()
        yield from self._stop_rows()
        yield from self._transfer_rows()
        yield from self._route_rows()
        yield from self._trip_rows()
        yield from self._stop_times()
        yield from self._lines()

    def _calendars(self) -> Rows:
        for row in self._feed.rows(tables.CALENDAR):
            days = sum(bool(row[1 + day]) << day for day in range(7))
            yield (
                BusCalendar,
                {
                    "service_id": row.service_id,
                    "weekdays": days,
                    "start_date": row.start_date,
                    "end_date": row.end_date,
                },
            )
        for exception in self._feed.rows(tables.CALENDAR_DATES):
            yield BusCalendarDate, exception._asdict()

    def _stop_rows(self) -> Rows:
        for number, stop in enumerate(self._feed.rows(tables.STOPS), 1):
            self._stops[stop.stop_id] = number
            yield BusStop, self._stop(number, stop)

    def _stop(self, number: int, stop: Stop) -> Row:
        zh, en = self._names.pair("stops", "stop_name", stop.stop_id, stop.stop_name)
        return {
            "id": number,
            "gtfs_id": stop.stop_id,
            "code": stop.stop_code,
            "name_zh": zh or stop.stop_id,
            "name_en": en or stop.stop_id,
            "lat": stop.stop_lat,
            "lon": stop.stop_lon,
            "location_type": stop.location_type,
            "parent": stop.parent_station,
            "platform_code": stop.platform_code,
            "wheelchair_boarding": stop.wheelchair_boarding,
        }

    def _transfer_rows(self) -> Rows:
        between = (row for row in self._feed.rows(tables.TRANSFERS) if row.is_between_stops)
        for number, row in enumerate(between, 1):
            yield (
                BusTransfer,
                {
                    "id": number,
                    "origin": self._stops[row.from_stop_id],
                    "target": self._stops[row.to_stop_id],
                    "transfer_type": row.transfer_type,
                    "min_transfer_time": row.min_transfer_time,
                },
            )

    def _route_rows(self) -> Rows:
        routes = sorted(self._feed.rows(tables.ROUTES), key=_shown_order)
        for number, route in enumerate(routes, 1):
            self._routes[route.route_id] = number
            yield BusRoute, self._route(number, route)

    def _route(self, number: int, route: Route) -> Row:
        short = self._names.pair("routes", "route_short_name", route.route_id, route.route_short_name)
        long = self._names.pair("routes", "route_long_name", route.route_id, route.route_long_name)
        return {
            "id": number,
            "gtfs_id": route.route_id,
            "name_zh": short[0] or long[0] or route.route_id,
            "name_en": short[1] or long[1] or route.route_id,
            "long_name_zh": long[0],
            "long_name_en": long[1],
            "route_type": route.route_type,
            "color": route.route_color,
            "text_color": route.route_text_color,
        }

    def _trip_rows(self) -> Rows:
        for number, trip in enumerate(self._feed.trips(), 1):
            self._trips[trip.trip_id] = number, trip
            zh, en = self._names.pair("trips", "trip_headsign", trip.trip_id, trip.trip_headsign)
            yield (
                BusTrip,
                {
                    "id": number,
                    "gtfs_id": trip.trip_id,
                    "route_id": self._routes[trip.route_id],
                    "service_id": trip.service_id,
                    "direction_id": trip.direction_id,
                    "headsign_zh": zh,
                    "headsign_en": en,
                },
            )
            self._headsigns.setdefault(self._line_of(trip), Counter())[zh, en] += 1

    def _stop_times(self) -> Rows:
        stops_of_trip: list[int] = []
        for visit in self._feed.visits():
            number, trip = self._trips[visit.trip_id]
            stop = self._stops[visit.stop_id]
            self.max_departure = max(self.max_departure, visit.departure)
            if visit.run == 0:
                stops_of_trip.append(stop)
                if visit.last:
                    self._patterns.setdefault(self._line_of(trip), Counter())[tuple(stops_of_trip)] += 1
                    stops_of_trip.clear()
            yield BusStopTime, self._stop_time(visit, number, stop, trip)

    def _stop_time(self, visit: Visit, trip_number: int, stop: int, trip: Trip) -> Row:
        zh = en = None
        if visit.headsign != trip.trip_headsign:
            zh, en = self._names.pair(
                "stop_times", "stop_headsign", visit.trip_id, visit.headsign, str(visit.stop_sequence)
            )
        return {
            "trip_id": trip_number,
            "run": visit.run,
            "stop_sequence": visit.stop_sequence,
            "stop_id": stop,
            "arrival": visit.arrival,
            "departure": visit.departure,
            "pickup_type": visit.pickup_type,
            "drop_off_type": visit.drop_off_type,
            "boardable": can_board(visit),
            "approximate": visit.approximate,
            "headway_secs": visit.headway_secs,
            "headsign_zh": zh,
            "headsign_en": en,
        }

    def _lines(self) -> Rows:
        for (route, direction), patterns in self._patterns.items():
            headsigns = [list(pair) for pair, _ in self._headsigns[route, direction].most_common() if pair[0]]
            key = {"route_id": route, "direction": direction}
            yield BusDirection, {**key, "headsigns": headsigns}
            for position, stop in enumerate(merged_order(patterns), 1):
                yield BusLineStop, {**key, "position": position, "stop_id": stop}

    def _line_of(self, trip: Trip) -> RouteDirection:
        return self._routes[trip.route_id], trip.direction_id or 0


def row_count(feed: Feed) -> int:
    """About how many rows a checked feed becomes: what its lines add is not known before."""
    return feed.visit_count + sum(feed.counts.values()) - feed.counts.get(tables.STOP_TIMES.file, 0)


def _shown_order(route: Route) -> tuple[bool, int, int, str, str]:
    """By the feed's own order where it gives one, then by number, then by name: 2 before 10."""
    order = route.route_sort_order
    digits = "".join(c for c in route.route_short_name if c.isdecimal())[:9]
    return (
        order is None,
        order or 0,
        int(digits or 10**9),
        route.route_short_name or route.route_long_name,
        route.route_id,
    )
