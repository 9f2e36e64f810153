"""`journeys/1`: what other services are told of the way to a place."""

from __future__ import annotations

from typing import Any

from flask import Flask

from citizen_app.toolkit.commands import transaction
from citizen_app.toolkit.testing import City
from services.bus.hooks import CAPABILITIES
from services.bus.tests.conftest import Import
from services.bus.tests.integration.test_stored_journeys import TOWN

LAKE = {"latitude": 33.9995, "longitude": 118.2905}
"""Some 70 m from the stop s4 (湖滨)."""


def told(app: Flask, **asked: Any) -> dict[str, Any]:
    """What is answered, as the core passes it on."""
    (offered,) = CAPABILITIES
    with app.test_request_context(headers={"Accept-Language": "zh-CN"}), transaction(reading=True):
        found: dict[str, Any] = offered.answers().dump(offered.run(offered.asks().load(asked), None))
    return found


def test_the_last_journeys_that_are_in_time(city: City, app: Flask, import_small: Import) -> None:
    import_small(TOWN)
    way = told(app, **LAKE, arrive_by="2026-06-01T08:40:00+08:00", start="宿迁站")
    assert [(stop["name"], stop["lines"], stop["walk_minutes"]) for stop in way["stops"]] == [
        ("湖滨", ["2路"], 2)
    ]
    assert (way["start"]["id"], way["choices"]) == ("s1", [])
    assert [(one["departs_at"], one["arrives_at"]) for one in way["journeys"]] == [
        ("2026-06-01T00:00:00.000Z", "2026-06-01T00:30:00.000Z")
    ]
    late = told(app, **LAKE, arrive_by="2026-06-01T08:31:00+08:00", start="s1")
    assert late["journeys"] == []  # the bus is there at 08:30, and two minutes are to be walked


def test_where_the_start_is_open_the_stops_are_told(city: City, app: Flask, import_small: Import) -> None:
    import_small({**TOWN, "stops.txt": TOWN["stops.txt"] + "s5,宿迁南站,33.880,118.25,,\n"})
    for start, choices in (("", []), ("宿迁", ["s1", "s5"]), ("没有这一站", [])):
        way = told(app, **LAKE, arrive_by="2026-06-01T08:40:00+08:00", start=start)
        assert [stop["id"] for stop in way["stops"]] == ["s4"]
        assert (way["start"], [one["id"] for one in way["choices"]], way["journeys"]) == (None, choices, [])
    assert way["link"] == "/services/bus/journeys?end=s4"


def test_whoever_is_near_is_sent_no_detour(city: City, app: Flask, import_small: Import) -> None:
    import_small(TOWN)
    here = {"latitude": 33.9602, "longitude": 118.2801}
    way = told(app, **here, arrive_by="2026-06-01T08:40:00+08:00", start="s2")
    assert (way["journeys"], way["stops"][0]["lines"]) == ([], ["1路"])  # 2路 only begins there


def test_without_a_timetable_there_is_no_answer(city: City, app: Flask) -> None:
    (offered,) = CAPABILITIES
    with app.test_request_context(), transaction(reading=True):
        asked = offered.asks().load({**LAKE, "arrive_by": "2026-06-01T08:40:00+08:00"})
        assert offered.run(asked, None) is None
