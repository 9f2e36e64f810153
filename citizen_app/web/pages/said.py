"""How templates say things: texts in the page's language, times in the city's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Final

from citizen_app.clock import now
from citizen_app.settings import current_settings
from citizen_app.text import MONTHS, Text
from citizen_app.web.pages.language import language_in_use

WEEKDAYS: Final = (
    Text("周一", "Mon"),
    Text("周二", "Tue"),
    Text("周三", "Wed"),
    Text("周四", "Thu"),
    Text("周五", "Fri"),
    Text("周六", "Sat"),
    Text("周日", "Sun"),
)
NEAR_DAYS: Final = {
    -1: Text("昨天", "Yesterday"),
    0: Text("今天", "Today"),
    1: Text("明天", "Tomorrow"),
}


def said(text: Text | None) -> str:
    """A text in the page's language; nothing for none."""
    return "" if text is None else text.say(language_in_use())


def clock_time(moment: datetime) -> str:
    """Hour and minute in the city."""
    return f"{_local(moment):%H:%M}"


def day(moment: datetime | date) -> str:
    """The day in the city: today, tomorrow, yesterday, or the date with its weekday; with the year where it
    is not this one."""
    local = _local(moment).date() if isinstance(moment, datetime) else moment
    today = _local(now()).date()
    near = NEAR_DAYS.get((local - today) // timedelta(days=1))
    if near is not None:
        return said(near)
    weekday = WEEKDAYS[local.weekday()]
    other_year = local.year != today.year
    zh = f"{f'{local.year}年' if other_year else ''}{local.month}月{local.day}日 {weekday.zh}"
    en = f"{weekday.en} {local.day} {MONTHS[local.month - 1]}{f' {local.year}' if other_year else ''}"
    return said(Text(zh, en))


def moment(at: datetime) -> str:
    """Day and time in the city."""
    return f"{day(at)} {clock_time(at)}"


def stamp(at: datetime) -> str:
    """The date and time in the city in figures, for paper, which is read on another day."""
    return f"{_local(at):%Y-%m-%d %H:%M}"


def rfc3339_local(at: datetime) -> str:
    """For the `datetime` of `<time>`."""
    return _local(at).isoformat(timespec="minutes")


def _local(at: datetime) -> datetime:
    return at.astimezone(current_settings().timezone)


def yuan(amount: int) -> str:
    """An amount in 分 as 元; without decimals where there are none."""
    sign, whole = "−" if amount < 0 else "", abs(amount)
    return f"{sign}{whole // 100:,}.{whole % 100:02}".removesuffix(".00")


FILTERS: Final[Mapping[str, Callable[..., str]]] = {
    "say": said,
    "yuan": yuan,
    "clock": clock_time,
    "day": day,
    "moment": moment,
    "stamp": stamp,
    "machine_time": rfc3339_local,
}
