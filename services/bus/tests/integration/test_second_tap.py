"""The same code twice on the same bus is one boarding, however close together; what was uploaded late always
counts."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import exists, select

from citizen_app.toolkit.data import session
from citizen_app.toolkit.testing import City, TestCitizen, TestKiosk
from citizen_app.toolkit.time import now
from services.bus.operations import boarding
from services.bus.tests.integration.test_boarding import HERE, board, trips, upload

ROUNDS = 5


@pytest.fixture
def kiosk(city: City, import_small: Any) -> TestKiosk:
    """A validator on line 1 of the small feed."""
    import_small()
    return city.kiosk("bus")


def test_a_second_tap_is_refused_with_time_and_place(city: City, kiosk: TestKiosk) -> None:
    citizen = city.citizen()
    first = board(kiosk, citizen, HERE)
    again = board(kiosk, citizen, HERE)
    assert (again["decision"], again["detail_code"]) == ("deny", "second_tap")
    assert again["outcome"]["boarding_id"] == first["outcome"]["boarding_id"]
    assert "宿迁站" in again["display"]["lines"][0]
    assert "1路" in again["display"]["lines"][0]
    words = " ".join([again["display"]["title"], *again["display"]["lines"]])
    assert "本车已用过此码" in words and "没有再扣费" in words
    assert "请直接乘车" not in words, "the screen is red: it invites nobody aboard"
    assert city.count("bus_boardings") == 1


def test_a_vehicle_counts_as_one_and_another_vehicle_or_rider_does_not_matter(
    city: City, kiosk: TestKiosk
) -> None:
    citizen, rear_door = city.citizen(), city.kiosk("bus", name="后门")
    assert board(kiosk, citizen, HERE)["decision"] == "allow"
    assert board(rear_door, citizen, HERE)["detail_code"] == "second_tap"
    assert board(kiosk, city.citizen(), HERE)["decision"] == "allow"
    assert board(kiosk, citizen, {**HERE, "vehicle": "B2"})["decision"] == "allow"
    nameless = {"line": "1路"}
    assert board(kiosk, citizen, nameless)["decision"] == "allow"
    assert board(kiosk, citizen, nameless)["detail_code"] == "second_tap"
    assert board(rear_door, citizen, nameless)["decision"] == "allow"


def test_the_window_is_a_setting_and_ends(city: City, kiosk: TestKiosk) -> None:
    citizen, moment = city.citizen(), now()
    assert board(kiosk, citizen, HERE, occurred_at=_ago(moment, 121))["decision"] == "allow"
    assert board(kiosk, citizen, HERE, occurred_at=_ago(moment, 2))["detail_code"] == "second_tap"
    assert board(kiosk, citizen, HERE, occurred_at=_ago(moment, 0))["decision"] == "allow"
    city.choose("bus", second_tap_seconds=0)
    assert board(kiosk, citizen, HERE)["decision"] == "allow"


def test_a_late_scan_is_never_a_second_tap_but_counts_for_the_next(city: City, kiosk: TestKiosk) -> None:
    citizen, moment = city.citizen(), now()
    results = upload(
        kiosk,
        (citizen, moment - timedelta(seconds=20), HERE),
        (citizen, moment - timedelta(seconds=40), HERE),
    )
    assert [result["decision"] for result in results] == ["allow", "allow"]
    assert board(kiosk, citizen, HERE)["detail_code"] == "second_tap"
    assert sorted(trip["late"] for trip in trips(citizen)["items"]) == [True, True]


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_uploads_changes_nothing(city: City, kiosk: TestKiosk, seed: int) -> None:
    moment, citizens = now(), [city.citizen() for _ in range(3)]
    scans = [
        (citizen, moment - timedelta(seconds=30 * n), {**HERE, "vehicle": f"B{n % 2}"})
        for citizen in citizens
        for n in range(4)
    ]
    random.Random(seed).shuffle(scans)
    batches = [scans[:5], scans[5:6], scans[6:]]
    assert all(result["decision"] == "allow" for batch in batches for result in upload(kiosk, *batch))
    for citizen in citizens:
        ridden = sorted(
            (trip["occurred_at"], trip["vehicle"], trip["fare"]) for trip in trips(citizen)["items"]
        )
        assert [(vehicle, fare) for _, vehicle, fare in ridden] == [("B1", 200), ("B0", 200)] * 2


def test_two_taps_at_once_are_one_boarding(city: City, kiosk: TestKiosk) -> None:
    for _ in range(ROUNDS):
        citizen = city.citizen()
        assert sorted(_at_once(city, kiosk, citizen)) == ["allow", "deny", "deny", "deny"]
        assert len(trips(citizen)["items"]) == 1


def test_without_the_riders_row_two_taps_at_once_are_two_boardings(
    city: City, kiosk: TestKiosk, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: look first, write then. SQLite's one writer makes even that safe."""
    if database_url.startswith("sqlite"):
        pytest.skip("on SQLite writing units take turns")
    both_looked = threading.Barrier(2)

    def look_first(citizen_ref: str, tapped_on: str, at: datetime, window: timedelta) -> bool:
        boarded = exists().where(boarding.BOARDINGS.c.citizen_ref == citizen_ref)
        seen = session().scalar(select(boarded))
        both_looked.wait(timeout=30)
        return not seen

    monkeypatch.setattr(boarding, "_is_first_tap", look_first)
    citizen = city.citizen()
    assert _at_once(city, kiosk, citizen, times=2) == ["allow", "allow"]
    assert len(trips(citizen)["items"]) == 2


def test_a_boarding_that_fails_leaves_nothing(
    city: City, kiosk: TestKiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    citizen = city.citizen()
    with monkeypatch.context() as broken:
        broken.setattr(boarding, "_row", lambda *_: 1 / 0)
        assert board(kiosk, citizen, HERE)["reason"] == "service_unavailable"
    assert (city.count("bus_boardings"), city.count("bus_riders")) == (0, 0)
    assert board(kiosk, citizen, HERE)["decision"] == "allow"


def _at_once(city: City, kiosk: TestKiosk, citizen: TestCitizen, times: int = 4) -> list[str]:
    """The decisions on taps that start together, each with a code of its own."""
    city.let_scans_race()
    codes, barrier = [citizen.code() for _ in range(times)], threading.Barrier(times)

    def tap(code: str) -> str:
        mine = TestKiosk(kiosk.id, kiosk.token, city.app.test_client())
        barrier.wait()
        answer = mine.scan(code, "board", context=HERE)
        assert answer.status_code == 200, answer.text
        decision: str = answer.get_json()["decision"]
        return decision

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(tap, codes))


def _ago(moment: datetime, seconds: int) -> str:
    return (moment - timedelta(seconds=seconds)).isoformat()
