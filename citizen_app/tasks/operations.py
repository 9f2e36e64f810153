"""What becomes of a run: started, claimed under a lease, carried on, put back, cancelled, ended.

Each change is one guarded update, so of two processes that want the same run one has it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import structlog
from sqlalchemy import ColumnElement, and_, case, delete, func, or_, select, update

from citizen_app.audit.operations import Actor, record
from citizen_app.clock import now
from citizen_app.files.operations import keep
from citizen_app.ids import new_id
from citizen_app.jobs.leases import CLOCK_MARGIN
from citizen_app.jobs.retention_clock import retention_now
from citizen_app.storage.locking import guarded_update, lock_row
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.tasks.contract import OVER, State, Task, TaskReport
from citizen_app.tasks.models import TaskRun
from citizen_app.tasks.progress import Standing
from citizen_app.text import Text
from citizen_app.wire.problems import Problem

LEASE: Final = timedelta(seconds=60)
MOST_INTERRUPTIONS: Final = 3
FILE_WAITS: Final = timedelta(days=30)
FILE_KEPT: Final = timedelta(days=1)
"""How long a file is kept after the run that read it: time enough to look at what was refused."""
MOST_OPEN: Final = 20
"""Runs of one owner that may wait: a queue that long means that nobody works it off."""
RUNS_KEPT: Final = timedelta(days=184)
CRASHED: Final = Text(
    "连续三次中断，已停止重试。请查看后台日志后重新发起。",
    "Interrupted three times, so it is not tried again. See the log of the background work, then start it anew.",
)
WAS_CANCELLED: Final = Text("已按要求取消，没有留下改动。", "Cancelled as asked; it has left no change.")
ENDED_ALREADY: Final = Text("任务已经结束。", "The task has ended already.")
TOO_MANY: Final = Text(
    "已有 {most} 个任务在等待，请等它们完成后再发起。",
    "{most} tasks wait already; start more when they have ended.",
)
OTHER_RUN: Final = Text("这个编号已用于另一个任务。", "This id is that of another run.")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A run that this process holds."""

    run_id: str
    holder: str
    owner: str
    task: str
    args: Mapping[str, Any]
    file_id: str | None
    actor: Actor


def earlier_start(owner: str, task: Task, actor: Actor, run_id: str | None) -> TaskRun | None:
    """The run that the same person has started before under this id of theirs. Raises a 409 for an id of
    another run."""
    found = db.session.get(TaskRun, run_id) if run_id else None
    if found is not None and (found.owner, found.task, found.staff_id) != (owner, task.id, actor.id):
        raise Problem("conflict", OTHER_RUN)
    return found


def start_task(
    owner: str,
    task: Task,
    args: Mapping[str, Any],
    file_id: str | None,
    actor: Actor,
    run_id: str | None = None,
) -> TaskRun:
    """Let a task wait for its turn, in a unit of work. `args` are loaded by its schema; its file is kept
    until it has ended. Raises a 409 while too many wait already.

    Started again with a `run_id` that the same person has used for it before, that run is the answer.
    """
    earlier = earlier_start(owner, task, actor, run_id)
    if earlier is not None:
        return earlier
    open_runs = (
        select(func.count()).select_from(TaskRun).where(TaskRun.owner == owner, TaskRun.state.not_in(OVER))
    )
    if (db.session.scalar(open_runs) or 0) >= MOST_OPEN:
        raise Problem("conflict", TOO_MANY.fill(most=MOST_OPEN))
    dumped = task.args().dump(args)
    run = TaskRun(
        id=run_id or new_id(),
        owner=owner,
        task=task.id,
        args=dumped,
        file_id=file_id,
        staff_id=actor.id,
        started_by=actor.name[:60],
    )
    db.session.add(run)
    db.session.flush()
    if file_id is not None:
        keep(file_id, now() + FILE_WAITS)
    record("task.start", "task_run", run.id, actor=actor, task=f"{owner}.{task.id}", args=dumped)
    return run


def anything_waits() -> bool:
    """Whether a run waits, or was left by a process that died; one look into an index."""
    return db.session.scalar(select(TaskRun.id).where(_open()).limit(1)) is not None


def claim_next() -> Claimed | None:
    """Claim the run that has waited longest, or one whose process died; None when there is none, or another
    process was faster. Opens its own units of work."""
    with transaction(reading=True):
        first = select(TaskRun.id).where(_open()).order_by(TaskRun.id).limit(1)
        run_id = db.session.scalar(first)
    return None if run_id is None else claim(run_id)


def claim(run_id: str) -> Claimed | None:
    """Claim this run, if it can be had. One that is interrupted too often, or was cancelled while nobody ran
    it, ends here."""
    moment, holder = now(), new_id()
    with transaction():
        run = guarded_update(
            TaskRun,
            TaskRun.id == run_id,
            _open(),
            state="running",
            holder=holder,
            lease_until=moment + LEASE,
            started_at=moment,
            interruptions=case(
                (TaskRun.state == "running", TaskRun.interruptions + 1), else_=TaskRun.interruptions
            ),
        )
        if run is None:
            return None
        claimed = Claimed(
            run.id,
            holder,
            run.owner,
            run.task,
            run.args,
            run.file_id,
            Actor("staff" if run.staff_id else "command", run.staff_id, run.started_by),
        )
        if run.cancel_wanted_at is not None:
            end(claimed, "cancelled", TaskReport(WAS_CANCELLED))
        elif run.interruptions >= MOST_INTERRUPTIONS:
            end(claimed, "failed", TaskReport(CRASHED))
        else:
            return claimed
    return None


def _open() -> ColumnElement[bool]:
    """Waiting, or left by a process that died: its lease is over, or lies further ahead than a lease can
    (the clock was set back)."""
    moment = now()
    latest = moment + LEASE + CLOCK_MARGIN
    left = or_(TaskRun.lease_until <= moment, TaskRun.lease_until > latest)
    return or_(TaskRun.state == "waiting", and_(TaskRun.state == "running", left))


def _held(claimed: Claimed) -> tuple[ColumnElement[bool], ...]:
    return TaskRun.id == claimed.run_id, TaskRun.holder == claimed.holder, TaskRun.state == "running"


def is_held(claimed: Claimed) -> bool:
    """Whether this process still has the run."""
    return db.session.scalar(select(TaskRun.id).where(*_held(claimed))) is not None


def cancel_is_wanted(claimed: Claimed) -> bool | None:
    """Whether the run is to be cancelled; None when it is no longer ours."""
    found = db.session.execute(select(TaskRun.cancel_wanted_at).where(*_held(claimed))).one_or_none()
    return None if found is None else found.cancel_wanted_at is not None


def carry_on(claimed: Claimed, standing: Standing) -> None:
    """Write how far the run is, and renew its lease."""
    db.session.execute(
        update(TaskRun)
        .where(*_held(claimed))
        .values(
            done=standing.done,
            total=standing.total,
            stage=standing.words.as_dict() if standing.words else None,
            lease_until=now() + LEASE,
        )
        .execution_options(synchronize_session=False)
    )


def put_back(claimed: Claimed, *, interrupted: bool) -> None:
    """Let the run wait again: its process stops, or (`interrupted`) something it needs went away."""
    add = 1 if interrupted else 0
    run = guarded_update(
        TaskRun,
        *_held(claimed),
        interruptions=TaskRun.interruptions + add,
        state="waiting",
        holder=None,
        lease_until=None,
        done=0,
        total=None,
        stage=None,
    )
    if run is not None and run.interruptions >= MOST_INTERRUPTIONS:
        _close(run, "failed", TaskReport(CRASHED))


def end(claimed: Claimed, state: State, report: TaskReport) -> None:
    """End the run, if it is still ours; its file goes a day later."""
    run = guarded_update(TaskRun, *_held(claimed), holder=None, lease_until=None)
    if run is not None:
        _close(run, state, report)


def cancel(run_id: str, actor: Actor) -> TaskRun:
    """Cancel a run: one that waits ends here, one that runs within a second or two. Raises a 409 for one that
    has ended."""
    run = lock_row(TaskRun, run_id)
    if run is None:
        raise Problem("not-found")
    if run.is_over:
        raise Problem("conflict", ENDED_ALREADY)
    if run.cancel_wanted_at is None:
        run.cancel_wanted_at = now()
        record("task.cancel", "task_run", run.id, actor=actor, task=f"{run.owner}.{run.task}")
    if run.state == "waiting":
        _close(run, "cancelled", TaskReport(WAS_CANCELLED))
    db.session.flush()
    return run


def _close(run: TaskRun, state: State, report: TaskReport) -> None:
    moment = now()
    run.state, run.ended_at = state, moment
    said = {"said": report.said.as_dict(), "details": dict(report.details)}
    run.report_text = json.dumps(said, ensure_ascii=False)
    if run.file_id is not None:
        keep(run.file_id, moment + FILE_KEPT)
    db.session.flush()
    log.info("task ended", task=f"{run.owner}.{run.task}", run=run.id, state=state)


def sweep_runs() -> None:
    """Delete runs that ended half a year ago."""
    over = TaskRun.state.in_(OVER) & (TaskRun.ended_at < retention_now() - RUNS_KEPT)
    db.session.execute(delete(TaskRun).where(over).execution_options(synchronize_session=False))
