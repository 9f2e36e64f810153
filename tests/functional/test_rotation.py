"""Changing the signing key while the city goes on: no valid code is refused, in any worker."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from citizen_app.factory import CitizenFlask
from citizen_app.ids import new_id
from citizen_app.toolkit.testing import City
from tests.drills.sizes import LONG_ON
from tests.server import Server

pytestmark = pytest.mark.processes


@pytest.fixture
def services_dir() -> Path | None:
    """The sample services instead of the product's."""
    return Path(__file__).parents[1] / "sample_services"


@pytest.fixture
def server(app: CitizenFlask, app_environment: dict[str, str], tmp_path: Path) -> Iterator[Server]:
    """A server beside `app`; on PostgreSQL with two workers that count their limits in Redis, where there is
    one."""
    more = (
        {}
        if app.extensions["settings"].on_sqlite or not _redis()
        else {"CITIZEN_WORKERS": "2", "CITIZEN_REDIS_URL": _redis()}
    )
    made = Server({**app_environment, **more, "CITIZEN_WATCH_INTERVAL": "1.0"}, tmp_path / "server.log")
    made.start()
    yield made
    made.stop()


def _redis() -> str:
    return os.environ.get("CITIZEN_TEST_REDIS", "")


@pytest.mark.parametrize("database_url", LONG_ON, indirect=True)
def test_a_planned_rotation_refuses_no_valid_code(app: CitizenFlask, server: Server) -> None:
    city = City(app)
    citizen, kiosk = city.citizen(), city.kiosk("probe")
    mine, theirs = ({"Authorization": f"Bearer {token}"} for token in (citizen.access_token, kiosk.token))
    reasons: Counter[str] = Counter()
    kids: set[str] = set()
    stop = threading.Event()

    def ride() -> None:
        with httpx.Client(base_url=server.url, timeout=15) as client:
            while not stop.is_set():
                shown = client.get("/api/v1/me/code", headers=mine)
                if shown.status_code == 429:
                    time.sleep(0.5)
                    continue
                code = shown.json()["code"]
                time.sleep(0.4)
                body = {"scan_id": new_id(), "purpose": "enter", "code": code}
                reasons[client.post("/api/v1/scans", json=body, headers=theirs).json()["reason"]] += 1

    riders = [threading.Thread(target=ride) for _ in range(4)]
    for rider in riders:
        rider.start()
    time.sleep(1)
    printed = server.command("keys", "rotate", "--lead-seconds", "10")
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        published = httpx.get(f"{server.url}/.well-known/citizen-code", timeout=10).json()["keys"]
        kids = {key["kid"] for key in published if key["state"] == "active"}
        if kids and next(iter(kids)) in printed:
            break
        time.sleep(0.3)
    time.sleep(2)
    stop.set()
    for rider in riders:
        rider.join(30)
    assert next(iter(kids)) in printed, "the new key signs"
    assert len(published) == 2
    assert set(reasons) == {"ok"}
    assert reasons["ok"] > 10
