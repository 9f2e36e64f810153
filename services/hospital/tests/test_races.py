"""Many at once: exactly as many numbers as there are, and one a person; with controls that fail."""

from __future__ import annotations

import time
from collections import Counter
from functools import partial

import pytest
from sqlalchemy import select, update

from citizen_app.toolkit.booking import Full
from citizen_app.toolkit.data import session as unit
from citizen_app.toolkit.testing import City, TestCitizen
from citizen_app.toolkit.testing.races import LONG_ENOUGH, run_concurrently
from services.hospital.models import HospitalPool
from services.hospital.operations.states import PLACES

from .conftest import BASE, Ward

REQUESTS = 200
NUMBERS = 10
AT_ONCE = 8


def send(city: City, path: str, body: dict[str, str], citizens: list[TestCitizen]) -> Counter[int]:
    """The statuses of one request of each of them, several at a time."""

    def worker(number: int) -> Counter[int]:
        client = city.app.test_client()
        statuses: Counter[int] = Counter()
        for citizen in citizens[number::AT_ONCE]:
            headers = {"Authorization": f"Bearer {citizen.access_token}"}
            statuses[client.post(f"{BASE}{path}", json=body, headers=headers).status_code] += 1
        return statuses

    return sum(run_concurrently([partial(worker, n) for n in range(AT_ONCE)]), Counter[int]())


@pytest.mark.large
def test_two_hundred_holds_of_ten_numbers(ward: Ward, city: City) -> None:
    (slot,) = ward.slots(ward.open(app_places=NUMBERS, slot_minutes=60))
    people = [city.citizen() for _ in range(REQUESTS)]
    statuses = send(city, "/bookings", {"slot_id": slot["id"]}, people)
    assert statuses == {201: NUMBERS, 409: REQUESTS - NUMBERS}
    assert city.count("hospital_bookings", "hold_state = 'held'") == NUMBERS
    assert city.count("hospital_pools", f"taken = {NUMBERS}") == 1


def take_what_was_read(pool_id: str, moment: object, places: int, from_list: bool) -> bool:
    """The counter as it would be without its guard: read, then written."""
    pool = (
        unit()
        .execute(select(HospitalPool.taken, HospitalPool.capacity).where(HospitalPool.id == pool_id))
        .one()
    )
    if pool.taken >= pool.capacity:
        raise Full
    time.sleep(LONG_ENOUGH)
    unit().execute(update(HospitalPool).where(HospitalPool.id == pool_id).values(taken=pool.taken + 1))
    return True


def test_reading_what_is_left_and_then_taking_it_sells_too_many(
    ward: Ward, city: City, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database_url.startswith("sqlite"):
        pytest.skip("units of work that write take turns there")
    (slot,) = ward.slots(ward.open(app_places=1, slot_minutes=60))
    people = [city.citizen() for _ in range(AT_ONCE)]
    known = ward.slots(ward.open(app_places=AT_ONCE, slot_minutes=60, starts="14:00:00", ends="15:00:00"))[0]
    for one in people:  # who is new waits for a record number, in turn
        held = ward.hold(one, known)
        ward.mine(one, "POST", f"/bookings/{held['id']}/cancel")
    monkeypatch.setattr(PLACES, "_take", take_what_was_read)
    assert send(city, "/bookings", {"slot_id": slot["id"]}, people)[201] > 1


def test_one_person_at_once_gets_one(ward: Ward, city: City) -> None:
    (slot,) = ward.slots(ward.open(app_places=NUMBERS, slot_minutes=60))
    citizen = city.citizen()
    statuses = send(city, "/bookings", {"slot_id": slot["id"]}, [citizen] * 16)
    assert statuses == {201: 1, 409: 15}
    assert city.count("hospital_pools", "taken = 1") == 1
