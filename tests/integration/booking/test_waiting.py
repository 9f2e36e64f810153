"""Waiting lists: what comes back is offered in order, and nobody overtakes those who wait."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from citizen_app.storage.orm import db
from citizen_app.toolkit.booking import AlreadyHeld, Full
from tests.integration.booking.conftest import NOON, MakePool, Unit

MINUTE = timedelta(minutes=1)


def offered(hall: Any, pool_id: str, minutes: int = 0) -> list[str]:
    entries = hall.WAITS.settle(pool_id, NOON + minutes * MINUTE, seconds=600)
    return [entry.citizen_ref for entry in entries]


def state_of(hall: Any, entry: Any) -> str:
    return str(db.session.get(hall.HallWait, entry.id, populate_existing=True).wait_state)


def test_a_place_that_comes_back_is_offered_to_the_first(unit: Unit, hall: Any, pool: MakePool) -> None:
    evening = pool(1)
    with unit():
        booked = hall.SEATS.hold(evening, "ann", NOON, seconds=None)
        first = hall.WAITS.join(evening, "ben", NOON)
        second = hall.WAITS.join(evening, "cai", NOON)
        urgent = hall.WAITS.join(evening, "dee", NOON + MINUTE, rank=1)
        assert [hall.WAITS.ahead_of(entry) for entry in (urgent, first, second)] == [0, 1, 2]
        assert offered(hall, evening) == []
    with unit():
        hall.SEATS.release(booked.id, NOON + 2 * MINUTE)
        with pytest.raises(Full):  # the place is there, and others wait for it
            hall.SEATS.hold(evening, "eve", NOON + 2 * MINUTE, seconds=600)
        assert offered(hall, evening, 2) == ["dee"]
        assert offered(hall, evening, 2) == []
    with unit():
        entry = db.session.get(hall.HallWait, urgent.id)
        hall.SEATS.confirm(entry.hold_id, NOON + 3 * MINUTE)
        assert offered(hall, evening, 3) == []
        assert state_of(hall, urgent) == "taken"


def test_an_offer_that_is_not_taken_goes_to_the_next(unit: Unit, hall: Any, pool: MakePool) -> None:
    evening = pool(1)
    with unit():
        first = hall.WAITS.join(evening, "ann", NOON)
        second = hall.WAITS.join(evening, "ben", NOON)
        assert offered(hall, evening) == ["ann"]
        assert offered(hall, evening, 9) == []
        assert offered(hall, evening, 10) == ["ben"]
        assert (state_of(hall, first), state_of(hall, second)) == ("lapsed", "offered")
    with unit():
        assert hall.WAITS.leave(second.id, NOON + 11 * MINUTE).wait_state == "left"
        assert hall.WAITS.leave(second.id, NOON + 11 * MINUTE) is None
        assert hall.SEATS.left(evening, NOON + 11 * MINUTE) == 1


def test_who_needs_two_waits_for_two(unit: Unit, hall: Any, pool: MakePool) -> None:
    evening = pool(2)
    with unit():
        one, other = (hall.SEATS.hold(evening, name, NOON, seconds=None) for name in ("ann", "ben"))
        hall.WAITS.join(evening, "cai", NOON, places=2)
        hall.SEATS.release(one.id, NOON)
        assert offered(hall, evening) == []
        hall.SEATS.release(other.id, NOON)
        assert offered(hall, evening) == ["cai"]


def test_nobody_waits_twice_or_for_what_they_have(unit: Unit, hall: Any, pool: MakePool) -> None:
    evening = pool(1)
    with unit():
        hall.SEATS.hold(evening, "ann", NOON, seconds=None)
        with pytest.raises(AlreadyHeld):
            hall.WAITS.join(evening, "ann", NOON)
        hall.WAITS.join(evening, "ben", NOON)
        with pytest.raises(AlreadyHeld):
            hall.WAITS.join(evening, "ben", NOON)


def test_no_offer_is_made_where_bookings_are_over(unit: Unit, hall: Any, pool: MakePool) -> None:
    evening = pool(1, closes_at=NOON)
    with unit():
        hall.WAITS.join(evening, "ann", NOON - MINUTE)
        assert offered(hall, evening) == []
