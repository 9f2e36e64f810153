"""Whose fault it is when a module gives no answer."""

from __future__ import annotations

from typing import cast

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from citizen_app.process.breaker import FAILURES_TO_OPEN
from citizen_app.registry import circuit_breaker
from citizen_app.registry.circuit_breaker import (
    STUCK,
    BudgetExceeded,
    CircuitBreaker,
    ModuleBusy,
    check_budget,
)
from citizen_app.storage.dialects import WriteLockTimeout, is_outage

BUDGET = 0.02


class Clock:
    """The two clocks of the budget, which a module moves: this machine's own say nothing about a module."""

    def __init__(self) -> None:
        self.waited = self.worked = 0.0

    def monotonic(self) -> float:
        return self.waited + self.worked

    def thread_time(self) -> float:
        return self.worked


@pytest.fixture(autouse=True)
def moved(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(circuit_breaker, "time", made)
    return made


def spend(working: float, waiting: float) -> None:
    clock = cast(Clock, circuit_breaker.time)
    clock.worked += working
    clock.waited += waiting
    check_budget()


def outcome(breaker: CircuitBreaker, *, working: float = 0, waiting: float = 0) -> None:
    with pytest.raises(BudgetExceeded), breaker.guard(BUDGET):
        spend(working, waiting)


def test_a_module_that_computes_too_long_has_failed() -> None:
    breaker = CircuitBreaker()
    for _ in range(FAILURES_TO_OPEN):
        outcome(breaker, working=1.5 * BUDGET)
    assert breaker.is_open


def test_a_module_that_is_stuck_has_failed() -> None:
    breaker = CircuitBreaker()
    for _ in range(FAILURES_TO_OPEN):
        outcome(breaker, waiting=1.2 * STUCK * BUDGET)
    assert breaker.is_open


def test_a_machine_with_too_much_to_do_is_not_the_modules_fault() -> None:
    breaker = CircuitBreaker()
    for _ in range(2 * FAILURES_TO_OPEN):
        outcome(breaker, waiting=1.5 * BUDGET)
    assert not breaker.is_open


def test_slowness_of_the_machine_does_not_excuse_earlier_failures() -> None:
    breaker = CircuitBreaker()
    for failure in range(FAILURES_TO_OPEN):
        with pytest.raises(ZeroDivisionError), breaker.guard(BUDGET):
            _ = 1 / 0
        if failure < FAILURES_TO_OPEN - 1:
            outcome(breaker, waiting=1.5 * BUDGET)
    assert breaker.is_open
    with pytest.raises(ModuleBusy), breaker.guard(BUDGET):
        pytest.fail("it is left alone")


def test_success_forgets_failures() -> None:
    breaker = CircuitBreaker()
    for _ in range(3 * FAILURES_TO_OPEN):
        with pytest.raises(ZeroDivisionError), breaker.guard(BUDGET):
            _ = 1 / 0
        with breaker.guard(BUDGET):
            pass
    assert not breaker.is_open


class Sqlite(Exception):
    def __init__(self, name: str) -> None:
        self.sqlite_errorname = name


class Postgresql(Exception):
    def __init__(self, state: str | None) -> None:
        self.sqlstate = state


@pytest.mark.parametrize(
    ("error", "outage"),
    [
        (WriteLockTimeout(), True),
        (OperationalError("", {}, Sqlite("SQLITE_BUSY_SNAPSHOT")), True),
        (OperationalError("", {}, Sqlite("SQLITE_ERROR")), False),
        (IntegrityError("", {}, Sqlite("SQLITE_CONSTRAINT_UNIQUE")), False),
        (OperationalError("", {}, Postgresql("40P01")), True),
        (OperationalError("", {}, Postgresql("53300")), True),
        (OperationalError("", {}, Postgresql(None)), True),
        (OperationalError("", {}, Postgresql("57014")), False),
        (DBAPIError("", {}, Postgresql("42P01")), False),
        (DBAPIError("", {}, Postgresql("42P01"), connection_invalidated=True), True),
        (ValueError(), False),
    ],
)
def test_an_outage_is_told_from_a_wrong_statement(error: BaseException, outage: bool) -> None:
    assert is_outage(error) is outage
