"""For anyone: from A to B with at most one change."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final, NamedTuple

from citizen_app.toolkit.pages import asked, render
from citizen_app.toolkit.time import now
from citizen_app.toolkit.web import Moment, Problem, StrictSchema, fields, validate
from services.bus.operations.timetable.stop_words import StopWords, places_called
from services.bus.operations.timetable.stored_network import pole_of
from services.bus.operations.timetable.told_journeys import answered
from services.bus.pages.network import pages
from services.bus.snapshot import ActiveFeed, active_feed

SHOWN: Final = 6
CHOICES: Final = 8
"""Stops to choose from where the words mean several."""
ENDS: Final = ("start", "end")


class AskedSchema(StrictSchema):
    """From where to where: words as typed, or the stop that was chosen."""

    start = fields.String(load_default="", validate=validate.Length(max=200))
    end = fields.String(load_default="", validate=validate.Length(max=200))
    start_words = fields.String(load_default="", validate=validate.Length(max=100))
    end_words = fields.String(load_default="", validate=validate.Length(max=100))
    at = Moment(load_default=None, allow_none=True)


class Choice(NamedTuple):
    """What is still open: which end, what was typed, and the stops it may mean."""

    end: str
    words: str
    stops: list[StopWords]


@pages.get("/journeys")
def journeys() -> str:
    """Ask, choose what the words mean, and see the journeys."""
    feed, query = active_feed(), asked(AskedSchema)
    choice = _meant(feed, query) if feed is not None else None
    found, fault = None, None
    if feed is not None and choice is None and query["start"] and query["end"]:
        try:
            found = answered(feed, query["start"], query["end"], query["at"] or now(), SHOWN)
        except Problem as problem:  # words beside the form, like any other
            fault = problem.errors[0].message
    return render(
        "journeys.html",
        has_timetable=feed is not None,
        query=_shown(feed, query),
        choice=choice,
        found=found,
        fault=fault,
        later=found.journeys[-1].departs_at + timedelta(minutes=1) if found and found.journeys else None,
    )


def _meant(feed: ActiveFeed, query: dict[str, Any]) -> Choice | None:
    """Put the stop of each end into the query where its words mean one; the first end that is open
    otherwise."""
    for end in ENDS:
        words = query[f"{end}_words"].strip()
        if query[end] or not words:
            continue
        stops = places_called(feed, words, CHOICES)
        exact = [one for one in stops if words in one.name]
        if len(stops) == 1 or len(exact) == 1:
            query[end] = (exact or stops)[0].gtfs_id
            continue
        return Choice(end, words, stops)
    return None


def _shown(feed: ActiveFeed | None, query: dict[str, Any]) -> dict[str, Any]:
    """What the form holds: the names of the stops that were chosen."""
    names = {
        f"{end}_name": pole.name
        for end in ENDS
        if feed is not None and query[end] and (pole := pole_of(feed, query[end])) is not None
    }
    return {**query, "start_name": None, "end_name": None, **names}
