"""The desk itself: what waits there, and the ways from it."""

from __future__ import annotations

from citizen_app.toolkit.pages import render

from ... import queries
from ...operations import emergencies
from ...queries import desk
from ...snapshot import title_of_place
from ..blueprint import pages
from .door import reader_of


@pages.get("/managed/<id:place_id>")
def manage(place_id: str) -> str:
    """A place that I manage."""
    reader_of(place_id)
    return render(
        "desk/start.html",
        place_id=place_id,
        place=title_of_place(place_id),
        waiting=desk.waiting_count(place_id),
        members=desk.members_count(place_id),
        inside=queries.inside_count(place_id),
        emergency=emergencies.current(place_id),
    )
