"""Statistics and their export: what one person may take, and what needs two."""

from __future__ import annotations

import pytest
from flask import Flask

from citizen_app.toolkit.testing import City
from citizen_app.web.console import statistics
from tests.integration.staff.people import hire

EXPORT = "/console/statistics/export"


def test_many_events_leave_only_with_a_second_person(
    app: Flask, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    city.kiosk("pass").scan(city.citizen().code(), "enter")
    first, second = (hire(app, name, "auditor").browser() for name in ("wang.fang", "li.lei"))
    assert "Events: 1" in first.get("/console/statistics/?lang=en").text
    period = "from=2020-01-01&to=2020-12-31"
    assert first.get(f"{EXPORT}?{period}").status_code == 200
    today = first.get(EXPORT)
    assert today.status_code == 200
    assert "attachment" in today.headers["Content-Disposition"]
    monkeypatch.setattr(statistics, "MOST_ALONE", 0)
    assert first.get(EXPORT).status_code == 403
    assert first.post(EXPORT).status_code == 303
    assert first.get(EXPORT).status_code == 403
    page = second.get("/console/approvals/").text
    approve = page.split('action="')[2].split('"')[0]
    assert second.post(approve).status_code == 303
    assert first.get(EXPORT).status_code == 200
    assert second.get(EXPORT).status_code == 403, "it was approved for the one who asked"


def test_who_may_not_export_is_not_offered_it(app: Flask) -> None:
    browser = hire(app, "wang.fang", "system_admin").browser()
    assert EXPORT not in browser.get("/console/statistics/").text
    assert browser.get(EXPORT).status_code == 403
