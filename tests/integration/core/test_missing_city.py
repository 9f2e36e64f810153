"""A command in the wrong folder says so in one sentence and leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from citizen_app.cli.missing_city import no_city_for
from citizen_app.factory import create_app
from citizen_app.toolkit.testing import dispose, environment

ROOT = Path(__file__).parents[3]
QUESTION = "is CITIZEN_DATA_DIR set?"


@pytest.mark.processes
def test_the_block_of_the_front_page_against_another_folder(tmp_path: Path) -> None:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("CITIZEN_")}
    environ |= {"CITIZEN_DEMO": "1", "CITIZEN_DATA_DIR": str(tmp_path / "none")}
    call = [sys.executable, "-m", "flask", "--app", "wsgi", "demo", "load", "--json"]
    done = subprocess.run(call, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert QUESTION in done.stderr
    assert "CITIZEN_DATA_DIR 设对了吗？" in done.stderr
    assert len(done.stderr.splitlines()) == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("line", "is_asked"),
    [
        ("flask --app wsgi services list", True),
        ("/x/flask/__main__.py --app wsgi bus import-gtfs services new", True),
        ("/x/.venv/bin/flask -A wsgi jobs run", True),
        ("flask --app=wsgi db check", True),
        ("flask --app wsgi --debug run", True),
        ("flask --app wsgi db upgrade", False),
        ("flask --app wsgi services new pool", False),
        ("flask --app wsgi backup restore x", False),
        ("flask --app wsgi doctor", False),
        ("flask --app wsgi demo load --help", False),
        ("flask --app wsgi", False),
        ("flask --app wsgi routes", False),
        ("/x/gunicorn wsgi:app", False),
    ],
)
def test_which_commands_need_a_city(tmp_path: Path, line: str, is_asked: bool) -> None:
    environ = {"CITIZEN_DATA_DIR": str(tmp_path / "none")}
    assert (no_city_for(line.split(), environ) is not None) is is_asked


def test_what_is_a_city(tmp_path: Path) -> None:
    command = ["flask", "--app", "wsgi", "services", "list"]
    there, away = {"CITIZEN_DATA_DIR": str(tmp_path)}, {"CITIZEN_DATABASE_URL": "postgresql://127.0.0.1/x"}
    assert no_city_for(command, there | away) is None, "only the database knows"
    assert no_city_for(command, there | away | {"CITIZEN_DEMO": "1"}), "its secrets would be made anew"
    assert no_city_for(command, there)
    (tmp_path / "citizen.db").touch()
    assert no_city_for(command, there) is None
    assert no_city_for(command, {"CITIZEN_DATABASE_URL": "mysql://x"}) is None, "the settings say that"


def test_a_database_without_tables_is_no_city(tmp_path: Path) -> None:
    file = tmp_path / "empty" / "city.db"
    file.parent.mkdir()
    app = create_app(environment(tmp_path / "data", f"sqlite:///{file}"))
    runner = app.test_cli_runner()
    for arguments in (["demo", "load"], ["services", "enable", "bus"], ["db", "check"], ["keys", "list"]):
        result = runner.invoke(args=arguments)
        assert result.exit_code == 1, arguments
        assert QUESTION in result.output
        assert "Traceback" not in result.output
    assert not file.exists()
    file.touch()
    assert QUESTION in runner.invoke(args=["demo", "load"]).output
    assert runner.invoke(args=["db", "upgrade"]).exit_code == 0
    assert runner.invoke(args=["demo", "load"]).exit_code == 0
    dispose(app)
