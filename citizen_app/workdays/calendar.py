"""Is it a workday? The first that knows answers: the city's table, chinesecalendar (holidays and 调休 as
the State Council announced them, for the years that it has), holidays (statutory days of any year), weekends.

The libraries are imported at the first question, for they cost a worker time and memory.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, Literal

from sqlalchemy import Connection, select

from citizen_app.storage.cached_values import CachedValue
from citizen_app.storage.orm import table_of
from citizen_app.workdays.models import WorkdayOverride

TOPIC: Final = "workdays"
Source = Literal["city", "announced", "statutory", "weekday"]
MOST_DAYS: Final = 3_650
"""How far `add` goes: ten years."""


def _load(connection: Connection) -> Mapping[date, bool]:
    table = table_of(WorkdayOverride)
    found = connection.execute(select(table.c.day, table.c.is_workday))
    return {day: bool(works) for day, works in found}


_OVERRIDES: Final = CachedValue(TOPIC, _load)


def is_workday(day: date) -> bool:
    """Whether people work on a day."""
    return judged(day)[0]


def judged(day: date) -> tuple[bool, Source]:
    """Whether people work on a day, and who says so."""
    overrides = _OVERRIDES.get()
    return (overrides[day], "city") if day in overrides else by_calendar(day)


@lru_cache(maxsize=4_096)
def by_calendar(day: date) -> tuple[bool, Source]:
    """The same without the city's table."""
    import chinese_calendar

    try:
        return bool(chinese_calendar.is_workday(day)), "announced"
    except NotImplementedError:
        pass
    if day in _statutory(day.year):
        return False, "statutory"
    return day.weekday() < 5, "weekday"


@lru_cache(maxsize=64)
def _statutory(year: int) -> frozenset[date]:
    """Statutory holidays; which weekends are worked for them is not known before it is announced."""
    import holidays

    return frozenset(holidays.country_holidays("CN", years=year))


def add(day: date, workdays: int) -> date:
    """The day so many workdays later, or earlier where negative; the day itself counts as none. With 0 the
    day itself, if people work then, otherwise the next workday."""
    step = timedelta(days=-1 if workdays < 0 else 1)
    left = abs(workdays)
    if left == 0:
        while not is_workday(day):
            day += step
        return day
    if left > MOST_DAYS:
        raise ValueError(f"at most {MOST_DAYS} workdays")
    while left:
        day += step
        left -= is_workday(day)
    return day


def between(first: date, last: date) -> int:
    """Workdays from a day until another, both counted; 0 where the second comes first."""
    return sum(is_workday(first + timedelta(days=number)) for number in range((last - first).days + 1))
