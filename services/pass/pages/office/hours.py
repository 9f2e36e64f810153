"""Opening hours of a place: windows in every week, and dates on which other rules hold."""

from __future__ import annotations

from datetime import date, time
from typing import Any, Final

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.pages import Form, form_page, form_view, go_on, render, url_for
from citizen_app.toolkit.web import Problem, invalid_input

from ...operations.hours import GROUPS, Group, Hours, SpecialDay, Window
from ...operations.officers import place_of_officer
from ...operations.places import change_place
from ...schemas.office import WEEKDAY_TITLES, DayFormSchema, WindowFormSchema
from ...schemas.places import MOST_SPECIAL_DAYS, MOST_WINDOWS
from .hours_in_words import day_in_words, weekly_in_words
from .places import pages

TOO_MANY: Final = Text("已有 {most} 个，先删去不用的", "there are {most} already; remove some first")


@pages.get("/<id:place_id>/hours")
def hours(place_id: str) -> str:
    """Who may come when."""
    place = place_of_officer(place_id)
    rules = Hours.from_dict(place.hours)
    days = [(rule.day, *day_in_words(rule)) for rule in sorted(rules.exceptions, key=lambda rule: rule.day)]
    return render("office/hours.html", place=place, weekly=weekly_in_words(rules), days=days)


@form_page(pages, "/<id:place_id>/hours/new", WindowFormSchema)
def new_window(form: Form, place_id: str) -> str:
    """Another window."""
    place_of_officer(place_id)
    form.start(groups=["member", "guest"], weekdays=list(WEEKDAY_TITLES))
    back = url_for(".hours", place_id=place_id)
    return form_view(
        form, "pass.office.hours_new", "pass.office.save", back, hint="pass.office.hours_new_hint"
    )


@new_window.sends
def _add_window(wanted: dict[str, Any], place_id: str) -> str:
    weekdays = tuple(sorted(int(day) for day in set(wanted["weekdays"])))
    window = Window(_minute(wanted["opens"]), _minute(wanted["closes"]), weekdays)
    place = place_of_officer(place_id, hold=True)
    ruled = Hours.from_dict(place.hours).with_window(wanted["groups"], window)
    if any(len(windows) > MOST_WINDOWS for windows in ruled.weekly.values()):
        raise invalid_input("/groups", TOO_MANY.fill(most=MOST_WINDOWS))
    change_place(place, {"hours": ruled})
    return go_on(url_for(".hours", place_id=place_id), "changed")


@form_page(pages, "/<id:place_id>/hours/<string:group>/<string:window>")
def remove_window(form: Form, place_id: str, group: str, window: str) -> str:
    """Whether a window goes."""
    left = _without(Hours.from_dict(place_of_officer(place_id).hours), group, window)
    last = not left.weekly[group]  # type: ignore[index]
    return form_view(
        form,
        "pass.office.hours_remove_title",
        "pass.office.hours_remove",
        url_for(".hours", place_id=place_id),
        hint="pass.office.hours_last_hint" if last else "pass.office.hours_remove_hint",
        tone="danger",
    )


@remove_window.sends
def _remove_window(wanted: dict[str, Any], place_id: str, group: str, window: str) -> str:
    place = place_of_officer(place_id, hold=True)
    change_place(place, {"hours": _without(Hours.from_dict(place.hours), group, window)})
    return go_on(url_for(".hours", place_id=place_id), "changed")


@form_page(pages, "/<id:place_id>/hours/days/new", DayFormSchema)
def new_day(form: Form, place_id: str) -> str:
    """A date with rules of its own."""
    place_of_officer(place_id)
    form.start(groups=list(GROUPS))
    back = url_for(".hours", place_id=place_id)
    return form_view(form, "pass.office.day_new", "pass.office.save", back, hint="pass.office.day_new_hint")


@new_day.sends
def _add_day(wanted: dict[str, Any], place_id: str) -> str:
    pairs = ((wanted["opens"], wanted["closes"]), (wanted["opens_again"], wanted["closes_again"]))
    windows = tuple(Window(_minute(opens), _minute(closes)) for opens, closes in pairs if opens is not None)
    groups = tuple(group for group in GROUPS if group in wanted["groups"])
    place = place_of_officer(place_id, hold=True)
    ruled = Hours.from_dict(place.hours).with_day(SpecialDay(wanted["day"], groups, windows))
    if len(ruled.exceptions) > MOST_SPECIAL_DAYS:
        raise invalid_input("/day", TOO_MANY.fill(most=MOST_SPECIAL_DAYS))
    change_place(place, {"hours": ruled})
    return go_on(url_for(".hours", place_id=place_id), "changed")


@form_page(pages, "/<id:place_id>/hours/days/<string:day>")
def remove_day(form: Form, place_id: str, day: str) -> str:
    """Whether a date is as any other again."""
    _day_of(Hours.from_dict(place_of_officer(place_id).hours), day)
    back = url_for(".hours", place_id=place_id)
    return form_view(form, "pass.office.day_remove_title", "pass.office.hours_remove", back, tone="danger")


@remove_day.sends
def _remove_day(wanted: dict[str, Any], place_id: str, day: str) -> str:
    place = place_of_officer(place_id, hold=True)
    rules = Hours.from_dict(place.hours)
    change_place(place, {"hours": rules.without_day(_day_of(rules, day))})
    return go_on(url_for(".hours", place_id=place_id), "changed")


def _minute(moment: time) -> time:
    return time(moment.hour, moment.minute)


def _without(rules: Hours, group: str, window: str) -> Hours:
    known: dict[str, Group] = {one: one for one in GROUPS}
    try:
        return rules.without_window(known[group], window)
    except LookupError as unknown:
        raise Problem("not-found") from unknown


def _day_of(rules: Hours, written: str) -> date:
    found = next((rule.day for rule in rules.exceptions if rule.day.isoformat() == written), None)
    if found is None:
        raise Problem("not-found")
    return found
