"""The wall of a place where people wait (`QueueViews.wall`): numbers, names partly hidden, rooms, and never
what for. Whoever has the link sees it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from flask import render_template

from citizen_app.clock import now
from citizen_app.queueing.views import QueueViews, WallPlace
from citizen_app.queueing.words import WALL, worded
from citizen_app.registry.page_blueprints import PageBlueprint
from citizen_app.settings import current_settings
from citizen_app.text import Text
from citizen_app.web.boundary.audiences import ANYONE
from citizen_app.web.boundary.shared_links import shared_link, thing_of_link
from citizen_app.wire.problems import Problem

LINK: Final = "wall"
LINK_DAYS: Final = 30
"""How long the link of a screen works: what hangs where people wait is read by whoever stands there, and not
for ever by whoever has once photographed its address. It is taken back by counting on the place's `wall`."""


def wall_pages(
    service: str, views: QueueViews[Any, Any], words: Mapping[str, Text] | None = None
) -> PageBlueprint:
    """The walls of a service's places under `/services/<service>/wall/`; `words` replace those of `WALL`."""
    pages = PageBlueprint(
        f"{service}_pages_wall",
        ANYONE,
        service,
        worded("wall", {**WALL, **(words or {})}),
        url_prefix=f"/services/{service}",
    )
    pages.own_sentences = {}

    @pages.get("/wall/<token>")
    def wall(token: str) -> str:
        """The wall that a link names, while the link works."""
        place = _place_of(service, views, token)
        moment = now()
        shown = views.wall(place.id, moment)
        called = [who for one in shown for who in one.called]
        called.sort(key=lambda who: who.ticket.called_at or moment, reverse=True)
        return render_template("queueing/wall.html", place=place, called=called, queues=shown, moment=moment)

    return pages


def wall_link(pages: PageBlueprint, place: WallPlace) -> str:
    """The address of a place's wall, from today on."""
    named = f"{place.id} {(_today() + timedelta(days=LINK_DAYS)).isoformat()} {place.wall}"
    return shared_link(pages.service, f"{pages.name}.wall", LINK, named)


def _place_of(service: str, views: QueueViews[Any, Any], token: str) -> WallPlace:
    place_id, until, number = (*thing_of_link(service, LINK, token).split(" "), "1")[:3]
    place = views.wall_place(place_id)
    if place is None or date.fromisoformat(until) < _today() or str(place.wall) != number:
        raise Problem("not-found")
    return place


def _today() -> date:
    return now().astimezone(current_settings().timezone).date()
