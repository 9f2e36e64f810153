"""Scans: who is let in and when, and what is written down."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from time_machine import Traveller

from citizen_app.toolkit.testing import City, TestCitizen, TestKiosk

NOON = datetime(2026, 5, 4, 4, 0, tzinfo=UTC)
"""In China, where it is a Monday."""


@pytest.fixture(autouse=True)
def noon(time_travel: Traveller) -> None:
    """Before there is a city it is noon."""
    time_travel.move_to(NOON)


@pytest.fixture
def kiosk(city: City) -> TestKiosk:
    """A kiosk at the door."""
    return city.kiosk("parlour")


def scan(kiosk: TestKiosk, citizen: TestCitizen, **more: Any) -> dict[str, Any]:
    """The answer to a scan of a fresh code."""
    answer: dict[str, Any] = kiosk.scan(citizen.code(), "enter", **more).get_json()
    return answer


def test_a_visit_is_counted_once_a_day(city: City, kiosk: TestKiosk, time_travel: Traveller) -> None:
    citizen = city.citizen()
    first = scan(kiosk, citizen, context={"room": "101"})
    assert (first["decision"], first["display"]["title"]) == ("allow", "欢迎")
    time_travel.shift(3_600)
    assert scan(kiosk, citizen)["display"]["title"] == "欢迎回来"
    assert city.count("parlour_visits") == 1
    time_travel.shift(86_400)
    scan(kiosk, citizen)
    assert city.count("parlour_visits") == 2


def test_a_poster_at_the_door_signs_in_too(city: City) -> None:
    citizen, poster = city.citizen(), city.poster("parlour", "enter", room="101")
    told = citizen.scan_place(poster).get_json()
    assert (told["decision"], told["outcome"]["room"]) == ("allow", "101")
    assert [line["code_kind"] for line in citizen.usage()] == ["place"]
    assert city.count("parlour_visits") == 1


def test_outside_the_hours_nobody_is_let_in(city: City, kiosk: TestKiosk) -> None:
    city.choose("parlour", opens_at=13, closes_at=20)
    answer = scan(kiosk, city.citizen())
    assert (answer["decision"], answer["detail_code"]) == ("deny", "closed")
    assert answer["display"]["lines"][0] == "开放时间 13:00–20:00"
    assert city.count("parlour_visits") == 0


def test_whoever_withholds_their_age_is_let_in_all_the_same(city: City, kiosk: TestKiosk) -> None:
    citizen = city.citizen(consents=False)
    assert scan(kiosk, citizen)["decision"] == "allow"
    assert citizen.usage()[0]["disclosed"] == []
    assert city.count("parlour_visits", "NOT is_senior") == 1
    citizen.agree("parlour", "senior")
    scan(kiosk, citizen)
    assert [told["name"] for told in citizen.usage()[0]["disclosed"]] == ["senior"]


def test_the_kiosk_asks_who_comes_along_where_staff_want_it(city: City, kiosk: TestKiosk) -> None:
    city.choose("parlour", ask_companions=True)
    asked = scan(kiosk, city.citizen())
    assert asked["decision"] == "needs_input"
    done = kiosk.answer(asked, {"companions": 3}).get_json()
    assert done["decision"] == "allow"
    assert city.count("parlour_visits", "companions = 3") == 1


def test_visits_are_forgotten_in_time(city: City, kiosk: TestKiosk, time_travel: Traveller) -> None:
    city.choose("parlour", keep_days=30)
    scan(kiosk, city.citizen())
    time_travel.shift(30 * 86_400)
    city.run_jobs("parlour")
    assert city.count("parlour_visits") == 1
    time_travel.shift(86_400)
    city.run_jobs("parlour")
    assert city.count("parlour_visits") == 0
