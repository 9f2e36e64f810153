"""Lines, stops and departures over HTTP."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from citizen_app.toolkit.testing import City
from services.bus.seed.feed import demo_zip
from services.bus.tests.feeds import edit

BASE = "/api/v1/services/bus"
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def demo(city: City, import_path: Any, tmp_path: Path) -> FlaskClient:
    """A client of a city with the demonstration network."""
    path = tmp_path / "demo.zip"
    path.write_bytes(demo_zip(date(2026, 6, 1)))
    import_path(path)
    return city.client


def get(client: FlaskClient, path: str, **query: str) -> dict[str, Any]:
    """The answer in English."""
    answer = client.get(BASE + path, query_string=query, headers=ENGLISH)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def test_the_network_can_be_walked(demo: FlaskClient) -> None:
    names: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = get(demo, "/lines", limit="2", **({"cursor": cursor} if cursor else {}))
        names += [line["name"] for line in page["items"]]
        cursor = page["next_cursor"]
    assert names == ["Line 1", "Line 2", "Line 5", "Express 1", "Night 1"]

    line = get(demo, "/lines/L1")
    out, back = line["directions"]
    assert (out["headsign"], out["stops"][0]["name"]) == (
        "Luoma Lake Resort",
        "Suqian Railway Station, Bay 1",
    )
    assert [stop["id"] for stop in out["stops"]] == [stop["id"] for stop in back["stops"]][::-1]

    found = get(demo, "/stops", q="railway bay")["items"]
    assert [stop["id"] for stop in found] == ["SQZ-1", "SQZ-2"]
    station = get(demo, "/stops", q="SQZ")["items"][0]
    assert (station["is_station"], [at["id"] for at in station["lines"]]) == (True, ["L1", "K1", "N1"])
    assert get(demo, "/stops", q="100%")["items"] == []


def test_departures_say_line_day_and_how_exact(demo: FlaskClient) -> None:
    asked = {"at": "2026-06-03T00:20:00+08:00", "limit": "3"}
    night, _, last = get(demo, "/stops/XWGL/departures", **asked)["items"]
    assert (night["time"], night["service_day"], night["line"]["name"]) == (
        "24:36:00",
        "2026-06-02",
        "Night 1",
    )
    assert night["departs_at"] == "2026-06-02T16:36:00.000Z"
    assert last["service_day"] == "2026-06-02"
    many = get(demo, "/stops/SQZ-2/departures", at="2026-06-03T05:59:00+08:00", limit="1000000")
    assert 1 < len(many["items"]) <= 50
    found = get(demo, "/stops/SQZ-2/departures", at="2026-06-03T05:59:00+08:00", limit="1")
    headway = found["items"][0]
    assert (headway["approximate"], headway["headway_seconds"], headway["time"]) == (True, 480, "06:00:00")
    assert (found["name"], found["timezone"]) == ("Suqian Railway Station, Bay 2", "Asia/Shanghai")


def test_an_id_with_a_slash_is_found(city: City, import_small: Any) -> None:
    changes = edit("routes.txt", ("r1,", "r/1,")) | edit("trips.txt", ("r1,", "r/1,"))
    import_small(changes)
    assert get(city.client, "/lines/r%2F1")["name"] == "1路"


def test_before_the_first_timetable_there_is_nothing(city: City) -> None:
    assert get(city.client, "/lines") == {"items": [], "next_cursor": None}
    assert get(city.client, "/stops") == {"items": [], "next_cursor": None}
    assert city.client.get(f"{BASE}/lines/r1").status_code == 404
    assert city.client.get(f"{BASE}/stops/s1/departures").status_code == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/lines/L9", 404),
        ("/stops/none/departures", 404),
        ("/stops/SQZ/departures?at=2026-06-03T00:20:00", 422),
        ("/stops/SQZ/departures?at=9999-12-31T00:00:00Z", 422),
        ("/stops/SQZ/departures?limit=0", 422),
        ("/stops/SQZ/departures?limit=1&limit=2", 422),
        ("/lines?direction=0", 422),
        ("/lines?cursor=made-up", 422),
    ],
)
def test_what_is_not_there_or_not_meant_is_said(demo: FlaskClient, path: str, status: int) -> None:
    answer = demo.get(BASE + path)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")


def test_a_service_that_is_off_says_so(app: Any, demo: FlaskClient) -> None:
    assert app.test_cli_runner().invoke(args=["services", "disable", "bus"]).exit_code == 0
    assert demo.get(f"{BASE}/lines").status_code == 503


def test_one_address_asks_so_often_and_no_more(demo: FlaskClient, time_travel: Any) -> None:
    def ask(path: str, address: str) -> int:
        return demo.get(BASE + path, environ_overrides={"REMOTE_ADDR": address}).status_code

    asked = [ask("/stops/KYZ/departures", "127.0.0.1") for _ in range(60)]
    assert asked == [200] * 50 + [429] * 10
    assert ask("/lines", "127.0.0.1") == 200, "each route is counted by itself"
    assert ask("/stops/KYZ/departures", "127.0.0.2") == 200
    time_travel.shift(2)
    assert ask("/stops/KYZ/departures", "127.0.0.1") == 200
