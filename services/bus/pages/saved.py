"""For the citizen: the stops they keep at hand, with what leaves there next."""

from __future__ import annotations

from typing import Any, Final

from citizen_app.toolkit.pages import Form, form_page, go_on, render, url_for
from citizen_app.toolkit.time import now
from citizen_app.toolkit.web import Problem, citizen_ref
from services.bus.manifest import SERVICE
from services.bus.operations.saved_stops import drop_stop, is_saved, save_stop, saved_stops
from services.bus.operations.timetable.departures import next_departures_of
from services.bus.operations.timetable.stored_network import Pole, pole_of
from services.bus.pages.network import when_leaving
from services.bus.pages.trips import pages
from services.bus.snapshot import active_feed

SHOWN: Final = 3
"""Departures of each stop."""


@pages.get("/saved")
def saved() -> str:
    """My stops, each with the next departures; those that the timetable no longer has are left out."""
    feed, moment = active_feed(), now()
    stops = saved_stops(citizen_ref(SERVICE.id)) if feed is not None else []
    found = [
        (stop_id, at, [(one, when_leaving(one, moment)) for one in at.leaving])
        for stop_id in stops
        if feed is not None and (at := next_departures_of(feed, stop_id, moment, SHOWN)) is not None
    ]
    return render("saved.html", found=found, moment=moment)


@form_page(pages, "/saved/<path:stop_id>")
def save(form: Form, stop_id: str) -> str:
    """Whether to keep a stop at hand, or no longer."""
    pole = _pole(stop_id)
    return render("save.html", form=form, pole=pole, kept=is_saved(citizen_ref(SERVICE.id), pole.gtfs_id))


@save.sends
def _save(_: dict[str, Any], stop_id: str) -> str:
    mine, pole = citizen_ref(SERVICE.id), _pole(stop_id)
    if is_saved(mine, pole.gtfs_id):
        drop_stop(mine, pole.gtfs_id)
        return go_on(url_for(".saved"), "dropped")
    save_stop(active_feed(), mine, pole.gtfs_id)
    return go_on(url_for(".saved"), "saved")


def _pole(stop_id: str) -> Pole:
    feed = active_feed()
    found = pole_of(feed, stop_id) if feed is not None else None
    if found is None:
        raise Problem("not-found")
    return found
