"""Suspensions by their ladder, which rules speak of something, and the moments at which bookings open."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from citizen_app.booking.policies import scopes_of
from citizen_app.booking.strikes import Step, suspended_until
from citizen_app.booking.windows import back_at, opens_at

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)
LADDER = (Step(3, 180, 30), Step(6, 180, 90))


@pytest.mark.parametrize(
    ("days", "suspended"),
    [
        ([], None),
        ([0, 1], None),
        ([0, 1, 2], 2 + 30),
        ([0, 1, 182], None),  # the first is more than 180 days before the last
        ([2, 3, 182], 182 + 30),
        ([0, 1, 2, 3, 4, 5], 5 + 90),
    ],
)
def test_the_ladder(days: list[int], suspended: int | None) -> None:
    moment = NOON + max(days, default=0) * DAY
    until = suspended_until([("no_show", NOON + day * DAY) for day in days], LADDER, moment)
    assert until == (None if suspended is None else NOON + suspended * DAY)


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.integers(0, 400), max_size=12), st.integers(0, 600))
def test_more_strikes_never_shorten_a_suspension(days: list[int], now: int) -> None:
    strikes, moment = [("no_show", NOON + day * DAY) for day in days], NOON + now * DAY
    fewer = suspended_until(strikes[1:], LADDER, moment)
    more = suspended_until(strikes, LADDER, moment)
    assert fewer is None or (more is not None and more >= fewer > moment)


def test_a_step_counts_its_kinds() -> None:
    ladder = (Step(2, 30, 90, ("no_show",)), Step(3, 30, 7))
    counted = [("no_show", NOON), ("late", NOON + DAY)]
    assert suspended_until(counted, ladder, NOON + DAY) is None
    late = [*counted, ("late", NOON + 2 * DAY)]
    assert suspended_until(late, ladder, NOON + 2 * DAY) == NOON + 9 * DAY
    missed = [*counted, ("no_show", NOON + 2 * DAY)]
    assert suspended_until(missed, ladder, NOON + 2 * DAY) == NOON + 92 * DAY
    stored = {"kinds": ["no_show"], "strikes": 2, "within_days": 30, "suspend_days": 90}
    assert Step.of(stored) == ladder[0]


def test_the_place_weighs_most_then_the_first_respect() -> None:
    assert scopes_of(("east", None, "library"), "student", "dvd") == [
        f"{place}{respect}"
        for place in ("east", "library", "*")
        for respect in (":student:dvd", ":student", ":dvd", "")
    ]
    assert scopes_of((None, "h"), None) == ["h", "*"]
    assert scopes_of(("d", "h"), "k") == ["d:k", "d", "h:k", "h", "*:k", "*"]


@pytest.mark.parametrize(
    ("zone", "at", "expected"),
    [
        ("Asia/Shanghai", time(7, 30), "2026-03-21T23:30:00+00:00"),
        ("America/New_York", time(2, 30), "2026-03-22T06:30:00+00:00"),
    ],
)
def test_bookings_open_by_the_clock_of_the_city(zone: str, at: time, expected: str) -> None:
    assert opens_at(date(2026, 3, 29), 7, at, ZoneInfo(zone)).isoformat() == expected


def test_a_time_that_the_clock_change_leaves_out_is_a_moment_after_it() -> None:
    opened = opens_at(date(2026, 3, 15), 7, time(2, 30), ZoneInfo("America/New_York"))
    assert opened == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)


def test_a_returned_place_comes_back_within_the_delays_at_no_fixed_moment() -> None:
    moments = {back_at(NOON, timedelta(minutes=1), timedelta(minutes=30)) for _ in range(50)}
    assert all(NOON + timedelta(minutes=1) <= moment <= NOON + timedelta(minutes=30) for moment in moments)
    assert len(moments) > 40
    with pytest.raises(ValueError, match="least"):
        back_at(NOON, timedelta(minutes=2), timedelta(minutes=1))
