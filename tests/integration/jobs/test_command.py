"""`flask jobs`."""

from __future__ import annotations

import json
from collections.abc import Callable

from flask import Flask

from citizen_app.cli.jobs import jobs
from citizen_app.jobs.models import OutboxMessage
from citizen_app.jobs.outbox import JOBS as OUTBOX_JOBS
from citizen_app.jobs.outbox import add_sender, enqueue
from citizen_app.jobs.runner import Job
from citizen_app.storage.transactions import transaction


def test_once_runs_what_is_due_and_says_how_it_went(
    app: Flask, message: Callable[[str], OutboxMessage]
) -> None:
    add_sender(app, "test", lambda message_id, payload: None)
    app.extensions["jobs"] = OUTBOX_JOBS
    with app.app_context(), transaction():
        message_id = enqueue("test", {})
    result = app.test_cli_runner().invoke(jobs, ["run", "--once"])
    assert result.exit_code == 0, result.output
    assert "jobs.outbox: ok" in result.output
    assert message(message_id).state == "sent"


def test_once_fails_when_a_job_failed(app: Flask) -> None:
    def failing() -> None:
        raise RuntimeError

    app.extensions["jobs"] = (Job("failing", 60, failing),)
    result = app.test_cli_runner().invoke(jobs, ["run", "--once"])
    assert result.exit_code == 1
    assert "failing: RuntimeError" in result.output


def test_the_list_names_every_job_and_its_times(app: Flask) -> None:
    app.extensions["jobs"] = (Job("one", 60, lambda: None), Job("two", 5, lambda: None))
    before = json.loads(app.test_cli_runner().invoke(jobs, ["list", "--json"]).output)["jobs"]
    assert [(job["name"], job["last_finished"]) for job in before] == [("one", None), ("two", None)]
    app.test_cli_runner().invoke(jobs, ["run", "--once"])
    after = json.loads(app.test_cli_runner().invoke(jobs, ["list", "--json"]).output)["jobs"]
    assert all(job["last_finished"].endswith("Z") and job["last_error"] is None for job in after)
    assert "one" in app.test_cli_runner().invoke(jobs, ["list"]).output
