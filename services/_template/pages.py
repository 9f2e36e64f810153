"""Pages: opening hours for anyone, visits for whoever made them; the same queries as the API's."""

from __future__ import annotations

from typing import Final

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.pages import ANYONE, CITIZEN, asked, render, service_pages
from citizen_app.toolkit.settings import service_settings
from citizen_app.toolkit.time import now
from citizen_app.toolkit.web import PageQuerySchema, citizen_ref
from services._template import operations, queries
from services._template.manifest import SERVICE

SENTENCES: Final = {
    "parlour.open": Text("现在开放", "Open now"),
    "parlour.closed": Text("现在不开放", "Closed now"),
    "parlour.hours": Text("{opens}:00–{closes}:00 开放", "Open {opens}:00–{closes}:00"),
    "parlour.visits": Text("我的到访", "My visits"),
    "parlour.companions": Text("同行 {count} 人", "{count} came along"),
    "parlour.none": Text("还没有到访记录", "No visits yet"),
    "parlour.none_hint": Text("在门口亮码即可签到。", "Show your code at the door."),
}

door = service_pages(SERVICE.id, ANYONE, sentences=SENTENCES)
mine = service_pages(SERVICE.id, CITIZEN, "visits", SENTENCES)
PAGES: Final = (door, mine)


@door.get("/")
def start() -> str:
    """When the room is open, and the way to one's visits."""
    settings = service_settings(SERVICE.id)
    return render("start.html", settings=settings, is_open=operations.is_open(now(), settings))


@mine.get("/visits")
def visits() -> str:
    """My visits, the one recorded last first."""
    found = queries.visits_of(citizen_ref(SERVICE.id), **asked(PageQuerySchema))
    return render("visits.html", found=found)
