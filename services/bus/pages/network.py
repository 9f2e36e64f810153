"""For anyone: lines, a line with its stops, stops by name, what leaves a stop next, what a ride costs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.pages import ANYONE, asked, render, service_pages
from citizen_app.toolkit.settings import service_settings
from citizen_app.toolkit.time import now
from citizen_app.toolkit.web import Page, PageQuerySchema, Problem
from services.bus import queries
from services.bus.manifest import SERVICE
from services.bus.operations.fares import ADULT, AGE_CLASSES, FARE_CLASSES, fare_for
from services.bus.operations.timetable.departures import Leaving, next_departures_of
from services.bus.pages.sentences import SENTENCES
from services.bus.schemas.network import StopQuerySchema
from services.bus.snapshot import active_feed

SHOWN: Final = 12
"""Departures on a page: the next hour of a usual stop."""
SOON: Final = timedelta(hours=1)
"""Until then a rider counts minutes; what leaves later has a time."""

BY_AGE: Final = "bus.fare_how_age"
BY_OFFICE: Final = "bus.fare_how_register"

pages = service_pages(SERVICE.id, ANYONE, sentences=SENTENCES)


@pages.get("/")
def start() -> str:
    """Where to begin."""
    return render("start.html", has_timetable=active_feed() is not None)


@pages.get("/lines")
def lines() -> str:
    """All lines, in the order in which riders know them."""
    feed, query = active_feed(), asked(PageQuerySchema)
    found = Page([], None) if feed is None else queries.line_list(feed, **query)
    return render("lines.html", found=found, has_timetable=feed is not None)


@pages.get("/lines/<path:line_id>")
def line(line_id: str) -> str:
    """One line with its stops in order, both ways."""
    feed = active_feed()
    found = queries.line_of(feed, line_id) if feed is not None else None
    if found is None:
        raise Problem("not-found")
    return render("line.html", line=found)


@pages.get("/stops")
def stops() -> str:
    """Stops and stations by name."""
    feed, query = active_feed(), asked(StopQuerySchema)
    found = (
        Page([], None)
        if feed is None
        else queries.stop_list(feed, query["q"], query["limit"], query["cursor"])
    )
    return render("stops.html", found=found, words=query["q"], has_timetable=feed is not None)


@pages.get("/stops/<path:stop_id>")
def stop(stop_id: str) -> str:
    """A stop, or a station, with what leaves next."""
    feed, moment = active_feed(), now()
    found = next_departures_of(feed, stop_id, moment, SHOWN) if feed is not None else None
    if found is None:
        raise Problem("not-found")
    leaving = [(departure, when_leaving(departure, moment)) for departure in found.leaving]
    several = len(found.place.stops) > 1
    return render(
        "stop.html",
        stop_id=stop_id,
        name=found.place.name,
        leaving=leaving,
        several=several,
        moment=moment,
    )


@pages.get("/fares")
def fares() -> str:
    """What a ride costs whom."""
    settings = service_settings(SERVICE.id)
    rated = [(words.passenger, fare_for(name, settings)) for name, words in FARE_CLASSES.items()]
    money = {fare.amount: fare.words for _, fare in rated}
    base = fare_for(ADULT, settings)
    ways = [
        (BY_AGE if name in AGE_CLASSES else BY_OFFICE, words.passenger)
        for name, words in FARE_CLASSES.items()
        if fare_for(name, settings).amount < base.amount
    ]
    return render("fares.html", rated=rated, money=money.__getitem__, ways=ways)


def when_leaving(leaving: Leaving, moment: datetime) -> Text | None:
    """When it leaves, as a rider counts; None for what is told by its time."""
    wait = leaving.departure.at - moment
    minutes = wait // timedelta(minutes=1)
    if leaving.visit.headway_secs:
        return SENTENCES["bus.every"].fill(minutes=max(1, round(leaving.visit.headway_secs / 60)))
    if wait > SOON:
        return None
    return SENTENCES["bus.minutes"].fill(minutes=minutes) if minutes else SENTENCES["bus.now"]
