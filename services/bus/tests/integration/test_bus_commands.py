"""The command line, and the demo city."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from citizen_app.toolkit.commands import transaction
from citizen_app.toolkit.seeding import DemoCity
from citizen_app.toolkit.testing import City
from citizen_app.toolkit.time import now
from services.bus import seed
from services.bus.tests.feeds import more, write_zip


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
    assert run(app, "import-gtfs", str(path)).exit_code == 1
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
