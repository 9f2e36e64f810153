"""The command line, and the demo city."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from citizen_app.toolkit.commands import transaction
from citizen_app.toolkit.data import session
from citizen_app.toolkit.seeding import DemoCity
from citizen_app.toolkit.testing import City
from citizen_app.toolkit.time import now
from services.bus import seed
from services.bus.seed.feed import demo_zip
from services.bus.tests.feeds import SMALL, more, write_zip


def run(app: Any, *args: str) -> Any:
    """A command's result."""
    return app.test_cli_runner().invoke(args=["bus", *args])


def test_an_import_reports_what_was_read(app: Any, city: City, tmp_path: Path) -> None:
    path = str(write_zip(tmp_path))
    done = run(app, "import-gtfs", path, "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["outcome"], told["report"]["counts"]["stop_times.txt"]) == ("imported", 3)
    assert told["stored"]["stop_times"] == 3
    assert json.loads(run(app, "import-gtfs", path, "--json").stdout)["outcome"] == "unchanged"
    assert "已在使用中" in run(app, "import-gtfs", path).stdout
    assert "in force" in run(app, "import-gtfs", path, "--force", "--language", "en").stdout
    feeds = json.loads(run(app, "feeds", "--json").stdout)["feeds"]
    assert [feed["status"] for feed in feeds] == ["active", "retired"]
    assert city.count("audit_events", "action = 'bus.import_gtfs'") == 2


def test_a_refused_feed_says_why_and_exits_with_one(app: Any, tmp_path: Path) -> None:
    path = write_zip(tmp_path, more("stop_times.txt", "t9,08:00:00,08:00:00,s1,1"))
    refused = run(app, "import-gtfs", str(path), "--json")
    assert refused.exit_code == 1
    assert {f["rule"] for f in json.loads(refused.stdout)["report"]["findings"]} >= {"foreign_key_violation"}
    told = run(app, "import-gtfs", str(path))
    assert (told.exit_code, "stop_times.txt:5" in told.stdout) == (1, True)
    path.write_bytes(b"not an archive")
    told = run(app, "import-gtfs", str(path))
    assert told.exit_code == 1
    assert "feed.zip 不是完整的 zip 文件" in told.stdout and "File is not" not in told.stdout
    assert run(app, "import-gtfs", str(tmp_path / "nothing.zip")).exit_code == 2


def test_a_feed_can_be_brought_back_and_removed(app: Any, city: City, tmp_path: Path) -> None:
    for _ in range(2):
        run(app, "import-gtfs", str(write_zip(tmp_path)), "--force")
    second, first = (str(feed["version"]) for feed in json.loads(run(app, "feeds", "--json").stdout)["feeds"])
    assert run(app, "remove-feed", second).exit_code == 1
    assert run(app, "activate-feed", first).exit_code == 0
    assert run(app, "activate-feed", "999999").exit_code == 1
    assert run(app, "remove-feed", second).exit_code == 0
    assert city.count("bus_feed_versions") == 1
    assert city.count("bus_stop_times", f"version_id = {second}") == 0
    assert "active" in run(app, "feeds").stdout


def test_the_report_of_any_feed_can_be_read_again(app: Any, tmp_path: Path) -> None:
    path = write_zip(tmp_path, more("stop_times.txt", "t9,08:00:00,08:00:00,s1,1"))
    first = run(app, "import-gtfs", str(path), "--language", "en")
    version = str(json.loads(run(app, "feeds", "--json").stdout)["feeds"][0]["version"])
    again = run(app, "feed-report", version, "--language", "en")
    assert (again.exit_code, first.stdout.startswith(again.stdout.rstrip())) == (0, True)
    assert json.loads(run(app, "feed-report", version, "--json").stdout)["report"]["ok"] is False
    absent = run(app, "feed-report", "999")
    assert (absent.exit_code, "没有版本 999" in absent.stderr) == (1, True)


def test_a_gbk_feed_says_what_to_do_and_then_it_is_done(app: Any, city: City, tmp_path: Path) -> None:
    path = write_zip(tmp_path, {name: content.encode("gb18030") for name, content in SMALL.items()})
    refused = run(app, "import-gtfs", str(path))
    assert (refused.exit_code, "--encoding gb18030" in refused.stdout) == (1, True)
    assert run(app, "import-gtfs", str(path), "--encoding", "gb18030").exit_code == 0
    assert city.count("bus_stops", "name_zh = '宿迁站'") == 1


def test_a_feed_in_latin_1_says_what_to_do_and_then_it_is_done(app: Any, city: City, tmp_path: Path) -> None:
    stops = (
        SMALL["stops.txt"].replace("宿迁站", "Café").replace("市政府", "Hôtel").replace("项王故里", "Gare")
    )
    path = write_zip(tmp_path, {"stops.txt": stops.replace("枢纽", "Pôle").encode("latin-1")})
    refused = run(app, "import-gtfs", str(path))
    assert (refused.exit_code, "--encoding windows-1252" in refused.stdout) == (1, True)
    assert run(app, "import-gtfs", str(path), "--encoding", "windows-1252").exit_code == 0
    assert city.count("bus_stops", "name_zh = 'Café'") == 1


def test_a_full_disk_leaves_the_feed_in_force(
    app: Any, city: City, database_url: str, tmp_path: Path
) -> None:
    if not database_url.startswith("sqlite"):
        pytest.skip("how much a database may take is said to SQLite here")
    assert run(app, "import-gtfs", str(write_zip(tmp_path))).exit_code == 0
    large = tmp_path / "demo.zip"
    large.write_bytes(demo_zip(now().date()))
    with app.app_context(), transaction(reading=True):
        engine, pages = session().get_bind().engine, session().scalar(text("PRAGMA page_count"))
    event.listen(engine, "begin", full := lambda c: c.exec_driver_sql(f"PRAGMA max_page_count = {pages + 9}"))
    try:
        failed = run(app, "import-gtfs", str(large), "--language", "en")
    finally:
        event.remove(engine, "begin", full)
        event.listen(engine, "begin", lambda c: c.exec_driver_sql("PRAGMA max_page_count = 1000000"))
    assert (failed.exit_code, "disk is full" in failed.stderr, "stays" in failed.stderr) == (1, True, True)
    assert city.client.get("/api/v1/services/bus/lines").get_json()["items"][0]["name"] == "1路"
    assert run(app, "import-gtfs", str(large)).exit_code == 0
    assert city.count("bus_feed_versions") == 2


@pytest.mark.processes
@pytest.mark.parametrize("watched", [True, False])
def test_a_bar_shows_on_a_terminal_and_nowhere_else(
    app_environment: dict[str, str], tmp_path: Path, watched: bool
) -> None:
    path = tmp_path / "demo.zip"
    path.write_bytes(demo_zip(now().date()))
    own = {name: value for name, value in os.environ.items() if not name.startswith("CITIZEN_")}
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "bus", "import-gtfs", str(path), "--json"]
    with subprocess.Popen(
        command,
        cwd=Path(__file__).resolve().parents[4],
        env={**own, **app_environment, "TERM": "xterm", "COLUMNS": "100", "LANG": "C.UTF-8"},
        stdout=subprocess.PIPE,
        stderr=theirs if watched else subprocess.PIPE,
    ) as running:
        os.close(theirs)
        shown = _read_terminal(ours) if watched else b""
        out, error = running.communicate(timeout=60)
    os.close(ours)
    assert running.returncode == 0, error
    assert json.loads(out)["outcome"] == "imported"
    if watched:
        assert "检查 Checking".encode() in shown
        assert "存储 Storing".encode() in shown
    else:
        assert error == b""


def _read_terminal(terminal: int) -> bytes:
    """All that is written until the other end is closed."""
    shown = b""
    while True:
        try:
            block = os.read(terminal, 65_536)
        except OSError:  # Linux says EIO when the last writer has gone
            return shown
        if not block:
            return shown
        shown += block


def test_the_demo_city_has_validators_that_work_now(app: Any, city: City) -> None:
    validators = _seeded(app)
    assert len(validators) == 4
    kiosk, citizen = city.kiosk("bus"), city.citizen()
    for validator in validators:
        answer = kiosk.scan(citizen.code(), "board", context=dict(validator.context)).get_json()
        assert answer["decision"] == "allow", answer
    assert _seeded(app) == validators
    assert city.count("bus_feed_versions") == 1


def test_the_demo_network_is_renewed_before_it_ends_and_a_real_one_stays(
    app: Any, city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _seeded(app)
    later = now() + timedelta(days=365 * 3 - 10)
    with monkeypatch.context() as moved:
        moved.setattr(seed, "now", lambda: later)
        _seeded(app)
        assert city.count("bus_feed_versions") == 2
    run(app, "import-gtfs", str(write_zip(tmp_path)))
    validators = _seeded(app)
    assert [validator.context["line"] for validator in validators] == ["1路"]
    assert city.count("bus_feed_versions") == 3


def _seeded(app: Any) -> Any:
    with app.app_context(), transaction():
        module = app.extensions["registry"].get("bus")
        return module.seed(DemoCity(())).kiosks
