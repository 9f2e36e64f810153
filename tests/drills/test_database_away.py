"""The database goes away under load and comes back: refused meanwhile, never accepted; afterwards everything
happens once."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from citizen_app.factory import CitizenFlask
from citizen_app.storage.orm import db
from citizen_app.toolkit.testing import City
from tests.drills.line import Line
from tests.drills.load import Load, eventually, stored, upload
from tests.drills.sizes import BACK_WITHIN_SECONDS, OUTAGE_SECONDS, OUTAGES
from tests.server import Server

KIOSKS = 4

pytestmark = [
    pytest.mark.processes,
    pytest.mark.parametrize("database_url", ["postgresql"], indirect=True),
]


@pytest.fixture
def line(database_url: str) -> Iterator[Line]:
    """Between the server and its database."""
    url = make_url(database_url)
    made = Line(url.host or "127.0.0.1", url.port or 5432)
    made.mend()
    yield made
    made.cut()


@pytest.fixture
def server(
    line: Line,
    app: CitizenFlask,
    app_environment: dict[str, str],
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> Iterator[Server]:
    """The server of a drill, or the faulty one that a control names, at the far end of the line."""
    del app
    url = make_url(app_environment["CITIZEN_DATABASE_URL"]).set(host="127.0.0.1", port=line.port)
    settings = {**app_environment, "CITIZEN_DATABASE_URL": url.render_as_string(hide_password=False)}
    made = Server(settings, tmp_path / "server.log", getattr(request, "param", "wsgi:app"))
    yield made
    made.kill()


def outage(load: Load, line: Line) -> float:
    """Cut, wait, mend; the seconds until a scan is accepted again. Meanwhile every answer is a 503."""
    line.cut()
    cut = time.monotonic()
    time.sleep(OUTAGE_SECONDS)
    mended = time.monotonic()
    line.mend()
    seconds = eventually(
        BACK_WITHIN_SECONDS, lambda: any(s.acknowledged and s.at > mended for s in list(load.scans))
    )
    meanwhile = [s for s in list(load.scans) if s.at > cut and s.at + s.seconds < mended]
    assert meanwhile, "nobody scanned"
    assert {s.status for s in meanwhile} == {503}
    assert {s.answer["type"] for s in meanwhile} == {"/problems/unavailable"}
    return seconds


def test_refused_meanwhile_and_done_once_afterwards(
    app: CitizenFlask, city: City, server: Server, line: Line
) -> None:
    citizen, kiosks = city.citizen(), [city.kiosk("probe") for _ in range(KIOSKS)]
    server.start()
    load = Load(server.url, citizen, kiosks)
    with load.running():
        for _ in range(OUTAGES):
            eventually(30, lambda: load.acknowledged)
            time.sleep(0.5)
            print(f"accepted again after {outage(load, line):.1f} s")
    assert set(load.statuses()) <= {200, 503}, load.statuses()

    acknowledged = load.acknowledged
    assert stored(app, city, list(acknowledged.values())) == len(acknowledged)
    results = upload(server.url, load.unanswered)
    assert {result.get("decision") for result in results} == {"allow"}
    assert city.count("usage_events", "decision = 'allow'") == len(load.scans), "each scan happened once"
    assert city.count("probe_entries") == len(load.scans)
    assert {r.get("decision") for r in upload(server.url, load.unanswered)} == {"allow"}
    assert city.count("usage_events") == len(load.scans), "and a batch sent twice changes nothing"


@pytest.mark.parametrize("server", ["tests.drills.faulty:hasty()"], indirect=True)
def test_control_answering_before_the_commit_accepts_what_is_lost(
    app: CitizenFlask, city: City, server: Server, line: Line
) -> None:
    server.start()
    load = Load(server.url, city.citizen(), [city.kiosk("probe") for _ in range(KIOSKS)])
    with load.running():
        eventually(30, lambda: len(load.acknowledged) >= KIOSKS)
        line.cut()
        time.sleep(0.5)
    assert stored(app, city, list(load.acknowledged.values())) < len(load.acknowledged)


def test_a_database_that_falls_silent_is_given_up(app: CitizenFlask) -> None:
    """A host that loses its power sends no reset, and the kernel alone would wait a quarter of an hour."""
    with app.app_context(), db.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        with socket.socket(fileno=os.dup(driver.fileno())) as end:
            assert end.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
            assert 1000 <= end.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) <= 20_000
            idle, every, times = (
                end.getsockopt(socket.IPPROTO_TCP, name)
                for name in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)
            )
            assert idle + every * times <= 30
