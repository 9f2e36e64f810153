"""Pages of a ward, for whom a citizen acts: the address names the delegation, and each request judges it."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from citizen_app.audit.models import AuditEvent
from citizen_app.citizens.acting import ActingKind
from citizen_app.consent.models import ConsentEvent
from citizen_app.delegations import operations
from citizen_app.delegations.models import Proof
from citizen_app.delegations.operations import Terms, establish
from citizen_app.factory import CitizenFlask
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City, TestCitizen
from citizen_app.web.boundary.audiences import audience_of
from citizen_app.web.boundary.page_callers import AGENT_ON_PAGES
from tests.integration.delegations.conftest import person
from tests.integration.pages.conftest import SAME_SITE, Browser

DECIDING = {ActingKind.GUARDIAN, ActingKind.CARER}
FAMILY = {*DECIDING, ActingKind.AGENT}
PAGES = {
    ("GET", "/consents"): DECIDING,
    ("GET", "/consents/<string:service>"): DECIDING,
    ("POST", "/consents/<string:service>"): DECIDING,
    ("GET", "/uses"): FAMILY,
    ("GET", "/uses/<id:event_id>"): FAMILY,
    ("GET", "/uses/<id:event_id>/dispute"): {ActingKind.GUARDIAN},
    ("POST", "/uses/<id:event_id>/dispute"): {ActingKind.GUARDIAN},
    ("GET", "/looks"): FAMILY,
}
"""Who may open which page of a ward, as in the API."""


def delegated(
    city: City, agent: TestCitizen, ward: TestCitizen, kind: str = "guardian", *services: str
) -> str:
    """A delegation that a desk has proved; its id."""
    with city.app.app_context(), transaction():
        return establish(agent.id, ward.id, Terms(ActingKind(kind), services or None), Proof.DESK).id


@pytest.fixture
def parent(city: City) -> Browser:
    """A parent who is signed in."""
    return Browser(city.app, city.citizen("王丽华"))


@pytest.fixture
def child(city: City) -> TestCitizen:
    """Ten years old, without a phone."""
    return person(city, 10, "张小宇", phone=False)


def used(city: City, agent: TestCitizen, delegation_id: str) -> str:
    """Let the agent show the ward's code at the gate; the id of the use."""
    token = agent.call("POST", f"/api/v1/me/delegations/{delegation_id}/token").get_json()["access_token"]
    header = {"Authorization": f"Bearer {token}"}
    code = city.client.get("/api/v1/me/code", headers=header).get_json()["code"]
    city.kiosk("pass").scan(code, "enter")
    return str(agent.usage()[0]["id"])


def test_a_guardian_decides_for_the_ward_and_is_named(
    city: City, parent: Browser, child: TestCitizen
) -> None:
    held = delegated(city, parent.citizen, child)
    base = f"/mine/family/{held}"
    assert f'href="{base}/consents"' in parent.get(base).text
    listed = parent.get(f"{base}/consents").text
    assert "您正在为 张*宇 操作" in listed
    assert f'href="{base}/consents/pass"' in listed
    assert "/mine/consents" not in listed.partition("<main")[2].partition("</main>")[0]
    sent = parent.send(f"{base}/consents/pass", {"scopes": ["contact_ref"]})
    assert (sent.status_code, sent.location) == (303, f"{base}/consents?done=decided")
    after = parent.get(sent.location).text
    assert "已保存" in after
    assert "您正在为 张*宇 操作" in after
    with city.app.app_context():
        ledger = db.session.scalars(select(ConsentEvent).order_by(ConsentEvent.id.desc())).first()
        assert ledger is not None
        assert (ledger.actor, ledger.delegation_id, ledger.scopes) == ("guardian", held, ["contact_ref"])
        acts = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "acting.call")).all()
        assert [(one.target_kind, one.target_id) for one in acts] == [("delegation", held)]
    refused = parent.send(f"{base}/consents/pass", {"scopes": ["masked_name"]})
    assert (refused.status_code, "您正在为 张*宇 操作" in refused.text) == (422, True)
    assert parent.send(f"{base}/consents/pass").status_code == 303, "also from the page that came back"


@pytest.mark.parametrize("kind", ["guardian", "carer", "agent"])
def test_every_page_and_every_kind(
    city: City, parent: Browser, child: TestCitizen, kind: str, app: CitizenFlask
) -> None:
    services = ("pass",) if kind == "agent" else ()
    held = delegated(city, parent.citizen, child, kind, *services)
    own = parent.form_token("/mine")
    found = {}
    for rule in app.url_map.iter_rules():
        if audience_of(app.blueprints.get(rule.endpoint.rpartition(".")[0])) is not AGENT_ON_PAGES:
            continue
        page = rule.rule.replace("/mine/family/<id:delegation_id>", "")
        address = f"/mine/family/{held}{page}".replace("<id:event_id>", held).replace(
            "<string:service>", "pass"
        )
        for method in (rule.methods or set()) & {"GET", "POST"}:
            sent = {"csrf_token": own}
            answer = (
                parent.get(address)
                if method == "GET"
                else parent.client.post(address, data=sent, headers=SAME_SITE)
            )
            found[method, page] = answer.status_code != 403
    assert found == {page: ActingKind(kind) in allowed for page, allowed in PAGES.items()}


def test_nobody_else_and_not_any_longer(city: City, parent: Browser, child: TestCitizen) -> None:
    held = delegated(city, parent.citizen, child)
    page = f"/mine/family/{held}/consents/pass"
    token = parent.form_token(page)
    stranger = Browser(city.app, city.citizen())
    assert stranger.get(page).status_code == 404
    assert stranger.send(page, token=stranger.form_token("/mine")).status_code == 404
    assert city.app.test_client().get(page).status_code == 303
    of_another = {"csrf_token": token, "scopes": ["contact_ref"]}
    cross = parent.client.post(page, data=of_another, headers={"Sec-Fetch-Site": "cross-site"})
    assert cross.status_code == 403
    assert parent.send(page, token=stranger.form_token("/mine")).status_code == 403
    with city.app.app_context(), transaction():
        operations.end(parent.citizen.id, held)
    assert (parent.get(page).status_code, parent.send(page, token=token).status_code) == (410, 410)
    assert city.count("consent_events", "actor = 'guardian'") == 0


def test_services_outside_of_the_delegation_do_not_exist(
    city: City, parent: Browser, child: TestCitizen
) -> None:
    everywhere = delegated(city, parent.citizen, child)
    event = used(city, parent.citizen, everywhere)
    carer = Browser(city.app, city.citizen("周敏"))
    base = f"/mine/family/{delegated(city, carer.citizen, child, 'carer', 'bus')}"
    assert "/consents/pass" not in carer.get(f"{base}/consents").text
    assert carer.get(f"{base}/consents/pass").status_code == 404
    assert carer.get(f"{base}/uses/{event}").status_code == 404
    assert event not in carer.get(f"{base}/uses").text
    assert event in parent.get(f"/mine/family/{everywhere}/uses").text


def test_a_guardian_disputes_what_a_ward_did_not_do(city: City, parent: Browser, child: TestCitizen) -> None:
    held = delegated(city, parent.citizen, child)
    page = f"/mine/family/{held}/uses/{used(city, parent.citizen, held)}"
    assert f'href="{page}/dispute"' in parent.get(page).text
    sent = parent.send(f"{page}/dispute")
    assert sent.location == f"{page}?done=disputed"
    shown = parent.get(sent.location).text
    assert "已记下" in shown
    assert f"{page}/dispute" not in shown


def test_uses_by_person_on_pages_and_in_the_api(city: City, parent: Browser, child: TestCitizen) -> None:
    elder = Browser(city.app, city.citizen("李秀英"))
    of_child = delegated(city, parent.citizen, child)
    of_elder = delegated(city, parent.citizen, elder.citizen, "carer")
    for_child, for_elder = (used(city, parent.citizen, one) for one in (of_child, of_elder))
    city.kiosk("pass").scan(parent.citizen.code(), "enter")
    own = str(parent.citizen.usage()[0]["id"])

    def listed(browser: Browser, query: str = "") -> list[str]:
        page = browser.get(f"/mine/uses{query}").text
        return re.findall(r'href="/mine/uses/([0-9a-f-]{36})"', page)

    assert listed(parent) == [own, for_elder, for_child]
    assert listed(parent, f"?delegation={of_child}") == [for_child]
    assert listed(parent, f"?delegation={of_elder}&service=bus") == []
    assert listed(elder, f"?delegation={of_elder}") == [for_elder]
    call = parent.citizen.call
    told = call("GET", f"/api/v1/me/usage?delegation={of_elder}").get_json()["items"]
    assert [(one["id"], one["done_for"]) for one in told] == [(for_elder, "李*英")]
    names = re.findall(r'class="filter"[^>]*>([^<]+)<', parent.get("/mine/uses").text)
    assert names == ["全部", "李*英", "张*宇"]
    assert call("GET", f"/api/v1/me/usage?delegation={child.id}").status_code == 404
    assert elder.get(f"/mine/uses?delegation={of_child}").status_code == 404
    of_another = parent.get(f"/mine/uses/{for_elder}")
    assert "李*英" in of_another.text
    assert "/dispute" not in of_another.text
    assert "由照护人代办 王*华" in elder.get(f"/mine/uses/{for_elder}").text
    assert parent.send(f"/mine/uses/{for_elder}/dispute", token=parent.form_token("/mine")).status_code == 404
