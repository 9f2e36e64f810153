"""Periodic jobs: the list, which are due, and the loop that runs them until told to stop.

Rooms and services declare `JOBS`; the factory collects them into `app.extensions["jobs"]`. Any number of
runners may work on one database: a lease per job decides (see `leases`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog
from flask import Flask, current_app

from citizen_app.jobs import leases
from citizen_app.storage.transactions import transaction

LOOK_EVERY_SECONDS: Final = 1.0
LONGEST_BACKOFF_OF_FREQUENT_JOBS: Final = 60

Beside = Callable[[Flask, threading.Event], None]
"""Works in a thread beside the jobs until the event is set."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """Work done every so many seconds.

    `run` is called in one transaction, or with `own_transactions` in none: then it opens its own, and may
    wait for a network between them. `has_work` is a cheap look, in a reading transaction, that lets an idle
    job pass without a write. A `prompt` job never waits behind the others.
    """

    name: str
    every_seconds: int
    run: Callable[[], None]
    own_transactions: bool = False
    has_work: Callable[[], bool] | None = None
    prompt: bool = False

    def __post_init__(self) -> None:
        if self.every_seconds < 1:
            raise ValueError(f"job {self.name}: every_seconds must be at least 1")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended; `error` is None when all went well."""

    name: str
    error: str | None = None


def current_jobs() -> tuple[Job, ...]:
    """Every job of the running application."""
    jobs: tuple[Job, ...] = tuple(current_app.extensions.get("jobs", ()))
    return jobs


def run_due(jobs: Sequence[Job], stop: threading.Event | None = None) -> list[Outcome]:
    """Run each job that is due and not run by someone else, one after the other. Needs an application
    context."""
    by_name = {job.name: job for job in jobs}
    if len(by_name) != len(jobs):
        raise ValueError("two jobs have one name")
    leases.register_jobs({job.name: timedelta(seconds=_longest_wait(job.every_seconds)) for job in jobs})
    outcomes = []
    for name in leases.due_names():
        if name not in by_name or (stop is not None and stop.is_set()) or not _has_work(by_name[name]):
            continue
        holder = leases.acquire(name)
        if holder is not None:
            outcomes.append(_run_held(by_name[name], holder))
    return outcomes


def run_forever(app: Flask, jobs: Iterable[Job], stop: threading.Event) -> None:
    """Run jobs as they become due until `stop` is set; then the job at work is finished first.

    Prompt jobs have a thread of their own, and so has other work that runs beside jobs (`beside_jobs`: the
    tasks that staff start). Each looks once a second. Values in memory follow their rows here as in a server.
    """
    app.extensions["watch"].start()
    prompt: list[Job] = []
    others: list[Job] = []
    for job in jobs:
        (prompt if job.prompt else others).append(job)
    aside = [threading.Thread(target=_loop, args=(app, prompt, stop), name="prompt jobs", daemon=True)]
    beside: Sequence[Beside] = app.extensions.get("beside_jobs", ())
    aside += [
        threading.Thread(target=work, args=(app, stop), name=work.__name__, daemon=True) for work in beside
    ]
    for thread in aside:
        thread.start()
    _loop(app, others, stop)
    for thread in aside:
        thread.join()


def backoff(every_seconds: int, failures: int) -> timedelta:
    """Exponential backoff after the nth consecutive failure: 2, 4, 8 … s, at most the job's own interval or a
    minute."""
    return timedelta(seconds=min(2 ** min(failures, 20), _longest_wait(every_seconds)))


def _longest_wait(every_seconds: int) -> int:
    return max(every_seconds, LONGEST_BACKOFF_OF_FREQUENT_JOBS)


def _has_work(job: Job) -> bool:
    if job.has_work is None:
        return True
    with transaction(reading=True):
        return job.has_work()


def _run_held(job: Job, holder: str) -> Outcome:
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    error, failures, wait = None, 0, timedelta(seconds=job.every_seconds)
    with leases.kept_renewed(app, job.name, holder):
        try:
            if job.own_transactions:
                job.run()
            else:
                with transaction():
                    job.run()
        except Exception as failure:
            log.exception("job failed", job=job.name)
            error = type(failure).__name__
            failures = leases.failures_so_far(job.name) + 1
            wait = backoff(job.every_seconds, failures)
    leases.release(job.name, holder, wait, error, failures)
    return Outcome(job.name, error)


def _loop(app: Flask, jobs: Sequence[Job], stop: threading.Event) -> None:
    failing = False
    while not stop.is_set():
        try:
            with app.app_context():
                run_due(jobs, stop)
            failing = False
        except Exception:
            if not failing:
                log.exception("cannot look for due jobs; trying again each second")
            failing = True
        stop.wait(LOOK_EVERY_SECONDS)
