"""The queue: who is called, who is passed, who comes back; each act from the states that allow it."""

from __future__ import annotations

from functools import partial

import pytest

from citizen_app.toolkit.data import session
from citizen_app.toolkit.queueing import ACTS
from citizen_app.toolkit.time import now
from citizen_app.toolkit.web import Problem
from services.hospital.models import HospitalBooking, HospitalTicket
from services.hospital.operations.calling import QUEUES

from .conftest import Clinic


def queue(clinic: Clinic, of: str, people: int) -> list[str]:
    """So many have checked in; their bookings, in order."""
    made = [clinic.book(of, f"{of[-12:]}{number:010}") for number in range(people)]
    for one in made:
        clinic.check_in(one)
    return made


def call(clinic: Clinic, of: str, room: str | None = None, finish: bool = False) -> int | None:
    """Call the next; their number."""

    def work() -> int | None:
        called = QUEUES.call_next(of, room, now(), "staff doctor", finish=finish)
        return called.number if called is not None else None

    return clinic.run(work)


def act(clinic: Clinic, booking: str, wanted: str, reason: str | None = None) -> str:
    """Do something with a ticket; its state."""
    ticket = clinic.ticket(booking)
    return clinic.run(lambda: QUEUES.act(ticket, wanted, now(), "staff doctor", reason).state)


def order(clinic: Clinic, of: str) -> list[int]:
    """The numbers that wait, in order."""
    return clinic.run(lambda: [one.number for one in QUEUES.order.waiting(of)])


def test_a_visit(clinic: Clinic) -> None:
    of = clinic.session()
    first, _ = queue(clinic, of, 2)
    assert call(clinic, of) == 1
    assert (clinic.state(first), clinic.ticket(first).room) == ("called", "3 诊室")
    assert act(clinic, first, "start") == "seeing"
    assert act(clinic, first, "done") == "done"
    assert clinic.state(first) == "fulfilled"
    assert (call(clinic, of), call(clinic, of, finish=True), call(clinic, of)) == (2, None, None)


def test_a_room_takes_one_at_a_time(clinic: Clinic) -> None:
    of = clinic.session()
    queue(clinic, of, 3)
    call(clinic, of)
    with pytest.raises(Problem) as refused:
        call(clinic, of)
    assert "1 号还在诊室" in str(refused.value.detail.zh if refused.value.detail else "")
    assert call(clinic, of, "4 诊室") == 2
    assert call(clinic, of, finish=True) == 3


def test_who_does_not_come_goes_behind_three_and_after_three_times_out(clinic: Clinic) -> None:
    of = clinic.session()
    first = queue(clinic, of, 6)[0]
    call(clinic, of)
    assert act(clinic, first, "pass") == "waiting"
    assert order(clinic, of) == [2, 3, 4, 1, 5, 6]
    assert clinic.state(first) == "checked_in"
    for expected in (2, 3, 4):
        assert call(clinic, of, finish=True) == expected
    assert call(clinic, of, finish=True) == 1
    act(clinic, first, "pass")
    assert order(clinic, of) == [5, 6, 1]
    for _ in range(3):
        call(clinic, of, finish=True)
    assert act(clinic, first, "pass") == "missed"
    assert order(clinic, of) == []
    assert act(clinic, first, "back") == "waiting"


def test_a_passed_priority_stands_behind_the_three_all_the_same(clinic: Clinic) -> None:
    of = clinic.session()
    plain = queue(clinic, of, 4)
    urgent = clinic.book(of, "x" * 22)
    clinic.check_in(urgent, is_urgent=True)
    assert order(clinic, of) == [5, 1, 2, 3, 4]
    call(clinic, of)
    act(clinic, urgent, "pass")
    assert order(clinic, of) == [1, 2, 3, 5, 4]
    assert act(clinic, plain[3], "urgent", "胸痛") == "waiting"
    assert order(clinic, of) == [4, 1, 2, 3, 5]


def test_back_from_tests_is_next(clinic: Clinic) -> None:
    of = clinic.session()
    first = queue(clinic, of, 4)[0]
    call(clinic, of)
    assert act(clinic, first, "away") == "away"
    assert clinic.state(first) == "checked_in"
    call(clinic, of)
    act(clinic, first, "back")
    assert order(clinic, of) == [1, 3, 4]


def test_a_patient_of_two_queues_is_called_in_one_room(clinic: Clinic) -> None:
    one, other = clinic.session(), clinic.session("south", room="5 诊室")
    both = "p" * 22
    for of in (one, other):
        booking = clinic.book(of, both)
        clinic.check_in(booking)
    queue(clinic, other, 1)
    assert call(clinic, one) == 1
    assert call(clinic, other) == 2
    assert call(clinic, one, finish=True) is None
    assert call(clinic, other, finish=True) == 1


def test_whose_session_was_stopped_is_not_called(clinic: Clinic) -> None:
    of = clinic.session()
    first = queue(clinic, of, 2)[0]
    clinic.run(lambda: setattr(session().get_one(HospitalBooking, first), "state", "stopped"))
    assert call(clinic, of) == 2
    assert clinic.ticket(first).state == "left"


FROM = {
    "waiting": (), "called": ("next",), "seeing": ("next", "start"), "away": ("next", "away"),
    "done": ("next", "done"), "missed": ("next", "pass"),
}  # fmt: skip


@pytest.mark.parametrize("state", FROM)
def test_each_act_asks_for_its_states(clinic: Clinic, state: str) -> None:
    for wanted, states in ACTS.items():
        of = clinic.session(room=f"{wanted} 诊室")
        (booking,) = queue(clinic, of, 1)
        if state == "missed":
            clinic.run(partial(_missed_twice, booking))
        for step in FROM[state]:
            if step == "next":
                call(clinic, of)
            else:
                act(clinic, booking, step)
        assert clinic.ticket(booking).state == state
        if state in states:
            act(clinic, booking, wanted, "有原因")
            continue
        with pytest.raises(Problem) as refused:
            act(clinic, booking, wanted, "有原因")
        assert refused.value.kind.slug == "conflict"


def _missed_twice(booking: str) -> None:
    ticket = session().query(HospitalTicket).filter_by(booking_id=booking).one()
    ticket.missed = 2


def test_undo_says_who_and_why_and_needs_a_reason(clinic: Clinic) -> None:
    of = clinic.session()
    first, _ = queue(clinic, of, 2)
    call(clinic, of)
    with pytest.raises(Problem) as refused:
        act(clinic, first, "undo")
    assert refused.value.kind.slug == "invalid-input"
    assert act(clinic, first, "undo", "叫错了") == "waiting"
    assert (order(clinic, of), clinic.state(first)) == ([1, 2], "checked_in")
    call(clinic, of)
    act(clinic, first, "done")
    assert act(clinic, first, "undo", "按错了") == "called"
    assert clinic.state(first) == "called"
    ticket = clinic.ticket(first)
    said = clinic.run(lambda: [(one.moved_by, one.reason) for one in QUEUES.life.history(ticket.id)])
    assert said[-1] == ("staff doctor", "按错了")


def test_undo_waits_until_the_room_is_free(clinic: Clinic) -> None:
    of = clinic.session()
    first, _ = queue(clinic, of, 2)
    call(clinic, of)
    call(clinic, of, finish=True)
    with pytest.raises(Problem):
        act(clinic, first, "undo", "按错了")
    assert clinic.state(first) == "fulfilled"
