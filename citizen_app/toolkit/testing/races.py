"""Concurrent calls, for tests of races between a read and a write."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial
from typing import Final, TypeVar

from citizen_app.factory import CitizenFlask
from citizen_app.storage.transactions import transaction
from citizen_app.wire.problems import Problem

Result = TypeVar("Result")

LONG_ENOUGH: Final = 0.3
"""Seconds in which the second of two comes as far as it can. A slower machine makes a test miss a race, never
fail."""
PATIENCE: Final = 60.0


def run_concurrently(works: Sequence[Callable[[], Result]]) -> list[Result]:
    """Run each on its own thread, started together; returns their results."""
    ready = threading.Barrier(len(works))

    def one(work: Callable[[], Result]) -> Result:
        ready.wait(PATIENCE)
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


def concurrently(work: Callable[[], Result], times: int = 8) -> list[Result]:
    """Run the same work `times` times concurrently; returns the results."""
    return run_concurrently([work] * times)


def in_unit(app: CitizenFlask, work: Callable[[], Result]) -> Result | str:
    """Run it in a unit of work of its own; returns the result, or the slug of the problem it raised."""
    try:
        with app.app_context(), transaction():
            return work()
    except Problem as problem:
        return problem.kind.slug


def while_uncommitted(app: CitizenFlask, first: Callable[[], object], second: Callable[[], Result]) -> Result:
    """Start `second` while `first` has written in a unit of work and not committed yet; returns the result of
    `second`."""
    with ThreadPoolExecutor(1) as pool:
        with app.app_context(), transaction():
            first()
            later = pool.submit(second)
            wait([later], LONG_ENOUGH)
        return later.result(PATIENCE)


def before_commit(
    app: CitizenFlask, first: Callable[[], object], second: Callable[[], Result]
) -> Result | str:
    """As `while_uncommitted`, with `second` in a unit of work of its own (`in_unit`)."""
    return while_uncommitted(app, first, partial(in_unit, app, second))
