"""Holds, bookings and offers in any order and at any time: a model in plain Python says the same."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from citizen_app.ids import new_id
from citizen_app.storage.orm import db
from citizen_app.toolkit.booking import AlreadyHeld, Full, HoldExpired
from tests.integration.booking.conftest import NOON, Unit

NAMES = [f"c{number}" for number in range(6)]


def machine_of(unit: Unit, hall: Any) -> type[RuleBasedStateMachine]:
    """The model of one pool without a waiting list."""

    class Seats(RuleBasedStateMachine):
        @initialize(capacity=st.integers(0, 5))
        def begin(self, capacity: int) -> None:
            self.pool, self.capacity, self.now = new_id(), capacity, NOON
            self.active: dict[str, tuple[str, int, Any]] = {}  # hold id, places, end (None: booked)
            self.returning: list[tuple[int, Any]] = []
            with unit():
                db.session.add(hall.HallPool(id=self.pool, capacity=capacity))

        def forget_expired(self) -> None:
            self.active = {
                name: held for name, held in self.active.items() if held[2] is None or held[2] > self.now
            }
            self.returning = [back for back in self.returning if back[1] > self.now]

        def free(self) -> int:
            return (
                self.capacity
                - sum(held[1] for held in self.active.values())
                - sum(places for places, _ in self.returning)
            )

        @rule(minutes=st.integers(1, 30))
        def wait(self, minutes: int) -> None:
            self.now += timedelta(minutes=minutes)
            self.forget_expired()

        @rule(name=st.sampled_from(NAMES), places=st.integers(1, 3), minutes=st.sampled_from([None, 5, 20]))
        def hold(self, name: str, places: int, minutes: int | None) -> None:
            seconds = None if minutes is None else 60 * minutes
            try:
                with unit():
                    seat = hall.SEATS.hold(self.pool, name, self.now, seconds=seconds, places=places)
            except Full:
                assert places > self.free()
            except AlreadyHeld:
                assert name in self.active
            else:
                assert name not in self.active
                assert places <= self.free()
                end = None if minutes is None else self.now + timedelta(minutes=minutes)
                self.active[name] = (seat.id, places, end)

        @rule(name=st.sampled_from(NAMES))
        def confirm(self, name: str) -> None:
            if name in self.active:
                with unit():
                    hall.SEATS.confirm(self.active[name][0], self.now)
                self.active[name] = (*self.active[name][:2], None)

        @rule(name=st.sampled_from(NAMES), minutes=st.sampled_from([None, 10]))
        def release(self, name: str, minutes: int | None) -> None:
            if name not in self.active:
                return
            back = None if minutes is None else self.now + timedelta(minutes=minutes)
            seat, places, _ = self.active.pop(name)
            with unit():
                assert hall.SEATS.release(seat, self.now, back_at=back) is not None
                assert hall.SEATS.release(seat, self.now) is None
                with pytest.raises(HoldExpired):
                    hall.SEATS.confirm(seat, self.now)
            if back is not None:
                self.returning.append((places, back))

        @rule(capacity=st.integers(0, 6))
        def resize(self, capacity: int) -> None:
            self.capacity = capacity
            with unit():
                hall.SEATS.resize(self.pool, capacity)

        @rule()
        def sweep(self) -> None:
            hall.SEATS.sweep(self.now, unit)
            with unit():
                taken = db.session.scalar(select(hall.HallPool.taken).where(hall.HallPool.id == self.pool))
            assert taken == self.capacity - self.free()

        @rule()
        def close(self) -> None:
            with unit():
                told = hall.SEATS.close(self.pool, self.now)
            assert {seat.citizen_ref for seat in told} == set(self.active)
            self.active, self.returning, self.capacity = {}, [], 0

        @invariant()
        def says_what_is_left(self) -> None:
            if hasattr(self, "pool"):
                with unit():
                    assert hall.SEATS.left(self.pool, self.now) == max(0, self.free())

    return Seats


def test_the_kit_and_a_plain_model_agree(unit: Unit, hall: Any) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine_of(unit, hall),
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
