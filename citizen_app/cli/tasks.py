"""`flask tasks`: long work that staff have started."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final

import click
from flask.cli import AppGroup

from citizen_app.audit.operations import current_actor
from citizen_app.cli.identity import JSON, LANGUAGE
from citizen_app.ids import IdConverter
from citizen_app.process.progress import progress_bar
from citizen_app.storage.transactions import transaction
from citizen_app.tasks import operations
from citizen_app.tasks.contract import STATES
from citizen_app.tasks.models import TaskRun
from citizen_app.tasks.queries import run_or_404, run_page
from citizen_app.tasks.schemas import TaskReportSchema, TaskRunSchema
from citizen_app.text import Language, Text
from citizen_app.wire.language import speaking
from citizen_app.wire.problems import Problem

tasks = AppGroup("tasks", help="Long work that staff have started: imports, re-sealing.")

LOOK_EVERY_SECONDS: Final = 1.0
MOST_LISTED: Final = 100
UNKNOWN: Final = Text(
    "没有任务 {run}；用 flask --app wsgi tasks list 查看。",
    "There is no run {run}; see flask --app wsgi tasks list.",
)
NOBODY: Final = Text(
    "任务在等待。运行它们的是 flask --app wsgi jobs run。",
    "It waits. What runs it is flask --app wsgi jobs run.",
)
RUN: Final = click.argument("run_id")


@tasks.command("list")
@click.option("--state", type=click.Choice(list(STATES)), help="Only those.")
@JSON
@LANGUAGE
def list_runs(state: str | None, as_json: bool, language: Language) -> None:
    """Show the latest runs, newest first."""
    with transaction(reading=True), speaking(language):
        found = run_page(limit=MOST_LISTED, state=state).items
        rows = TaskRunSchema().dump(found, many=True)
    if as_json:
        click.echo(json.dumps({"tasks": rows}, ensure_ascii=False))
        return
    for row in rows:
        click.echo(_line(row))


@tasks.command("show")
@RUN
@JSON
@LANGUAGE
def show_run(run_id: str, as_json: bool, language: Language) -> None:
    """Show one run, with its report once it has ended; exit status 1 when nothing was taken."""
    row = _shown(run_id, language)
    click.echo(json.dumps(row, ensure_ascii=False) if as_json else _told(row))
    raise SystemExit(1 if row["state"] in ("failed", "refused") else 0)


@tasks.command("cancel")
@RUN
@LANGUAGE
def cancel_run(run_id: str, language: Language) -> None:
    """Cancel a run: one that waits at once, one at work at its next step."""
    _shown(run_id, language)
    try:
        with transaction():
            operations.cancel(run_id, current_actor())
    except Problem as refused:
        raise click.ClickException(refused.detail.say(language)) from refused
    click.echo(_line(_shown(run_id, language)))


@tasks.command("watch")
@RUN
@JSON
@LANGUAGE
def watch_run(run_id: str, as_json: bool, language: Language) -> None:
    """Follow a run until it has ended; Ctrl-C leaves it as it is."""
    row = _shown(run_id, language)
    if row["state"] == "waiting":
        click.echo(NOBODY.say(language), err=True)
    with _bars() as move:
        while row["ended_at"] is None:
            move(row)
            time.sleep(LOOK_EVERY_SECONDS)
            row = _shown(run_id, language)
    click.echo(json.dumps(row, ensure_ascii=False) if as_json else _told(row))
    raise SystemExit(1 if row["state"] in ("failed", "refused") else 0)


def _shown(run_id: str, language: Language) -> dict[str, Any]:
    """A run in one language. Ends the command when there is none."""
    try:
        with transaction(reading=True), speaking(language):
            row: dict[str, Any] = TaskReportSchema().dump(_found(run_id))
            return row
    except Problem as unknown:
        raise click.UsageError(UNKNOWN.fill(run=run_id).say(language)) from unknown


def _found(run_id: str) -> TaskRun:
    if not re.fullmatch(IdConverter.regex, run_id):
        raise Problem("not-found")
    return run_or_404(run_id)


@contextmanager
def _bars() -> Iterator[Callable[[dict[str, Any]], None]]:
    """One bar for each stage, as far as the row says."""
    with ExitStack() as shown:
        stage: list[Any] = [None]
        moved = [0]
        move: list[Callable[[int], None]] = []

        def show(row: dict[str, Any]) -> None:
            if row["stage"] is not None and row["stage"] != stage[0]:
                shown.close()
                stage[0], moved[0] = row["stage"], 0
                move[:] = [shown.enter_context(progress_bar(row["stage"], row["total"]))]
            if move:
                move[0](row["done"] - moved[0])
                moved[0] = row["done"]

        yield show


def _line(row: dict[str, Any]) -> str:
    done = f"{row['done']}/{row['total']}" if row["total"] else "–"
    beside = " ".join(filter(None, (row["stage"], row["note"])))
    return (
        f"{row['id']}  {row['state_title']:<9} {done:>15}  {row['owner']}.{row['task']}  {row['title']}"
        f"  {row['started_by']}  {row['created_at']}  {beside}".rstrip()
    )


def _told(row: dict[str, Any]) -> str:
    details = json.dumps(row["report"], ensure_ascii=False, indent=2) if row["report"] else None
    return "\n".join(filter(None, (_line(row), row["said"], details)))
