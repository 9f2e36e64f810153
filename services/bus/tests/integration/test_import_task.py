"""A timetable taken in the background: sent by an operator, checked, stored, switched to, or told why not."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from citizen_app.toolkit.testing import City, TestOperator
from citizen_app.toolkit.time import now
from services.bus.tests.feeds import edit, more, write_zip
from services.bus.tests.test_large_feed import write_large

ROOT = Path(__file__).resolve().parents[4]
TASKS = "/api/v1/services/bus/tasks"
WORK = [sys.executable, "-m", "flask", "--app", "wsgi", "jobs", "run", "--once"]
EN = {"Accept-Language": "en"}


def send(operator: TestOperator, content: bytes, query: str = "", name: str = "feed.zip") -> Any:
    data = {"file": (io.BytesIO(content), name)}
    return operator.call("POST", f"{TASKS}/import_gtfs{query}", data=data, headers=EN)


def run_of(operator: TestOperator, run_id: str) -> dict[str, Any]:
    found: dict[str, Any] = operator.get(f"{TASKS}/{run_id}", **EN).get_json()
    return found


def lines(city: City) -> list[str]:
    return [line["name"] for line in city.client.get("/api/v1/services/bus/lines").get_json()["items"]]


def test_an_operator_sends_a_feed_and_riders_see_it_once_it_is_whole(city: City, tmp_path: Path) -> None:
    operator = city.operator("bus")
    feed = write_zip(tmp_path).read_bytes()
    sent = send(operator, feed, "?force=true")
    assert (sent.status_code, sent.json["state"], sent.json["title"]) == (
        202,
        "waiting",
        "Import a timetable",
    )
    assert lines(city) == []
    assert city.run_tasks() == ["done"]
    assert lines(city) == ["1路"]
    ended = run_of(operator, sent.json["id"])
    assert (ended["state"], ended["said"]) == ("done", f"Version {ended['report']['version']} is in force.")
    assert ended["report"]["stored"]["stop_times"] == 3
    assert (ended["stage"], ended["done"], ended["total"]) == (
        "Storing the feed",
        ended["total"],
        ended["total"],
    )
    assert city.count("audit_events", "action = 'bus.import_gtfs' AND actor_kind = 'staff'") == 1

    again = send(operator, feed)
    assert city.run_tasks() == ["done"]
    assert run_of(operator, again.json["id"])["report"]["outcome"] == "unchanged"
    listed = operator.get(f"{TASKS}?state=done").get_json()["items"]
    assert [run["id"] for run in listed] == [again.json["id"], sent.json["id"]]
    fetched = operator.get(f"{TASKS}/{sent.json['id']}/file")
    assert fetched.data == feed
    assert fetched.headers["Content-Disposition"] == "attachment; filename=feed.zip"
    assert fetched.headers["Cache-Control"] == "no-store"
    assert fetched.headers["X-Content-Type-Options"] == "nosniff"
    assert city.operator("bus").get(f"{TASKS}/{sent.json['id']}/file").status_code == 404, "not their file"


def test_a_feed_with_errors_is_not_taken_and_the_report_says_why(city: City, tmp_path: Path) -> None:
    operator = city.operator("bus")
    wrong = write_zip(tmp_path, more("stop_times.txt", "t9,08:00:00,08:00:00,s1,1")).read_bytes()
    sent = send(operator, wrong)
    assert city.run_tasks() == ["refused"]
    ended = run_of(operator, sent.json["id"])
    assert ended["said"].startswith("The feed has errors and was not taken")
    assert "does not exist in trips.txt" in ended["report"]["text"]
    assert lines(city) == []


@pytest.mark.parametrize(
    ("content", "name", "query", "pointer"),
    [
        (b"PK\x03\x04", "feed.csv", "", "/file"),
        (b"route_id,route_type\n", "feed.zip", "", "/file"),
        (b"", "feed.zip", "", "/file"),
        (b"PK\x03\x04", "feed.zip", "?encoding=klingon", "?encoding"),
        (b"PK\x03\x04", "feed.zip", "?until=today", "?until"),
    ],
)
def test_what_is_wrong_in_form_is_refused_at_once(
    city: City, content: bytes, name: str, query: str, pointer: str
) -> None:
    answer = send(city.operator("bus"), content, query, name)
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)
    assert city.count("task_runs") == 0


def test_sent_again_under_its_own_id_it_is_one_run(city: City, tmp_path: Path) -> None:
    operator, feed = city.operator("bus"), write_zip(tmp_path).read_bytes()
    query = "?run_id=01932c07-0000-7000-8000-0000000000aa"
    first, again = send(operator, feed, query), send(operator, feed, query)
    assert (first.json["id"], again.json["id"]) == (query[8:], query[8:])
    assert (city.count("task_runs"), city.count("stored_files")) == (1, 1)
    assert send(city.operator("bus"), feed, query).status_code == 409, "somebody else's"
    assert operator.call("POST", f"{TASKS}/{query[8:]}/cancel").get_json()["state"] == "cancelled"
    assert city.run_tasks() == []
    assert operator.call("POST", f"{TASKS}/{query[8:]}/cancel").status_code == 409


def test_a_service_that_is_off_takes_no_task_and_its_runs_are_for_its_operators(
    city: City, tmp_path: Path
) -> None:
    other, run_id = (
        city.operator("pass"),
        send(city.operator("bus"), write_zip(tmp_path).read_bytes()).json["id"],
    )
    assert send(other, b"PK\x03\x04").status_code == 404
    for address in (f"{TASKS}/{run_id}", f"{TASKS}/{run_id}/file", TASKS):
        assert other.get(address).status_code == 404
    admin = city.operator(None, "system_admin")
    listed = admin.get("/api/v1/admin/tasks").get_json()["items"]
    assert [(run["id"], "report" in run) for run in listed] == [(run_id, False)]
    assert admin.call("POST", f"/api/v1/admin/tasks/{run_id}/cancel").get_json()["state"] == "cancelled"
    assert other.get("/api/v1/admin/tasks").status_code == 403


@pytest.mark.processes
def test_an_import_that_is_killed_is_told_and_starts_again_and_nobody_sees_half_of_it(
    city: City, import_small: Any, app_environment: dict[str, str], tmp_path: Path
) -> None:
    import_small(edit("routes.txt", ("1路", "8路")))
    before = city.count("bus_stop_times")
    operator = city.operator("bus")
    run_id = send(operator, write_large(tmp_path, 4_000, 60).read_bytes(), "?force=true").json["id"]
    own = {name: value for name, value in os.environ.items() if not name.startswith("CITIZEN_")}
    with subprocess.Popen(WORK, cwd=ROOT, env=own | app_environment) as worker:
        while city.count("bus_stop_times") == before:
            assert worker.poll() is None
            time.sleep(0.02)
        worker.send_signal(signal.SIGKILL)
        assert worker.wait(30) == -signal.SIGKILL
    assert lines(city) == ["8路"], "what is in force stays"
    assert run_of(operator, run_id)["state"] == "running", "nobody knows yet"
    assert city.run_tasks() == []
    with time_machine.travel(now() + timedelta(seconds=61), tick=True):
        assert city.run_tasks() == ["done"]
    ended = run_of(operator, run_id)
    assert (ended["state"], ended["note"]) == ("done", None)
    assert city.count("task_runs", "interruptions = 1") == 1
    assert "8路" not in lines(city)
    city.run_jobs("bus")
    assert city.count("bus_stop_times") == ended["report"]["stored"]["stop_times"] + before
