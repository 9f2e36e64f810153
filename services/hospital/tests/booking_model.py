"""The model of booking: any sequence of holds, payments, cancellations, moves, added numbers, stopped
sessions and time keeps its promises. It says who gets a number; tables are counted after each step."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations, count
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from sqlalchemy import select

from citizen_app.toolkit.data import session
from citizen_app.toolkit.testing import City
from citizen_app.toolkit.web import Problem
from services.hospital.models import (
    HospitalBooking,
    HospitalMove,
    HospitalPatient,
    HospitalPool,
    HospitalSession,
    HospitalStrike,
)
from services.hospital.operations import adding, booking, giving_up, patients, paying, stopping, sweeping
from services.hospital.operations.booking import By
from services.hospital.operations.states import BOOKINGS

from .conftest import SUNDAY, Ward
from .visits.conftest import row

CHINA = ZoneInfo("Asia/Shanghai")
RULES = {
    "pays": "online",
    "release_days": 60,
    "closes_minutes": 0,
    "hold_minutes": 10,
    "cancel_at": None,
    "cancel_minutes": 120,
    "late_refund_percent": 50,
    "back_least": 5,
    "back_most": 5,
    "most_a_day": 3,
    "most_open": 50,
    "ladders": [],
}
TAKES = ("held", "confirmed", "returning")
OVER = ("cancelled", "lapsed", "moved", "no_show", "stopped")
DAYS = count(3)
SELF, DESK = By("self"), By("staff", "staff model")


@dataclass
class World:
    """Two hospitals (three departments) and three people with money."""

    city: City
    departments: list[tuple[Ward, str]]
    people: list[str]
    unit: Callable[[], AbstractContextManager[Any]]


def machine(world: World) -> type[RuleBasedStateMachine]:
    """The machine; each example has a day of its own."""

    class Numbers(RuleBasedStateMachine):
        @initialize()
        def begin(self) -> None:
            self.now = SUNDAY
            self.day = (SUNDAY + timedelta(days=next(DAYS))).astimezone(CHINA).date()
            self.pools: list[str] = []
            self.rows: list[str] = []
            self.bookings: list[str] = []
            self.states: dict[str, str] = {}
            self.has_stopped = False
            with world.unit():
                for number, (ward, department) in enumerate(world.departments):
                    self._open(ward, department, 8 * 60 + 30 * (number % 2))

        def _open(self, ward: Ward, department: str, minutes: int) -> None:
            begins = datetime.combine(self.day, datetime.min.time(), CHINA) + timedelta(minutes=minutes)
            made = row(
                HospitalSession, hospital_id=ward.id, campus_id=ward.campus, department_id=department, day=self.day,
                segment="morning", kind="general", starts_at=begins, ends_at=begins + timedelta(hours=2),
                slot_minutes=60, fee=501, state="open", opens_at=SUNDAY, last_number=0,
            )  # fmt: skip
            self.rows.append(made.id)
            for hour in range(2):
                at = begins + timedelta(hours=hour)
                for channel, places in (("app", 1), ("window", 1)):
                    made_pool = row(
                        HospitalPool, session_id=made.id, channel=channel, starts_at=at, capacity=places, taken=0,
                        ends_at=at + timedelta(hours=1), closes_at=at,
                        gives_back_at=at - timedelta(hours=12) if channel == "window" else None,
                    )  # fmt: skip
                    self.pools.append(made_pool.id)

        @rule(minutes=st.sampled_from([3, 11, 45, 400, 2_900]), sweeps=st.booleans())
        def wait(self, minutes: int, sweeps: bool) -> None:
            self.now += timedelta(minutes=minutes)
            if sweeps:
                sweeping.end_overdue(self.now, world.unit)
                sweeping.give_back_unsold(self.now, world.unit)
                sweeping.miss(self.now, world.unit)

        @rule(
            wanted=st.lists(
                st.tuples(st.integers(0, 2), st.integers(0, 11), st.booleans()), min_size=2, max_size=4
            )
        )
        def hold_some(self, wanted: list[tuple[int, int, bool]]) -> None:
            for who, at, pays in wanted:
                self.hold(who, at, pays)

        def hold(self, who: int, at: int, pays: bool) -> None:
            ref, pool_id = world.people[who], self.pools[at]
            with world.unit():
                possible = self._is_possible(ref, pool_id)
            try:
                with world.unit():
                    pool = session().get_one(HospitalPool, pool_id)
                    by = SELF if pool.channel == "app" else DESK
                    made = booking.hold(self._patient(ref, pool.session_id), pool_id, self.now, by)
                    self.bookings.append(made.id)
                    if pays:
                        paying.confirm(made, "purse", self.now, by)
            except Problem:
                assert not possible
            else:
                assert possible

        @rule(which=st.integers(0, 40))
        @precondition(lambda self: self.bookings)
        def pay(self, which: int) -> None:
            self._do(which, lambda one: paying.confirm(one, "purse", self.now, SELF))

        @rule(which=st.integers(0, 40))
        @precondition(lambda self: self.bookings)
        def cancel(self, which: int) -> None:
            self._do(which, lambda one: giving_up.cancel(one, self.now, SELF))

        @rule(which=st.integers(0, 40), at=st.sampled_from(range(12)))
        @precondition(lambda self: self.bookings)
        def move(self, which: int, at: int) -> None:
            done = self._do(which, lambda one: giving_up.move(one, self.pools[at], self.now, SELF).id)
            self.bookings += [done] if done else []

        @rule(who=st.sampled_from(range(3)), at=st.sampled_from(range(3)))
        def add(self, who: int, at: int) -> None:
            for number in range(2):  # where one is left none is added
                self.hold((who + 1 + number) % 3, at * 4 + number, True)
            try:
                with world.unit():
                    of = session().get_one(HospitalSession, self.rows[at])
                    patient = self._patient(world.people[who], of.id)
                    self.bookings.append(adding.add(of, patient, "复诊开药", self.now, DESK).id)
            except Problem:
                return

        @rule(at=st.sampled_from(range(3)))
        @precondition(lambda self: len(self.bookings) > 4 and not self.has_stopped)
        def stop(self, at: int) -> None:
            self.has_stopped = True
            try:
                with world.unit():
                    stopping.stop(session().get_one(HospitalSession, self.rows[at]), None, self.now, "model")
            except Problem:
                return
            stopping.clear(self.now, world.unit)

        def _do(self, which: int, act: Callable[[HospitalBooking], Any]) -> Any:
            chosen = self.bookings[-1 - which % len(self.bookings)]
            try:
                with world.unit():
                    return act(session().get_one(HospitalBooking, chosen))
            except Problem:
                return None

        def _patient(self, ref: str, session_id: str) -> HospitalPatient:
            hospital = session().get_one(HospitalSession, session_id).hospital_id
            known = select(HospitalPatient).where(
                HospitalPatient.hospital_id == hospital, HospitalPatient.holder_ref == ref
            )
            return session().scalar(known) or patients.register(
                hospital, self.now, name="王*明", holder_ref=ref, citizen_ref=ref
            )

        def _is_possible(self, ref: str, pool_id: str) -> bool:
            """What the rules say, in plain Python."""
            pool = session().get_one(HospitalPool, pool_id)
            of = session().get_one(HospitalSession, pool.session_id)
            rows = self._rows()
            takes = [one for one in rows if self._takes(one)]
            mine = [one for one in takes if one.citizen_ref == ref and one.hold_state != "returning"]
            return (
                of.state == "open"
                and self.now < pool.starts_at
                and sum(one.pool_id == pool_id for one in takes) < pool.capacity
                and not any(one.department_id == of.department_id for one in mine)
                and not any(one.starts_at < pool.ends_at and pool.starts_at < one.ends_at for one in mine)
            )

        def _rows(self) -> list[HospitalBooking]:
            mine = select(HospitalBooking).where(HospitalBooking.day == self.day)
            return list(session().scalars(mine.execution_options(populate_existing=True)))

        def _takes(self, one: HospitalBooking) -> bool:
            """Whether it takes a place now, swept or not."""
            is_over = one.expires_at is not None and one.expires_at <= self.now
            return one.hold_state in TAKES and not (one.hold_state != "confirmed" and is_over)

        @invariant()
        def keeps_its_promises(self) -> None:
            with world.unit():
                rows = self._rows()
                of = HospitalPool.session_id.in_(self.rows)
                for pool in session().scalars(
                    select(HospitalPool).where(of).execution_options(populate_existing=True)
                ):
                    there = [one for one in rows if one.pool_id == pool.id]
                    assert pool.taken == sum(one.hold_state in TAKES for one in there)
                    stopped = session().get_one(HospitalSession, pool.session_id).state == "stopped"
                    assert pool.taken <= pool.capacity or stopped, (
                        "no channel is oversold, added ones neither"
                    )
                active = [one for one in rows if self._takes(one) and one.hold_state != "returning"]
                for one, two in combinations(active, 2):
                    if one.citizen_ref == two.citizen_ref:
                        assert one.department_id != two.department_id, "one a department a day"
                        assert one.ends_at <= two.starts_at or two.ends_at <= one.starts_at, "not at once"
                assert all(0 <= one.refunded <= one.paid <= one.fee for one in rows)
                self._only_forward(rows)
                strikes = session().scalars(select(HospitalStrike)).all()
                assert len({one.subject_id for one in strikes}) == len(strikes), "one a booking"
                states = {one.id: one.state for one in rows}
                missed = {one.subject_id for one in strikes if one.kind == "no_show"} & states.keys()
                assert missed == {one for one, state in states.items() if state == "no_show"}

        def _only_forward(self, rows: list[HospitalBooking]) -> None:
            for one in rows:
                before = self.states.get(one.id, one.state)
                assert before == one.state or before not in OVER, "what is over stays over"
                self.states[one.id] = one.state
            for made in session().scalars(
                select(HospitalMove).where(HospitalMove.subject_id.in_([one.id for one in rows]))
            ):
                assert made.to_state in BOOKINGS.allowed[made.from_state]

    return Numbers
