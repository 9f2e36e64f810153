"""Pages of the console: staff, kiosks and services, from the form to the effect."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from citizen_app.registry import state
from citizen_app.registry.findings import Finding
from citizen_app.registry.modules import current_registry
from citizen_app.staff.callers import held_by
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City
from citizen_app.web.console import installed_services
from tests.integration.staff.people import hire

ONCE = re.compile(r'console-secret" id="(?:token|activation-code)">([^<]+)<')


def test_an_invitation_is_shown_once_and_roles_come_and_go(app: Flask) -> None:
    browser = hire(app, "wang.fang", "security_admin").browser()
    shown = browser.post("/console/people/new", username="li.lei", role="auditor")
    assert shown.status_code == 200
    assert ONCE.search(shown.text)
    taken = browser.post("/console/people/new", username="wang.fang", role="auditor")
    assert taken.status_code == 409
    person = hire(app, "han.mei")
    where = f"/console/people/{person.id}"
    assert (
        browser.post(f"{where}/grant", role="service_operator", service="bus", unit="north").status_code
        == 303
    )
    assert browser.post(f"{where}/grant", role="auditor", unit="north").status_code == 422
    assert "north" in browser.get(where).text
    browser.post(f"{where}/revoke", role="service_operator", service="bus", unit="north")
    with app.app_context():
        assert held_by(person.id).units == {}
    assert browser.post(f"{where}/disable").status_code == 303
    assert "已停用" in browser.get(where).text


def test_a_lock_is_seen_and_ended(app: Flask, client: FlaskClient) -> None:
    browser, person = hire(app, "wang.fang", "security_admin").browser(), hire(app, "li.lei", "auditor")
    for _ in range(5):
        client.post("/api/v1/staff/sessions", json=person.body(password="wrong-lantern-river"))
    assert "已锁定至" in browser.get("/console/people/").text
    browser.post(f"/console/people/{person.id}/unlock")
    assert "已锁定至" not in browser.get("/console/people/").text


def test_a_kiosk_from_the_form_to_its_revocation(app: Flask, client: FlaskClient, city: City) -> None:
    browser = hire(app, "wang.fang", "service_operator:bus").browser()
    fields = {"name": "一路一号车", "purposes": ["ride"], "place_zh": "一路", "place_en": "Line 1"}
    with app.app_context():
        purposes = [one.id for one in state.module_of("bus").descriptor.purposes]
    wrong = browser.post("/console/kiosks/new/bus", **{**fields, "purposes": ["nothing"]})
    assert wrong.status_code == 422
    shown = browser.post("/console/kiosks/new/bus", **{**fields, "purposes": purposes[:1]})
    code = ONCE.search(shown.text)
    assert code is not None
    active = client.post("/api/v1/kiosks/activate", json={"activation_code": code[1]})
    assert active.status_code == 200
    kiosk = active.json["kiosk_id"]
    assert "使用中" in browser.get(f"/console/kiosks/{kiosk}").text
    assert browser.get("/console/kiosks/new/pass").status_code == 404, "another's service"
    assert browser.post(f"/console/kiosks/{kiosk}/revoke").status_code == 303
    assert "已吊销" in browser.get(f"/console/kiosks/{kiosk}").text


@pytest.mark.parametrize("service", ["bus", "pass"])
def test_a_service_is_seen_set_up_and_switched(app: Flask, city: City, service: str) -> None:
    browser = hire(app, "wang.fang", "system_admin").browser()
    page = browser.get(f"/console/services/{service}")
    assert page.status_code == 200
    with app.app_context():
        scopes = state.module_of(service).descriptor.scopes
        before = dict(state.settings_of(state.module_of(service)))
    for scope in scopes:
        assert scope.reason.zh in page.text
    name = next(name for name, value in before.items() if type(value) is int)
    kept = {
        key: str(value).lower() for key, value in before.items() if value is not None and value is not False
    }
    saved = browser.post(f"/console/services/{service}/settings", **{**kept, name: "x"})
    assert saved.status_code == 422
    saved = browser.post(f"/console/services/{service}/settings", **{**kept, name: str(before[name] + 1)})
    assert saved.status_code == 303, saved.text
    assert browser.post(f"/console/services/{service}/disable").status_code == 303
    with app.app_context():
        assert not state.stored_standings()[service].enabled
    assert browser.post(f"/console/services/{service}/enable").status_code == 303
    with app.app_context():
        assert state.stored_standings()[service].enabled
        stored = state.stored_standings()[service].chosen
        assert stored is not None and stored[name] == before[name] + 1


def test_a_service_is_checked_when_somebody_asks(
    app: Flask, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, where = hire(app, "wang.fang", "system_admin").browser(), "/console/services/bus"
    assert "立即检查" in browser.get(where).text
    assert browser.get(f"{where}/check").status_code == 405, "never by looking"
    checked = browser.post(f"{where}/check")
    assert (checked.status_code, "没有发现问题" in checked.text) == (200, True), checked.text
    with app.app_context():
        module = state.module_of("bus")

    def broken() -> dict[str, int]:
        raise RuntimeError

    monkeypatch.setattr(module.hooks, "health", broken)
    finding = Finding(f"{module.folder}/manifest.py", 7, "service-id", "is not right", "mend it")
    monkeypatch.setattr(installed_services, "check_module", lambda *_, **__: [finding])
    told = browser.post(f"{where}/check").text
    for words in ("服务 bus 报告故障", "查看日志和该服务的说明", "<code>manifest.py:7</code>", "service-id"):
        assert words in told
    with installed_services.CHECKING:
        monkeypatch.setattr(installed_services, "WAITS_SECONDS", 0.01)
        assert browser.post(f"{where}/check").status_code == 503, "one check at a time"
    auditor = hire(app, "li.lei", "auditor").browser()
    assert "立即检查" not in auditor.get(where).text
    assert auditor.post(f"{where}/check").status_code == 403


def test_the_figures_of_every_service_have_titles(app: Flask, city: City) -> None:
    with app.app_context(), transaction():
        for module in current_registry():
            named = {figure.id for figure in module.descriptor.figures}
            assert set(module.hooks.health()) <= named, module.id
    page = hire(app, "wang.fang", "system_admin").browser().get("/console/services/pass?lang=en").text
    assert "Kiosks at gates" in page
    assert "kiosks_at_gates" not in page
