"""Running what waits, one run after the other, on a thread of its own beside the sweeps and the outbox."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Final

import structlog
from flask import Flask, current_app
from sqlalchemy.exc import InterfaceError, OperationalError

from citizen_app.audit.operations import on_behalf_of
from citizen_app.files.reading import FileBroken, FileGone, opened
from citizen_app.sheets.limits import FileUnreadable
from citizen_app.storage.transactions import transaction
from citizen_app.storage.unit_of_work import ConnectionLost
from citizen_app.tasks import operations
from citizen_app.tasks.catalogue import current_tasks
from citizen_app.tasks.contract import State, TaskReport
from citizen_app.tasks.operations import LEASE, WAS_CANCELLED, Claimed
from citizen_app.tasks.progress import TaskProgress, TaskStopped
from citizen_app.tasks.reach import starter_still_may
from citizen_app.text import Text
from citizen_app.wire.problems import Problem

LOOK_EVERY_SECONDS: Final = 1.0
RENEW_EVERY: Final = int(LEASE.total_seconds() // 4)
NOT_OFFERED: Final = Text("这里已不再提供这项任务。", "This task is no longer offered here.")
NO_LONGER: Final = Text(
    "发起人的账号已停用或不再有权限，任务没有执行。",
    "Whoever started it is disabled or no longer permitted, so it was not run.",
)
FILE_GONE: Final = Text("文件已过期或缺失，请重新上传。", "The file is gone; send it again.")
FILE_BROKEN: Final = Text(
    "保存的文件已损坏，请重新上传，并请运维运行 doctor。",
    "The stored file is damaged: send it again, and have somebody run doctor.",
)
FAILED: Final = Text(
    "程序出错（{error}），没有采用任何内容。请把运行编号 {run} 告诉运维。",
    "The program failed ({error}), nothing was taken. Tell whoever runs the system the run {run}.",
)

log = structlog.get_logger(__name__)


def run_waiting_tasks(stop: threading.Event | None = None) -> list[tuple[str, State | None]]:
    """Run what waits until nothing does, or `stop` is set; returns each task with how it ended, None for one
    that was put back. Needs an application context."""
    ended: list[tuple[str, State | None]] = []
    seen = set[str]()
    while not (stop is not None and stop.is_set()):
        claimed = operations.claim_next()
        if claimed is None:
            with transaction(reading=True):
                if not operations.anything_waits():
                    return ended
            continue  # it ended at its claim, or another process was faster
        ended.append((f"{claimed.owner}.{claimed.task}", run_claimed(claimed, stop)))
        if ended[-1][1] is None:
            if claimed.run_id in seen:
                return ended  # what it needs is away; the next look tries again
            seen.add(claimed.run_id)
    return ended


def work_off_tasks(app: Flask, stop: threading.Event) -> None:
    """Look each second for a run that waits, until `stop` is set; then the one at work ends at its next step
    and waits again."""
    failing = False
    while not stop.is_set():
        try:
            with app.app_context():
                with transaction(reading=True):
                    waits = operations.anything_waits()
                if waits:
                    run_waiting_tasks(stop)
            failing = False
        except Exception:
            if not failing:
                log.exception("cannot look for tasks; trying again each second")
            failing = True
        stop.wait(LOOK_EVERY_SECONDS)


def run_claimed(claimed: Claimed, stop: threading.Event | None = None) -> State | None:
    """Run what was claimed and write down how it ended; None when it was put back, or taken over."""
    progress = TaskProgress(stop, lambda: operations.is_held(claimed))
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    try:
        with watching(app, claimed, progress), on_behalf_of(claimed.actor):
            report = _run(claimed, progress)
        state: State = "refused" if report.refused else "done"
    except TaskStopped as stopped:
        if stopped.why != "cancelled":
            _put_back(claimed, interrupted=False)
            return None
        state, report = "cancelled", TaskReport(WAS_CANCELLED)
    except (OperationalError, InterfaceError, ConnectionLost):
        log.exception("task interrupted", task=f"{claimed.owner}.{claimed.task}", run=claimed.run_id)
        _put_back(claimed, interrupted=True)
        return None
    except (FileUnreadable, Problem) as refusal:
        words = refusal.words if isinstance(refusal, FileUnreadable) else refusal.detail
        state, report = "refused", TaskReport(words)
    except FileGone:
        state, report = "failed", TaskReport(FILE_GONE)
    except FileBroken:
        log.exception("task failed", task=f"{claimed.owner}.{claimed.task}", run=claimed.run_id)
        state, report = "failed", TaskReport(FILE_BROKEN)
    except Exception as error:
        log.exception("task failed", task=f"{claimed.owner}.{claimed.task}", run=claimed.run_id)
        words = FAILED.fill(error=type(error).__name__, run=claimed.run_id)
        state, report = "failed", TaskReport(words)
    with transaction():
        operations.carry_on(claimed, progress.standing)
        operations.end(claimed, state, report)
    return state


def _put_back(claimed: Claimed, *, interrupted: bool) -> None:
    with transaction():
        operations.put_back(claimed, interrupted=interrupted)


def _run(claimed: Claimed, progress: TaskProgress) -> TaskReport:
    task = current_tasks().get((claimed.owner, claimed.task))
    if task is None:
        return TaskReport(NOT_OFFERED, refused=True)
    with transaction(reading=True):
        allowed = starter_still_may(claimed.actor, claimed.owner, task, claimed.args)
    if not allowed:
        log.warning("a task is refused: its starter may not", task=f"{claimed.owner}.{claimed.task}")
        return TaskReport(NO_LONGER, refused=True)
    args = task.args().load(claimed.args)
    with nullcontext() if task.file is None else opened(claimed.file_id or "") as file:
        return task.run(progress, file, args)


@contextmanager
def watching(app: Flask, claimed: Claimed, progress: TaskProgress) -> Iterator[None]:
    """Beside the block: write how far it is, renew its lease, and end it when it is cancelled or taken
    over."""
    over = threading.Event()

    def watch() -> None:
        written, quiet = progress.standing, 0
        while not over.wait(LOOK_EVERY_SECONDS):
            quiet += 1
            try:
                with app.app_context():
                    with transaction(reading=True):
                        wanted = operations.cancel_is_wanted(claimed)
                    if wanted is not False:
                        progress.end("lost" if wanted is None else "cancelled")
                    if (standing := progress.standing) != written or quiet >= RENEW_EVERY:
                        with transaction():
                            operations.carry_on(claimed, standing)
                        written, quiet = standing, 0
            except Exception:
                log.exception("cannot write how far a task is", run=claimed.run_id)

    watcher = threading.Thread(target=watch, name=f"progress of {claimed.run_id}", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
