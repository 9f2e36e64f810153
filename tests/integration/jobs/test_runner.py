"""The runner: one at a time, failures apart, and no message waits behind a long job."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, text, update

from citizen_app.clock import now
from citizen_app.jobs import leases
from citizen_app.jobs.leases import LEASE
from citizen_app.jobs.models import JobRun, OutboxMessage
from citizen_app.jobs.outbox import JOBS as OUTBOX_JOBS
from citizen_app.jobs.outbox import add_sender, enqueue
from citizen_app.jobs.runner import Job, run_due, run_forever
from citizen_app.storage.cached_values import CachedValue, invalidate
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction

Read = Callable[[str], JobRun]


class Tally:
    """Work that notes how often it ran, and how many ran at the same time."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.runs = self.now = self.most_concurrent = 0
        self._guard = threading.Lock()

    def __call__(self) -> None:
        with self._guard:
            self.runs += 1
            self.now += 1
            self.most_concurrent = max(self.most_concurrent, self.now)
        time.sleep(self.seconds)
        with self._guard:
            self.now -= 1


def together(work: Callable[[Flask], Any], apps: list[Flask]) -> list[Any]:
    barrier = threading.Barrier(len(apps))

    def one(app: Flask) -> Any:
        with app.app_context():
            barrier.wait()
            return work(app)

    with ThreadPoolExecutor(len(apps)) as pool:
        return list(pool.map(one, apps))


def due(app: Flask, *jobs: Job) -> list[tuple[str, str | None]]:
    with app.app_context():
        return [(outcome.name, outcome.error) for outcome in run_due(jobs)]


def test_a_job_runs_when_it_is_due_and_not_before(app: Flask, job_run: Read) -> None:
    tally = Tally()
    job = Job("tally", 60, tally)
    start = now()
    with time_machine.travel(start, tick=False) as clock:
        assert due(app, job) == [("tally", None)]
        clock.move_to(start + timedelta(seconds=59))
        assert due(app, job) == []
        clock.move_to(start + timedelta(seconds=60))
        assert due(app, job) == [("tally", None)]
    assert tally.runs == 2
    row = job_run("tally")
    assert (row.holder, row.lease_until, row.failures) == (None, None, 0)


def test_two_runners_never_run_one_job_at_one_time(app: Flask, other_worker: Flask) -> None:
    tally = Tally(seconds=0.2)
    job = Job("tally", 60, tally, own_transactions=True)
    with app.app_context():
        leases.register_jobs({"tally": timedelta(hours=1)})
    outcomes = together(lambda _: run_due([job]), [app, other_worker] * 4)
    assert sum(len(one) for one in outcomes) == 1
    assert (tally.runs, tally.most_concurrent) == (1, 1)


def test_negative_control_without_the_lease_both_run_it(
    app: Flask, other_worker: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    both_have_looked = threading.Barrier(2)

    def unguarded(name: str) -> str:
        both_have_looked.wait()
        with transaction():
            db.session.execute(update(JobRun).where(JobRun.name == name).values(last_started=now()))
        return "00000000-0000-0000-0000-000000000001"

    tally = Tally(seconds=0.2)
    job = Job("tally", 60, tally, own_transactions=True)
    with app.app_context():
        leases.register_jobs({"tally": timedelta(hours=1)})
    monkeypatch.setattr(leases, "acquire", unguarded)
    together(lambda _: run_due([job]), [app, other_worker])
    assert (tally.runs, tally.most_concurrent) == (2, 2)


def test_a_lease_is_renewed_while_the_work_goes_on(
    app: Flask, job_run: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "RENEW_EVERY_SECONDS", 0.05)
    seen: list[Any] = []

    def work() -> None:
        for _ in range(2):
            seen.append(job_run("long").lease_until)
            time.sleep(0.3)

    assert due(app, Job("long", 60, work, own_transactions=True)) == [("long", None)]
    assert seen[1] > seen[0]


def test_a_killed_runners_job_is_taken_over_when_its_lease_expires(app: Flask) -> None:
    tally = Tally()
    job = Job("tally", 1, tally)
    start = now()
    with time_machine.travel(start, tick=False) as clock:
        with app.app_context():
            leases.register_jobs({"tally": timedelta(hours=1)})
            assert leases.acquire("tally") is not None, "a runner takes the job and is killed"
        clock.move_to(start + LEASE - timedelta(seconds=1))
        assert due(app, job) == []
        clock.move_to(start + LEASE)
        assert due(app, job) == [("tally", None)]


def test_a_runner_that_comes_back_too_late_changes_nothing(app: Flask, job_run: Read) -> None:
    start = now()
    with time_machine.travel(start, tick=False) as clock, app.app_context():
        leases.register_jobs({"tally": timedelta(hours=1)})
        late = leases.acquire("tally")
        clock.move_to(start + LEASE)
        present = leases.acquire("tally")
        assert late is not None
        assert present is not None
        leases.release("tally", late, timedelta(seconds=1), "late", 7)
        leases.renew("tally", late)
    row = job_run("tally")
    assert (row.holder, row.failures) == (present, 0)
    assert row.lease_until == start + 2 * LEASE


def test_a_failing_job_undoes_its_writes_waits_and_stops_nobody(app: Flask, job_run: Read) -> None:
    def failing() -> None:
        enqueue("nobody's", {})
        raise RuntimeError("with a phone number in it: 13911112222")

    tally = Tally()
    jobs = [Job("failing", 60, failing), Job("tally", 60, tally)]
    start = now()
    with time_machine.travel(start, tick=False) as clock:
        assert sorted(due(app, *jobs)) == [("failing", "RuntimeError"), ("tally", None)]
        row = job_run("failing")
        assert (row.failures, row.last_error) == (1, "RuntimeError")
        assert row.next_run_at == start + timedelta(seconds=2)
        clock.move_to(start + timedelta(seconds=2))
        assert due(app, *jobs) == [("failing", "RuntimeError")]
        assert job_run("failing").next_run_at == now() + timedelta(seconds=4)
    with app.app_context(), transaction(reading=True):
        assert db.session.scalar(select(func.count()).select_from(OutboxMessage)) == 0


def test_an_idle_job_writes_nothing(app: Flask, job_run: Read) -> None:
    tally = Tally()
    assert due(app, Job("idle", 1, tally, has_work=lambda: False)) == []
    assert tally.runs == 0
    assert job_run("idle").last_started is None


def test_two_jobs_cannot_have_one_name(app: Flask) -> None:
    with pytest.raises(ValueError, match="one name"):
        due(app, Job("a", 1, Tally()), Job("a", 1, Tally()))


def test_a_message_leaves_while_a_long_job_works(app: Flask) -> None:
    sent = threading.Event()
    add_sender(app, "test", lambda message_id, payload: sent.set())
    working, stop = threading.Event(), threading.Event()

    def long_work() -> None:
        working.set()
        stop.wait()

    jobs = [*OUTBOX_JOBS, Job("long", 60, long_work, own_transactions=True)]
    runner = threading.Thread(target=run_forever, args=(app, jobs, stop), daemon=True)
    runner.start()
    assert working.wait(10)
    with app.app_context(), transaction():
        enqueue("test", {})
    left = sent.wait(20)
    stop.set()
    runner.join(10)
    assert not runner.is_alive(), "the runner stops when told to"
    assert left
    assert {job.every_seconds for job in OUTBOX_JOBS if job.prompt} == {1}, "so often somebody looks for one"


def test_a_runner_sees_invalidated_values(app: Flask, other_worker: Flask) -> None:
    versions = CachedValue(
        "test", lambda connection: connection.scalar(text("SELECT count(*) FROM watch_versions"))
    )
    seen: list[int] = []
    changed, stop = threading.Event(), threading.Event()

    def look() -> None:
        seen.append(versions.get())
        if seen[-1] != seen[0]:
            changed.set()

    job = Job("look", 1, look, own_transactions=True)
    runner = threading.Thread(target=run_forever, args=(app, [job], stop), daemon=True)
    runner.start()
    while not seen:
        time.sleep(0.05)
    with other_worker.app_context(), transaction():
        invalidate("test")
    assert changed.wait(10)
    stop.set()
    runner.join(10)


def test_the_loop_outlives_a_database_that_is_away(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    attempts = threading.Semaphore(0)
    real = leases.due_names

    def flaky() -> list[str]:
        attempts.release()
        if not recovered.is_set():
            raise OSError("the database is away")
        return real()

    recovered, stop, tally = threading.Event(), threading.Event(), Tally()
    monkeypatch.setattr(leases, "due_names", flaky)
    runner = threading.Thread(target=run_forever, args=(app, [Job("tally", 60, tally)], stop), daemon=True)
    runner.start()
    assert attempts.acquire(timeout=10)
    recovered.set()
    deadline = time.monotonic() + 10
    while tally.runs == 0 and time.monotonic() < deadline:
        time.sleep(0.05)
    stop.set()
    runner.join(10)
    assert tally.runs == 1
