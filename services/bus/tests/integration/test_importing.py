"""Importing feeds: all or nothing, beside the one in force, and seen by every worker."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from citizen_app.toolkit.commands import transaction
from citizen_app.toolkit.testing import City
from citizen_app.toolkit.testing.races import before_commit
from services.bus.operations import importing, versions
from services.bus.operations.gtfs import Feed, tables
from services.bus.seed.feed import demo_zip
from services.bus.snapshot import active_feed
from services.bus.tests.feeds import LARGE, SMALL, edit, more, real_feed, write_zip
from services.bus.tests.test_real_feeds import COUNTS

ROOT = Path(__file__).resolve().parents[4]
TABLES = {"stops.txt": "stops", "routes.txt": "routes", "trips.txt": "trips", "calendar.txt": "calendars"}
OF_A_FEED = (
    "stops",
    "routes",
    "trips",
    "calendars",
    "calendar_dates",
    "stop_times",
    "directions",
    "line_stops",
)
LINE_2 = edit("routes.txt", ("1路", "2路"))


def rows(city: City, version: int) -> int:
    """All rows of one version."""
    return sum(city.count(f"bus_{name}", f"version_id = {version}") for name in OF_A_FEED)


def statuses(city: City) -> list[str]:
    """What there is of versions."""
    return [
        status
        for status in ("active", "retired", "staged", "discarded", "refused")
        for _ in range(city.count("bus_feed_versions", f"status = '{status}'"))
    ]


@pytest.mark.parametrize("name", ["google-sample-feed.zip", pytest.param("cairns.zip", marks=LARGE)])
def test_a_real_feed_is_stored_in_full(city: City, import_path: Any, name: str) -> None:
    done = import_path(real_feed(name), force=True)  # it is over
    assert done.outcome == "imported"
    assert {file: done.counts[table] for file, table in TABLES.items()} == {
        file: COUNTS[name][file] for file in TABLES
    }
    with Feed.open(real_feed(name)) as feed:
        visits = sum(1 for _ in feed.visits())
        assert len(list(feed.rows(tables.STOPS))) == city.count("bus_stops")
    assert city.count("bus_stop_times") == done.counts["stop_times"] == visits


def test_the_demo_network_is_stored_in_two_languages(
    app: Any, city: City, import_path: Any, tmp_path: Path
) -> None:
    path = tmp_path / "demo.zip"
    path.write_bytes(demo_zip(date(2026, 6, 1)))
    assert import_path(path).outcome == "imported"
    assert city.count("bus_routes", "name_zh = '快线1号' AND name_en = 'Express 1'") == 1
    assert city.count("bus_directions") == 10
    with app.app_context():
        feed = active_feed()
        assert feed is not None
        assert (feed.zone.key, feed.first_day) == ("Asia/Shanghai", date(2026, 6, 1))


def test_the_feed_in_force_is_not_imported_again_unless_forced(city: City, import_small: Any) -> None:
    first = import_small()
    again = import_small()
    assert (again.outcome, again.version_id) == ("unchanged", first.version_id)
    forced = import_small(force=True)
    assert (forced.outcome, forced.version_id > first.version_id) == ("imported", True)
    assert statuses(city) == ["active", "retired"]
    assert rows(city, first.version_id) == rows(city, forced.version_id) > 0


def test_progress_ends_where_it_said_that_it_would(
    import_small: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the lines add is not known before, so the total is not that of the rows."""
    monkeypatch.setattr(importing, "ROWS_PER_STEP", 4)
    told: list[tuple[int, int]] = []

    def tell(stage: importing.Stage, part: int, total: int) -> None:
        if stage == "store":
            told.append((part, total))

    done = import_small(progress=tell)
    (total,) = {total for _, total in told}
    assert len(told) > 2 and all(part >= 0 for part, _ in told)
    assert sum(part for part, _ in told) == total < sum(done.counts.values())


def test_a_refused_feed_leaves_the_one_in_force_and_its_report(city: City, import_small: Any) -> None:
    first = import_small()
    refused = import_small(more("stop_times.txt", "t9,08:00:00,08:00:00,s1,1"))
    assert refused.outcome == "refused"
    assert refused.report is not None
    assert not refused.report["ok"]
    assert statuses(city) == ["active", "refused"]
    assert city.count("bus_feed_versions", f"status = 'active' AND id = {first.version_id}") == 1
    assert rows(city, refused.version_id) == 0
    assert city.client.get("/api/v1/services/bus/lines").get_json()["items"][0]["name"] == "1路"


def test_an_import_that_breaks_leaves_the_one_in_force_and_the_next_one_tidies(
    app: Any, city: City, import_small: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = import_small()
    monkeypatch.setattr(importing, "ROWS_PER_STEP", 4)
    with monkeypatch.context() as broken:
        broken.setattr(versions, "complete", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            import_small(LINE_2)
    assert statuses(city) == ["active", "discarded"]
    assert rows(city, first.version_id + 1) > 0
    with app.app_context():
        assert active_feed().version_id == first.version_id  # type: ignore[union-attr]
    third = import_small(LINE_2)
    assert statuses(city) == ["active", "retired"]
    assert rows(city, first.version_id + 1) == 0
    assert third.version_id > first.version_id + 1


@pytest.mark.processes
def test_a_killed_import_shows_nothing_and_the_next_one_tidies(
    city: City, import_small: Any, import_path: Any, app_environment: dict[str, str], tmp_path: Path
) -> None:
    first = import_small()
    path = tmp_path / "demo.zip"
    path.write_bytes(demo_zip(date(2026, 6, 1)))
    killed = first.version_id + 1
    with _import_elsewhere(path, app_environment) as running:
        until = time.monotonic() + 60
        while not city.count("bus_stop_times", f"version_id = {killed}"):
            assert running.poll() is None, running.stderr and running.stderr.read()
            assert time.monotonic() < until
            time.sleep(0.005)
        running.send_signal(signal.SIGKILL)
        running.wait()
    assert statuses(city) == ["active", "staged"]
    assert city.client.get("/api/v1/services/bus/lines").get_json()["items"][0]["id"] == "r1"
    assert import_path(path).outcome == "imported"
    assert statuses(city) == ["active", "retired"]
    assert rows(city, killed) == 0


def test_of_two_imports_at_once_the_later_one_wins_and_the_earlier_gives_up(
    app: Any, city: City, import_small: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    check: Callable[[int], None] = versions.still_staged
    begun: list[int] = []

    def another_begins(version_id: int) -> None:
        if not begun:
            begun.append(version_id)
            with monkeypatch.context() as usual:
                usual.setattr(versions, "still_staged", check)
                versions.stage("another.zip", "0" * 64, language="", timezone="", report={})
        check(version_id)

    monkeypatch.setattr(versions, "still_staged", another_begins)
    with pytest.raises(versions.Superseded):
        import_small()
    assert city.count("bus_feed_versions", "status = 'active'") == 0


def begin(source: str) -> int:
    """An import begins."""
    return versions.stage(source, "0" * 64, language="", timezone="", report={})


def test_of_two_imports_that_begin_at_once_one_goes_on(app: Any, city: City) -> None:
    before_commit(app, partial(begin, "first.zip"), partial(begin, "second.zip"))
    assert city.count("bus_feed_versions", "status = 'staged'") == 1
    assert city.count("bus_feed_versions", "status = 'discarded'") == 1


def test_a_feed_is_put_back_in_force_once(app: Any, city: City, import_small: Any) -> None:
    first, _ = import_small(), import_small(LINE_2)
    put_back = partial(versions.activate, first.version_id)
    assert before_commit(app, put_back, put_back) is False
    assert city.count("bus_feed_activations", f"version_id = {first.version_id}") == 2
    assert statuses(city) == ["active", "retired"]


@pytest.mark.processes
def test_a_running_worker_soon_serves_what_another_process_imported(
    city: City, import_small: Any, app_environment: dict[str, str], tmp_path: Path
) -> None:
    import_small()
    assert _named(city.client) == "1路"
    with _import_elsewhere(write_zip(tmp_path, LINE_2), app_environment) as other:
        assert other.wait(60) == 0, other.stderr and other.stderr.read()
    until = time.monotonic() + 20  # a busy machine may take its time
    while _named(city.client) != "2路":
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_retired_feed_can_be_put_back_in_force(app: Any, city: City, import_small: Any) -> None:
    first, second = import_small(), import_small(LINE_2)
    with app.app_context(), transaction():
        versions.activate(first.version_id)
    assert _named(city.client) == "1路"
    with app.app_context(), pytest.raises(versions.NotAVersion), transaction():
        versions.activate(second.version_id + 9)
    assert _named(city.client) == "1路"
    with app.app_context(), pytest.raises(versions.NotAVersion), transaction():
        versions.discard(first.version_id)


def _import_elsewhere(path: Path, environ: dict[str, str]) -> subprocess.Popen[bytes]:
    """The command, in a process of its own."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "bus", "import-gtfs", str(path)]
    own = {name: value for name, value in os.environ.items() if not name.startswith("CITIZEN_")}
    return subprocess.Popen(
        command, cwd=ROOT, env=own | environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )


def _named(client: Any) -> str | None:
    items = client.get("/api/v1/services/bus/lines").get_json()["items"]
    return items[0]["name"] if items else None


def test_identifiers_of_any_length_are_stored_and_found(city: City, import_small: Any) -> None:
    """Random, so that no database makes them short enough for an index by compressing them."""
    choose = random.Random(3)
    long = {name: "".join(chr(choose.randrange(0x20000, 0x2A000)) for _ in range(3_000)) for name in "srtcp"}
    renamed = (("s1", long["s"]), ("P", long["p"]), ("r1", long["r"]), ("t1", long["t"]), ("WD", long["c"]))
    changes = {}
    for file in ("stops.txt", "routes.txt", "trips.txt", "stop_times.txt", "calendar.txt"):
        content = SMALL[file]
        for short, name in renamed:
            content = re.sub(rf"(?m)(^|,){short}(?=,|$)", rf"\1{name}", content)
        changes[file] = content
    changes["calendar_dates.txt"] = f"service_id,date,exception_type\n{long['c']},20270101,1\n"
    done = import_small(changes)
    assert done.outcome == "imported", done.words
    assert city.count("bus_stop_times") == 3
    at = {"at": "2026-06-01T07:00:00+08:00"}
    (stop,) = [
        stop
        for stop in city.client.get("/api/v1/services/bus/stops", query_string={"q": "宿迁站"}).get_json()[
            "items"
        ]
        if not stop["is_station"]
    ]
    for name in (long["s"], stop["id"]):
        address = f"/api/v1/services/bus/stops/{quote(name)}/departures"
        assert len(city.client.get(address, query_string=at).get_json()["items"]) == 6
