"""Opening rules: across midnight, on weekdays, on special days, and against a plain reading of the same
rules."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ..operations.hours import GROUPS, Hours, SpecialDay, Window

MONDAY = date(2026, 11, 23)
NIGHT = Window(time(22), time(6), (5,))
DAY = Window(time(8), time(18))


def at(text: str, day: date = MONDAY) -> datetime:
    """A wall-clock time."""
    return datetime.combine(day, time.fromisoformat(text))


@pytest.mark.parametrize(
    ("wall", "is_open"),
    [("07:59:59", False), ("08:00", True), ("17:59:59", True), ("18:00", False), ("00:00", False)],
)
def test_a_window_begins_with_its_first_second_and_ends_before_its_last(wall: str, is_open: bool) -> None:
    assert Hours({"guest": (DAY,)}).open_at(at(wall), "guest") is is_open


@pytest.mark.parametrize(
    ("day", "wall", "is_open"),
    [(4, "22:00", True), (5, "05:59", True), (5, "06:00", False), (5, "22:30", False), (4, "05:00", False)],
)
def test_a_night_belongs_to_the_day_on_which_it_began(day: int, wall: str, is_open: bool) -> None:
    """Friday night only: Friday 22:00 to Saturday 06:00."""
    hours = Hours({"guest": (NIGHT,)})
    assert hours.open_at(at(wall, MONDAY + timedelta(days=day)), "guest") is is_open


def test_a_group_without_windows_may_always_come() -> None:
    hours = Hours({"guest": (DAY,), "member": ()})
    assert hours.open_at(at("03:00"), "member")
    assert hours.open_at(at("03:00"), "anyone")
    assert not hours.open_at(at("03:00"), "guest")


def test_a_special_day_replaces_the_weekly_windows_of_its_groups() -> None:
    festival = SpecialDay(MONDAY, ("guest",), (Window(time(20), time(2)),))
    closed = SpecialDay(MONDAY + timedelta(days=1), GROUPS)
    hours = Hours({"guest": (DAY,), "member": ()}, (festival, closed))
    assert not hours.open_at(at("12:00"), "guest")
    assert hours.open_at(at("23:00"), "guest")
    tuesday = MONDAY + timedelta(days=1)
    assert hours.open_at(at("01:59", tuesday), "guest")  # the festival's night
    assert not hours.open_at(at("02:00", tuesday), "guest")
    assert not hours.open_at(at("12:00", tuesday), "member")
    assert hours.open_at(at("12:00", tuesday + timedelta(days=1)), "guest")


def test_from_a_time_to_the_same_time_is_a_whole_day() -> None:
    hours = Hours({"guest": (Window(time(0), time(0)),)})
    assert all(hours.open_at(at("00:00") + timedelta(minutes=m), "guest") for m in range(0, 2880, 7))


TIMES = some.builds(time, some.integers(0, 23), some.sampled_from([0, 15, 59]))
WINDOWS = some.builds(
    Window, TIMES, TIMES, some.sets(some.integers(1, 7), min_size=1).map(lambda days: tuple(sorted(days)))
)


@given(some.lists(WINDOWS, min_size=1, max_size=4), some.integers(0, 7 * 24 * 60 - 1))
def test_the_rules_agree_with_walking_every_minute(windows: list[Window], minute: int) -> None:
    """The plain reading: open at a minute when it lies in a window counted forwards from its opening."""
    wall = datetime.combine(MONDAY, time()) + timedelta(minutes=minute)

    def holds(window: Window) -> bool:
        opens = window.opens.hour * 60 + window.opens.minute
        length = (window.closes.hour * 60 + window.closes.minute - opens) % 1440 or 1440
        for back in range(2):
            day = wall.date() - timedelta(days=back)
            if day.isoweekday() in window.weekdays:
                passed = (wall - datetime.combine(day, window.opens)).total_seconds() / 60
                if 0 <= passed < length:
                    return True
        return False

    hours = Hours({"guest": tuple(windows)})
    assert hours.open_at(wall, "guest") is any(map(holds, windows))
    assert Hours.from_dict(hours.as_dict()) == hours


def test_windows_come_and_go_by_name() -> None:
    hours = Hours().with_window(["member", "guest"], DAY).with_window(["member"], NIGHT)
    assert hours.with_window(["member"], DAY) == Hours({"member": (NIGHT, DAY), "guest": (DAY,)})
    left = hours.without_window("member", NIGHT.key)
    assert left.weekly == {"member": (DAY,), "guest": (DAY,)}
    with pytest.raises(LookupError):
        left.without_window("member", NIGHT.key)
    with pytest.raises(LookupError):
        left.without_window("anyone", DAY.key)


def test_a_date_is_said_once_for_each_group() -> None:
    closed = SpecialDay(MONDAY, GROUPS)
    half = SpecialDay(MONDAY, ("member",), (DAY,))
    hours = Hours().with_day(closed).with_day(half)
    assert hours.exceptions == (SpecialDay(MONDAY, ("guest", "anyone")), half)
    assert [hours.open_at(at("09:00"), group) for group in GROUPS] == [True, False, False]
    assert hours.without_day(MONDAY) == Hours()
