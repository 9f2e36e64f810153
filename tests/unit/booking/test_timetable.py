"""Lines of a timetable become slots, and no place is lost."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citizen_app.booking.timetable import covers, places_of, slots_of, times_of


@given(
    minutes=st.integers(5, 300),
    length=st.integers(5, 600),
    places=st.dictionaries(st.sampled_from(["app", "window", "follow_up"]), st.integers(0, 500)),
)
def test_places_are_spread_over_slots_and_none_is_lost(
    minutes: int, length: int, places: dict[str, int]
) -> None:
    begins = datetime(2026, 5, 14, 8)
    slots = list(slots_of(begins, begins + timedelta(minutes=length), minutes))
    assert slots[0][0] == begins and slots[-1][1] == begins + timedelta(minutes=length)
    assert all(one[1] == two[0] for one, two in pairwise(slots))
    found = places_of(slots, places, main="app", gives_back=timedelta(hours=24))
    for channel, number in places.items():
        shares = [columns["capacity"] for (_, name), columns in found.items() if name == channel]
        assert sum(shares) == number
        assert not shares or max(shares) - min(shares or [0]) <= 1 or channel != "app"
    assert all(
        columns["gives_back_at"] == (None if name == "app" else start - timedelta(hours=24))
        for (start, name), columns in found.items()
    )
    assert {start for start, name in found if name == "app"} == {start for start, _ in slots}


def test_the_earlier_slots_have_what_is_left_over() -> None:
    slots = [(datetime(2026, 5, 14, hour), datetime(2026, 5, 14, hour + 1)) for hour in (8, 9, 10)]
    found = places_of(slots, {"app": 5, "window": 1}, main="app", gives_back=timedelta(0))
    assert {(start.hour, name): one["capacity"] for (start, name), one in found.items()} == {
        (8, "app"): 2,
        (9, "app"): 2,
        (10, "app"): 1,
        (8, "window"): 1,
    }


def test_times_are_by_the_clock_of_the_city() -> None:
    line: Any = SimpleNamespace(starts=time(8), ends=time(11, 30))
    starts_at, ends_at = times_of(line, date(2026, 5, 14), ZoneInfo("Asia/Shanghai"))
    assert starts_at.isoformat() == "2026-05-14T08:00:00+08:00"
    assert ends_at - starts_at == timedelta(hours=3.5)


@pytest.mark.parametrize(
    ("about", "covered"),
    [
        ({}, True),
        ({"wing": "west"}, True),
        ({"wing": "east"}, False),
        ({"wing": "west", "room": "2"}, False),
        ({"closed": True}, False),
        ({"first_day": date(2026, 5, 15)}, False),
        ({"last_day": date(2026, 5, 13)}, False),
    ],
)
def test_a_closure_is_about_what_it_names(about: dict[str, object], covered: bool) -> None:
    usual = {"closed": False, "wing": None, "room": None}
    days = {"first_day": date(2026, 5, 14), "last_day": date(2026, 5, 14)}
    closure: Any = SimpleNamespace(**{**usual, **days, **about})
    row = SimpleNamespace(wing="west", room="1")
    assert covers(closure, row, date(2026, 5, 14), "wing", "room") is covered
