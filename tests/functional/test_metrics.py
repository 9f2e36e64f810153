"""`/metrics` on a real server: closed by default, added up over the workers, and nothing personal in it."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from citizen_app.factory import CitizenFlask
from citizen_app.ids import new_id
from citizen_app.toolkit.testing import City
from tests.server import Server

pytestmark = pytest.mark.processes

TOKEN = "a-token-for-prometheus-with-enough-letters"


@pytest.fixture
def services_dir() -> Path | None:
    """The sample services instead of the product's."""
    return Path(__file__).parents[1] / "sample_services"


@pytest.fixture
def server(app: CitizenFlask, app_environment: dict[str, str], tmp_path: Path) -> Iterator[Server]:
    """A real server on the database of `app`; two workers where that is allowed."""
    more = {"CITIZEN_METRICS_TOKEN": TOKEN}
    redis = os.environ.get("CITIZEN_TEST_REDIS")
    if redis and not app.extensions["settings"].on_sqlite:
        more |= {"CITIZEN_WORKERS": "2", "CITIZEN_REDIS_URL": redis}
    made = Server(app_environment | more, tmp_path / "server.log")
    yield made
    made.stop()


def read(server: Server, token: str = TOKEN) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    """Every sample by name and labels."""
    answer = httpx.get(f"{server.url}/metrics", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.text
    found: dict[str, dict[tuple[tuple[str, str], ...], float]] = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
    return found


def total(found: dict[tuple[tuple[str, str], ...], float], **labels: str) -> float:
    return sum(value for key, value in found.items() if set(labels.items()) <= set(key))


def test_what_happened_is_counted_over_all_workers(app: CitizenFlask, server: Server) -> None:
    city = City(app)
    citizen, kiosk = city.citizen(), city.kiosk("probe")
    server.start()
    headers = {"Authorization": f"Bearer {kiosk.token}"}
    codes = [citizen.code() for _ in range(6)]
    for code in [*codes, codes[0], "rubbish", "rubbish"]:
        body = {"scan_id": new_id(), "purpose": "enter", "code": code}
        assert httpx.post(f"{server.url}/api/v1/scans", json=body, headers=headers).status_code == 200
    for path in ("/x/1", "/x/2", "/x/3"):
        httpx.get(server.url + path)
    time.sleep(0.5)

    found = read(server)
    scans = found["citizen_scans_total"]
    assert total(scans, service="probe", purpose="enter", decision="allow", reason="ok") == 6
    assert total(scans, reason="replayed") == 1
    assert total(scans, reason="malformed") == 2
    requests = found["citizen_http_request_seconds_count"]
    assert total(requests, route="/api/v1/scans", method="POST", status="2xx") == 9
    assert total(requests, route="none", status="4xx") == 3, "no label from what a stranger writes"
    assert found["citizen_hook_seconds_count"][(("service", "probe"),)] == 6
    assert found["citizen_breaker_open"][(("service", "probe"),)] == 0
    assert found["citizen_database_up"][()] == 1
    assert total(found["citizen_database_connections"], state="most") >= 20
    assert {dict(key)["use"] for key in found["citizen_signing_key_rotate_by_timestamp_seconds"]} == {
        "codes",
        "bundles",
    }
    assert found["citizen_outbox_waiting"][()] == 0
    if app.extensions["settings"].on_sqlite:
        assert found["citizen_write_lock_wait_seconds_count"][()] >= 9
    else:
        assert found["citizen_usage_months_ahead"][()] >= 3
    text = httpx.get(f"{server.url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    for secret in (citizen.id, kiosk.id, str(citizen.subject_number), "13800", "127.0.0.1", "/x/1"):
        assert secret not in text
    assert len(re.findall(r"^citizen_", text, re.MULTILINE)) < 600


def test_closed_to_everybody_else(app: CitizenFlask, server: Server, app_environment: dict[str, str]) -> None:
    server.start()
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}):
        answer = httpx.get(f"{server.url}/metrics", headers=headers)
        assert answer.status_code == 401
        assert "citizen_" not in answer.text
    answer = app.test_client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 404, "without the setting there is nothing here"
    assert answer.mimetype == "application/problem+json"


def test_a_reload_keeps_what_was_counted(app: CitizenFlask, server: Server) -> None:
    server.start()
    for _ in range(5):
        httpx.get(f"{server.url}/healthz")
    before = total(read(server)["citizen_http_request_seconds_count"], route="/healthz")
    assert before >= 5
    assert server._process is not None
    os.kill(server._process.pid, signal.SIGHUP)
    expected = 20 * int(server._environment.get("CITIZEN_WORKERS", "1"))
    deadline = time.monotonic() + 20
    most = 0.0
    while (
        most != expected and time.monotonic() < deadline
    ):  # workers that have ended count no more, new ones soon
        time.sleep(0.3)
        after = read(server)
        assert total(after["citizen_http_request_seconds_count"], route="/healthz") >= before
        most = total(after.get("citizen_database_connections", {}), state="most")
    assert most == expected
    folders = list(Path("/dev/shm").glob(f"citizen-metrics-*-{server._process.pid}"))
    assert len(folders) == 1
    server.stop()
    assert not folders[0].exists()
