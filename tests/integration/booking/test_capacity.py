"""Places: held, booked, given back, expired; never more than there are."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from citizen_app.storage.orm import db
from citizen_app.storage.slices import Unit as SliceUnit
from citizen_app.toolkit.booking import AlreadyHeld, Full, HoldExpired, NotOpen
from citizen_app.wire.problems import Problem
from tests.integration.booking.conftest import NOON, MakePool, Unit

MINUTE = timedelta(minutes=1)


def taken(hall: Any, pool_id: str) -> int:
    found = db.session.get(hall.HallPool, pool_id, populate_existing=True)
    assert found is not None
    return int(found.taken)


def test_the_last_place_is_held_and_the_next_citizen_hears_that_it_is_full(
    unit: Unit, hall: Any, pool: MakePool
) -> None:
    evening = pool(2)
    with unit():
        held = hall.SEATS.hold(evening, "ann", NOON, seconds=600, state="booked")
        booked = hall.SEATS.hold(evening, "ben", NOON, seconds=None)
        assert (held.hold_state, held.expires_at) == ("held", NOON + 10 * MINUTE)
        assert (booked.hold_state, booked.expires_at) == ("confirmed", None)
        with pytest.raises(Full):
            hall.SEATS.hold(evening, "cai", NOON, seconds=600)
        assert hall.SEATS.left(evening, NOON) == 0
    with unit():
        assert taken(hall, evening) == 2


def test_nobody_holds_twice_and_a_refusal_leaves_nothing_behind(
    unit: Unit, hall: Any, pool: MakePool
) -> None:
    evening = pool(5)
    with unit():
        hall.SEATS.hold(evening, "ann", NOON, seconds=600)
        with pytest.raises(AlreadyHeld):
            hall.SEATS.hold(evening, "ann", NOON, seconds=600, places=3)
        assert taken(hall, evening) == 1


def test_an_expired_hold_is_no_hold_though_nobody_swept(unit: Unit, hall: Any, pool: MakePool) -> None:
    evening = pool(1)
    with unit():
        first = hall.SEATS.hold(evening, "ann", NOON, seconds=600)
    with unit():
        with pytest.raises(HoldExpired):
            hall.SEATS.confirm(first.id, NOON + 10 * MINUTE)
        assert hall.SEATS.release(first.id, NOON + 10 * MINUTE) is None
        assert hall.SEATS.left(evening, NOON + 10 * MINUTE) == 1
        again = hall.SEATS.hold(evening, "ann", NOON + 10 * MINUTE, seconds=600)
        assert again.id != first.id
        assert hall.SEATS.confirm(again.id, NOON + 11 * MINUTE).hold_state == "confirmed"
        assert hall.SEATS.confirm(again.id, NOON + 99 * MINUTE).id == again.id
    with unit():
        assert taken(hall, evening) == 1
        assert db.session.get(hall.HallSeat, first.id).hold_state == "expired"


def test_the_same_citizen_may_hold_again_where_others_have_places_left(
    unit: Unit, hall: Any, pool: MakePool
) -> None:
    evening = pool(9)
    with unit():
        hall.SEATS.hold(evening, "ann", NOON, seconds=600)
    with unit():
        hall.SEATS.hold(evening, "ann", NOON + 10 * MINUTE, seconds=600)
        assert taken(hall, evening) == 1


def test_a_returned_place_is_free_from_its_moment_on(unit: Unit, hall: Any, pool: MakePool) -> None:
    evening = pool(1)
    with unit():
        booked = hall.SEATS.hold(evening, "ann", NOON, seconds=None)
        released = hall.SEATS.release(booked.id, NOON, back_at=NOON + 30 * MINUTE)
        assert released.hold_state == "returning"
        assert hall.SEATS.release(booked.id, NOON) is None
        with pytest.raises(Full):
            hall.SEATS.hold(evening, "ben", NOON + 29 * MINUTE, seconds=None)
        hall.SEATS.hold(evening, "ben", NOON + 30 * MINUTE, seconds=None)
    with unit():
        assert db.session.get(hall.HallSeat, booked.id).hold_state == "released"
        assert taken(hall, evening) == 1


def test_bookings_are_taken_in_their_window(unit: Unit, hall: Any, pool: MakePool) -> None:
    evening = pool(1, opens_at=NOON, closes_at=NOON + 60 * MINUTE)
    with unit():
        with pytest.raises(NotOpen) as early:
            hall.SEATS.hold(evening, "ann", NOON - MINUTE, seconds=None)
        assert early.value.more == {"opens_at": "2026-11-23T04:00:00.000Z"}
        with pytest.raises(NotOpen):
            hall.SEATS.hold(evening, "ann", NOON + 60 * MINUTE, seconds=None)
        hall.SEATS.hold(evening, "ann", NOON, seconds=None)
        with pytest.raises(Problem) as unknown:
            hall.SEATS.hold("01900000-0000-7000-8000-000000000000", "ann", NOON, seconds=None)
        assert unknown.value.kind.status == 404


def test_a_smaller_hall_takes_nothing_from_those_who_have(unit: Unit, hall: Any, pool: MakePool) -> None:
    evening, other = pool(3), pool(1)
    with unit():
        for name in ("ann", "ben"):
            hall.SEATS.hold(evening, name, NOON, seconds=None)
        assert hall.SEATS.left_in([evening, other], NOON) == {evening: 1, other: 1}
        hall.SEATS.resize(evening, 1)
        assert hall.SEATS.left(evening, NOON) == 0
        hall.SEATS.resize(evening, 4)
        assert hall.SEATS.left(evening, NOON) == 2


def test_a_closed_evening_releases_everybody_and_takes_nobody(unit: Unit, hall: Any, pool: MakePool) -> None:
    evening = pool(4)
    with unit():
        hall.SEATS.hold(evening, "ann", NOON, seconds=None, places=2)
        hall.SEATS.hold(evening, "ben", NOON, seconds=600)
        late = hall.SEATS.hold(evening, "cai", NOON, seconds=1)
    with unit():
        told = hall.SEATS.close(evening, NOON + MINUTE)
        assert [seat.citizen_ref for seat in told] == ["ann", "ben"]
        assert {seat.hold_state for seat in told} == {"released"}
        with pytest.raises(Full):
            hall.SEATS.hold(evening, "dee", NOON + MINUTE, seconds=None)
        assert hall.SEATS.close(evening, NOON + MINUTE) == []
    with unit():
        assert taken(hall, evening) == 0
        assert db.session.get(hall.HallSeat, late.id).hold_state == "expired"


def test_a_sweep_ends_what_is_overdue_in_every_pool(unit: Unit, hall: Any, pool: MakePool) -> None:
    evenings = sorted(pool(2) for _ in range(3))
    with unit():
        for evening in evenings:
            hall.SEATS.hold(evening, "ann", NOON, seconds=60, places=2)
    freed: list[str] = []
    sweep: SliceUnit = unit
    assert hall.SEATS.sweep(NOON + timedelta(seconds=59), sweep, freed.append) == 0
    assert hall.SEATS.sweep(NOON + MINUTE, sweep, freed.append) == 6
    assert freed == evenings
    assert hall.SEATS.sweep(NOON + MINUTE, sweep) == 0
    with unit():
        assert [taken(hall, evening) for evening in evenings] == [0, 0, 0]
