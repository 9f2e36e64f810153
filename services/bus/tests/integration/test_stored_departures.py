"""Departures from the stored timetable equal the naive calculation from the feed's text."""

from __future__ import annotations

import random
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from citizen_app.toolkit.commands import transaction
from citizen_app.toolkit.data import session
from services.bus import departures as stored
from services.bus.active import active_feed
from services.bus.tests.feeds import SMALL, real_feed, write_zip
from services.bus.tests.naive import NaiveFeed
from services.bus.tests.test_timetable import answers

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(("name", "year"), [("google-sample-feed.zip", 2007), ("cairns.zip", 2014)])
def test_departures_of_a_real_feed(app: Any, import_path: Any, name: str, year: int) -> None:
    naive = NaiveFeed.of_zip(real_feed(name))
    import_path(real_feed(name))
    choose, answered = random.Random(year), 0
    with app.app_context(), transaction(reading=True):
        feed = active_feed()
        assert feed is not None
        for stop_id in choose.sample(naive.stops, min(len(naive.stops), 15)):
            for month, day in ((6, 3), (6, 8), (10, 5)):
                after = datetime(
                    year, month, day, choose.randrange(24), choose.randrange(60), tzinfo=feed.zone
                )
                found = stored.next_departures_of(feed, stop_id, after, 12)
                assert found is not None
                assert answers(found.departures) == naive.departures(stop_id, after, 12, 7, days_back=2)
                answered += len(found.departures)
    assert answered > 100


def test_a_board_is_loaded_once_per_feed_and_by_the_index_of_its_stop(
    app: Any, import_small: Any, statements: Any
) -> None:
    import_small()
    after = datetime(2026, 6, 1, 7, tzinfo=SHANGHAI)
    with app.app_context(), transaction(reading=True):
        feed = active_feed()
        assert feed is not None
        with statements() as first:
            found = stored.next_departures_of(feed, "s2", after, 1)
        with statements() as second:
            stored.next_departures_of(feed, "s2", after, 5)
        assert (len(first), second) == (4, [])
        assert found is not None
        assert found.departures[0].at == datetime(2026, 6, 1, 8, 11, tzinfo=SHANGHAI)
        plan = _plan(stored._visits_at(feed.version_id, [2]))
    assert "ix_bus_stop_times_version_id_stop_id_departure" in plan


def test_a_station_shows_what_leaves_its_stops_and_a_terminus_nothing(app: Any, import_small: Any) -> None:
    import_small()
    after = datetime(2026, 6, 1, 7, tzinfo=SHANGHAI)
    with app.app_context(), transaction(reading=True):
        feed = active_feed()
        assert feed is not None
        assert stored.next_departures_of(feed, "nowhere", after, 1) is None
        station = stored.next_departures_of(feed, "P", after, 1)
        assert station is not None
        assert (set(station.stop.stops), station.departures) == ({"P", "s3"}, [])


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
