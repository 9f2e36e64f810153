"""A department's system as a process of its own: what it gets, signed, and what happens on its bad days."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import select
from time_machine import Traveller

from citizen_app.citizens.queries import remember_refs
from citizen_app.clock import now
from citizen_app.jobs.dead_letters import dead_letters
from citizen_app.jobs.models import OutboxMessage
from citizen_app.jobs.outbox import send_due
from citizen_app.jobs.signing import is_genuine
from citizen_app.notices import webhooks
from citizen_app.notices.sending import send
from citizen_app.notices.webhook_models import NoticeWebhook
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City
from tests.integration.staff.people import hire

pytestmark = pytest.mark.processes
HOOKS = "/api/v1/admin/webhooks"


@dataclass
class System:
    """The department's system."""

    port: int
    heard: Queue[dict[str, Any]] = field(default_factory=Queue)

    def address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def next(self) -> dict[str, Any]:
        return self.heard.get(timeout=10)

    def nothing_came(self) -> bool:
        try:
            self.heard.get(timeout=0.3)
        except Empty:
            return True
        return False


@pytest.fixture(scope="module")
def running() -> Iterator[System]:
    program = Path(__file__).with_name("standin_webhook.py")
    process = subprocess.Popen([sys.executable, str(program)], stdout=subprocess.PIPE, text=True)
    try:
        stdout = process.stdout
        assert stdout is not None
        made = System(int(stdout.readline()))

        def listen() -> None:
            for line in stdout:
                made.heard.put(json.loads(line))

        Thread(target=listen, daemon=True).start()
        yield made
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def system(running: System) -> System:
    while not running.heard.empty():
        running.heard.get_nowait()
    return running


@pytest.fixture
def app_settings() -> dict[str, str]:
    """A city that names this machine as one of its networks."""
    return {"CITIZEN_WEBHOOK_NETWORKS": "127.0.0.0/8"}


@pytest.fixture
def admin(city: City) -> Any:
    """A system administrator at the API."""
    headers = hire(city.app, "zhao.min", "system_admin").sign_in()
    client = city.app.test_client()
    return lambda method, path, **body: client.open(path, method=method, headers=headers, **body)


def hook(admin: Any, url: str) -> dict[str, Any]:
    body = {"service": "pass", "name": "门禁系统", "url": url, "notices": ["guest_arrived"]}
    made = admin("POST", HOOKS, json=body)
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.get_json()
    return found


def told(city: City) -> tuple[str, str]:
    """A guest has arrived: the notice, and the reference of who is told."""
    citizen = city.citizen()
    ref = citizen.ref("pass")
    with city.app.app_context(), transaction():
        remember_refs("pass", [(ref, citizen.id)])
        notice = send("pass", ref, "guest_arrived", {"at": now(), "place": "东门"}, key="1")
    assert notice is not None
    return notice, ref


def leave(city: City) -> None:
    with city.app.app_context():
        send_due()


def message(city: City) -> OutboxMessage:
    with city.app.app_context(), transaction(reading=True):
        return db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "notice.webhook")).one()


def test_a_reference_arrives_signed_and_nothing_else(city: City, admin: Any, system: System) -> None:
    made = hook(admin, system.address("/in"))
    notice, ref = told(city)
    leave(city)
    got = system.next()
    said = json.loads(got["body"])
    assert (said["type"], said["data"]) == ("pass.guest_arrived", {"notice_id": notice})
    assert said.keys() == {"type", "timestamp", "data"}
    assert ref not in got["body"]
    assert "东门" not in got["body"]
    assert is_genuine(made["secret"], got["headers"], got["body"].encode(), int(time.time()), 60)
    assert not is_genuine(made["secret"], got["headers"], b"{}", int(time.time()), 60)
    shown = admin("GET", f"{HOOKS}/{made['webhook']['id']}").get_json()
    assert "secret" not in shown
    assert shown["delivered_at"]


def test_two_secrets_sign_while_one_is_changed(city: City, admin: Any, system: System) -> None:
    made = hook(admin, system.address("/in"))
    path = f"{HOOKS}/{made['webhook']['id']}"
    newer = admin("POST", f"{path}/secret").get_json()["secret"]

    def signers() -> list[str]:
        assert admin("POST", f"{path}/test").get_json()["delivered"]
        got = system.next()
        moment = int(got["headers"]["webhook-timestamp"])
        both = (made["secret"], newer)
        return [one for one in both if is_genuine(one, got["headers"], got["body"].encode(), moment, 1)]

    assert signers() == [made["secret"], newer]
    with city.app.app_context(), transaction():
        row = db.session.get_one(NoticeWebhook, made["webhook"]["id"])
        row.old_until = now() - timedelta(seconds=1)
    assert signers() == [newer]


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/slow", None, "TimeoutError"),
        ("/drip", None, "TimeoutError"),
        ("/moved", 302, "redirects are not followed"),
        ("/broken", 503, "answered 503"),
    ],
)
def test_its_bad_days_end_in_time_and_are_shown(
    city: City, admin: Any, system: System, path: str, status: int | None, words: str
) -> None:
    made = hook(admin, system.address(path))
    began = time.monotonic()
    tried = admin("POST", f"{HOOKS}/{made['webhook']['id']}/test").get_json()
    assert time.monotonic() - began < 5
    assert (tried["delivered"], tried["status"]) == (False, status)
    assert words in tried["error"]
    assert admin("GET", f"{HOOKS}/{made['webhook']['id']}").get_json()["failing_since"]
    assert system.next()["path"] == path
    assert system.nothing_came(), "nobody follows a redirect"


def test_a_huge_answer_is_not_read(admin: Any, system: System) -> None:
    made = hook(admin, system.address("/huge"))
    began = time.monotonic()
    assert admin("POST", f"{HOOKS}/{made['webhook']['id']}/test").get_json()["delivered"]
    assert time.monotonic() - began < 3


def test_what_fails_is_tried_again_and_given_up_where_it_is_gone(
    city: City, admin: Any, system: System, time_travel: Traveller
) -> None:
    made = hook(admin, system.address("/broken"))
    told(city)
    leave(city)
    first = system.next()["headers"]["webhook-id"]
    assert (message(city).state, message(city).last_error) == ("waiting", "answered 503")
    time_travel.shift(timedelta(seconds=3))
    with city.app.app_context(), transaction():
        webhooks.change(made["webhook"]["id"], url=system.address("/gone"))
    leave(city)
    assert system.next()["headers"]["webhook-id"] == first, "the receiver can tell a repetition"
    with city.app.app_context(), transaction(reading=True):
        assert [one.last_error for one in dead_letters(10).items] == ["answered 410"]


def test_the_list_has_pages_and_only_what_is_declared_is_heard_of(admin: Any, system: System) -> None:
    ids = [hook(admin, system.address("/in"))["webhook"]["id"] for _ in range(2)]
    page = admin("GET", f"{HOOKS}?service=pass&limit=1").get_json()
    rest = admin("GET", f"{HOOKS}?service=pass&limit=1&cursor={page['next_cursor']}").get_json()
    assert [one["id"] for one in (*page["items"], *rest["items"])] == ids[::-1]
    refused = admin("PATCH", f"{HOOKS}/{ids[0]}", json={"notices": ["nothing"]})
    assert (refused.status_code, refused.get_json()["errors"][0]["pointer"]) == (422, "/notices/0")


def test_a_webhook_that_is_switched_off_or_removed_hears_nothing(
    city: City, admin: Any, system: System
) -> None:
    made = hook(admin, system.address("/in"))
    path = f"{HOOKS}/{made['webhook']['id']}"
    told(city)
    assert admin("PATCH", path, json={"enabled": False}).status_code == 200
    leave(city)
    assert admin("DELETE", path).status_code == 204
    told(city)
    leave(city)
    assert system.nothing_came()


class TestWithoutANamedNetwork:
    """A city that names none."""

    @pytest.fixture
    def app_settings(self) -> dict[str, str]:
        return {}

    def test_this_machine_is_not_reached(self, city: City, admin: Any, system: System) -> None:
        for address in (system.address("/in"), f"https://localhost:{system.port}/in"):
            made = hook(admin, address)
            tried = admin("POST", f"{HOOKS}/{made['webhook']['id']}/test").get_json()
            assert "inside a network" in tried["error"]
        assert system.nothing_came()
