"""Pages: opening hours for anyone, visits for whoever made them; the same queries as the API's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.pages import (
    ANYONE,
    CITIZEN,
    Form,
    asked,
    form_page,
    go_on,
    render,
    service_pages,
    url_for,
)
from citizen_app.toolkit.settings import service_settings
from citizen_app.toolkit.time import city_zone, now
from citizen_app.toolkit.web import PageQuerySchema, Problem, citizen_ref
from services._template import operations, queries
from services._template.manifest import SERVICE
from services._template.schemas import (
    ParlourHoursQuerySchema,
    ParlourNewBookingSchema,
)

PLACES_LEFT: Final = Text("{hour}，余 {left} 个", "{hour}, {left} left")
SENTENCES: Final = {
    "parlour.open": Text("现在开放", "Open now"),
    "parlour.closed": Text("现在不开放", "Closed now"),
    "parlour.hours": Text("{opens}:00–{closes}:00 开放", "Open {opens}:00–{closes}:00"),
    "parlour.visits": Text("我的到访", "My visits"),
    "parlour.companions": Text("同行 {count} 人", "{count} came along"),
    "parlour.none": Text("还没有到访记录", "No visits yet"),
    "parlour.none_hint": Text("在门口亮码即可签到。", "Show your code at the door."),
    "parlour.bookings": Text("我的预约", "My bookings"),
    "parlour.no_bookings": Text("没有预约", "No bookings"),
    "parlour.book": Text("预约", "Book"),
    "parlour.day": Text("日期", "Day"),
    "parlour.no_hours": Text("这一天没有可以预约的时间", "No hour can be booked on that day"),
    "parlour.cancel": Text("取消预约", "Cancel"),
    "parlour.cancel_question": Text("取消这次预约？", "Cancel this booking?"),
    "parlour.done.booked": Text("已预约", "Booked"),
    "parlour.done.cancelled": Text("已取消", "Cancelled"),
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


@mine.get("/bookings")
def bookings() -> str:
    """My bookings to come."""
    return render("bookings.html", found=queries.bookings_of(citizen_ref(SERVICE.id), now()))


@form_page(mine, "/book", ParlourNewBookingSchema)
def book(form: Form) -> str:
    """Book an hour of one of the next days."""
    today = now().astimezone(city_zone()).date()
    day = asked(ParlourHoursQuerySchema)["day"] or today
    hours = queries.hours_of(day, now(), service_settings(SERVICE.id))
    free = [hour for hour in hours if hour["left"]]
    form.choose("starts_at", [(hour["starts_at"].isoformat(), _said(hour)) for hour in free])
    days = [today + timedelta(days=number) for number in range(operations.DAYS_AHEAD)]
    return render("book.html", form=form, day=day, days=days, is_possible=bool(free) or form.is_sent)


@book.sends
def _book(wanted: dict[str, Any]) -> str:
    settings = service_settings(SERVICE.id)
    operations.book(citizen_ref(SERVICE.id), wanted["starts_at"], now(), settings)
    return go_on(url_for(".bookings"), "booked")


@form_page(mine, "/bookings/<id:booking_id>/cancel")
def cancel(form: Form, booking_id: str) -> str:
    """Cancel a booking of mine?"""
    return render("cancel.html", form=form)


@cancel.sends
def _cancel(_: dict[str, Any], booking_id: str) -> str:
    if not operations.cancel(citizen_ref(SERVICE.id), booking_id, now()):
        raise Problem("not-found")
    return go_on(url_for(".bookings"), "cancelled")


def _said(hour: dict[str, Any]) -> Text:
    starts_at = hour["starts_at"].astimezone(city_zone())
    return PLACES_LEFT.fill(hour=f"{starts_at:%H:%M}", left=hour["left"])
