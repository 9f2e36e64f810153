"""Operators of the bus see what was imported or refused and why, and go back to a feed that was in force."""

from __future__ import annotations

from typing import Any

from citizen_app.toolkit.testing import City
from services.bus.tests.feeds import edit, more

FEEDS = "/api/v1/services/bus/operator/feeds"


def test_an_operator_reads_the_report_and_goes_back(city: City, import_small: Any) -> None:
    operator = city.operator("bus")
    first = import_small().version_id
    second = import_small(edit("routes.txt", ("1路", "2路"))).version_id
    wrong = more("stop_times.txt", "t9,08:00:00,08:00:00,s1,1", "t1,08:30:00,08:30:00,s1,3")
    refused = import_small(wrong).version_id

    listed = operator.get(FEEDS + "?limit=2").get_json()
    assert [(feed["version"], feed["status"]) for feed in listed["items"]] == [
        (refused, "refused"),
        (second, "active"),
    ]
    rest = operator.get(f"{FEEDS}?limit=2&cursor={listed['next_cursor']}").get_json()
    assert [(feed["version"], feed["status"]) for feed in rest["items"]] == [(first, "retired")]

    report = operator.get(f"{FEEDS}/{refused}", **{"Accept-Language": "en"}).get_json()
    assert {(f["file"], f["line"], f["rule"], f["severity"]) for f in report["findings"]} >= {
        ("stop_times.txt", 5, "foreign_key_violation", "error"),
        ("stop_times.txt", 6, "duplicate_key", "error"),
    }
    assert "does not exist in trips.txt" in " ".join(f["message"] for f in report["findings"])
    assert report["rows_read"]["stop_times.txt"] == 5

    back = operator.call("POST", f"{FEEDS}/{first}/activate")
    assert (back.status_code, back.get_json()["status"]) == (200, "active")
    assert operator.call("POST", f"{FEEDS}/{first}/activate").status_code == 200  # it is in force already
    assert city.client.get("/api/v1/services/bus/lines").get_json()["items"][0]["name"] == "1路"
    assert city.count("audit_events", "action = 'bus.activate_feed'") == 1
    assert city.count("bus_feed_activations") == 3


def test_a_feed_without_days_to_come_comes_back_only_by_force(
    city: City, import_small: Any, app: Any
) -> None:
    operator = city.operator("bus")
    over = import_small(edit("calendar.txt", ("20281231", "20260101")), force=True).version_id
    import_small()
    refused = operator.call("POST", f"{FEEDS}/{over}/activate")
    assert (refused.status_code, "没有任何班次" in refused.get_json()["detail"]) == (409, True)
    command = app.test_cli_runner().invoke(args=["bus", "activate-feed", str(over)])
    assert (command.exit_code, "--force" in command.stderr) == (1, True)
    assert operator.get(f"{FEEDS}/{over}").get_json()["status"] == "retired"

    assert operator.call("POST", f"{FEEDS}/{over}/activate?force=true").get_json()["status"] == "active"
    assert operator.call("POST", f"{FEEDS}/{over}/activate").status_code == 200  # it is in force already


def test_what_was_refused_or_is_not_there_cannot_be_put_in_force(city: City, import_small: Any) -> None:
    operator, refused = city.operator("bus"), import_small({"trips.txt": None}).version_id
    assert operator.call("POST", f"{FEEDS}/{refused}/activate").status_code == 409
    for number in (0, 999, 2**31, 10**30):
        assert operator.get(f"{FEEDS}/{number}").status_code == 404
        assert operator.call("POST", f"{FEEDS}/{number}/activate").status_code == 404


def test_it_is_for_operators_of_the_bus_only(city: City, import_small: Any) -> None:
    version = import_small().version_id
    auditor = city.operator("bus", role="auditor")
    assert city.operator("bus").get(FEEDS).status_code == 200
    assert auditor.get(FEEDS).status_code == 403
    assert auditor.call("POST", f"{FEEDS}/{version}/activate").status_code == 403
    assert city.citizen().get(FEEDS).status_code == 401
    assert city.client.get(FEEDS).status_code == 401
