"""Checks of long work: that somebody does it, that it succeeds, and that its files are whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from citizen_app import clock
from citizen_app.doctor.findings import Check, Fault, failure, warning
from citizen_app.doctor.running import NOBODY_WORKS
from citizen_app.files.checking import incomplete_files
from citizen_app.tasks.queries import anything_runs, failed_since, oldest_waiting
from citizen_app.text import Text, counted


def tasks() -> Iterator[Fault]:
    """Long work is worked off, and succeeds."""
    now = clock.now()
    oldest = oldest_waiting()
    if oldest is not None and now - oldest > NOBODY_WORKS and not anything_runs(now):
        minutes = int((now - oldest).total_seconds() // 60)
        yield failure(
            Text(
                f"有任务等了 {minutes} 分钟没有人处理", f"A task has waited for {counted(minutes, 'minute')}"
            ),
            Text("上传的时刻表和名单没有生效。", "Timetables and lists that were sent are not taken."),
            Text(
                "启动 flask --app wsgi jobs run（citizen-jobs.service）。",
                "Start flask --app wsgi jobs run (citizen-jobs.service).",
            ),
        )
    yield from failed_tasks(now)


def failed_tasks(now: datetime, owner: str | None = None) -> Iterator[Fault]:
    """Tasks that have failed within a day, of one owner where it is given."""
    for run in failed_since(now, timedelta(days=1), owner):
        yield warning(
            Text(
                f"任务 {run.owner}.{run.task} 失败（{run.id}）",
                f"The task {run.owner}.{run.task} failed ({run.id})",
            ),
            Text("没有采用任何内容。", "Nothing of it was taken."),
            Text(
                f"查看 flask --app wsgi tasks show {run.id} 和日志中的 task failed。",
                f"See flask --app wsgi tasks show {run.id}, and `task failed` in the log.",
            ),
        )


def files() -> Iterator[Fault]:
    """Files that staff have sent are whole."""
    for file_id in incomplete_files():
        yield failure(
            Text(f"文件 {file_id} 不完整", f"The file {file_id} is not whole"),
            Text("要用它的任务会失败。", "Whatever is to read it fails."),
            Text(
                "请发送者重新上传；坏文件到期自动删除。",
                "Have it sent again; the broken one goes when its time is over.",
            ),
        )


CHECKS: Final = (
    Check("tasks", Text("任务", "Tasks"), tasks),
    Check("files", Text("上传文件", "Files"), files),
)
