"""Requests of citizens in the console: what and until when, never whose."""

from __future__ import annotations

from citizen_app.registry import state
from citizen_app.rights.steps import run_steps
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City
from tests.integration.staff.people import hire


def test_what_is_overdue_stands_there_with_the_service_that_has_not_forgotten(
    city: City, time_travel: object
) -> None:
    citizen = city.citizen("欧阳不二")
    assert citizen.call("DELETE", "/api/v1/me?confirm=true").status_code == 202
    with city.app.app_context():
        with transaction():
            state.disable("bus")
        run_steps()
    browser = hire(city.app, "admin.of.requests", "system_admin").browser()
    shown = browser.get("/console/requests/?state=waiting").text
    assert "注销账户" in shown
    assert "switched off" in shown
    assert "超期" not in shown
    assert "欧阳" not in shown
    assert citizen.phone not in shown
    assert "没有申请" in browser.get("/console/requests/?state=over").text
    time_travel.shift(16 * 86_400)  # type: ignore[attr-defined]
    late = hire(city.app, "admin.of.late", "system_admin").browser()
    assert "超期" in late.get("/console/requests/").text
