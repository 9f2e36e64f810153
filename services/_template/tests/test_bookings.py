"""Bookings: an hour has as many places as staff say, and a place that is given back is another's."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from time_machine import Traveller

from citizen_app.toolkit.testing import City

ROOT = "/api/v1/services/parlour"
NOON = datetime(2026, 5, 4, 4, 0, tzinfo=UTC)
AT_THREE = "2026-05-04T15:00:00+08:00"


@pytest.fixture(autouse=True)
def noon(time_travel: Traveller) -> None:
    """Before there is a city it is noon in China."""
    time_travel.move_to(NOON)


def test_the_last_place_is_booked_and_given_back(city: City) -> None:
    city.choose("parlour", places=1)
    first, second = city.citizen(), city.citizen()
    booked = first.call("POST", f"{ROOT}/bookings", json={"starts_at": AT_THREE})
    assert booked.status_code == 201, booked.text
    assert second.call("POST", f"{ROOT}/bookings", json={"starts_at": AT_THREE}).status_code == 409
    hours = {row["starts_at"]: row["left"] for row in first.get(f"{ROOT}/free-hours").get_json()["items"]}
    assert hours["2026-05-04T07:00:00.000Z"] == 0
    assert hours["2026-05-04T08:00:00.000Z"] == 1
    booking = f"{ROOT}/bookings/{booked.get_json()['id']}"
    for caller, status in ((second, 404), (first, 204), (first, 404)):
        assert caller.call("DELETE", booking).status_code == status
    assert first.get(f"{ROOT}/bookings").get_json()["items"] == []
    assert second.call("POST", f"{ROOT}/bookings", json={"starts_at": AT_THREE}).status_code == 201
    uses = first.get("/api/v1/me/usage").get_json()["items"]
    assert [use["purpose"] for use in uses] == ["cancel", "book"]


@pytest.mark.parametrize(
    "starts_at",
    ["2026-05-04T15:30:00+08:00", "2026-05-04T12:00:00+08:00", "2026-05-12T15:00:00+08:00", "15:00"],
)
def test_only_hours_of_the_coming_week_can_be_booked(city: City, starts_at: str) -> None:
    refused = city.citizen().call("POST", f"{ROOT}/bookings", json={"starts_at": starts_at})
    assert refused.status_code == 422


def test_an_hour_in_which_the_room_is_closed_cannot_be_booked(city: City) -> None:
    city.choose("parlour", opens_at=8, closes_at=15)
    refused = city.citizen().call("POST", f"{ROOT}/bookings", json={"starts_at": AT_THREE})
    assert refused.status_code == 422


def test_whoever_has_booked_a_day_that_is_closed_is_told(city: City) -> None:
    citizen, operator = city.citizen(), city.operator("parlour")
    citizen.call("POST", f"{ROOT}/bookings", json={"starts_at": AT_THREE})
    for _ in range(2):
        operator.call("POST", f"{ROOT}/closed-days", json={"day": AT_THREE[:10]})
    assert citizen.get(f"{ROOT}/bookings").get_json()["items"] == []
    (told,) = citizen.get("/api/v1/me/notices").get_json()["items"]
    assert told["body"] == "5月4日 15:00 不开放，您的预约已取消。"


def test_bookings_are_deleted_with_their_time(city: City, time_travel: Traveller) -> None:
    city.choose("parlour", keep_days=1)
    city.citizen().call("POST", f"{ROOT}/bookings", json={"starts_at": AT_THREE})
    city.run_jobs("parlour")
    assert city.count("parlour_bookings") == 1
    time_travel.shift(3 * 86_400)
    city.run_jobs("parlour")
    assert city.count("parlour_bookings") == 0
