"""Real feeds, where they are present: read in full, and departures compared with the naive calculation."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from services.bus.operations.gtfs import Feed, ServiceDays, Severity, tables
from services.bus.operations.gtfs.rows import Visit
from services.bus.tests.feeds import LARGE, real_feed
from services.bus.tests.naive import NaiveFeed
from services.bus.tests.test_timetable import answers, departures_of

COUNTS = {
    "google-sample-feed.zip": {
        "agency.txt": 1,
        "stops.txt": 9,
        "routes.txt": 5,
        "calendar.txt": 2,
        "calendar_dates.txt": 1,
        "trips.txt": 11,
        "stop_times.txt": 28,
        "frequencies.txt": 11,
    },
    "cairns.zip": {
        "agency.txt": 1,
        "stops.txt": 416,
        "routes.txt": 22,
        "calendar.txt": 4,
        "calendar_dates.txt": 9,
        "trips.txt": 1339,
        "stop_times.txt": 37790,
    },
}


@pytest.mark.parametrize("name", COUNTS)
def test_a_real_feed_is_read_in_full(name: str) -> None:
    with Feed.open(real_feed(name)) as feed:
        report = feed.check()
        assert report.ok
        assert report.counts == COUNTS[name]
        for table in tables.TABLES:
            assert len(list(feed.rows(table))) == COUNTS[name].get(table.file, 0)
        warnings = {"missing_recommended_file"} | ({"invalid_row_length"} if "sample" in name else set())
        assert report.rules(Severity.WARNING) == warnings


@pytest.mark.parametrize(
    ("name", "year"), [("google-sample-feed.zip", 2007), pytest.param("cairns.zip", 2014, marks=LARGE)]
)
def test_departures_of_a_real_feed_equal_the_naive_calculation(name: str, year: int) -> None:
    naive = NaiveFeed.of_zip(real_feed(name))
    with Feed.open(real_feed(name)) as feed:
        zone = ZoneInfo(feed.timezone)
        days = ServiceDays(feed.rows(tables.CALENDAR), feed.rows(tables.CALENDAR_DATES))
        visits: dict[str, list[Visit]] = defaultdict(list)
        for visit in feed.visits():
            visits[visit.stop_id].append(visit)
    assert sorted(visits) == naive.stops
    choose = random.Random(year)
    answered = 0
    for stop_id in choose.sample(naive.stops, min(len(naive.stops), 25)):
        for month, day in ((6, 3), (6, 8), (6, 9), (10, 5), (10, 6), (12, 26)):
            after = datetime(year, month, day, choose.randrange(24), choose.randrange(60), tzinfo=zone)
            found = departures_of(visits[stop_id], days, after=after, zone=zone, limit=12, days_ahead=2)
            assert answers(found) == naive.departures(stop_id, after, 12, 2, days_back=2)
            answered += len(found)
    assert answered > 300
