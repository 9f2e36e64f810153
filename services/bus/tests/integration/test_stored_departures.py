"""Departures from the stored timetable equal the naive calculation from the feed's text."""

from __future__ import annotations

import random
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from citizen_app.toolkit.commands import transaction
from citizen_app.toolkit.data import session
from services.bus.operations.timetable import departures as stored
from services.bus.snapshot import active_feed
from services.bus.tests.feeds import DRILL, LARGE, SMALL, edit, more, real_feed, write_zip
from services.bus.tests.naive import NaiveFeed
from services.bus.tests.test_timetable import answers

SHANGHAI = ZoneInfo("Asia/Shanghai")


STOPS, DEPARTURES = (None, 2_000) if DRILL else (12, 40)
"""How many stops are asked, None for all, and how many departures of each."""

CAIRNS = (
    "2014-05-25T23:00",  # before the first day
    "2014-05-30T04:00",  # a Friday: one service runs on Fridays only
    "2014-06-07T00:10",  # Friday's buses after midnight
    "2014-06-08T23:50",  # into the Queen's Birthday, when Sunday's timetable runs
    "2014-10-05T01:45",  # where clocks change: into the first hour of summer time
    "2014-10-06T00:05",  # Labour Day
    "2014-12-24T21:00",  # into Christmas and Boxing Day
    "2014-12-28T22:30",  # into the end of the timetable
)
SAMPLE = (
    "2007-03-10T23:00",  # into the day that has 23 hours
    "2007-03-11T01:59",
    "2007-06-03T20:00",  # into the one day without the weekly service
    "2007-11-03T23:30",  # into the day that has 25 hours
    "2007-11-04T01:30",
    "2010-12-31T05:00",  # the last day
)


@pytest.mark.parametrize(
    ("name", "zone", "moments"),
    [
        ("google-sample-feed.zip", None, SAMPLE),
        pytest.param("cairns.zip", None, CAIRNS, marks=LARGE),
        # half an hour of summer time from 5 October on
        pytest.param("cairns.zip", "Australia/Lord_Howe", CAIRNS, marks=LARGE),
    ],
)
def test_departures_of_a_real_feed(
    app: Any, import_path: Any, tmp_path: Path, name: str, zone: str | None, moments: tuple[str, ...]
) -> None:
    path = real_feed(name) if zone is None else _moved(real_feed(name), zone, tmp_path)
    naive = NaiveFeed.of_zip(path)
    import_path(path, force=True)  # it is over
    answered = 0
    with app.app_context(), transaction(reading=True):
        feed = active_feed()
        assert feed is not None
        assert zone in (None, feed.zone.key)
        stops = (
            naive.stops
            if STOPS is None
            else random.Random(7).sample(naive.stops, min(STOPS, len(naive.stops)))
        )
        for stop_id in stops:
            for moment in moments:
                after = datetime.fromisoformat(moment).replace(tzinfo=feed.zone)
                found = stored.next_departures_of(feed, stop_id, after, DEPARTURES)
                assert found is not None
                expected = naive.departures(stop_id, after, DEPARTURES, 7, days_back=2)
                assert answers(found.departures) == expected, (stop_id, moment)
                answered += len(expected)
    assert answered > 300


def _moved(path: Path, zone: str, folder: Path) -> Path:
    """The feed in another time zone."""
    moved = folder / "moved.zip"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(moved, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content.replace(b"Australia/Brisbane", zone.encode()))
    return moved


def test_departures_are_found_by_the_index_of_the_stop_and_few_more_are_read_than_are_told(
    app: Any, import_path: Any, tmp_path: Path, statements: Any
) -> None:
    """A stop that a vehicle leaves every second for four hours."""
    headways = "trip_id,start_time,end_time,headway_secs,exact_times\nt1,06:00:00,10:00:00,1,1\n"
    import_path(write_zip(tmp_path, {"frequencies.txt": headways}))
    after = datetime(2026, 6, 1, 7, 2, tzinfo=SHANGHAI)
    with app.app_context(), transaction(reading=True):
        feed = active_feed()
        assert feed is not None
        with statements() as first:
            found = stored.next_departures_of(feed, "s2", after, 10)
        with statements() as second:
            stored.next_departures_of(feed, "s2", after + timedelta(seconds=30), 5)
        assert (len(first), second) == (5, []), "what one asked is known to the next"
        assert found is not None
        assert [leaving.at for leaving in found.departures] == [
            after + timedelta(seconds=n) for n in range(10)
        ]
        longest = stored._load_span(feed.version_id, found.place, {"WD"}, 7 * 3600, 11 * 3600)
        assert (longest.end, len(longest.visits)) == (7 * 3600 + 900, 900)
        plan = _plan(stored._visits_at(feed.version_id, found.place, {"WD"}, 7 * 3600, 7 * 3600 + 900))
    assert "ix_bus_stop_times_version_id_stop_id_departure" in plan


def test_a_quiet_stop_is_asked_in_growing_spans_and_days_without_its_services_not_at_all(
    app: Any, import_path: Any, tmp_path: Path, statements: Any
) -> None:
    """Line 1 runs on Mondays only; on the other days a service runs that does not call here."""
    changes = {
        **edit("calendar.txt", ("WD,1,1,1,1,1,0,0", "WD,1,0,0,0,0,0,0")),
        **more("trips.txt", "r1,ELSE,t2,,"),
        **more("stop_times.txt", "t2,09:00:00,09:00:00,s3,1", "t2,09:10:00,09:10:00,s1,2"),
    }
    changes["calendar.txt"] += "ELSE,1,1,1,1,1,1,1,20260101,20281231\n"
    import_path(write_zip(tmp_path, changes))
    with app.app_context(), transaction(reading=True):
        feed = active_feed()
        assert feed is not None
        with statements() as asked:
            found = stored.next_departures_of(feed, "s2", datetime(2026, 6, 1, 9, tzinfo=SHANGHAI), 10)
        assert found is not None
        assert [leaving.at for leaving in found.departures] == [datetime(2026, 6, 8, 8, 11, tzinfo=SHANGHAI)]
    assert len(asked) <= 20


def test_a_station_shows_what_leaves_its_stops_and_a_terminus_nothing(app: Any, import_small: Any) -> None:
    import_small()
    after = datetime(2026, 6, 1, 7, tzinfo=SHANGHAI)
    with app.app_context(), transaction(reading=True):
        feed = active_feed()
        assert feed is not None
        assert stored.next_departures_of(feed, "nowhere", after, 1) is None
        station = stored.next_departures_of(feed, "P", after, 1)
        assert station is not None
        assert (set(station.place.stops), station.departures) == ({"P", "s3"}, [])


def test_a_night_bus_belongs_to_the_day_before(
    client: Any, city: Any, import_path: Any, tmp_path: Path
) -> None:
    late = SMALL["stop_times.txt"].replace("08:", "25:")
    import_path(write_zip(tmp_path, {"stop_times.txt": late}))
    asked = {"at": "2026-06-02T00:30:00+08:00"}
    found = client.get("/api/v1/services/bus/stops/s1/departures", query_string=asked).get_json()
    leaving = found["items"][0]
    assert (leaving["time"], leaving["service_day"]) == ("25:00:00", "2026-06-01")
    assert leaving["departs_at"] == "2026-06-01T17:00:00.000Z"


def _plan(statement: Any) -> str:
    """How the database would find the rows, with whole-table reads ruled out: the tables here are tiny."""
    bind = session().get_bind()
    words = str(statement.compile(bind, compile_kwargs={"literal_binds": True}))
    if bind.dialect.name == "postgresql":
        session().execute(text("SET LOCAL enable_seqscan = off"))
        return "\n".join(str(row) for row in session().execute(text("EXPLAIN " + words)))
    return "\n".join(str(row) for row in session().execute(text("EXPLAIN QUERY PLAN " + words)))
