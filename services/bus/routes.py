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
from services.bus.operations.saved_stops import drop_stop, save_stop, saved_stops
from services.bus.operations.timetable.departures import next_departures_of
from services.bus.operations.timetable.lines import FoundStop, Line
from services.bus.operations.timetable.stored_network import Pole, pole_of
from services.bus.operations.timetable.told_journeys import answered
from services.bus.queries import Feed
from services.bus.schemas.feeds import (
    ActivateQuerySchema,
    FeedReportSchema,
    FeedVersionPageSchema,
    FeedVersionSchema,
)
from services.bus.schemas.journeys import MOST_JOURNEYS, JourneyQuerySchema, JourneysSchema, SavedStopsSchema
from services.bus.schemas.network import (
    MOST_DEPARTURES,
    DepartureQuerySchema,
    DeparturesSchema,
    LineDetailSchema,
    LinePageSchema,
    StopPageSchema,
    StopQuerySchema,
)
from services.bus.schemas.trips import TripPageSchema
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


@network.route("/journeys", methods=["GET"])
@network.arguments(JourneyQuerySchema, location="query")
@network.response(200, JourneysSchema)
def journeys(asked: dict[str, Any]) -> dict[str, Any]:
    """From one stop to another with at most one change, from a moment on. 404 before the first timetable."""
    feed = active_feed()
    if feed is None:
        raise Problem("not-found")
    limit = min(asked["limit"], MOST_JOURNEYS)
    found = answered(feed, asked["origin"], asked["target"], asked["at"] or now(), limit)
    return {
        "origin": found.origin.pole,
        "target": found.target.pole,
        "at": found.at,
        "timezone": feed.zone.key,
        "items": found.journeys,
    }


@trips.route("/saved-stops", methods=["GET"])
@trips.response(200, SavedStopsSchema)
def my_stops() -> dict[str, list[Pole]]:
    """The stops that I keep at hand, the one saved last first; those that the timetable no longer has are
    left out."""
    feed = active_feed()
    if feed is None:
        return {"items": []}
    poles = (pole_of(feed, stop_id) for stop_id in saved_stops(citizen_ref(SERVICE.id)))
    return {"items": [pole for pole in poles if pole is not None]}


@trips.route("/saved-stops/<path:stop_id>", methods=["PUT"])
@trips.response(204)
@trips.alt_response(409)
def keep_stop(stop_id: str) -> None:
    """Keep a stop at hand."""
    save_stop(active_feed(), citizen_ref(SERVICE.id), stop_id)


@trips.route("/saved-stops/<path:stop_id>", methods=["DELETE"])
@trips.response(204)
def forget_stop(stop_id: str) -> None:
    """Keep it no longer. A 404 for what is neither kept nor a stop of the timetable."""
    feed = active_feed()
    if not drop_stop(citizen_ref(SERVICE.id), stop_id) and (feed is None or pole_of(feed, stop_id) is None):
        raise Problem("not-found")


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
