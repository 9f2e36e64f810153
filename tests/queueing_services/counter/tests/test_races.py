"""Many at once: every number once, everybody at one counter; each with a control that must fail."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from citizen_app.clock import now
from citizen_app.storage.orm import db
from citizen_app.toolkit.testing.races import in_unit, run_concurrently
from tests.queueing_services.counter.tests.conftest import STAFF, Hall

AT_ONCE = 8


def unlocked(hall: Hall, queue_id: str) -> Any:
    """What `lock` reads, without holding it."""
    return db.session.get_one(hall.models.CounterQueue, queue_id)


def on_postgresql(database_url: str) -> None:
    """A race needs units of work that run side by side."""
    if database_url.startswith("sqlite"):
        pytest.skip("units of work that write take turns there")


def take_at_once(hall: Hall, queue_id: str) -> list[object]:
    """Some come at once; their numbers."""

    def one(number: int) -> int:
        ticket = hall.queues.take(hall.queues.lock(queue_id), now(), citizen_ref=str(number))
        return int(ticket.number)

    works = [partial(in_unit, hall.city.app, partial(one, number)) for number in range(AT_ONCE)]
    return list(run_concurrently(works))


def call_at_once(hall: Hall, calls: list[tuple[str, str]]) -> list[object]:
    """Each counter calls its next, all at once; the ids of tickets."""

    def one(queue_id: str, room: str) -> str | None:
        called = hall.queues.call_next(queue_id, room, now(), STAFF)
        return None if called is None else str(called.id)

    return list(run_concurrently([partial(in_unit, hall.city.app, partial(one, *call)) for call in calls]))


def test_who_comes_at_once_has_a_number_each(hall: Hall) -> None:
    queue = hall.queue()
    assert set(take_at_once(hall, queue)) == set(range(1, AT_ONCE + 1))
    assert hall.order(queue) == list(range(1, AT_ONCE + 1))


def test_reading_the_last_number_and_adding_one_gives_it_twice(
    hall: Hall, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_postgresql(database_url)

    def naive(queue_id: str) -> int:
        queues = hall.models.CounterQueue
        number = (db.session.scalar(select(queues.last_number).where(queues.id == queue_id)) or 0) + 1
        unlocked(hall, queue_id).last_number = number
        return number

    monkeypatch.setattr(hall.queues, "lock", partial(unlocked, hall))
    monkeypatch.setattr(hall.queues, "_next_number", naive)
    with pytest.raises(IntegrityError, match="unique"):
        take_at_once(hall, hall.queue())


def test_counters_that_call_at_once_get_somebody_each(hall: Hall) -> None:
    queue = hall.queue()
    hall.fill(queue, AT_ONCE)
    called = call_at_once(hall, [(queue, f"{room} 号窗口") for room in range(AT_ONCE)])
    assert len(set(called) - {None, "conflict"}) == AT_ONCE


def test_without_turns_counters_call_the_same(
    hall: Hall, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_postgresql(database_url)
    monkeypatch.setattr(hall.queues, "lock", partial(unlocked, hall))
    queue = hall.queue()
    hall.fill(queue, AT_ONCE)
    called = call_at_once(hall, [(queue, f"{room} 号窗口") for room in range(AT_ONCE)])
    assert len(set(called)) < AT_ONCE


def with_two_numbers(hall: Hall) -> list[tuple[str, str]]:
    """Somebody waits in two queues; who calls them."""
    queues = [hall.queue(matter) for matter in ("户籍", "社保")]
    for queue in queues:
        hall.take(queue, "both")
    return [(queue, f"{room} 号窗口") for room, queue in enumerate(queues)]


def test_somebody_with_two_numbers_is_called_once(hall: Hall) -> None:
    called = call_at_once(hall, with_two_numbers(hall))
    assert sorted(one is None for one in called) == [False, True]


def test_without_knowing_them_somebody_is_called_twice(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hall.queues, "of_same_person", lambda ticket: None)
    assert None not in call_at_once(hall, with_two_numbers(hall))
