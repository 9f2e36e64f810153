"""One server for one SQLite database, through reloads and upgrades; a killed server leaves no lock behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from citizen_app.toolkit.testing import environment
from tests.server import Server
from tools import data_lock

SECONDS = 30
pytestmark = pytest.mark.processes


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    """A city on an SQLite file."""
    return environment(tmp_path / "data", f"sqlite:///{tmp_path / 'city.db'}")


@pytest.fixture
def server(settings: dict[str, str], tmp_path: Path) -> Iterator[Server]:
    """The server that has the data."""
    made = Server(settings, tmp_path / "server.log")
    made.command("db", "upgrade")
    made.start()
    yield made
    made.kill()


def test_a_second_server_is_told_who_has_the_data(
    settings: dict[str, str], server: Server, tmp_path: Path
) -> None:
    assert server._process is not None
    first = server._process.pid
    second = Server(settings, tmp_path / "second.log")
    with pytest.raises(RuntimeError, match="ended with 1") as refused:
        second.start()
    said = str(refused.value)
    assert f"process {first}, 127.0.0.1:{server.port}" in said
    assert "另选一个数据目录" in said
    assert "choose another data folder with CITIZEN_DATA_DIR" in said
    assert "Traceback" not in said
    told = second.command("services", "enable", "bus")
    assert "bus is on" in told, "commands work beside it"
    assert f"after a reload: kill -HUP {first}\n" in told

    os.kill(first, signal.SIGHUP)
    time.sleep(0.5)
    with pytest.raises(RuntimeError, match=f"process {first}"):
        second.start()

    server.kill()
    assert "kill -HUP" not in second.command("services", "enable", "bus"), (
        "nobody is sent a signal for a server that is gone"
    )
    second.start()
    second.stop()


def test_a_new_program_takes_the_data_over(settings: dict[str, str], server: Server, tmp_path: Path) -> None:
    assert server._process is not None
    old = server._process.pid
    os.kill(old, signal.SIGUSR2)
    new = _child_that_serves(old, server)
    os.kill(old, signal.SIGTERM)
    server._process.wait(SECONDS)
    try:
        assert httpx.get(f"{server.url}/healthz", timeout=10).status_code == 200
        with pytest.raises(RuntimeError, match="Another server"):
            Server(settings, tmp_path / "second.log").start()
    finally:
        os.kill(new, signal.SIGTERM)
        until = time.monotonic() + SECONDS
        while Path(f"/proc/{new}").exists() and time.monotonic() < until:
            time.sleep(0.05)


def _child_that_serves(master: int, server: Server) -> int:
    """The new program: the child of the old one that has a child itself."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        for child in server.processes()[1:]:
            is_master = Path(f"/proc/{child}/task/{child}/children").read_text().split()
            if is_master and server.log.read_text().count("Ready") == 2:
                return child
        time.sleep(0.05)
    raise AssertionError(server.log.read_text()[-2000:])


def test_a_lock_left_by_a_killed_process_holds_nobody_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_lock, "PATIENCE_SECONDS", 0.0)
    database = tmp_path / "new" / "city.db"
    program = (
        "import sys, time; from pathlib import Path; from tools.data_lock import take;"
        "print(take(Path(sys.argv[1]), 'an address'), flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(database)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"None\n"
        sentence = data_lock.take(database, "elsewhere")
        assert sentence is not None
        assert f"process {holder.pid}, an address" in sentence
        holder.kill()
    assert data_lock.take(database, "elsewhere") is None
