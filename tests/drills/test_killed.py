"""All workers killed with SIGKILL under load and started again: every acknowledged scan is there, once."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from citizen_app.factory import CitizenFlask
from citizen_app.toolkit.testing import City
from tests.drills.load import Load, eventually, stored, upload
from tests.drills.sizes import KILLS
from tests.redis_server import redis_address
from tests.server import Server

pytestmark = pytest.mark.processes

KIOSKS = 6


@pytest.fixture
def workers(app: CitizenFlask) -> dict[str, str]:
    """On PostgreSQL two workers, where a Redis counts their limits together."""
    redis = redis_address()
    if app.extensions["settings"].on_sqlite or redis is None:
        return {}
    return {"CITIZEN_WORKERS": "2", "CITIZEN_REDIS_URL": redis}


@pytest.fixture
def server(
    workers: dict[str, str], app_environment: dict[str, str], tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Server]:
    """The server of a drill, or the faulty one that a control names."""
    made = Server(
        {**app_environment, **workers}, tmp_path / "server.log", getattr(request, "param", "wsgi:app")
    )
    yield made
    made.kill()


def kill_under_load(city: City, server: Server, kills: int) -> dict[str, str]:
    """Kill and start again; what was acknowledged, before a kill or to a retry after it."""
    citizen, kiosks = city.citizen(), [city.kiosk("probe", name=f"{n} 号") for n in range(KIOSKS)]
    acknowledged: dict[str, str] = {}
    server.start()
    for _ in range(kills):
        load = Load(server.url, citizen, kiosks)
        with load.running():
            eventually(30, lambda load=load: len(load.acknowledged) >= KIOSKS)
            time.sleep(random.uniform(0, 1))
            server.kill()
        assert server.start() < 15
        acknowledged |= load.acknowledged
        retried = upload(server.url, [scan for scan in load.unanswered if scan.status is None])
        acknowledged |= {r["scan_id"]: r["usage_id"] for r in retried if r.get("decision") == "allow"}
    return acknowledged


def test_no_acknowledged_scan_is_lost_or_doubled(app: CitizenFlask, city: City, server: Server) -> None:
    acknowledged = kill_under_load(city, server, KILLS)
    assert len(set(acknowledged.values())) == len(acknowledged)
    assert stored(app, city, list(acknowledged.values())) == len(acknowledged)
    allowed = city.count("usage_events", "decision = 'allow'")
    assert allowed == len(acknowledged), "a retry finds what was done before the answer was lost"
    assert city.count("probe_entries") == allowed, "an event and what the module wrote stand or fall together"
    assert city.count("scan_answers") == city.count("usage_events")


@pytest.mark.parametrize("server", ["tests.drills.faulty:hasty()"], indirect=True)
def test_control_answering_before_the_commit_loses_scans(
    app: CitizenFlask, city: City, server: Server
) -> None:
    citizen, kiosks = city.citizen(), [city.kiosk("probe") for _ in range(KIOSKS)]
    server.start()
    load = Load(server.url, citizen, kiosks)
    with load.running():
        eventually(30, lambda: len(load.acknowledged) >= KIOSKS)
        server.kill()
    assert stored(app, city, list(load.acknowledged.values())) < len(load.acknowledged)
