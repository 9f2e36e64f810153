"""`flask jobs`: background work."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy import select

from citizen_app.cli.dead_letters import dead_letters_command
from citizen_app.clock import rfc3339
from citizen_app.flask_globals import running_app
from citizen_app.jobs.models import JobRun
from citizen_app.jobs.runner import current_jobs, run_due, run_forever
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.tasks.runner import run_waiting_tasks
from citizen_app.text import counted

jobs = AppGroup("jobs", help="Background work: outboxes, sweeps, seals.")
jobs.add_command(dead_letters_command)


@jobs.command("run")
@click.option(
    "--once", is_flag=True, help="Run what is due and the tasks that wait, then stop; exit 1 if one failed."
)
def run(once: bool) -> None:
    """Run background work until told to stop (SIGTERM or Ctrl-C)."""
    with _told_to_stop() as stop:
        if once:
            raise SystemExit(0 if _run_once(stop) else 1)
        click.echo(f"{counted(len(current_jobs()), 'job')}; stop with Ctrl-C")
        run_forever(running_app(), current_jobs(), stop)


def _run_once(stop: threading.Event) -> bool:
    """Run what is due and what waits; whether all went well."""
    outcomes = run_due(current_jobs(), stop)
    for outcome in outcomes:
        click.echo(f"{outcome.name}: {outcome.error or 'ok'}")
    ended = run_waiting_tasks(stop)
    for name, state in ended:
        click.echo(f"{name}: {state or 'waiting'}")
    return not any(outcome.error for outcome in outcomes) and all(state != "failed" for _, state in ended)


@contextmanager
def _told_to_stop() -> Iterator[threading.Event]:
    """An event that is set by SIGTERM and by Ctrl-C."""
    stop = threading.Event()
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    for number in before:
        signal.signal(number, lambda *_: stop.set())
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@jobs.command("list")
@click.option("--json", "as_json", is_flag=True, help="As JSON on standard output.")
def list_jobs(as_json: bool) -> None:
    """Show each job, when it ran and when it runs next."""
    with transaction(reading=True):
        runs = {run.name: run for run in db.session.scalars(select(JobRun))}
        rows = [_described(job.name, job.every_seconds, runs.get(job.name)) for job in current_jobs()]
    if as_json:
        click.echo(json.dumps({"jobs": rows}, ensure_ascii=False))
        return
    for row in rows:
        trouble = f"  failed: {row['last_error']}" if row["last_error"] else ""
        click.echo(
            f"{row['name']:<32} each {row['every_seconds']:>6} s  last {row['last_finished'] or '–'}{trouble}"
        )


def _described(name: str, every_seconds: int, run: JobRun | None) -> dict[str, Any]:
    moments = ("next_run_at", "lease_until", "last_started", "last_finished")
    times = {moment: getattr(run, moment, None) for moment in moments}
    return {
        "name": name,
        "every_seconds": every_seconds,
        **{moment: rfc3339(value) if value else None for moment, value in times.items()},
        "last_error": run.last_error if run else None,
        "failures": run.failures if run else 0,
    }
