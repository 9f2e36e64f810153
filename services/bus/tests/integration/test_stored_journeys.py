"""Journeys from the stored timetable: as the feed itself gives them, over the API and on the page."""

from __future__ import annotations

import random
import re
from datetime import datetime
from typing import Any

from flask.testing import FlaskClient

from citizen_app.toolkit.testing import City
from services.bus.operations.timetable.stored_network import network_of_feed, terminal_of
from services.bus.snapshot import active_feed
from services.bus.tests.conftest import Import
from services.bus.tests.feeds import LARGE, SMALL, real_feed
from services.bus.tests.naive import NaiveFeed
from services.bus.tests.naive_journeys import NaiveJourneys

BASE = "/api/v1/services/bus/journeys"
PAGE = "/services/bus/journeys"
TOWN = {
    "stops.txt": (
        "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\n"
        "s1,宿迁站,33.910,118.25,,\ns2,市政府,33.960,118.28,0,\ns2b,市政府,33.9605,118.28,0,\n"
        "s3,项王故里,33.940,118.28,,P\nP,枢纽,33.940,118.28,1,\ns4,湖滨,33.999,118.29,,\n"
    ),
    "routes.txt": SMALL["routes.txt"] + "r2,A,2路,,3\n",
    "trips.txt": SMALL["trips.txt"] + "r2,WD,t2,湖滨,0\nr2,WD,night,湖滨,0\n",
    "stop_times.txt": SMALL["stop_times.txt"]
    + "t2,08:14:00,08:14:00,s2b,1\nt2,08:30:00,08:30:00,s4,2\n"
    + "night,24:20:00,24:20:00,s2b,1\nnight,24:40:00,24:40:00,s4,2\n",
    "transfers.txt": "from_stop_id,to_stop_id,transfer_type,min_transfer_time\ns2,s2b,2,120\n",
}


def asked(client: FlaskClient, **query: str) -> Any:
    """The answer of the API."""
    answer = client.get(BASE, query_string=query)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def test_one_changes_where_the_feed_says_so(city: City, client: FlaskClient, import_small: Import) -> None:
    import_small(TOWN)
    told = asked(client, **{"from": "s1", "to": "s4", "at": "2026-06-01T07:00:00+08:00"})
    (journey,) = told["items"]
    assert (told["from"]["name"], told["to"]["name"]) == ("宿迁站", "湖滨")
    assert (journey["changes"], journey["walk_seconds"]) == (1, 120)
    assert [(leg["line"]["name"], leg["board"]["id"], leg["alight"]["id"]) for leg in journey["legs"]] == [
        ("1路", "s1", "s2"),
        ("2路", "s2b", "s4"),
    ]
    assert (journey["departs_at"], journey["arrives_at"]) == (
        "2026-06-01T00:00:00.000Z",
        "2026-06-01T00:30:00.000Z",
    )
    assert asked(client, **{"from": "s1", "to": "s4", "at": "2026-06-06T07:00:00+08:00"})["items"] == []


def test_a_bus_after_midnight_belongs_to_the_day_before(
    city: City, client: FlaskClient, import_small: Import
) -> None:
    import_small(TOWN)
    saturday = asked(client, **{"from": "s2", "to": "s4", "at": "2026-06-06T00:10:00+08:00"})
    assert [one["departs_at"] for one in saturday["items"]] == ["2026-06-05T16:20:00.000Z"]
    monday = asked(client, **{"from": "s2", "to": "s4", "at": "2026-06-01T00:10:00+08:00"})
    assert [one["departs_at"] for one in monday["items"]] == ["2026-06-01T00:14:00.000Z"]


def test_what_cannot_be_asked_is_said_in_both_languages(
    city: City, client: FlaskClient, import_small: Import
) -> None:
    assert client.get(BASE, query_string={"from": "s1", "to": "s4"}).status_code == 404
    import_small(TOWN)
    for query, pointer, words in (
        ({"from": "nowhere", "to": "s4"}, "?from", "the timetable has no such stop"),
        ({"from": "s1", "to": "nowhere"}, "?to", "the timetable has no such stop"),
        ({"from": "s3", "to": "P"}, "?to", "both are the same place"),
        ({"from": "s2", "to": "s2b"}, "?to", "both are the same place"),
        ({"from": "s1"}, "?to", None),
    ):
        answer = client.get(BASE, query_string=query, headers={"Accept-Language": "en"})
        (error,) = answer.get_json()["errors"]
        assert (answer.status_code, error["pointer"]) == (422, pointer), answer.text
        assert words is None or error["message"] == words


def test_the_next_timetable_answers_at_once(city: City, client: FlaskClient, import_small: Import) -> None:
    import_small(TOWN)
    query = {"from": "s1", "to": "s4", "at": "2026-06-01T07:00:00+08:00"}
    assert len(asked(client, **query)["items"]) == 1
    later = TOWN["transfers.txt"].replace("2,120", "3,")
    import_small({**TOWN, "transfers.txt": later})
    assert asked(client, **query)["items"] == []


@LARGE
def test_the_stored_cairns_answers_as_the_file_does(
    city: City, client: FlaskClient, import_path: Import
) -> None:
    path = real_feed("cairns.zip")
    import_path(path, force=True)
    naive = NaiveFeed.of_zip(path)
    slow, choose = NaiveJourneys(naive), random.Random(49)
    answered = 0
    for hour in (0, 7, 9, 12, 17, 23):
        after = datetime(2014, 6, 4, hour, 5, tzinfo=naive.zone)
        start, end = choose.sample(naive.stops, 2)
        answer = client.get(BASE, query_string={"from": start, "to": end, "at": after.isoformat()})
        if answer.status_code == 422:  # one place to a rider
            continue
        with city.app.app_context():
            feed = active_feed()
            assert feed is not None
            poles = network_of_feed(feed).poles
            ends = [terminal_of(feed, stop) for stop in (start, end)]
            named = [[poles[number].gtfs_id for number in one.stops] for one in ends if one]
        told = answer.get_json()["items"]
        found = [
            tuple(int(datetime.fromisoformat(one[name]).timestamp()) for name in ("departs_at", "arrives_at"))
            for one in told
        ]
        expected = slow.journeys(named[0], named[1], after)
        assert found == [one[:2] for one in expected][: len(found)] and len(found) == min(6, len(expected))
        answered += bool(found)
    assert answered >= 1


def test_a_rider_finds_the_way_by_words(city: City, client: FlaskClient, import_small: Import) -> None:
    import_small(TOWN)
    html = {"Accept": "text/html"}
    at = "2026-06-01T07:00"
    page = client.get(
        PAGE, query_string={"start_words": "suqianzhan", "end_words": "湖滨", "at": at}, headers=html
    )
    assert page.status_code == 200 and "08:00 → 08:30" in page.text and "换乘一次" in page.text
    assert "步行约 2 分钟到市政府换乘" in page.text
    which = client.get(
        PAGE, query_string={"start_words": "s", "end_words": "湖滨", "at": at}, headers=html
    ).text
    assert "从下面哪个站出发？" in which
    found = re.search(r'href="([^"]*start=s1[^"]*)"', which)
    assert found is not None
    assert "08:00 → 08:30" in client.get(found[1].replace("&amp;", "&"), headers=html).text
    same = client.get(PAGE, query_string={"start": "s2", "end": "s2b"}, headers=html)
    assert same.status_code == 200 and "出发站和到达站是同一处" in same.text
    none = client.get(PAGE, query_string={"start_words": "天边", "end_words": "湖滨"}, headers=html)
    assert "没有找到这个站点" in none.text
    strange = client.get(PAGE, query_string={"start": "x" * 100, "end": "s4"}, headers=html)
    assert strange.status_code == 200 and "时刻表里没有这个站点" in strange.text


def test_stops_are_found_by_pinyin_initials_and_english(
    city: City, client: FlaskClient, import_small: Import
) -> None:
    import_small(TOWN)
    for words in ("shizheng", "szf", "市政", "s2"):
        found = client.get("/api/v1/services/bus/stops", query_string={"q": words}).get_json()["items"]
        assert {one["name"] for one in found} == {"市政府"}, words
    assert client.get("/api/v1/services/bus/stops", query_string={"q": "zz"}).get_json()["items"] == []
