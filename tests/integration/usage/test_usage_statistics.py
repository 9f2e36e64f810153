"""Daily counts: always what counting the log itself gives, however often the rollup ran, stopped or ran
twice."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Select, func, select

from citizen_app.ids import new_id
from citizen_app.settings import current_settings
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.usage import statistics as counting
from citizen_app.usage.models import UsageDay, UsageEvent
from citizen_app.usage.statistics import DIMENSIONS, LAG, count_next, is_behind, roll_up, statistics, today
from tests.integration.usage.filling import event, write

START = datetime.now(UTC).replace(microsecond=0)
NOBODY = new_id()
ALWAYS = {"first_day": date(2020, 1, 1), "last_day": date(2100, 1, 1)}

seconds = st.integers(0, 110)
lateness = st.sampled_from([0, 0, 0, 3600, 20 * 3600, 72 * 3600, 40 * 86400])
arrivals = st.lists(
    st.tuples(seconds, lateness, st.sampled_from(["bus", "library"]), st.sampled_from(["allow", "deny"])),
    max_size=12,
)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("arrive"), arrivals),
        st.tuples(st.just("wait"), st.integers(1, 400)),
        st.tuples(st.just("roll up"), st.integers(1, 9)),
        st.tuples(st.just("crash"), st.integers(1, 9)),
    ),
    max_size=14,
)


def naive(**filters: Any) -> Counter[tuple[Any, ...]]:
    """The log, counted one by one."""
    zone = current_settings().timezone
    columns = (UsageEvent.occurred_at, UsageEvent.service, UsageEvent.purpose, UsageEvent.decision)
    rows = db.session.execute(select(*columns, UsageEvent.reason).filter_by(**filters))
    return Counter((row[0].astimezone(zone).date(), *row[1:]) for row in rows)


def counted(**wanted: Any) -> Counter[tuple[Any, ...]]:
    found = statistics(**{**ALWAYS, "group": DIMENSIONS, **wanted})
    return Counter({(c.day, c.service, c.purpose, c.decision, c.reason): c.events for c in found})


class Crash(Exception):
    """The process died."""


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_counts_equal_a_naive_count_after_every_step(app: Flask, steps: list[tuple[str, Any]]) -> None:
    """Events commit up to 110 s after they got their id, some occurred weeks before; runs stop half-way."""
    with time_machine.travel(getattr(app, "moment", START), tick=False) as travel, app.app_context():
        for step, value in steps:
            if step == "arrive":
                arrive(app, value)
            elif step == "wait":
                travel.shift(timedelta(seconds=value))
            elif step == "roll up":
                roll_up(chunk=value)
            else:
                with pytest.raises(Crash):
                    count_and_crash(value)
            with transaction(reading=True):
                assert counted() == naive()
        travel.shift(LAG + timedelta(seconds=1))
        roll_up()
        app.moment = datetime.now(UTC) + timedelta(seconds=1)  # type: ignore[attr-defined]
        with transaction(reading=True):
            assert not is_behind()
            rolled = db.session.scalar(select(func.sum(UsageDay.events))) or 0
            assert rolled == sum(naive().values())
            assert counted(services=["bus"]) == naive(service="bus")


def count_and_crash(chunk: int) -> None:
    with transaction():
        count_next(chunk)
        raise Crash


def arrive(app: Flask, arriving: list[tuple[int, int, str, str]]) -> None:
    moment = datetime.now(UTC)
    write(
        app,
        *[
            event(
                NOBODY,
                moment - timedelta(seconds=in_flight),
                timedelta(seconds=late),
                service=service,
                decision=decision,
                reason="ok" if decision == "allow" else "replayed",
            )
            for in_flight, late, service, decision in arriving
        ],
    )


def test_days_are_those_of_the_citys_calendar(app: Flask) -> None:
    moment = datetime(2026, 11, 20, 15, 59, 59, tzinfo=UTC)
    write(app, event(NOBODY, moment), event(NOBODY, moment + timedelta(seconds=1)))
    with app.app_context():
        for _ in range(2):
            with transaction(reading=True):
                found = statistics(first_day=date(2026, 11, 20), last_day=date(2026, 11, 21), group=("day",))
                assert [(c.day, c.events) for c in found] == [
                    (date(2026, 11, 20), 1),
                    (date(2026, 11, 21), 1),
                ]
                one_day = statistics(first_day=date(2026, 11, 21), last_day=date(2026, 11, 21), group=())
                assert [c.events for c in one_day] == [1]
            roll_up()


def test_counting_stays_exact_while_the_rollup_runs(app: Flask) -> None:
    """Watermark and counts are read in one snapshot."""
    moment = datetime.now(UTC) - timedelta(hours=1)
    write(app, *[event(NOBODY, moment + timedelta(milliseconds=n)) for n in range(400)])

    def work() -> None:
        with app.app_context():
            roll_up(chunk=3)

    worker = threading.Thread(target=work)
    worker.start()
    looks = 0
    with app.app_context():
        while worker.is_alive() or looks == 0:
            with transaction(reading=True):
                found = statistics(first_day=today() - timedelta(days=2), last_day=today(), group=())
                assert [c.events for c in found] == [400]
            looks += 1
    worker.join()


def run_two(app: Flask, monkeypatch: pytest.MonkeyPatch, patience: float = 1) -> int:
    """Two runners that meet, if they can, after both have read what is to be counted; returns the sum of the
    counts."""
    with app.app_context():
        roll_up()  # the watermark exists: the first run of all is kept apart by its INSERT already
    moment = datetime.now(UTC) - timedelta(hours=1)
    write(app, *[event(NOBODY, moment + timedelta(milliseconds=n)) for n in range(50)])
    meeting, counter = threading.Barrier(2), counting._counter

    def slow_counter(rows: Any) -> Any:
        try:
            meeting.wait(patience)
        except threading.BrokenBarrierError:
            pass
        return counter(rows)

    monkeypatch.setattr(counting, "_counter", slow_counter)

    def work() -> None:
        with app.app_context():
            roll_up()

    runners = [threading.Thread(target=work) for _ in range(2)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    with app.app_context(), transaction(reading=True):
        return int(db.session.scalar(select(func.sum(UsageDay.events))) or 0)


def test_two_runners_count_everything_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run_two(app, monkeypatch) == 50


def test_without_the_lock_two_runners_count_twice(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control of the test before: it can fail. On SQLite the write lock itself keeps runners apart."""
    monkeypatch.setattr(Select, "with_for_update", lambda query: query)
    with app.app_context():
        expected = 50 if db.engine.dialect.name == "sqlite" else 100
    assert run_two(app, monkeypatch, patience=1 if expected == 50 else 20) == expected
