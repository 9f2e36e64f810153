"""Order, calls, who is passed and comes back, by the hall's rules: behind two, out after two, back behind
one."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from citizen_app.toolkit.queueing import ORDINARY, URGENT, rank_of
from citizen_app.wire.problems import Problem
from tests.queueing_services.counter.tests.conftest import NOON, Hall


def test_numbers_rise_from_one_in_each_queue(hall: Hall) -> None:
    one, other = hall.queue(), hall.queue("社保")
    assert [hall.take(one), hall.take(other), hall.take(one)] == [1, 1, 2]
    assert hall.order(one) == [1, 2]


def test_a_higher_class_goes_first_and_classes_keep_their_order(hall: Hall) -> None:
    queue = hall.queue()
    for rank in (ORDINARY, 2, ORDINARY, 1, 2, URGENT):
        hall.take(queue, rank=rank)
    assert hall.order(queue) == [6, 4, 2, 5, 1, 3]
    before = hall.run(
        lambda: [hall.queues.order.before(hall.ticket(queue, number)) for number in range(1, 7)]
    )
    assert before == [4, 2, 5, 1, 3, 0]


def test_the_first_claim_that_is_held_is_the_class_and_no_other_is_asked_for() -> None:
    asked: list[str] = []

    def has(claim: str) -> bool:
        asked.append(claim)
        return claim == "disabled"

    assert rank_of(("veteran", "disabled", "senior"), has) == 2
    assert asked == ["veteran", "disabled"]
    assert rank_of(("veteran",), has) == ORDINARY


def test_a_counter_takes_one_at_a_time_and_needs_a_name(hall: Hall) -> None:
    queue = hall.queue()
    hall.fill(queue, 3)
    with pytest.raises(Problem) as unnamed:
        hall.call(queue, "")
    assert unnamed.value.errors[0].pointer == "/room"
    assert hall.call(queue) == 1
    with pytest.raises(Problem) as refused:
        hall.call(queue)
    assert "1 号还在窗口" in str(refused.value.detail)
    assert (hall.call(queue, "2 号窗口"), hall.call(queue, finish=True)) == (2, 3)
    assert hall.call(queue, finish=True) is None


def test_the_queues_own_room_is_where_its_people_are_called_to(hall: Hall) -> None:
    queue = hall.queue(room="7 号窗口")
    hall.fill(queue, 1)
    assert hall.call(queue, "") == 1
    assert hall.run(lambda: hall.ticket(queue, 1).room) == "7 号窗口"


def test_who_does_not_come_goes_behind_two_and_then_out(hall: Hall) -> None:
    queue = hall.queue()
    hall.fill(queue, 4)
    hall.call(queue)
    assert hall.act(queue, 1, "pass") == "waiting"
    assert hall.order(queue) == [2, 3, 1, 4]
    for _ in range(3):
        hall.call(queue, finish=True)
    assert hall.act(queue, 1, "pass") == "missed"
    assert hall.order(queue) == [4]
    assert hall.act(queue, 1, "back") == "waiting"
    assert hall.order(queue) == [4, 1]


def test_who_is_away_comes_back_behind_one(hall: Hall) -> None:
    queue = hall.queue()
    hall.fill(queue, 4)
    hall.call(queue)
    assert hall.act(queue, 1, "away") == "away"
    assert hall.act(queue, 1, "back") == "waiting"
    assert hall.order(queue) == [2, 1, 3, 4]


def test_a_passed_priority_overtakes_nobody_and_loses_its_class(hall: Hall) -> None:
    queue = hall.queue()
    for rank in (1, 1, ORDINARY, ORDINARY):
        hall.take(queue, rank=rank)
    hall.call(queue)
    hall.act(queue, 1, "pass")
    assert hall.order(queue) == [2, 3, 1, 4]
    assert hall.run(lambda: hall.ticket(queue, 1).rank) == ORDINARY
    hall.call(queue, finish=True)
    hall.call(queue, finish=True)
    hall.act(queue, 3, "pass")
    assert hall.act(queue, 4, "urgent", "抱着婴儿") == "waiting"
    assert hall.order(queue) == [4, 1, 3]


def test_nobody_is_put_before_a_higher_class(hall: Hall) -> None:
    queue = hall.queue()
    hall.fill(queue, 1)
    hall.call(queue)
    for rank in (1, 1, 1, ORDINARY):
        hall.take(queue, rank=rank)
    hall.act(queue, 1, "undo", "叫错了")
    assert hall.order(queue) == [2, 3, 4, 1, 5]


@pytest.mark.parametrize("wanted", ["urgent", "undo"])
def test_what_favours_or_undoes_needs_a_reason(hall: Hall, wanted: str) -> None:
    queue = hall.queue()
    hall.fill(queue, 1)
    if wanted == "undo":
        hall.call(queue)
    with pytest.raises(Problem) as refused:
        hall.act(queue, 1, wanted)
    assert refused.value.errors[0].pointer == "/reason"
    hall.act(queue, 1, wanted, "有原因")
    history = hall.run(lambda: hall.queues.life.history(hall.ticket(queue, 1).id))
    assert (history[-1].moved_by, history[-1].reason) == ("staff li", "有原因")


def test_what_ended_comes_back_once_the_counter_is_free(hall: Hall) -> None:
    queue = hall.queue()
    hall.fill(queue, 2)
    hall.call(queue)
    hall.call(queue, finish=True)
    with pytest.raises(Problem):
        hall.act(queue, 1, "undo", "按错了")
    hall.act(queue, 2, "away")
    assert hall.act(queue, 1, "undo", "按错了") == "called"


def test_somebody_with_two_numbers_is_at_one_counter(hall: Hall) -> None:
    one, other = hall.queue(), hall.queue("社保")
    for queue in (one, other):
        hall.take(queue, "both")
    assert (hall.call(one), hall.call(other, "2 号窗口")) == (1, None)
    assert (hall.act(one, 1, "done"), hall.call(other, "2 号窗口")) == ("done", 1)
    with pytest.raises(Problem) as refused:
        hall.act(one, 1, "undo", "按错了")
    assert "别的窗口" in str(refused.value.detail)


def test_an_act_asks_for_its_states(hall: Hall) -> None:
    queue = hall.queue()
    hall.fill(queue, 1)
    for wanted in ("again", "pass", "start", "done", "away", "back", "undo"):
        with pytest.raises(Problem) as refused:
            hall.act(queue, 1, wanted, "有原因")
        assert refused.value.kind.slug == "conflict"


def test_who_is_known_of_when_the_day_is_over_is_on_record_and_does_not_wait(hall: Hall) -> None:
    queue = hall.queue()
    midnight = NOON + timedelta(hours=12)
    hall.take(queue, known_at=midnight - timedelta(seconds=1))
    hall.take(queue, known_at=midnight)
    assert hall.order(queue) == [1]
    assert state_and_last_move(hall, queue, 2) == ("left", "system", "over")
    assert hall.run(lambda: hall.ticket(queue, 2).arrived_at) < NOON, "when they came"
    assert hall.take(queue) == 3, "its number is nobody else's"


def test_at_the_end_of_the_day_whoever_was_not_seen_leaves(hall: Hall) -> None:
    queue, other = hall.queue(), hall.queue("社保")
    hall.fill(queue, 4)
    hall.fill(other, 1)
    hall.call(queue)
    hall.act(queue, 1, "away")
    hall.call(queue)
    end = partial(hall.queues.end, queue, NOON)
    assert [hall.run(end), hall.run(end)] == [3, 0]
    assert [state_and_last_move(hall, queue, number)[0] for number in (1, 2, 3, 4)] == [
        "left",
        "called",
        "left",
        "left",
    ]
    assert (hall.order(queue), hall.order(other)) == ([], [1])
    with pytest.raises(Problem):
        hall.act(queue, 1, "back")


def state_and_last_move(hall: Hall, queue: str, number: int) -> tuple[str, str, str]:
    """The state of a number, who moved it last and why."""

    def read() -> tuple[str, str, str]:
        ticket = hall.ticket(queue, number)
        last = hall.queues.life.history(ticket.id)[-1]
        return ticket.state, last.moved_by, last.reason

    return hall.run(read)
