"""Today's cards of the stops that a citizen keeps at hand: the next departures, as long as they come soon."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from time_machine import Traveller

from citizen_app.toolkit.testing import City, TestCitizen
from services.bus.tests.conftest import Import
from services.bus.tests.feeds import SMALL

BEFORE_EIGHT = datetime(2026, 5, 3, 23, 50, tzinfo=UTC)
"""07:50 in China, on a Monday."""
LATER = {
    "trips.txt": SMALL["trips.txt"] + "r1,WD,t2,项王故里,0\nr1,WD,t3,,0\n",
    "stop_times.txt": SMALL["stop_times.txt"]
    + "t2,08:15:00,08:15:00,s1,1\nt2,08:25:00,08:25:00,s2,2\nt3,09:30:00,09:30:00,s1,1\nt3,09:40:00,09:40:00,s2,2\n",
}


@pytest.fixture(autouse=True)
def before_eight(time_travel: Traveller) -> None:
    """Ten minutes before the first bus."""
    time_travel.move_to(BEFORE_EIGHT)


def keep(citizen: TestCitizen, *stops: str) -> None:
    for stop in stops:
        assert citizen.call("PUT", f"/api/v1/services/bus/saved-stops/{stop}").status_code == 204


def cards(citizen: TestCitizen, language: str = "zh") -> list[dict[str, Any]]:
    """What the bus has to tell of stops, by title, lines and link."""
    told = citizen.get("/api/v1/me/cards", **{"Accept-Language": language}).get_json()["items"]
    return [one for one in told if "/stops/" in one["link"]]


def test_a_saved_stop_tells_what_leaves_within_the_hour(
    city: City, import_small: Import, time_travel: Traveller
) -> None:
    import_small(LATER)
    citizen = city.citizen()
    assert cards(citizen) == []
    keep(citizen, "s1")
    (card,) = cards(citizen)
    assert (card["title"], card["link"]) == ("宿迁站 · 按时刻表", "/services/bus/stops/s1")
    assert card["lines"] == ["08:00 1路 开往 项王故里", "08:15 1路 开往 项王故里"]
    assert cards(citizen, "en")[0]["lines"][0] == "08:00 1路 to 项王故里"
    assert citizen.browser().get("/services/bus/stops/s1", headers={"Accept": "text/html"}).status_code == 200
    assert cards(city.citizen()) == [], "they are kept for one citizen alone"
    time_travel.shift(45 * 60)
    assert [one["lines"] for one in cards(citizen)] == [["09:30 1路"]]
    time_travel.shift(2 * 3600)
    assert cards(citizen) == []


def test_two_stops_at_most_those_saved_last_that_have_something(
    city: City, import_small: Import, time_travel: Traveller
) -> None:
    import_small({**LATER, "stops.txt": SMALL["stops.txt"] + "x1,夜站,33.9,118.2,0,\n"})
    citizen = city.citizen()
    for stop in ("s1", "P", "s2", "x1"):  # from P nobody rides on, at x1 nothing stops
        keep(citizen, stop)
        time_travel.shift(1)
    assert [one["title"] for one in cards(citizen)] == ["宿迁站 · 按时刻表", "市政府 · 按时刻表"]


def test_a_stop_that_is_gone_is_left_out(city: City, import_small: Import) -> None:
    import_small({"stops.txt": SMALL["stops.txt"] + "x1,夜站,33.9,118.2,0,\n"})
    citizen = city.citizen()
    keep(citizen, "s1", "x1")
    import_small()
    assert [one["title"] for one in cards(citizen)] == ["宿迁站 · 按时刻表"]
