"""The example units: systemd finds no fault in them, and what they start does start, with their own
environment."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from citizen_app.toolkit.testing import is_required
from tests.server import ROOT, free_port

pytestmark = pytest.mark.processes

EXAMPLES = ROOT / "docs/examples"
UNITS = sorted(EXAMPLES.glob("citizen-*.service"))
MOST_EXPOSED = 2.0
"""`systemd-analyze security`: 0 is closed, 10 is open; below 2 it says OK."""


def directives(unit: Path, name: str) -> list[str]:
    """The values of a directive."""
    return re.findall(rf"^{name}=(.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The units in a folder, with the paths of this checkout."""
    for path in EXAMPLES.glob("citizen-*.*"):
        words = path.read_text(encoding="utf-8").replace("/srv/citizen-app", str(ROOT))
        (tmp_path / path.name).write_text(words)
    return tmp_path


@pytest.fixture
def analyze() -> str:
    """`systemd-analyze`."""
    program = shutil.which("systemd-analyze")
    if program is None:
        if is_required("systemd"):
            pytest.fail("systemd-analyze is required (CITIZEN_REQUIRE) and not installed")
        pytest.skip("no systemd-analyze here; install systemd")
    return program


def test_systemd_finds_no_fault(analyze: str, installed: Path) -> None:
    units = [str(path) for path in installed.glob("citizen-*")]
    call = [analyze, "verify", "--man=no", "--recursive-errors=no", *units]
    done = subprocess.run(call, capture_output=True, text=True, check=False, timeout=60)
    assert [line for line in done.stderr.splitlines() if "citizen" in line] == []
    assert done.returncode == 0, done.stderr
    broken = installed / "citizen-web.service"
    broken.write_text(broken.read_text().replace("Restart=always", "Restartt=always"))
    done = subprocess.run(
        [analyze, "verify", "--man=no", str(broken)], capture_output=True, text=True, timeout=60
    )
    assert "Restartt" in done.stderr, "the control"


def test_units_are_closed(analyze: str, installed: Path) -> None:
    for path in installed.glob("*.service"):
        call = [analyze, "security", "--offline=true", "--no-pager", str(path)]
        done = subprocess.run(call, capture_output=True, text=True, check=False, timeout=60)
        found = re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
        assert found, done.stdout[-500:] + done.stderr
        assert float(found[1]) < MOST_EXPOSED, done.stdout


def test_each_unit_names_what_exists() -> None:
    assert len(UNITS) == 3
    for unit in UNITS:
        (command,) = directives(unit, "ExecStart")
        assert command.startswith("/srv/citizen-app/.venv/bin/")
        assert directives(unit, "NoNewPrivileges") == ["yes"]
        assert (ROOT / directives(unit, "Documentation")[0].removeprefix("file:/srv/citizen-app/")).exists()


@pytest.fixture
def web(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], socket.socket, int]]:
    """citizen-web as its unit starts it, with a socket where systemd would listen, and its port."""
    (command,) = directives(EXAMPLES / "citizen-web.service", "ExecStart")
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.bind(str(tmp_path / "notify"))
    listener.settimeout(30)
    runtime = tmp_path / "run"
    runtime.mkdir()
    port = free_port()
    environment = {
        "PATH": "/usr/bin:/bin",
        "CITIZEN_DEMO": "1",
        "CITIZEN_DATA_DIR": str(tmp_path / "data"),
        "CITIZEN_BIND": f"127.0.0.1:{port}",
        "NOTIFY_SOCKET": str(tmp_path / "notify"),
        "RUNTIME_DIRECTORY": str(runtime),
    }
    flask = [sys.executable, "-m", "flask", "--app", "wsgi"]
    subprocess.run([*flask, "db", "upgrade"], cwd=ROOT, env=environment, check=True, capture_output=True)
    subprocess.run([*flask, "demo", "load"], cwd=ROOT, env=environment, check=True, capture_output=True)
    words = shlex.split(command.replace("/srv/citizen-app/.venv/bin", os.path.dirname(sys.executable)))
    process = subprocess.Popen(words, cwd=ROOT, env=environment)
    yield process, listener, port
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    listener.close()
    assert list(runtime.iterdir()) == [], "nothing is left in the runtime folder"


def test_the_server_tells_systemd_and_survives_a_reload(
    web: tuple[subprocess.Popen[bytes], socket.socket, int],
) -> None:
    process, listener, port = web
    assert listener.recv(4096).startswith(b"READY=1"), "Type=notify"
    (reload,) = directives(EXAMPLES / "citizen-web.service", "ExecReload")
    assert reload == "/bin/kill -HUP $MAINPID"
    for number in (0, signal.SIGHUP):
        if number:
            process.send_signal(number)
        for _ in range(100):
            try:
                ready = httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=10)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        assert ready.json()["status"] == "ready", ready.text
    time.sleep(2)
    assert httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=10).status_code == 200


def test_the_jobs_start_and_stop_as_their_unit_says(tmp_path: Path) -> None:
    (command,) = directives(EXAMPLES / "citizen-jobs.service", "ExecStart")
    environment = {"PATH": "/usr/bin:/bin", "CITIZEN_DEMO": "1", "CITIZEN_DATA_DIR": str(tmp_path / "data")}
    flask = [sys.executable, "-m", "flask", "--app", "wsgi"]
    subprocess.run([*flask, "db", "upgrade"], cwd=ROOT, env=environment, check=True, capture_output=True)
    words = shlex.split(command.replace("/srv/citizen-app/.venv/bin", os.path.dirname(sys.executable)))
    with subprocess.Popen(words, cwd=ROOT, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert b"jobs" in process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
