"""Operators in the console: feeds with their reports, and which of them is in force."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from citizen_app.toolkit.testing import City
from services.bus.operations.importing import Imported
from services.bus.tests.feeds import edit

FEEDS = "/console/services/bus/feeds"
OWN_PAGE = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
TODAY = date(2026, 6, 1)
Import = Callable[..., Imported]


def test_a_retired_feed_is_put_back_in_force(city: City, import_small: Import) -> None:
    first = import_small({}, today=TODAY).version_id
    second = import_small(edit("routes.txt", ("1路", "2路")), today=TODAY).version_id
    officer = city.operator("bus")
    browser, token = officer.browser(), {"csrf_token": officer.form_token()}
    shown = browser.get(f"{FEEDS}/", headers=OWN_PAGE).text
    assert shown.index(f"版本 {second}") < shown.index(f"版本 {first}")
    assert "/console/tasks/start/bus/import_gtfs" in shown
    assert f"{FEEDS}/{first}/activate" in browser.get(f"{FEEDS}/{first}", headers=OWN_PAGE).text
    sent = {**token, "force": "true"}
    done = browser.post(f"{FEEDS}/{first}/activate", data=sent, headers=OWN_PAGE)
    assert (done.status_code, done.location) == (303, f"{FEEDS}/{first}?done=activated")
    again = browser.post(f"{FEEDS}/{first}/activate", data=sent, headers=OWN_PAGE)
    assert again.location.endswith("done=in_force")
    assert city.count("audit_events", "action = 'bus.activate_feed'") == 1


def test_the_report_of_a_refused_feed_says_what_is_wrong(city: City, import_small: Import) -> None:
    refused = import_small(edit("stop_times.txt", ("08:00:00", "8 Uhr")), today=TODAY)
    browser = city.operator("bus").browser()
    shown = browser.get(f"{FEEDS}/{refused.version_id}", headers=OWN_PAGE).text
    assert "未采用" in shown
    assert "stop_times.txt" in shown
    answer = browser.get(f"{FEEDS}/{refused.version_id + 99}", headers=OWN_PAGE)
    assert answer.status_code == 404


def test_fares_are_shown_as_they_are_set(city: City) -> None:
    city.choose("bus", base_fare=300, student_percent=50)
    shown = city.operator("bus").browser().get("/console/services/bus/fares/", headers=OWN_PAGE).text
    assert "3.00 元" in shown
    assert "1.50 元" in shown
