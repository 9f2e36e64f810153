"""A broken module stops everything but the command that says what is wrong with it."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from citizen_app.cli.commands import COMMANDS
from citizen_app.registry.scaffold.copying import NewService, copy_template
from citizen_app.text import Text

pytestmark = pytest.mark.processes

ROOT = Path(__file__).parents[3]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of services with one sound module."""
    made = tmp_path / "broken_services"
    made.mkdir()
    (made / "__init__.py").touch()
    chosen = NewService("pool", Text("泳池", "Pool"), "culture", "broken_services.pool")
    copy_template(chosen, made / "pool")
    return made


def flask(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command line of its own, as an author types it."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("CITIZEN_")}
    environ |= {
        "CITIZEN_DEMO": "1",
        "CITIZEN_DATA_DIR": str(folder.parent / "data"),
        "CITIZEN_SERVICES_DIR": str(folder),
    }
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *words],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_sound_module_has_nothing_to_complain_about(folder: Path) -> None:
    for which in ((), ("pool",), (str(folder / "pool"),)):
        done = flask(folder, "services", "check", *which)
        assert (done.returncode, done.stderr) == (0, "")
        assert "nothing to complain about" in done.stdout
    unknown = flask(folder, "services", "check", "nowhere")
    assert unknown.returncode == 2
    assert "no service module 'nowhere'" in unknown.stderr


@pytest.mark.parametrize("settings", [{}, {"CITIZEN_DEMO": "1", "CITIZEN_BINDE": "x"}])
def test_help_needs_no_settings(settings: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody can look up a setting in the help of a command line that wants it first."""
    for name in [name for name in os.environ if name.startswith("CITIZEN_")]:
        monkeypatch.delenv(name)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as ended:
        start(["flask", "db", "upgrade"])
    assert ended.value.code == 2
    app = start(["flask", "--help"])
    assert app.test_cli_runner().invoke(args=["--help"]).output.count("\n") > len(COMMANDS)
    assert "--verify" in app.test_cli_runner().invoke(args=["backup", "create", "--help"]).output


def start(arguments: list[str]) -> Flask:
    """What `wsgi.py` makes for a command line."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", arguments)
        app: Flask = runpy.run_path(str(ROOT / "wsgi.py"))["app"]
    return app


def test_a_module_that_does_not_import_stops_all_but_the_check(folder: Path) -> None:
    hooks = folder / "pool" / "hooks.py"
    hooks.write_text(
        hooks.read_text().replace("def on_scan", "raise LookupError('half done')\n\n\ndef on_scan")
    )
    line = hooks.read_text().splitlines().index("raise LookupError('half done')") + 1
    words = f"{hooks}:{line}: [loading] does not import: LookupError: half done"
    start = flask(folder, "db", "upgrade")
    assert (start.returncode, start.stdout) == (2, "")
    assert words in start.stderr
    assert "Traceback" not in start.stderr
    check = flask(folder, "services", "check")
    assert (check.returncode, check.stderr) == (1, "")
    assert words in check.stdout
    other = flask(folder, "services", "new", "gym", "--title-zh", "健身房", "--title-en", "Gym")
    assert other.returncode == 0, other.stderr


def test_a_module_that_breaks_a_rule_stops_the_start(folder: Path) -> None:
    manifest = folder / "pool" / "manifest.py"
    manifest.write_text(manifest.read_text().replace('"senior"', '"id_number"'))
    start = flask(folder, "db", "upgrade")
    assert start.returncode == 2
    assert f"{manifest}:" in start.stderr
    assert "[scope] scope 'id_number' does not exist → choose from" in start.stderr


def test_two_modules_with_one_id_are_one_too_many(folder: Path) -> None:
    (folder / "gym").mkdir()
    (folder / "gym" / "__init__.py").touch()
    (folder / "gym" / "manifest.py").write_text((folder / "pool" / "manifest.py").read_text())
    (folder / "gym" / "hooks.py").write_text("def on_scan(scan): ...\ndef health(): return {}\n")
    start = flask(folder, "db", "upgrade")
    assert start.returncode == 2
    assert "[folder-name]" in start.stderr
