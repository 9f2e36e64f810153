"""A feed whose first service day is still to come waits for it, and comes into force by itself; one without
days to come is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from citizen_app.toolkit.commands import transaction
from citizen_app.toolkit.testing import City
from services.bus import jobs
from services.bus.hooks import health
from services.bus.operations import versions
from services.bus.operations.importing import Imported
from services.bus.tests.feeds import edit, write_zip
from services.bus.tests.integration.test_boarding import HERE, trips, upload

FEEDS = "/api/v1/services/bus/operator/feeds"
NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC) - timedelta(hours=8)
"""Midnight in the city."""
Import = Callable[..., Imported]


@pytest.fixture
def clock(time_travel: Any) -> Any:
    """The evening before Christmas, in the city."""
    time_travel.move_to(datetime(2026, 12, 24, 12, tzinfo=UTC))
    return time_travel


@pytest.fixture
def import_line(import_small: Import, clock: Any) -> Import:
    """Import a feed with one line of this name, from the first of a month to the end of 2028."""

    def run(name: str, year: int = 2026, month: int = 1, **options: Any) -> Imported:
        changes = {
            **edit("routes.txt", ("1路", name)),
            **edit("calendar.txt", ("1,1,1,1,1,0,0,20260101", f"1,1,1,1,1,1,1,{year}{month:02}01")),
        }
        return import_small(changes, **{"today": date(2026, 12, 24), **options})

    return run


def line(city: City) -> str | None:
    """The line's name in the timetable in force."""
    items = city.client.get("/api/v1/services/bus/lines").get_json()["items"]
    return items[0]["name"] if items else None


def listed(city: City) -> dict[int, tuple[str, str | None]]:
    """What staff see of each version: its status, and the day until which it waits."""
    items = city.operator("bus").get(FEEDS).get_json()["items"]
    return {feed["version"]: (feed["status"], feed["waits_until"]) for feed in items}


def test_a_feed_of_next_year_comes_into_force_at_midnight_in_the_city_without_anybody_awake(
    city: City, import_line: Import, clock: Any
) -> None:
    now_, next_ = import_line("1路"), import_line("2路", 2027)
    assert (next_.outcome, next_.waits_until) == ("waiting", date(2027, 1, 1))
    assert line(city) == "1路"
    assert listed(city) == {now_.version_id: ("active", None), next_.version_id: ("waiting", "2027-01-01")}
    clock.move_to(NEW_YEAR - timedelta(seconds=1))
    assert line(city) == "1路"
    clock.move_to(NEW_YEAR)
    assert line(city) == "2路"
    assert listed(city) == {now_.version_id: ("retired", None), next_.version_id: ("active", None)}
    assert city.count("bus_feed_versions", "status = 'waiting'") == 1, "no process has written since"


def test_the_job_writes_down_what_the_clock_decided(
    app: Any, city: City, import_line: Import, clock: Any
) -> None:
    import_line("1路"), import_line("2路", 2027)
    with app.app_context():
        jobs.settle_versions()
    assert city.count("bus_feed_versions", "status = 'waiting'") == 1
    clock.move_to(NEW_YEAR + timedelta(days=40))  # nobody was awake before
    for _ in range(2):
        with app.app_context():
            jobs.settle_versions()
    assert [city.count("bus_feed_versions", f"status = '{s}'") for s in ("waiting", "active", "retired")] == [
        *(0, 1, 1)
    ]
    assert line(city) == "2路"


def test_an_import_in_between_holds_until_that_day_and_one_after_it_stays(
    city: City, import_line: Import, clock: Any
) -> None:
    import_line("1路"), import_line("2路", 2027), import_line("3路")
    assert line(city) == "3路"
    clock.move_to(NEW_YEAR)
    assert line(city) == "2路"
    import_line("4路", today=date(2027, 1, 1))
    assert line(city) == "4路"
    assert city.count("bus_feed_versions", "status = 'waiting'") == 0


def test_several_wait_each_for_its_day_and_the_last_import_for_the_same_day_counts(
    app: Any, city: City, import_line: Import, clock: Any
) -> None:
    import_line("1路"), import_line("2路", 2027, 2)
    wrong, right = import_line("3路", 2027), import_line("4路", 2027)
    assert listed(city)[wrong.version_id] == ("retired", None)
    with app.app_context():
        jobs.clear_timetables()
    assert wrong.version_id in listed(city), "it is kept as long as any that is out of force"
    clock.move_to(NEW_YEAR)
    assert (line(city), listed(city)[right.version_id][0]) == ("4路", "active")
    clock.move_to(NEW_YEAR + timedelta(days=31))
    assert line(city) == "2路"


def test_a_waiting_feed_can_be_put_in_force_or_removed(
    app: Any, city: City, import_line: Import, clock: Any
) -> None:
    import_line("1路")
    early, never = import_line("2路", 2027), import_line("3路", 2027, 2)
    answer = city.operator("bus").call("POST", f"{FEEDS}/{early.version_id}/activate")
    assert (answer.status_code, answer.get_json()["status"], line(city)) == (200, "active", "2路")
    with app.app_context(), transaction():
        versions.discard(never.version_id)
    clock.move_to(NEW_YEAR + timedelta(days=60))
    assert line(city) == "2路"
    assert city.count("bus_feed_activations") == 2


def test_what_came_into_force_by_itself_cannot_be_removed(
    app: Any, city: City, import_line: Import, clock: Any
) -> None:
    import_line("1路")
    waiting = import_line("2路", 2027)
    clock.move_to(NEW_YEAR)
    with app.app_context(), pytest.raises(versions.NotAVersion), transaction():
        versions.discard(waiting.version_id)
    assert line(city) == "2路"


def test_a_late_tap_is_rated_by_the_feed_of_its_side_of_midnight(
    city: City, import_line: Import, clock: Any
) -> None:
    old, new = import_line("1路"), import_line("2路", 2027)
    clock.move_to(NEW_YEAR + timedelta(hours=1))
    kiosk, citizen = city.kiosk("bus"), city.citizen()
    for minutes in (-5, 5):
        said = {**HERE, "line": "r1", "vehicle": f"B{minutes}"}
        upload(kiosk, (citizen, NEW_YEAR + timedelta(minutes=minutes), said))
    assert {(trip["vehicle"], trip["line"]) for trip in trips(citizen)["items"]} == {
        ("B-5", "1路"),
        ("B5", "2路"),
    }
    for version in (old, new):
        assert city.count("bus_boardings", f"version_id = {version.version_id}") == 1


def test_the_same_feed_waits_once_and_force_puts_it_in_force(city: City, import_line: Import) -> None:
    import_line("1路")
    waiting = import_line("2路", 2027)
    again = import_line("2路", 2027)
    assert (again.outcome, again.version_id, again.waits_until) == (
        *("unchanged", waiting.version_id),
        date(2027, 1, 1),
    )
    assert line(city) == "1路"
    assert (import_line("2路", 2027, force=True).outcome, line(city)) == ("imported", "2路")


def test_health_counts_the_days_of_what_follows(app: Any, import_line: Import, import_small: Import) -> None:
    ends = edit("calendar.txt", ("20281231", "20261231"))
    import_small(ends, today=date(2026, 12, 24))
    with app.app_context(), transaction(reading=True):
        assert health()["days_left"] == 7
    waiting = import_line("2路", 2027)
    with app.app_context(), transaction(reading=True):
        told = health()
    assert (told["last_day"], told["waiting"]) == (
        "2028-12-31",
        [{"version": waiting.version_id, "from": "2026-12-31T16:00:00.000Z"}],
    )


NO_WEEKDAY = edit("calendar.txt", ("1,1,1,1,1,0,0", "0,0,0,0,0,0,0"))
ALL_REMOVED = {
    **edit("calendar.txt", ("20260101,20281231", "20261228,20261228")),
    "calendar_dates.txt": "service_id,date,exception_type\nWD,20261228,2\n",
}
ENDED = edit("calendar.txt", ("20260101,20281231", "20260101,20261223"))
OF_NO_TRIP = {
    **edit("calendar.txt", ("WD,1,1,1,1,1,0,0,20260101,20281231", "WD,1,1,1,1,1,0,0,20260101,20261201")),
    "calendar_dates.txt": "service_id,date,exception_type\nUNUSED,20270101,1\n",
}


@pytest.mark.parametrize("changes", [NO_WEEKDAY, ALL_REMOVED, ENDED, OF_NO_TRIP])
@pytest.mark.parametrize("beside", [True, False])
def test_a_feed_without_a_day_to_come_is_refused_unless_forced(
    city: City, import_small: Import, import_line: Import, changes: dict[str, str], beside: bool
) -> None:
    if beside:
        import_line("9路")
    refused = import_small(changes, today=date(2026, 12, 24))
    assert (refused.outcome, line(city)) == ("refused", "9路" if beside else None)
    assert refused.report is not None
    (why,) = [found for found in refused.report["findings"] if found["severity"] == "error"]
    assert why["rule"] == "no_service_from_now_on"
    assert all("--force" in words for words in why["message"].values())
    assert import_small(changes, today=date(2026, 12, 24), force=True).outcome == "imported"
    assert line(city) == "1路"


def test_the_command_says_until_when_a_feed_waits(app: Any, clock: Any, tmp_path: Path) -> None:
    def run(*args: str) -> Any:
        return app.test_cli_runner().invoke(args=["bus", *args])

    path = str(write_zip(tmp_path, edit("calendar.txt", ("20260101", "20270101"))))
    done = run("import-gtfs", path, "--language", "en")
    assert done.exit_code == 0, done.output
    assert "waits until 2027-01-01" in done.stdout.splitlines()[-1]
    assert "feed_waits" in done.stdout
    assert "等到 2027-01-01" in run("import-gtfs", path).stdout
    assert "waits until 2027-01-01" in run("feeds").stdout
    (feed,) = json.loads(run("feeds", "--json").stdout)["feeds"]
    assert (feed["status"], feed["waits_until"], feed["activated_at"]) == ("waiting", "2027-01-01", None)
    report = run("feed-report", str(feed["version"]), "--language", "en")
    assert "waits until 2027-01-01" in report.stdout.splitlines()[-1]
    assert run("activate-feed", str(feed["version"])).exit_code == 0
    assert json.loads(run("feeds", "--json").stdout)["feeds"][0]["status"] == "active"
