"""The server holds what is given by hand to the rules of the settings, and starts only where it may."""

from __future__ import annotations

import ast
import base64
import os
import runpy
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.architecture.sources import ROOT

pytestmark = pytest.mark.processes


def start(tmp_path: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Start gunicorn with arguments that it is to refuse."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("CITIZEN_", "PORT"))}
    environ |= {"CITIZEN_DEMO": "1", "CITIZEN_DATA_DIR": str(tmp_path), **settings}
    call = [sys.executable, "-m", "gunicorn", *arguments, "wsgi:app"]
    return subprocess.run(
        call, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize(
    ("arguments", "settings", "word"),
    [
        (["-b", "0.0.0.0:0"], {}, "loopback"),
        (["-b", "127.0.0.1:1", "-b", "[::]:0"], {}, "loopback"),
        (["-w", "2"], {}, "SQLite"),
        (["-w", "2"], {"CITIZEN_DATABASE_URL": "postgresql://127.0.0.1/none"}, "CITIZEN_REDIS_URL"),
        ([], {"CITIZEN_BIND": "0.0.0.0:8000"}, "loopback"),
        ([], {"CITIZEN_COLOUR": "blue"}, "CITIZEN_COLOUR"),
        (["--certfile", "c.pem", "--keyfile", "k.pem"], {}, "docs/operating.md"),
    ],
)
def test_refused_with_one_sentence(
    tmp_path: Path, arguments: list[str], settings: dict[str, str], word: str
) -> None:
    done = start(tmp_path, *arguments, **settings)
    assert done.returncode == 1
    assert word in done.stderr
    assert "Traceback" not in done.stderr


def test_an_address_that_is_taken_is_said_in_words(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = start(tmp_path, "-b", f"127.0.0.1:{port}")
    assert done.returncode == 1
    assert f"PORT={port + 1} make run" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("address", "proxies", "warned"),
    [
        ("0.0.0.0", "0", True),
        ("city.example.org", "0", True),
        ("0.0.0.0", "1", False),
        ("127.0.0.1", "0", False),
    ],
)
def test_listening_to_the_world_without_a_proxy_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, proxies: str, warned: bool
) -> None:
    for name in [name for name in os.environ if name.startswith("CITIZEN_")]:
        monkeypatch.delenv(name)
    key = base64.b64encode(bytes(range(32))).decode()
    settings = {
        "CITIZEN_DATA_DIR": str(tmp_path),
        "CITIZEN_DATABASE_URL": "postgresql://127.0.0.1/none",
        "CITIZEN_SECRET_KEYS": key,
        "CITIZEN_FIELD_KEYS": f"1:{key}",
        "CITIZEN_PSEUDONYM_KEY": key,
        "CITIZEN_PUBLIC_URL": "https://city.example.org",
        "CITIZEN_SMS_URL": "https://sms.example.org",
        "CITIZEN_SMS_SECRET": "a shared secret",
        "CITIZEN_TRUSTED_PROXIES": proxies,
        "PROMETHEUS_MULTIPROC_DIR": f"{tmp_path}-{os.getpid()}",
        "LISTEN_FDS": "1",  # nobody asks whether the address is free
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    said: list[str] = []
    server = SimpleNamespace(
        cfg=SimpleNamespace(is_ssl=False, address=[(address, 8000)], workers=1),
        log=SimpleNamespace(warning=said.append),
    )
    monkeypatch.chdir(ROOT)
    runpy.run_path("gunicorn.conf.py")["on_starting"](server)
    assert [f"Listening on {address}:8000" in line and "前面没有代理" in line for line in said] == [
        True
    ] * warned


def test_the_configuration_is_sound(tmp_path: Path) -> None:
    assert start(tmp_path, "--check-config").returncode == 0


def test_the_master_holds_nothing_that_an_upgrade_replaces(tmp_path: Path) -> None:
    """Its workers are forks: a module that it has imported would stay the old one after a reload."""
    look = (
        "import runpy, sys; runpy.run_path('gunicorn.conf.py');"
        "print(sorted({name.split('.')[0] for name in sys.modules}))"
    )
    environ = {"PATH": os.environ["PATH"], "CITIZEN_DEMO": "1", "CITIZEN_DATA_DIR": str(tmp_path)}
    call = [sys.executable, "-c", look]
    done = subprocess.run(call, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60, check=True)
    held = set(ast.literal_eval(done.stdout))
    assert {"gunicorn", "tools"} <= held
    assert (
        held & {"citizen_app", "services", "flask", "sqlalchemy", "prometheus_client", "marshmallow"} == set()
    )
