"""A program that cannot be loaded: a start stops and says why; a server that has served goes on with the
program it has."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from citizen_app.toolkit.testing import environment
from tests.server import ROOT, Server
from tools.draining_worker import LONGEST_OVERLAP_SECONDS

pytestmark = pytest.mark.processes

PROBE = ROOT / "tests" / "sample_services" / "probe"
CANNOT_LOAD = 4
"""gunicorn's exit code of a program that it cannot load."""
SECONDS = 30.0


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """The manifest of the only service that the server has."""
    folder = tmp_path / "city_services"
    shutil.copytree(PROBE, folder / "probe", ignore=shutil.ignore_patterns("__pycache__"))
    for file in (folder / "probe").rglob("*.py"):
        file.write_text(
            file.read_text(encoding="utf-8").replace("sample_services.", "city_services."), "utf-8"
        )
    return folder / "probe" / "manifest.py"


@pytest.fixture
def settings(manifest: Path, tmp_path: Path) -> dict[str, str]:
    """A city on an SQLite file with that service alone."""
    url, folder = f"sqlite:///{tmp_path / 'city.db'}", str(manifest.parent.parent)
    made = environment(tmp_path / "data", url, CITIZEN_SERVICES_DIR=folder)
    return {**made, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(tmp_path)}


@pytest.fixture
def server(settings: dict[str, str], tmp_path: Path) -> Iterator[Server]:
    """A real server, not started."""
    made = Server(settings, tmp_path / "server.log")
    made.command("db", "upgrade")
    yield made
    made.kill()


def break_a_rule(manifest: Path) -> str:
    """Give the service an id that no service may have; the manifest as it was."""
    before = manifest.read_text(encoding="utf-8")
    manifest.write_text(before.replace('id="probe"', 'id="Probe"'), encoding="utf-8")
    return before


def workers(server: Server) -> list[int]:
    """Process ids of the workers."""
    return server.processes()[1:]


def reload(server: Server) -> None:
    """What `systemctl reload` does."""
    os.kill(server.processes()[0], signal.SIGHUP)


def wait_for(log: Path, sentence: str, count: int = 1) -> None:
    """Until the server has said a sentence so often."""
    ends = time.monotonic() + SECONDS
    while log.read_text().count(sentence) < count:
        assert time.monotonic() < ends, log.read_text()[-2000:]
        time.sleep(0.05)


def answers(server: Server) -> bool:
    """Whether it serves."""
    return httpx.get(f"{server.url}/healthz", timeout=5).status_code == 200


def test_a_start_with_a_wrong_module_stops_and_says_why(server: Server, manifest: Path) -> None:
    break_a_rule(manifest)
    with pytest.raises(RuntimeError, match=f"ended with {CANNOT_LOAD}"):
        server.start()
    said = server.log.read_text()
    assert said.count("[service-id]") == 1, said
    assert "Traceback" not in said


def test_a_reload_with_a_wrong_module_changes_nothing(server: Server, manifest: Path) -> None:
    server.start()
    old = workers(server)
    right = break_a_rule(manifest)
    reload(server)
    wait_for(server.log, "The reload failed")
    time.sleep(2.5)  # longer than gunicorn needs to stop the old or to start others
    assert (workers(server), answers(server)) == (old, True)
    assert server.log.read_text().count("[service-id]") == 1

    reload(server)
    wait_for(server.log, "The reload failed", 2)
    assert (workers(server), answers(server)) == (old, True), "a second signal is not a second wish to stop"

    manifest.write_text(right, encoding="utf-8")
    reload(server)
    ends = time.monotonic() + SECONDS
    while workers(server) == old or len(workers(server)) > 1:
        assert time.monotonic() < ends, "the mended program takes over"
        time.sleep(0.1)
    assert answers(server)


def test_a_reload_with_a_program_that_does_not_import_changes_nothing(
    server: Server, settings: dict[str, str], tmp_path: Path
) -> None:
    program = tmp_path / "program_of_the_city.py"
    program.write_text("from citizen_app.factory import create_app\napp = create_app()\n")
    own = Server(settings, tmp_path / "own.log", "program_of_the_city:app")
    try:
        own.start()
        old = workers(own)
        program.write_text("raise RuntimeError('half an upgrade')\n")
        reload(own)
        wait_for(own.log, "The reload failed")
        assert "half an upgrade" in own.log.read_text()
        time.sleep(1)
        assert (workers(own), answers(own)) == (old, True)
    finally:
        own.kill()
    with pytest.raises(RuntimeError, match="ended with 3"):
        own.start()


def test_a_server_whose_reload_failed_stops_as_fast_as_any(server: Server, manifest: Path) -> None:
    server.start()
    break_a_rule(manifest)
    reload(server)
    wait_for(server.log, "The reload failed")
    master = server._process
    assert master is not None
    master.terminate()
    assert master.wait(LONGEST_OVERLAP_SECONDS - 1) == 0, "it waits for successors that will never be"
