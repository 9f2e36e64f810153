"""Two hundred concurrent holds of ten places give ten. Without the guard they give more."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from citizen_app.factory import CitizenFlask
from citizen_app.ids import new_id
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.booking import AlreadyHeld, Full
from citizen_app.toolkit.testing import City
from tests.integration.booking.conftest import NOON, MakePool, Unit

THREADS = 16
REQUESTS = 200
PLACES = 10


@pytest.fixture
def app_environment(app_environment: dict[str, str]) -> dict[str, str]:
    """A connection for each thread."""
    return {**app_environment, "CITIZEN_THREADS": str(THREADS)}


def concurrently(app: CitizenFlask, work: Any, times: int = REQUESTS) -> list[Any]:
    """Each in a unit of work of its own, starting together; a refusal is a result."""
    together = threading.Barrier(THREADS)

    def one(number: int) -> Any:
        if number < THREADS:
            together.wait(30)
        try:
            with app.app_context(), transaction():
                return work(number)
        except (Full, AlreadyHeld) as refused:
            return type(refused)

    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(one, range(times)))


def booked(hall: Any, pool_id: str) -> int:
    active = select(func.sum(hall.HallSeat.places)).where(
        hall.HallSeat.pool_id == pool_id, hall.HallSeat.hold_state == "confirmed"
    )
    return int(db.session.scalar(active) or 0)


def test_two_hundred_holds_of_ten_places_give_ten(city: City, unit: Unit, hall: Any, pool: MakePool) -> None:
    evening = pool(PLACES)
    results = concurrently(
        city.app, lambda number: hall.SEATS.hold(evening, f"c{number}", NOON, seconds=None).id
    )
    assert results.count(Full) == REQUESTS - PLACES
    with unit():
        assert booked(hall, evening) == PLACES == db.session.get(hall.HallPool, evening).taken


def test_without_the_guard_places_are_oversold(city: City, unit: Unit, hall: Any, pool: MakePool) -> None:
    """The negative control: look first, write afterwards."""
    evening, looked = pool(PLACES), threading.Barrier(4)

    def look_then_write(number: int) -> None:
        with city.app.app_context(), transaction(reading=True):
            row = db.session.get(hall.HallPool, evening)
            assert row is not None
            if row.taken >= row.capacity:
                raise Full
        try:
            looked.wait(1)
        except threading.BrokenBarrierError:
            pass
        with city.app.app_context(), transaction():
            db.session.execute(
                update(hall.HallPool).where(hall.HallPool.id == evening).values(taken=hall.HallPool.taken + 1)
            )
            db.session.add(
                hall.HallSeat(
                    id=new_id(),
                    pool_id=evening,
                    citizen_ref=f"c{number}",
                    places=1,
                    hold_state="confirmed",
                    held_at=NOON,
                )
            )

    def attempt(number: int) -> Any:
        try:
            look_then_write(number)
        except Full:
            return Full
        return None

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(attempt, range(4 * PLACES)))
    with unit():
        assert booked(hall, evening) > PLACES


def test_one_citizen_who_asks_from_many_phones_has_one_hold(
    city: City, unit: Unit, hall: Any, pool: MakePool
) -> None:
    evening = pool(PLACES)
    results = concurrently(city.app, lambda _: hall.SEATS.hold(evening, "ann", NOON, seconds=None).id, 40)
    assert results.count(AlreadyHeld) == 39
    with unit():
        assert booked(hall, evening) == 1 == db.session.get(hall.HallPool, evening).taken


def test_holds_releases_confirmations_and_offers_at_once_keep_the_count(
    city: City, unit: Unit, hall: Any, pool: MakePool
) -> None:
    """Everything that locks, in every order: no deadlock, and the counter is the sum of what is held."""
    evening = pool(PLACES)
    with unit():
        seats = [hall.SEATS.hold(evening, f"a{n}", NOON, seconds=60).id for n in range(PLACES)]
        for number in range(20):
            hall.WAITS.join(evening, f"w{number}", NOON)
    later = NOON + timedelta(seconds=61)

    def one(number: int) -> Any:
        match number % 5:
            case 0:
                return hall.SEATS.release(seats[number % PLACES], NOON)
            case 1:
                return hall.WAITS.settle(evening, later, seconds=600)
            case 2:
                return hall.SEATS.expire(evening, later)
            case 3:
                entry = db.session.scalar(
                    select(hall.HallWait.id).where(hall.HallWait.citizen_ref == f"w{number % 20}")
                )
                return hall.WAITS.leave(entry, later)
            case _:
                return hall.SEATS.hold(evening, f"b{number}", later, seconds=600)

    concurrently(city.app, one, 100)
    with unit():
        held = select(func.sum(hall.HallSeat.places)).where(
            hall.HallSeat.pool_id == evening, hall.HallSeat.hold_state.in_(("held", "confirmed", "returning"))
        )
        row = db.session.get(hall.HallPool, evening)
        assert row is not None
        assert (db.session.scalar(held) or 0) == row.taken <= PLACES
