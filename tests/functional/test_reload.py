"""A reload by SIGHUP: workers are replaced one after the other, and no request fails or waits."""

from __future__ import annotations

import http.client
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from citizen_app.factory import CitizenFlask
from citizen_app.toolkit.testing import City
from tests.drills.sizes import RELOADS
from tests.server import Server

pytestmark = pytest.mark.processes

VISITORS = 4


@pytest.fixture
def server(app: CitizenFlask, app_environment: dict[str, str], tmp_path: Path) -> Iterator[Server]:
    """A real server; two workers where that is allowed."""
    redis = os.environ.get("CITIZEN_TEST_REDIS")
    two = {"CITIZEN_WORKERS": "2", "CITIZEN_REDIS_URL": redis or ""}
    more = two if redis and not app.extensions["settings"].on_sqlite else {}
    made = Server(app_environment | more, tmp_path / "server.log")
    yield made
    made.stop()


def test_nobody_is_turned_away(app: CitizenFlask, server: Server) -> None:
    City(app)
    server.start()
    stop = threading.Event()
    answered: list[float] = []
    failed: list[str] = []

    def visit() -> None:
        while not stop.is_set():
            began = time.monotonic()
            connection = http.client.HTTPConnection(
                "127.0.0.1", server.port, timeout=15
            )  # a new one each time
            try:
                connection.request("GET", "/readyz")  # reads the database, and has no limit by address
                if (status := connection.getresponse().status) != 200:
                    failed.append(str(status))
            except OSError as error:
                failed.append(repr(error))
            finally:
                connection.close()
            answered.append(time.monotonic() - began)
            time.sleep(0.005)

    visitors = [threading.Thread(target=visit) for _ in range(VISITORS)]
    for thread in visitors:
        thread.start()
    assert server._process is not None
    for _ in range(RELOADS):
        time.sleep(1)
        os.kill(server._process.pid, signal.SIGHUP)
        time.sleep(4)
    stop.set()
    for thread in visitors:
        thread.join(30)
    # The system may reset who comes in the microsecond in which a worker closes its door
    # (net.ipv4.tcp_migrate_req = 0).
    assert len(failed) <= len(answered) / 500, (failed, server.log.read_text()[-1500:])
    assert len(answered) > 100
