"""A run from its start to its report: whole, rolled back, refused, failed, cancelled, stopped, taken over."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from citizen_app.audit.models import AuditEvent
from citizen_app.audit.operations import record
from citizen_app.clock import now
from citizen_app.factory import CitizenFlask
from citizen_app.files.models import StoredFile
from citizen_app.jobs.runner import Job, run_forever
from citizen_app.sheets.limits import FileUnreadable
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.tasks import operations, runner
from citizen_app.tasks.operations import LEASE, MOST_INTERRUPTIONS, cancel, claim, claim_next
from citizen_app.tasks.progress import TaskProgress
from citizen_app.tasks.runner import run_claimed, run_waiting_tasks
from citizen_app.tasks.schemas import note_of
from citizen_app.text import Text
from citizen_app.toolkit.testing.races import concurrently
from citizen_app.wire.problems import Problem
from tests.integration.tasks.conftest import CLERK, DONE, Report, Row, Start

STAGE = Text("写入", "Storing")


def run_all(app: CitizenFlask, stop: threading.Event | None = None) -> list[str | None]:
    with app.app_context():
        return [state for _, state in run_waiting_tasks(stop)]


def noted(app: CitizenFlask, action: str) -> list[AuditEvent]:
    with app.app_context(), transaction(reading=True):
        return list(db.session.scalars(select(AuditEvent).where(AuditEvent.action == action)))


def until(true: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_task_reads_its_file_and_acts_for_whoever_started_it(
    app: CitizenFlask, start: Start, row: Row, report: Report, time_travel: time_machine.Traveller
) -> None:
    read = []

    def work(progress: TaskProgress, file: Any, args: Any) -> Any:
        read.append((file.name, file.stream.read(), file.path.read_bytes()))
        progress.stage(STAGE, 2)
        with progress.unit():
            record("trial.done", "trial", None)
            progress.advance(2)
        return DONE

    run_id = start(work, content=b"a,b\n")
    assert row(run_id).state == "waiting"
    assert run_all(app) == ["done"]
    assert read == [("list.csv", b"a,b\n", b"a,b\n")]
    ended = row(run_id)
    assert (ended.state, ended.done, ended.total, ended.stage) == ("done", 2, 2, STAGE.as_dict())
    assert report(run_id) == {"said": {"zh": "完成", "en": "Done"}, "details": {}}
    assert ended.ended_at == now()
    (done,) = noted(app, "trial.done")
    assert (done.actor_kind, done.actor_id, done.actor_name) == ("staff", CLERK.id, "wang.fang")
    assert [event.target_id for event in noted(app, "task.start")] == [run_id]
    assert run_all(app) == []
    with app.app_context(), transaction(reading=True):
        file = db.session.get(StoredFile, ended.file_id)
        assert file is not None
        assert file.expires_at == now() + timedelta(days=1)


@pytest.mark.parametrize(
    ("failure", "state", "said"),
    [
        (FileUnreadable(Text("坏", "it is torn")), "refused", "The file cannot be read: it is torn"),
        (Problem("conflict", Text("没有", "The place is closed.")), "refused", "The place is closed."),
        (ZeroDivisionError("王秀兰"), "failed", "The program failed (ZeroDivisionError)"),
    ],
)
def test_what_goes_wrong_is_told_and_rolled_back(
    app: CitizenFlask, start: Start, report: Report, failure: Exception, state: str, said: str
) -> None:
    def work(progress: TaskProgress, file: Any, args: Any) -> Any:
        with progress.unit():
            record("trial.done", "trial", None)
            raise failure

    run_id = start(work)
    assert run_all(app) == [state]
    assert report(run_id)["said"]["en"].startswith(said)
    assert "王秀兰" not in str(report(run_id))
    assert noted(app, "trial.done") == []


def test_a_database_that_goes_away_interrupts_and_the_third_time_ends_it(
    app: CitizenFlask, start: Start, row: Row
) -> None:
    def work(progress: TaskProgress, file: Any, args: Any) -> Any:
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    run_id = start(work)
    assert run_all(app) == [None, None]  # twice in a row is enough for one look
    waiting = row(run_id)
    assert (waiting.state, waiting.interruptions) == ("waiting", 2)
    assert note_of(waiting) is not None
    assert run_all(app) == [None]
    assert (row(run_id).state, row(run_id).interruptions) == ("failed", MOST_INTERRUPTIONS)
    assert run_all(app) == []


def test_of_several_processes_one_has_the_run(
    app: CitizenFlask, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    def claims(run_id: str) -> int:
        def one() -> bool:
            with app.app_context():
                return claim(run_id) is not None

        return sum(concurrently(one, times=6))

    assert claims(start(lambda *_: DONE)) == 1
    monkeypatch.setattr(
        operations, "_open", lambda: text("1 = 1")
    )  # control: without the guard several have it
    assert claims(start(lambda *_: DONE)) > 1


def test_a_run_whose_process_died_is_told_and_starts_again_until_the_third_time(
    app: CitizenFlask, start: Start, row: Row, report: Report, time_travel: time_machine.Traveller
) -> None:
    run_id = start(lambda *_: DONE)
    for times in range(MOST_INTERRUPTIONS):
        with app.app_context():
            assert claim_next() is not None, "and then the process is killed"
            assert claim_next() is None, "its lease still runs"
        assert row(run_id).interruptions == times
        time_travel.shift(LEASE + timedelta(seconds=1))
    with app.app_context():
        assert claim_next() is None
    ended = row(run_id)
    assert (ended.state, ended.interruptions) == ("failed", MOST_INTERRUPTIONS)
    assert "Interrupted three times" in str(report(run_id))

    again = start(lambda *_: DONE)
    with app.app_context():
        assert claim_next() is not None
    time_travel.shift(-3600)  # the clock is set back: nobody waits an hour for a lease of a minute
    assert run_all(app) == ["done"]
    note = note_of(row(again))
    assert note is None


def test_a_process_that_was_thought_dead_commits_nothing(
    app: CitizenFlask, start: Start, row: Row, time_travel: time_machine.Traveller
) -> None:
    others = []

    def work(progress: TaskProgress, file: Any, args: Any) -> Any:
        if not others:  # the first to have it stands still until another has taken it over
            others.append("working")
            time_travel.shift(LEASE + timedelta(seconds=1))
            thread = threading.Thread(target=lambda: others.append(run_all(app)))
            thread.start()
            thread.join(30)
        with progress.unit():
            record("trial.done", "trial", None)
        return DONE

    run_id = start(work)
    assert run_all(app) == [None]
    assert others == ["working", ["done"]]
    assert len(noted(app, "trial.done")) == 1
    assert (row(run_id).state, row(run_id).interruptions) == ("done", 1)


def test_a_cancelled_run_ends_at_its_next_step_and_leaves_nothing(
    app: CitizenFlask, start: Start, row: Row
) -> None:
    working = threading.Event()

    def work(progress: TaskProgress, file: Any, args: Any) -> Any:
        progress.stage(STAGE, 1_000_000)
        while True:
            progress.advance()
            working.set()
            time.sleep(0.02)

    run_id = start(work)
    thread = threading.Thread(target=run_all, args=(app,))
    thread.start()
    assert working.wait(10)
    until(lambda: row(run_id).done > 0)  # how far it is can be read meanwhile
    with app.app_context(), transaction():
        assert cancel(run_id, CLERK).state == "running"
    thread.join(10)
    ended = row(run_id)
    assert (ended.state, ended.total) == ("cancelled", 1_000_000)
    assert [event.target_id for event in noted(app, "task.cancel")] == [run_id]
    with app.app_context(), pytest.raises(Problem, match="conflict"), transaction():
        cancel(run_id, CLERK)


def test_a_run_that_waits_is_cancelled_at_once_and_one_whose_process_died_when_it_is_found(
    app: CitizenFlask, start: Start, row: Row, time_travel: time_machine.Traveller
) -> None:
    waiting = start(lambda *_: DONE)
    with app.app_context(), transaction():
        assert cancel(waiting, CLERK).state == "cancelled"
    dead = start(lambda *_: DONE)
    with app.app_context():
        assert claim(dead) is not None
        with transaction():
            cancel(dead, CLERK)
    time_travel.shift(LEASE + timedelta(seconds=1))
    assert run_all(app) == []
    assert row(dead).state == "cancelled"


def test_what_was_done_is_done_even_if_it_is_cancelled_in_that_moment(
    app: CitizenFlask, start: Start, row: Row
) -> None:
    def work(progress: TaskProgress, file: Any, args: Any) -> Any:
        with progress.unit():
            record("trial.done", "trial", None)
        with transaction():
            cancel(run_ids[0], CLERK)
        return DONE

    run_ids = [start(work)]
    assert run_all(app) == ["done"]
    assert row(run_ids[0]).state == "done"


def test_a_stop_puts_a_run_back_and_meanwhile_jobs_are_done(
    app: CitizenFlask, start: Start, row: Row
) -> None:
    working, swept, stop = threading.Event(), threading.Event(), threading.Event()

    def work(progress: TaskProgress, file: Any, args: Any) -> Any:
        working.set()
        while True:
            progress.advance()
            time.sleep(0.02)

    run_id = start(work)
    jobs = [Job("sweep", 1, swept.set, own_transactions=True)]
    jobs_process = threading.Thread(target=run_forever, args=(app, jobs, stop), daemon=True)
    jobs_process.start()
    assert working.wait(10)
    swept.clear()
    assert swept.wait(20), "a task delays no sweep"
    stop.set()
    jobs_process.join(10)
    assert not jobs_process.is_alive()
    back = row(run_id)
    assert (back.state, back.holder, back.interruptions, note_of(back)) == ("waiting", None, 0, None)


def test_the_lease_of_a_long_run_is_renewed(
    app: CitizenFlask, start: Start, row: Row, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "RENEW_EVERY", 1)
    seen = []

    def work(progress: TaskProgress, file: Any, args: Any) -> Any:
        first = row(run_id).lease_until
        until(lambda: row(run_id).lease_until != first)
        seen.append(first)
        return DONE

    run_id = start(work)
    with app.app_context():
        claimed = claim_next()
        assert claimed is not None
        assert run_claimed(claimed) == "done"
    assert len(seen) == 1


def test_so_many_wait_and_no_more(app: CitizenFlask, start: Start) -> None:
    for _ in range(operations.MOST_OPEN):
        start(lambda *_: DONE)
    with pytest.raises(Problem, match="conflict"):
        start(lambda *_: DONE)
