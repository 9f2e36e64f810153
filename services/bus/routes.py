"""`/api/v1/services/bus`: lines, stops and departures for anyone, trips for the citizen, timetables for
operators."""

from __future__ import annotations

from typing import Any, Final

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.time import city_zone, now
from citizen_app.toolkit.web import (
    ANYONE,
    CITIZEN,
    Page,
    PageQuerySchema,
    Problem,
    audit,
    citizen_ref,
    service_blueprint,
    staff_of_service,
)
from services.bus import queries
from services.bus.manifest import SERVICE
from services.bus.models import BusBoarding
from services.bus.operations import versions
from services.bus.operations.timetable.departures import next_departures_of
from services.bus.operations.timetable.lines import FoundStop, Line
from services.bus.queries import Feed
from services.bus.schemas import (
    MOST_DEPARTURES,
    ActivateQuerySchema,
    DepartureQuerySchema,
    DeparturesSchema,
    FeedReportSchema,
    FeedVersionPageSchema,
    FeedVersionSchema,
    LineDetailSchema,
    LinePageSchema,
    StopPageSchema,
    StopQuerySchema,
    TripPageSchema,
)
from services.bus.snapshot import active_feed

SERVES_NO_DAY: Final = Text(
    "这份时刻表从今天起没有任何班次，启用后乘客什么也查不到；确要启用请加 ?force=true。",
    "No trip of this feed runs from today on, so riders would find nothing; add ?force=true if this one is meant.",
)

network = service_blueprint(SERVICE.id, "network", ANYONE, "Lines, stops and departures")
trips = service_blueprint(SERVICE.id, "trips", CITIZEN, "The citizen's own trips")
office = service_blueprint(SERVICE.id, "office", staff_of_service(SERVICE.id), "Timetables, for operators")
BLUEPRINTS = (network, trips, office)


@network.route("/lines", methods=["GET"])
@network.arguments(PageQuerySchema, location="query")
@network.response(200, LinePageSchema)
def lines(asked: dict[str, Any]) -> Page[Line]:
    """All lines, in the order in which riders know them; none before the first timetable."""
    feed = active_feed()
    if feed is None:
        return Page([], None)
    return queries.line_list(feed, **asked)


@network.route("/lines/<path:line_id>", methods=["GET"])
@network.response(200, LineDetailSchema)
def line(line_id: str) -> Line:
    """One line with its stops in order, for each direction."""
    feed = active_feed()
    found = queries.line_of(feed, line_id) if feed is not None else None
    if found is None:
        raise Problem("not-found")
    return found


@network.route("/stops", methods=["GET"])
@network.arguments(StopQuerySchema, location="query")
@network.response(200, StopPageSchema)
def stops(asked: dict[str, Any]) -> Page[FoundStop]:
    """Stops and stations by name, with the lines that call there."""
    feed = active_feed()
    if feed is None:
        return Page([], None)
    return queries.stop_list(feed, asked["q"], asked["limit"], asked["cursor"])


@network.route("/stops/<path:stop_id>/departures", methods=["GET"])
@network.arguments(DepartureQuerySchema, location="query")
@network.response(200, DeparturesSchema)
def departures(asked: dict[str, Any], stop_id: str) -> dict[str, Any]:
    """What leaves a stop, or any stop of a station, next: up to a week ahead."""
    feed = active_feed()
    after = asked["at"] or now()
    found = (
        next_departures_of(feed, stop_id, after, min(asked["limit"], MOST_DEPARTURES))
        if feed is not None
        else None
    )
    if feed is None or found is None:
        raise Problem("not-found")
    return {
        "stop": stop_id,
        "name": found.place.name,
        "at": after,
        "timezone": feed.zone.key,
        "items": found.leaving,
    }


@trips.route("/trips", methods=["GET"])
@trips.arguments(PageQuerySchema, location="query")
@trips.response(200, TripPageSchema)
def my_trips(asked: dict[str, Any]) -> Page[BusBoarding]:
    """My boardings, the one recorded last first: where, when, and what each cost."""
    return queries.trips_of(citizen_ref(SERVICE.id), **asked)


@office.route("/operator/feeds", methods=["GET"])
@office.arguments(PageQuerySchema, location="query")
@office.response(200, FeedVersionPageSchema)
def feeds(asked: dict[str, Any]) -> Page[Feed]:
    """The feeds that were imported or refused, newest first, and the day until which one waits. A feed is
    imported by command: `bus import-gtfs`."""
    return queries.feed_list(**asked)


@office.route("/operator/feeds/<int:version>", methods=["GET"])
@office.response(200, FeedReportSchema)
def feed_report(version: int) -> Feed:
    """One feed, with what its check found."""
    return _feed(version)


@office.route("/operator/feeds/<int:version>/activate", methods=["POST"])
@office.arguments(ActivateQuerySchema, location="query")
@office.response(200, FeedVersionSchema)
def activate_feed(asked: dict[str, Any], version: int) -> Feed:
    """Put a retired feed back in force, or one that waits for its day: every worker serves it within a second
    or two.

    409 for one that was refused or is going, and, without `force`, for one that serves no day from now on.
    """
    _feed(version)
    try:
        switched = versions.put_back(version, now().astimezone(city_zone()).date(), force=asked["force"])
    except versions.ServesNoDay as over:
        raise Problem("conflict", SERVES_NO_DAY) from over
    except versions.NotAVersion as gone:
        raise Problem("conflict") from gone
    if switched:
        audit("bus.activate_feed", "bus_feed", str(version))
    return _feed(version)


def _feed(version: int) -> Feed:
    found = queries.feed_of_number(version)
    if found is None:
        raise Problem("not-found")
    return found
