"""`flask tasks`: what waits, how far it is, how it ended."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import time_machine

from citizen_app.doctor import tasks as checks
from citizen_app.factory import CitizenFlask
from citizen_app.tasks.contract import TaskReport
from citizen_app.text import Text
from tests.integration.doctor.patients import found
from tests.integration.tasks.conftest import DONE, Start


def run(app: CitizenFlask, *words: str) -> Any:
    return app.test_cli_runner().invoke(args=["tasks", *words])


def test_runs_are_listed_run_once_and_shown(app: CitizenFlask, start: Start) -> None:
    good = start(lambda *_: DONE, task_id="good")
    bad = start(lambda *_: TaskReport(Text("不对", "Not right"), refused=True), task_id="bad")
    listed = json.loads(run(app, "list", "--json").stdout)["tasks"]
    assert [(row["id"], row["state"]) for row in listed] == [(bad, "waiting"), (good, "waiting")]
    assert good in run(app, "list", "--state", "waiting").stdout
    done = app.test_cli_runner().invoke(args=["jobs", "run", "--once"])
    assert "core.good: done\ncore.bad: refused\n" in done.stdout
    shown = run(app, "show", good, "--json", "--language", "en")
    assert (shown.exit_code, json.loads(shown.stdout)["said"]) == (0, "Done")
    refused = run(app, "show", bad, "--language", "en")
    assert (refused.exit_code, "Not right" in refused.stdout) == (1, True)
    assert run(app, "watch", good).exit_code == 0


def test_a_run_is_cancelled_and_an_unknown_one_is_said_to_be_so(app: CitizenFlask, start: Start) -> None:
    run_id = start(lambda *_: DONE)
    assert "已取消" in run(app, "cancel", run_id).stdout
    again = run(app, "cancel", run_id, "--language", "en")
    assert (again.exit_code, "has ended already" in again.stderr) == (1, True)
    for unknown in ("01932c07-0000-7000-8000-000000000000", "7"):
        assert run(app, "show", unknown).exit_code == 2


def test_a_task_that_fails_fails_the_command(app: CitizenFlask, start: Start) -> None:
    start(lambda *_: 1 // 0)
    assert app.test_cli_runner().invoke(args=["jobs", "run", "--once"]).exit_code == 1


def test_the_doctor_names_tasks_that_nobody_works_off_and_failed_ones(
    app: CitizenFlask, start: Start, time_travel: time_machine.Traveller
) -> None:
    run_id = start(lambda *_: 1 // 0)
    assert found(app, checks.tasks) == []
    time_travel.shift(timedelta(minutes=5))
    assert found(app, checks.tasks) == [("failure", "A task has waited for 5 minutes")]
    app.test_cli_runner().invoke(args=["jobs", "run", "--once"])
    assert found(app, checks.tasks) == [("warning", f"The task core.trial failed ({run_id})")]
    time_travel.shift(timedelta(days=2))
    assert found(app, checks.tasks) == []
