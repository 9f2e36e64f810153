"""The disk is full, then freed: 507 or 503 meanwhile, nothing acknowledged is lost, and it recovers by
itself.

SQLite stands on a small disk together with the server's log. Without the right to mount one, the server's
files are kept from growing instead (RLIMIT_FSIZE). PostgreSQL has its data, not its write-ahead log, on a
small disk: a full log disk stops the whole server, which is PostgreSQL's own matter (docs/operating.md).
"""

from __future__ import annotations

import resource
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from citizen_app.factory import CitizenFlask, create_app
from citizen_app.toolkit.testing import City, Databases, dispose, environment
from tests import postgresql_server
from tests.drills.load import Load, eventually, stored, upload
from tests.drills.sizes import BACK_WITHIN_SECONDS, FULL, FULL_SECONDS
from tests.drills.small_disk import SmallDisk
from tests.postgresql_server import OwnPostgresql
from tests.server import Server

pytestmark = pytest.mark.processes

KIOSKS = 3
PROBLEMS = {507: "/problems/storage-full", 503: "/problems/unavailable"}
UNLIMITED = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """A small disk, where one can be mounted."""
    made = SmallDisk(tmp_path / "disk", megabytes=128)
    if reason := made.mount():
        pytest.skip(f"no small disk: {reason}")
    yield made
    made.unmount()


def made_application(url: str, services_dir: Path, tmp_path: Path) -> tuple[CitizenFlask, dict[str, str]]:
    """An application on a database, and its settings for a server."""
    settings = environment(tmp_path / "data", url, CITIZEN_SERVICES_DIR=str(services_dir))
    return create_app(settings), settings


def scan_until_free(load: Load, disk: SmallDisk, and_then: Callable[[], None] = lambda: None) -> float:
    """Fill under load, wait, free, `and_then` what the machine does by itself; the seconds until a scan is
    accepted again."""
    with load.running():
        time.sleep(1)
        disk.fill()
        full = time.monotonic()
        time.sleep(1 + FULL_SECONDS)
        disk.free()
        freed = time.monotonic()
        and_then()
        seconds = eventually(
            BACK_WITHIN_SECONDS, lambda: any(s.acknowledged and s.at > freed for s in list(load.scans))
        )
        time.sleep(0.5)
    refused = [s for s in load.scans if s.status != 200]
    assert any(full < s.at < freed for s in refused), "the disk was not full"
    assert {(s.status, s.answer.get("type")) for s in refused} <= set(PROBLEMS.items())
    print(f"{load.statuses()}; accepted again after {seconds:.1f} s")
    return seconds


def nothing_is_lost(app: CitizenFlask, city: City, server: Server, load: Load) -> None:
    """What was acknowledged is there; what was refused can be brought afterwards, and then all happened
    once."""
    assert stored(app, city, list(load.acknowledged.values())) == len(load.acknowledged)
    assert city.count("usage_events") == len(load.acknowledged), "what was refused left nothing behind"
    assert {result.get("decision") for result in upload(server.url, load.unanswered)} == {"allow"}
    assert city.count("usage_events") == city.count("probe_entries") == len(load.scans)


def test_sqlite(databases: Databases, services_dir: Path, tmp_path: Path, disk: SmallDisk) -> None:
    url = databases.fresh_sqlite(disk.folder, services_dir)
    app, settings = made_application(url, services_dir, tmp_path)
    server = Server(settings, disk.folder / "server.log")
    try:
        city = City(app)
        server.start()
        load = Load(server.url, city.citizen(), [city.kiosk("probe") for _ in range(KIOSKS)])
        scan_until_free(load, disk)
        nothing_is_lost(app, city, server, load)
    finally:
        server.kill()
        dispose(app)
    with sqlite3.connect(url.removeprefix("sqlite:///")) as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_sqlite_whose_files_may_not_grow(databases: Databases, services_dir: Path, tmp_path: Path) -> None:
    """Needs no rights: every write beyond the first page fails with EFBIG."""
    url = databases.fresh_sqlite(tmp_path, services_dir)
    app, settings = made_application(url, services_dir, tmp_path)
    server = Server(settings, tmp_path / "server.log")
    try:
        city = City(app)
        server.start()
        load = Load(server.url, city.citizen(), [city.kiosk("probe") for _ in range(KIOSKS)])
        with load.running():
            time.sleep(1)
            for pid in server.processes():
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
            time.sleep(FULL_SECONDS)
            for pid in server.processes():
                resource.prlimit(pid, resource.RLIMIT_FSIZE, UNLIMITED)
            freed = time.monotonic()
            eventually(
                BACK_WITHIN_SECONDS, lambda: any(s.acknowledged and s.at > freed for s in list(load.scans))
            )
        refused = [s for s in load.scans if s.status != 200]
        assert refused, "nothing failed"
        assert {(s.status, s.answer.get("type")) for s in refused} <= set(PROBLEMS.items())
        nothing_is_lost(app, city, server, load)
    finally:
        server.kill()
        dispose(app)


@pytest.mark.skipif(not FULL, reason="a database server of our own on a small disk: make drills")
def test_postgresql(databases: Databases, services_dir: Path, tmp_path: Path) -> None:
    if reason := postgresql_server.why_not():
        pytest.skip(reason)
    folder = (
        Path("/tmp") / f"citizen-small-disk-{tmp_path.parent.name}"
    )  # user postgres may not look into tmp_path
    disk = SmallDisk(folder, megabytes=128)
    if reason := disk.mount():
        pytest.skip(f"no small disk: {reason}")
    postgresql = OwnPostgresql(folder / "data")
    try:
        postgresql.initialise()
        settings_of_it = "checkpoint_timeout=30s"
        postgresql.start(settings_of_it)
        url = databases.own_postgresql(services_dir, server=postgresql.address)
        app, settings = made_application(url, services_dir, tmp_path)
        server = Server(settings, tmp_path / "server.log")
        try:
            city = City(app)
            server.start()
            load = Load(server.url, city.citizen(), [city.kiosk("probe") for _ in range(KIOSKS)])
            scan_until_free(load, disk, lambda: postgresql.start_again(settings_of_it))
            nothing_is_lost(app, city, server, load)
        finally:
            server.kill()
            dispose(app)
    finally:
        postgresql.remove()
        disk.unmount()
        shutil.rmtree(folder, ignore_errors=True)


def test_control_a_server_that_answers_first_loses_scans(
    databases: Databases, services_dir: Path, tmp_path: Path, disk: SmallDisk
) -> None:
    url = databases.fresh_sqlite(disk.folder, services_dir)
    app, settings = made_application(url, services_dir, tmp_path)
    server = Server(settings, tmp_path / "server.log", "tests.drills.faulty:hasty()")
    try:
        city = City(app)
        server.start()
        load = Load(server.url, city.citizen(), [city.kiosk("probe") for _ in range(KIOSKS)])
        with load.running():
            eventually(30, lambda: len(load.acknowledged) >= KIOSKS)
            disk.fill()
            time.sleep(1.5)
            known = load.acknowledged
            server.kill()  # its threads wait for a lock that a failed commit still holds
        disk.free()
        assert stored(app, city, list(known.values())) < len(known)
    finally:
        server.kill()
        dispose(app)
