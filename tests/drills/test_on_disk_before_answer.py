"""What is acknowledged is on the disk: strace sees the sync end before the answer begins. Controls that only
hope fail."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from citizen_app.factory import CitizenFlask, create_app
from citizen_app.toolkit.testing import City, Databases, dispose, environment, is_required
from tests import postgresql_server
from tests.drills import tracing
from tests.drills.load import bearer, fresh_body
from tests.drills.sizes import SYNCED_SCANS
from tests.drills.tracing import Acknowledgements, Call
from tests.postgresql_server import OwnPostgresql
from tests.server import Server

pytestmark = pytest.mark.processes

KIOSKS = 4
PAUSE_SECONDS = 0.14
"""Keeps a kiosk below its 30 scans a second, and lets SQLite fold in its log, also where syncing costs
nothing."""


@pytest.fixture(autouse=True)
def _can_trace() -> None:
    if reason := tracing.why_not():
        if is_required("strace"):
            pytest.fail(f"strace is required (CITIZEN_REQUIRE): {reason}")
        pytest.skip(reason)


def scan(city: City, url: str, scans: int, concurrency: int = KIOSKS) -> None:
    """`concurrency` kiosks scan concurrently; each scan is allowed."""
    citizen, kiosks = city.citizen(), [city.kiosk("probe") for _ in range(concurrency)]

    def work(number: int) -> None:
        with httpx.Client(headers=bearer(kiosks[number]), timeout=60) as client:
            for _ in range(scans // concurrency):
                answer = client.post(f"{url}/api/v1/scans", json=fresh_body(citizen))
                assert answer.json().get("decision") == "allow", answer.text
                time.sleep(PAUSE_SECONDS / 2)

    with ThreadPoolExecutor(concurrency) as pool:
        list(pool.map(work, range(concurrency)))


def traced_on_sqlite(
    databases: Databases,
    services_dir: Path,
    tmp_path: Path,
    scans: int,
    *,
    wsgi: str = "wsgi:app",
    concurrency: int,
) -> list[Call]:
    """Run the server under strace and scan."""
    url = databases.fresh_sqlite(tmp_path, services_dir)
    settings = environment(tmp_path / "data", url, CITIZEN_SERVICES_DIR=str(services_dir))
    app = create_app(settings)
    trace = tmp_path / "trace"
    server = Server(settings, tmp_path / "server.log", wsgi, before=tracing.tracer(trace))
    try:
        city = City(app)
        server.start()
        scan(city, server.url, scans, concurrency)
    finally:
        server.kill()
        dispose(app)
    with trace.open() as lines:
        return list(tracing.calls(lines))


ANSWERED = ("POST /api/v1/scans", "HTTP/1.1 200", ".db-wal>")


def test_sqlite_syncs_before_every_answer(databases: Databases, services_dir: Path, tmp_path: Path) -> None:
    """One scan after another: the thread that answers has synced itself."""
    scans = SYNCED_SCANS // 4
    trace = traced_on_sqlite(databases, services_dir, tmp_path, scans, concurrency=1)
    assert tracing.by_the_same_thread(trace, *ANSWERED) == Acknowledgements(given=scans, synced=scans)


def test_sqlite_syncs_before_every_answer_of_a_group_commit(
    databases: Databases, services_dir: Path, tmp_path: Path
) -> None:
    """The leader of a group commit syncs for all its followers."""
    trace = traced_on_sqlite(databases, services_dir, tmp_path, SYNCED_SCANS, concurrency=KIOSKS)
    assert tracing.by_anybody(trace, *ANSWERED) == Acknowledgements(given=SYNCED_SCANS, synced=SYNCED_SCANS)


@pytest.mark.parametrize(("fault", "concurrency"), [("normal", 1), ("normal", KIOSKS), ("hasty", 1)])
def test_control_a_faulty_server_answers_first(
    databases: Databases, services_dir: Path, tmp_path: Path, fault: str, concurrency: int
) -> None:
    """SQLite with `synchronous=NORMAL`, and a server that commits a moment after its answer."""
    wsgi = f"tests.drills.faulty:{fault}()"
    trace = traced_on_sqlite(databases, services_dir, tmp_path, 40, wsgi=wsgi, concurrency=concurrency)
    tell = tracing.by_the_same_thread if concurrency == 1 else tracing.by_anybody
    found = tell(trace, *ANSWERED)
    assert found.given == 40
    assert found.synced < found.given / 2, "the trace cannot tell who waits for the disk"


@pytest.fixture
def postgresql(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[OwnPostgresql, Path]]:
    """A PostgreSQL that really syncs, under strace, with the settings a test asks for."""
    if reason := postgresql_server.why_not():
        if is_required("strace"):
            pytest.fail(reason)
        pytest.skip(reason)
    made = OwnPostgresql()
    trace = tmp_path / "trace"
    user = "postgres" if os.geteuid() == 0 else None
    try:
        made.initialise()
        made.start("fsync=on", "wal_writer_delay=10s", *request.param, before=tracing.tracer(trace, user))
        yield made, trace
    finally:
        made.remove()


def acknowledged_on_postgresql(
    postgresql: tuple[OwnPostgresql, Path],
    databases: Databases,
    services_dir: Path,
    tmp_path: Path,
    scans: int,
) -> Acknowledgements:
    """Scan, one after another, on a server whose database is traced; what is looked at is the COMMIT of every
    transaction."""
    server_of_ours, trace = postgresql
    url = databases.own_postgresql(services_dir, server=server_of_ours.address)
    settings = environment(tmp_path / "data", url, CITIZEN_SERVICES_DIR=str(services_dir))
    app: CitizenFlask = create_app(settings)
    server = Server(settings, tmp_path / "server.log")
    try:
        city = City(app)
        server.start()
        began = time.time()
        scan(city, server.url, scans, concurrency=1)  # scans of the same moment would share a commit
        ended = time.time()
    finally:
        server.kill()
        dispose(app)
    server_of_ours.stop()  # strace writes its last lines when it ends
    with trace.open() as lines:
        commits = tracing.by_anybody(
            tracing.calls(tracing.between(lines, began, ended)), "COMMIT", "COMMIT", "/wal/"
        )
    assert commits.given >= scans
    return commits


@pytest.mark.parametrize("postgresql", [()], indirect=True)
def test_postgresql_syncs_before_every_commit_is_confirmed(
    postgresql: tuple[OwnPostgresql, Path],
    databases: Databases,
    services_dir: Path,
    tmp_path: Path,
) -> None:
    """Our settings leave PostgreSQL's own `synchronous_commit=on` alone, and no answer is given before the
    COMMIT returns."""
    found = acknowledged_on_postgresql(postgresql, databases, services_dir, tmp_path, SYNCED_SCANS)
    assert found.synced >= SYNCED_SCANS


@pytest.mark.parametrize("postgresql", [("synchronous_commit=off",)], indirect=True)
def test_control_postgresql_with_asynchronous_commit_confirms_first(
    postgresql: tuple[OwnPostgresql, Path],
    databases: Databases,
    services_dir: Path,
    tmp_path: Path,
) -> None:
    found = acknowledged_on_postgresql(postgresql, databases, services_dir, tmp_path, 40)
    assert found.synced < 20, "the trace cannot tell who waits for the disk"
