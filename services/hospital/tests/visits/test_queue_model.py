"""Any sequence of arrivals and acts keeps the queue's promises: the model is a plain list."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from citizen_app.toolkit.data import session
from citizen_app.toolkit.queueing import ACTS, IN_ROOM
from services.hospital.models import HospitalBooking, HospitalTicket
from services.hospital.operations.calling import OF_BOOKING
from services.hospital.operations.rules import Rules

from .conftest import Clinic
from .test_calling import act, call, order

USUAL = Rules()


def machine(clinic: Clinic) -> type[RuleBasedStateMachine]:
    """The machine over one hospital; each example has a session of its own."""

    class Queue(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.of = clinic.session(room="1 诊室")
            self.bookings: dict[int, str] = {}
            self.line: list[int] = []
            self.inside: int | None = None
            self.out: list[int] = []
            self.passed: dict[int, int] = {}

        @rule()
        @precondition(lambda self: len(self.bookings) < 9)
        def arrive(self) -> None:
            number = len(self.bookings) + 1
            booking = clinic.book(self.of, f"{self.of[-12:]}{number:010}")
            assert clinic.check_in(booking) == number
            self.bookings[number] = booking
            self.line.append(number)

        @rule()
        def call_next(self) -> None:
            self.inside = call(clinic, self.of, finish=True)
            assert self.inside == (self.line.pop(0) if self.line else None)

        @rule(wanted=st.sampled_from(["again", "start", "done", "away"]))
        @precondition(lambda self: self.inside is not None)
        def in_the_room(self, wanted: str) -> None:
            number = self.inside
            assert number is not None
            ticket = clinic.ticket(self.bookings[number])
            if ticket.state not in ACTS[wanted]:
                return
            act(clinic, self.bookings[number], wanted)
            if wanted in ("done", "away"):
                self.inside = None
            if wanted == "away":
                self.out.append(number)

        @rule()
        @precondition(lambda self: self.inside is not None)
        def pass_over(self) -> None:
            number = self.inside
            assert number is not None
            if clinic.ticket(self.bookings[number]).state != "called":
                return
            state, self.inside = act(clinic, self.bookings[number], "pass"), None
            self.passed[number] = self.passed.get(number, 0) + 1
            if self.passed[number] >= USUAL.pass_most:
                assert state == "missed"
                self.out.append(number)
            else:
                self.line.insert(min(USUAL.pass_behind, len(self.line)), number)

        @rule(data=st.data())
        @precondition(lambda self: bool(self.out))
        def back(self, data: Any) -> None:
            number = data.draw(st.sampled_from(self.out))
            was = clinic.ticket(self.bookings[number]).state
            act(clinic, self.bookings[number], "back")
            self.out.remove(number)
            behind = USUAL.back_behind if was == "away" else USUAL.pass_behind
            self.line.insert(min(behind, len(self.line)), number)

        @rule()
        @precondition(lambda self: self.inside is not None)
        def undo(self) -> None:
            number = self.inside
            assert number is not None
            if act(clinic, self.bookings[number], "undo", "叫错了") == "waiting":
                self.inside = None
                self.line.insert(0, number)

        @invariant()
        def holds(self) -> None:
            assert order(clinic, self.of) == self.line
            rows = clinic.run(
                lambda: [
                    (one.state, session().get_one(HospitalBooking, one.booking_id).state)
                    for one in session().query(HospitalTicket).filter_by(session_id=self.of)
                ]
            )
            assert sum(state in IN_ROOM for state, _ in rows) == (self.inside is not None)
            assert all(OF_BOOKING[state] == of for state, of in rows)

    return Queue


def test_the_queue_is_a_list(clinic: Clinic) -> None:
    chosen = settings(
        max_examples=6, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(machine(clinic), settings=chosen)
