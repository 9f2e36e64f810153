"""The demonstration network of Suqian."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from services.bus.operations.gtfs import Feed, ServiceDays, load, tables
from services.bus.seed.feed import demo_files, demo_zip, write_demo_folder
from services.bus.tests.naive import NaiveFeed
from services.bus.tests.test_timetable import answers, departures_of

START = date(2026, 9, 1)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def written(folder: Path, start: date = START) -> Path:
    """The demonstration feed as a file."""
    path = folder / "demo.zip"
    path.write_bytes(demo_zip(start))
    return path


def test_the_feed_has_no_finding_and_lasts_two_years(tmp_path: Path) -> None:
    for start in (START, date(2028, 2, 29)):
        feed, report = load(written(tmp_path, start), today=start + timedelta(days=730))
        assert feed is not None
        feed.close()
        assert report.findings == []


def test_the_same_start_gives_the_same_bytes() -> None:
    assert demo_zip(START) == demo_zip(START)
    assert demo_zip(START) != demo_zip(START + timedelta(days=1))


def test_a_folder_holds_the_same_feed(tmp_path: Path) -> None:
    write_demo_folder(tmp_path / "demo", START)
    with Feed.open(tmp_path / "demo") as folder, Feed.open(written(tmp_path)) as packed:
        assert list(folder.visits()) == list(packed.visits())


def test_every_name_has_an_english_one_and_stops_lie_in_suqian(tmp_path: Path) -> None:
    with Feed.open(written(tmp_path)) as feed:
        names = feed.translations()
        for stop in feed.rows(tables.STOPS):
            chinese, english = names.pair("stops", "stop_name", stop.stop_id, stop.stop_name)
            assert chinese == stop.stop_name
            assert english.isascii()
            assert stop.stop_lat is not None
            assert stop.stop_lon is not None
            assert 33.8 < stop.stop_lat < 34.1
            assert 118.2 < stop.stop_lon < 118.4
        for route in feed.rows(tables.ROUTES):
            assert names.find("en", "routes", "route_short_name", route.route_id, route.route_short_name)
            assert names.find("en", "routes", "route_long_name", route.route_id, route.route_long_name)
        for trip in feed.rows(tables.TRIPS):
            assert names.find("en", "trips", "trip_headsign", trip.trip_id, trip.trip_headsign)


def test_holidays_run_as_weekends_nights_pass_midnight_and_one_line_keeps_a_headway(tmp_path: Path) -> None:
    with Feed.open(written(tmp_path)) as feed:
        days = ServiceDays(feed.rows(tables.CALENDAR), feed.rows(tables.CALENDAR_DATES))
        visits = list(feed.visits())
    assert days.running_on(date(2026, 9, 30)) == {"WEEKDAY", "DAILY"}
    assert days.running_on(date(2026, 10, 1)) == {"WEEKEND", "DAILY"}
    assert {v.route_id for v in visits if v.departure > 24 * 3600} == {"N1"}
    assert {v.route_id for v in visits if v.headway_secs} == {"K1"}
    assert {v.route_id for v in visits if v.approximate} == {"K1", "L5"}
    assert {(v.route_id, v.direction_id) for v in visits} == {
        (line, way) for line in ("L1", "L2", "L5", "K1", "N1") for way in (0, 1)
    }


def test_departures_equal_the_naive_calculation(tmp_path: Path) -> None:
    naive = NaiveFeed(demo_files(START))
    with Feed.open(written(tmp_path)) as feed:
        days = ServiceDays(feed.rows(tables.CALENDAR), feed.rows(tables.CALENDAR_DATES))
        visits = list(feed.visits())
    for stop_id in ("SZF", "ZYSC", "SQZ-1", "KYZ"):
        here = [visit for visit in visits if visit.stop_id == stop_id]
        for after in (
            datetime(2026, 9, 5, 0, 40, tzinfo=SHANGHAI),
            datetime(2026, 9, 30, 21, 0, tzinfo=SHANGHAI),
            datetime(2026, 10, 1, 7, 59, tzinfo=SHANGHAI),
        ):
            found = departures_of(here, days, after=after, zone=SHANGHAI, limit=40, days_ahead=1)
            assert answers(found) == naive.departures(stop_id, after, 40, 1)
            assert found
