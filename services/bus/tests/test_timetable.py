"""Service days, clocks that change, nights, headways, and the next departures of a stop."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.bus.operations.gtfs import Feed, ServiceDays, tables
from services.bus.operations.gtfs.rows import Calendar, CalendarDate, Visit
from services.bus.operations.timetable.times import (
    Departure,
    can_board,
    instant,
    next_departures,
    start_of_service_day,
    windows,
)
from services.bus.tests.feeds import SMALL, write_zip
from services.bus.tests.naive import Answer, NaiveFeed

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
WEEKDAYS = Calendar("WD", 1, 1, 1, 1, 1, 0, 0, date(2026, 1, 1), date(2026, 12, 31))
MONDAY = date(2026, 6, 1)


def visit(
    departure: int, *, trip: str = "t", service: str = "WD", pickup: int = 0, last: bool = False
) -> Visit:
    """A visit at one stop that leaves at `departure` seconds."""
    return Visit(trip, 0, "r", service, 0, "s", 1, departure, departure, "终点", pickup, 0, last, False, None)


def departures_of(visits: Iterable[Visit], days: ServiceDays, **asked: Any) -> list[Departure]:
    """The next departures among the visits; a look goes not always as far as it is asked to."""
    boarding = [visit for visit in visits if can_board(visit)]

    def leaving(day: date, first: int, end: int) -> tuple[int, list[Visit]]:
        end = max(first + 1, end - first % 700)
        return end, [v for v in boarding if first <= v.departure < end and days.runs(v.service_id, day)]

    latest = max((visit.departure for visit in boarding), default=0)
    return next_departures(leaving, latest_seconds=latest, **asked)


def answers(departures: Iterable[Departure]) -> list[Answer]:
    """Departures in the form of the naive calculation."""
    return [
        (d.at.timestamp(), d.visit.route_id, d.visit.trip_id, d.visit.run, d.visit.stop_sequence)
        for d in departures
    ]


def test_a_service_runs_on_its_weekdays_in_its_period_and_exceptions_win() -> None:
    days = ServiceDays(
        [WEEKDAYS],
        [
            CalendarDate("WD", MONDAY, 2),
            CalendarDate("WD", date(2026, 6, 6), 1),
            CalendarDate("EXTRA", date(2027, 2, 1), 1),
        ],
    )
    assert [days.runs("WD", date(2026, 6, number)) for number in range(1, 9)] == [
        *(False, True, True, True, True),
        *(True, False, True),
    ]
    assert not days.runs("WD", date(2025, 12, 31))
    assert days.runs("WD", date(2026, 1, 1))
    assert days.runs("WD", date(2026, 12, 31))
    assert not days.runs("WD", date(2027, 1, 1))
    assert not days.runs("unknown", MONDAY)
    assert days.running_on(date(2027, 2, 1)) == {"EXTRA"}
    assert days.running_on(date(2026, 6, 2)) == {"WD"}


def test_the_period_of_services_begins_and_ends_with_a_day_on_which_one_runs() -> None:
    every_day = Calendar("ED", 1, 1, 1, 1, 1, 1, 1, date(2026, 6, 1), date(2026, 6, 9))
    never = Calendar("NEVER", 0, 0, 0, 0, 0, 0, 0, date.min, date.max)
    removed = [CalendarDate("ED", date(2026, 6, number), 2) for number in (1, 2, 9, 4)]
    days = ServiceDays([WEEKDAYS, every_day, never], [*removed, CalendarDate("X", date(2027, 2, 1), 1)])
    assert days.period({"ED"}) == (date(2026, 6, 3), date(2026, 6, 8))
    assert days.period({"WD"}) == (date(2026, 1, 1), date(2026, 12, 31))
    assert days.period({"WD", "X", "unknown"}) == (date(2026, 1, 1), date(2027, 2, 1))
    assert days.period({"NEVER", "unknown"}) is None
    forever = ServiceDays([Calendar("F", 1, 1, 1, 1, 1, 1, 1, date.min, date.max)])
    assert forever.period({"F"}) == (date.min, date.max)


def test_a_service_day_starts_twelve_hours_before_noon_even_when_clocks_change() -> None:
    assert start_of_service_day(MONDAY, SHANGHAI) == datetime(2026, 5, 31, 16, tzinfo=UTC)
    for day, start in ((date(2026, 3, 29), 22), (date(2026, 10, 25), 23)):
        before = day - timedelta(days=1)
        assert start_of_service_day(day, BERLIN) == datetime(
            before.year, before.month, before.day, start, tzinfo=UTC
        )
    # the day that springs forward: 08:00 by the timetable is 08:00 on the clock
    eight = instant(date(2026, 3, 29), 8 * 3600, BERLIN).astimezone(BERLIN)
    assert (eight.hour, eight.day) == (8, 29)
    half_past_midnight = instant(date(2026, 3, 28), 24 * 3600 + 1800, BERLIN).astimezone(BERLIN)
    assert (half_past_midnight.day, half_past_midnight.hour, half_past_midnight.minute) == (29, 0, 30)


def test_at_half_past_midnight_the_buses_of_yesterday_still_run() -> None:
    days = ServiceDays([WEEKDAYS])
    visits = [visit(25 * 3600, trip="night"), visit(6 * 3600, trip="early"), visit(50 * 3600, trip="long")]
    after = datetime(2026, 6, 6, 0, 30, tzinfo=SHANGHAI)  # a Saturday
    found = departures_of(visits, days, after=after, zone=SHANGHAI, limit=4, days_ahead=2)
    assert [(d.visit.trip_id, d.service_day.day, d.at.astimezone(SHANGHAI)) for d in found] == [
        ("night", 5, datetime(2026, 6, 6, 1, 0, tzinfo=SHANGHAI)),
        ("long", 4, datetime(2026, 6, 6, 2, 0, tzinfo=SHANGHAI)),
        ("long", 5, datetime(2026, 6, 7, 2, 0, tzinfo=SHANGHAI)),
        ("early", 8, datetime(2026, 6, 8, 6, 0, tzinfo=SHANGHAI)),
    ]


def test_a_late_bus_of_two_days_ago_runs_past_a_day_of_23_hours() -> None:
    every_day = Calendar("WD", 1, 1, 1, 1, 1, 1, 1, date(2026, 3, 28), date(2026, 3, 28))
    after = datetime(2026, 3, 30, 0, 30, tzinfo=BERLIN)
    late = [visit(47 * 3600 + 45 * 60)]
    found = departures_of(late, ServiceDays([every_day]), after=after, zone=BERLIN, limit=1)
    assert [departure.at for departure in found] == [datetime(2026, 3, 29, 22, 45, tzinfo=UTC)]


def test_a_departure_at_the_very_moment_counts_and_one_just_missed_does_not() -> None:
    days = ServiceDays([WEEKDAYS])
    eight = datetime(2026, 6, 1, 8, tzinfo=SHANGHAI)
    for after, first in (
        (eight, 1),
        (eight + timedelta(microseconds=1), 2),
        (eight - timedelta(seconds=1), 1),
    ):
        found = departures_of([visit(8 * 3600)], days, after=after, zone=SHANGHAI, limit=1)
        assert [departure.service_day.day for departure in found] == [first]


def test_nobody_boards_at_the_end_or_where_pickup_is_not_possible() -> None:
    days = ServiceDays([WEEKDAYS])
    visits = [visit(100, last=True), visit(200, pickup=1), visit(300, pickup=2), visit(400, pickup=3)]
    after = datetime(2026, 6, 1, tzinfo=SHANGHAI)
    found = departures_of(visits, days, after=after, zone=SHANGHAI, limit=9, days_ahead=0)
    assert [departure.visit.departure for departure in found] == [300, 400]
    assert departures_of(visits[:2], days, after=after, zone=SHANGHAI, limit=9) == []


def test_limits_and_naive_moments() -> None:
    days = ServiceDays([WEEKDAYS])
    after = datetime(2026, 6, 1, tzinfo=SHANGHAI)
    assert departures_of([visit(1)], days, after=after, zone=SHANGHAI, limit=0) == []
    with pytest.raises(ValueError, match="limit"):
        departures_of([visit(1)], days, after=after, zone=SHANGHAI, limit=-1)
    with pytest.raises(ValueError, match="aware"):
        departures_of([visit(1)], days, after=datetime(2026, 6, 1), zone=SHANGHAI, limit=1)


def test_windows_name_each_day_and_its_first_second() -> None:
    after = datetime(2026, 6, 2, 0, 30, 0, 1, tzinfo=SHANGHAI)
    found = windows(after, SHANGHAI, latest_seconds=25 * 3600, days_ahead=1)
    assert [(window.day.day, window.from_seconds) for window in found] == [(1, 88_201), (2, 1_801), (3, 0)]


def test_the_feed_of_a_stop_is_read_with_headsigns_and_interpolated_times(tmp_path: Path) -> None:
    changes = {
        "stop_times.txt": "trip_id,arrival_time,departure_time,stop_id,stop_sequence,"
        "stop_headsign,pickup_type\n"
        "t1,8:00:00,8:00:00,s1,1,,\nt1,,,s2,5,经市政府,\nt1,,,s3,6,,1\nt1,8:10:00,8:10:00,s1,90,,\n"
    }
    with Feed.open(write_zip(tmp_path, changes)) as feed:
        assert feed.check().ok
        visits = list(feed.visits())
    assert [(v.stop_id, v.departure, v.headsign, v.approximate, v.last) for v in visits] == [
        ("s1", 28800, "项王故里", False, False),
        ("s2", 29000, "经市政府", True, False),
        ("s3", 29200, "项王故里", True, False),
        ("s1", 29400, "项王故里", False, True),
    ]


def test_headways_unfold_into_runs(tmp_path: Path) -> None:
    """exact_times 0 is approximate and tells its headway; 1 is a timetable written shortly."""
    frequencies = (
        "trip_id,start_time,end_time,headway_secs,exact_times\n"
        "t1,10:00:00,10:30:00,600,1\nt1,6:00:00,6:15:00,600,0\n"
    )
    with Feed.open(write_zip(tmp_path, {"frequencies.txt": frequencies})) as feed:
        visits = [v for v in feed.visits() if v.stop_id == "s2"]
    assert [(v.run, v.arrival, v.departure, v.approximate, v.headway_secs) for v in visits] == [
        (0, 22200, 22260, True, 600),
        (1, 22800, 22860, True, 600),
        (2, 36600, 36660, False, None),
        (3, 37200, 37260, False, None),
        (4, 37800, 37860, False, None),
    ]


def _clock(seconds: int) -> str:
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


ZONES = ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]
STOP_TIMES = "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type"


@st.composite
def small_networks(draw: st.DrawFn) -> dict[str, str]:
    """Feeds of a few trips over three stops: any zone, nights, loops, blanks, headways, exceptions."""
    zone = draw(
        st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
    )
    flags = st.tuples(*[st.integers(0, 1)] * 7)
    calendar = [f"{name},{','.join(map(str, draw(flags)))},20260315,20261110" for name in ("A", "B")]
    days = st.dates(date(2026, 3, 10), date(2026, 11, 12))
    dates = draw(st.dictionaries(st.tuples(st.sampled_from("ABC"), days), st.integers(1, 2), max_size=6))
    dates = {("C", date(2026, 10, 25)): 1, **dates}
    trips, times, frequencies = [], [], []
    for number in range(draw(st.integers(1, 5))):
        trips.append(f"r{draw(st.integers(1, 2))},{draw(st.sampled_from('ABC'))},t{number}")
        clock = draw(st.integers(0, 60 * 3600))
        stops = draw(st.lists(st.sampled_from(["s1", "s2", "s3"]), min_size=2, max_size=7))
        for place, stop in enumerate(stops):
            clock += draw(st.integers(0, 4000))
            blank = 0 < place < len(stops) - 1 and draw(st.booleans())
            shown = "," if blank else f"{_clock(clock)},{_clock(clock := clock + draw(st.integers(0, 90)))}"
            times.append(f"t{number},{shown},{stop},{place * 3},{draw(st.sampled_from(['', '0', '1', '2']))}")
        if draw(st.booleans()):
            start = draw(st.integers(0, 30 * 3600))
            end = start + draw(st.integers(1, 9000))
            frequencies.append(f"t{number},{_clock(start)},{_clock(end)},{draw(st.integers(300, 5000))}")
            frequencies.append(f"t{number},{_clock(end)},{_clock(end + 1800)},700")
    return {
        "agency.txt": SMALL["agency.txt"].replace("Asia/Shanghai", zone),
        "routes.txt": SMALL["routes.txt"] + "r2,A,2路,,3\n",
        "trips.txt": "\n".join(["route_id,service_id,trip_id", *trips]),
        "stop_times.txt": "\n".join(
            [
                "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type",
                *draw(st.permutations(times)),
            ]
        ),
        "calendar.txt": "\n".join([SMALL["calendar.txt"].splitlines()[0], *calendar]),
        "calendar_dates.txt": "\n".join(
            ["service_id,date,exception_type", *(f"{s},{d:%Y%m%d},{kind}" for (s, d), kind in dates.items())]
        ),
        "frequencies.txt": "\n".join(["trip_id,start_time,end_time,headway_secs", *frequencies]),
    }


MOMENTS = st.one_of(
    st.datetimes(datetime(2026, 3, 27), datetime(2026, 4, 7)),
    st.datetimes(datetime(2026, 10, 2), datetime(2026, 11, 3)),
    st.datetimes(datetime(2026, 3, 13), datetime(2026, 11, 14)),
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    files=small_networks(),
    moment=MOMENTS,
    stop_id=st.sampled_from(["s1", "s2", "s3"]),
    limit=st.integers(0, 30),
    days_ahead=st.integers(0, 9),
)
def test_departures_equal_the_naive_calculation(
    files: dict[str, str], moment: datetime, stop_id: str, limit: int, days_ahead: int
) -> None:
    after = moment.replace(tzinfo=UTC)
    with tempfile.TemporaryDirectory() as folder, Feed.open(write_zip(Path(folder), files)) as feed:
        report = feed.check()
        assert report.ok, report.text("en")
        days = ServiceDays(feed.rows(tables.CALENDAR), feed.rows(tables.CALENDAR_DATES))
        visits = [visit for visit in feed.visits() if visit.stop_id == stop_id]
        zone = ZoneInfo(feed.timezone)
    found = departures_of(visits, days, after=after, zone=zone, limit=limit, days_ahead=days_ahead)
    naive = NaiveFeed({**SMALL, **files})
    assert answers(found) == naive.departures(stop_id, after, limit, days_ahead)
