"""Two or many at the same moment, for tests of what happens between a look and a write."""

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
"""Seconds in which the second of two comes as far as it can. A slower machine makes a test miss a race, never fail."""
PATIENCE: Final = 60.0


def run_concurrently(works: Sequence[Callable[[], Result]]) -> list[Result]:
    """Do each on a thread of its own, starting together; their results."""
    ready = threading.Barrier(len(works))

    def one(work: Callable[[], Result]) -> Result:
        ready.wait(PATIENCE)
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


def concurrently(work: Callable[[], Result], times: int = 8) -> list[Result]:
    """Do the same so many times together."""
    return run_concurrently([work] * times)


def in_unit(app: CitizenFlask, work: Callable[[], Result]) -> Result | str:
    """Do it in a unit of work of its own; the result, or the slug of the problem that it ends with."""
    try:
        with app.app_context(), transaction():
            return work()
    except Problem as problem:
        return problem.kind.slug


def while_uncommitted(app: CitizenFlask, first: Callable[[], object], second: Callable[[], Result]) -> Result:
    """Let `second` begin when `first` has done its work in a unit of work and not committed yet; what becomes of `second`."""
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
