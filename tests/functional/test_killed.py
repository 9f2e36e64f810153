"""A server killed with SIGKILL under load and started again: at once, with every acknowledged scan there, once."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from citizen_app.factory import CitizenFlask
from citizen_app.ids import new_id
from citizen_app.toolkit.testing import City, TestCitizen, TestKiosk
from tests.server import Server

KILLS = int(os.environ.get("CITIZEN_DRILL", "1")) * 2
KIOSKS = 6


@pytest.fixture
def services_dir() -> Path | None:
    """The sample services instead of the product's."""
    return Path(__file__).parents[1] / "sample_services"


@pytest.fixture
def server(app: CitizenFlask, app_environment: dict[str, str], tmp_path: Path) -> Iterator[Server]:
    """A real server on the database of `app`."""
    del app
    made = Server(app_environment, tmp_path / "server.log")
    yield made
    made.kill()


class Load:
    """Kiosks that scan without pause and remember what was acknowledged."""

    def __init__(self, url: str, citizen: TestCitizen, kiosks: list[TestKiosk]) -> None:
        self.url, self.citizen, self.kiosks = url, citizen, kiosks
        self.acknowledged: dict[str, str] = {}
        self.unanswered: list[tuple[TestKiosk, dict[str, str]]] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._scan, args=(kiosk,)) for kiosk in kiosks]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End, and wait for the last answers."""
        self._stop.set()
        for thread in self._threads:
            thread.join(20)

    def _scan(self, kiosk: TestKiosk) -> None:
        with httpx.Client(headers={"Authorization": f"Bearer {kiosk.token}"}, timeout=10) as client:
            while not self._stop.is_set():
                body = {"scan_id": new_id(), "purpose": "enter", "code": self.citizen.code()}
                try:
                    answer = client.post(f"{self.url}/api/v1/scans", json=body)
                except httpx.TransportError:
                    self.unanswered.append((kiosk, body))
                    time.sleep(0.05)
                    continue
                if answer.status_code == 200 and answer.json()["decision"] == "allow":
                    self.acknowledged[body["scan_id"]] = answer.json()["usage_id"]


def test_no_acknowledged_scan_is_lost_or_doubled(app: CitizenFlask, server: Server) -> None:
    city = City(app)
    citizen, kiosks = city.citizen(), [city.kiosk("probe", name=f"{n} 号") for n in range(KIOSKS)]
    acknowledged: dict[str, str] = {}
    server.start()
    for _ in range(KILLS):
        load = Load(server.url, citizen, kiosks)
        load.start()
        time.sleep(random.uniform(0.5, 1.5))
        server.kill()
        load.stop()
        assert load.acknowledged, server.log.read_text()[-2000:]
        assert server.start() < 15
        for kiosk, body in load.unanswered[:KIOSKS]:
            headers = {"Authorization": f"Bearer {kiosk.token}"}
            answer = httpx.post(f"{server.url}/api/v1/scans", json=body, headers=headers, timeout=10).json()
            if answer["decision"] == "allow":
                load.acknowledged[body["scan_id"]] = answer["usage_id"]
        acknowledged.update(load.acknowledged)

    quoted = ", ".join(
        f"'{usage_id if not app.extensions['settings'].on_sqlite else usage_id.replace('-', '')}'"
        for usage_id in acknowledged.values()
    )
    assert len(set(acknowledged.values())) == len(acknowledged)
    assert city.count("usage_events", f"id IN ({quoted}) AND decision = 'allow'") == len(acknowledged)
    allowed = city.count("usage_events", "decision = 'allow'")
    assert city.count("probe_entries") == allowed, "an event and what the module wrote stand or fall together"
    assert city.count("scan_answers") == city.count("usage_events")
