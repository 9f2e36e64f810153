"""The wall of a waiting room: numbers, names partly hidden, rooms, and never what for."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.links import shared_link, thing_of_link
from citizen_app.toolkit.pages import ANYONE, render, service_pages
from citizen_app.toolkit.time import city_zone, now
from citizen_app.toolkit.web import Problem
from services.hospital.manifest import SERVICE
from services.hospital.queries import queue as queue_views
from services.hospital.snapshot import One, structure

LINK: Final = "wall"
LINK_DAYS: Final = 30
"""How long the link of a screen works: what hangs in a waiting room is read by whoever stands there, and not
for ever by whoever has once photographed its address. It is taken back by counting on the place's `wall`."""
SENTENCES: Final = {
    "hospital.wall.calling": Text(
        "请 {number} 号{name}到{room}", "Number {number}{name}: please go to {room}"
    ),
    "hospital.wall.number": Text("号码", "Number"),
    "hospital.wall.name": Text("姓名", "Name"),
    "hospital.wall.room": Text("诊室", "Room"),
    "hospital.wall.next": Text("请准备", "Next"),
    "hospital.wall.none": Text("现在没有叫号", "Nobody is called now"),
    "hospital.wall.hint": Text(
        "请留意屏幕和广播；过号请到分诊台", "Watch the screen; if you were passed, ask at the triage desk"
    ),
    "hospital.wall.sound": Text("开启语音叫号", "Turn the voice on"),
}
pages = service_pages(SERVICE.id, ANYONE, "wall", SENTENCES)


def wall_link(place: One) -> str:
    """The address of a place's wall, from today on."""
    until = now().astimezone(city_zone()).date() + timedelta(days=LINK_DAYS)
    named = f"{place.id} {until.isoformat()} {place.wall}"
    return shared_link(SERVICE.id, "hospital_pages_wall.wall", LINK, named)


@pages.get("/wall/<token>")
def wall(token: str) -> str:
    """The wall that a link names, while the link works."""
    place_id, until, number = (*thing_of_link(SERVICE.id, LINK, token).split(" "), "1")[:3]
    moment, held = now(), structure()
    place = held.departments.get(place_id) or held.campuses.get(place_id)
    if place is None or date.fromisoformat(until) < moment.astimezone(city_zone()).date():
        raise Problem("not-found")
    if str(place.wall) != number:
        raise Problem("not-found")
    shown = queue_views.wall_of(place_id, moment)
    called = [(one.clinic, who) for one in shown for who in one.called]
    called.sort(key=lambda pair: pair[1].ticket.called_at or moment, reverse=True)
    return render(
        "wall.html",
        place=place.name,
        hospital=held.hospitals[place.hospital_id].name,
        called=called,
        clinics=shown,
        moment=moment,
    )
