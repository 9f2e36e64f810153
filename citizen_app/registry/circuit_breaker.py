"""Circuit breaker, concurrency limit (bulkhead) and time budget around a module's code.

A stuck Python function cannot be killed inside a thread, so the budget is cooperative: it is checked before
every SQL statement, at every toolkit call and on return. The breaker keeps a failing module from costing
every scan its whole budget.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from sqlalchemy import Engine, event

from citizen_app.process import breaker
from citizen_app.storage.dialects import outage_cause

OWN_WORK: Final = 0.5
"""A module that was too slow has failed if it computed for this share of its budget itself, …"""
STUCK: Final = 4
"""… or took so many times its budget. What lies between is a machine or a database with too much to do."""

_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)


class BudgetExceeded(Exception):
    """The module used more time than its budget."""


class ModuleBusy(Exception):
    """The module's circuit breaker is open, or too many calls of it are running."""


def check_budget() -> None:
    """Raise `BudgetExceeded` when the module's time is over; does nothing outside a module's hook."""
    deadline = _deadline.get()
    if deadline is not None and time.monotonic() > deadline:
        raise BudgetExceeded


def watch_statements(engine: Engine) -> None:
    """Check the budget before every SQL statement."""

    @event.listens_for(engine, "before_cursor_execute")
    def look(*_: Any) -> None:
        check_budget()


class CircuitBreaker(breaker.Breaker):
    """The breaker of a module, whose code has a time budget."""

    @contextmanager
    def guard(self, budget_seconds: float) -> Iterator[None]:
        """Run a module's code. Raises `ModuleBusy` instead of running it, `BudgetExceeded` when it took too
        long.

        Only the module's own faults count as failures: not the slowness of an overloaded machine, not a
        database outage.
        """
        if not self.enter():
            raise ModuleBusy
        began, worked_before = time.monotonic(), time.thread_time()
        token = _deadline.set(began + budget_seconds)
        failed: bool | None = None
        try:
            yield
            check_budget()
            failed = False
        except BudgetExceeded as error:
            worked = time.thread_time() - worked_before
            own = worked >= OWN_WORK * budget_seconds or time.monotonic() - began >= STUCK * budget_seconds
            failed = True if own and outage_cause(error) is None else None
            raise
        except BaseException as error:
            failed = True if outage_cause(error) is None else None
            raise
        finally:
            _deadline.reset(token)
            self.leave(failed)
