"""Giving consent, taking it back, and what becomes of it at the next scan."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from citizen_app.consent import operations
from citizen_app.consent.notice import publish
from citizen_app.registry import lineages, state
from citizen_app.registry.modules import current_registry
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.text import Text
from citizen_app.toolkit.testing import City, TestKiosk
from tests.integration.consent.conftest import (
    CONSENTS,
    CONTACT,
    ESSENTIAL_CONTACT,
    FARE,
    NAME,
    NOTICE,
    PHONE,
    Upgrade,
    accept,
    disclosed,
    scan,
    standing,
    states,
)


def test_whoever_has_agreed_to_nothing_is_known_by_reference_and_by_what_the_law_says(
    city: City, kiosk: TestKiosk
) -> None:
    guest = city.citizen(consents=False)
    decision = scan(kiosk, guest)
    assert (decision["reason"], decision["granted"]) == ("ok", {})
    assert decision["display"]["lines"] == ["你好 "]
    assert disclosed(guest) == ["senior"]
    seen = standing(guest)
    assert seen["state"] == "withheld"
    assert [(f["name"], f["state"], f["basis"], f["since"]) for f in seen["scopes"]] == [
        ("senior", "by_law", "legal_duty", None),
        ("masked_name", "withheld", "consent", None),
    ]
    assert seen["scopes"][0]["law"] == "《试验条例》第一条"


def test_accepting_the_notice_agrees_to_what_is_not_sensitive(
    city: City, kiosk: TestKiosk, upgrade: Upgrade
) -> None:
    upgrade(FARE, NAME, PHONE)
    city.grant("probe", "senior", "masked_name", "masked_phone")
    guest = city.citizen(consents=False)
    accepted = accept(city, guest)
    assert (accepted.status_code, accepted.get_json()["state"]) == (200, "accepted")
    assert states(guest) == {"senior": "by_law", "masked_name": "agreed", "masked_phone": "withheld"}
    assert scan(kiosk, guest, "too_curious")["reason"] == "ok", "withheld reads as unknown"
    assert disclosed(guest) == ["masked_name", "senior"]
    guest.agree("probe", "masked_name", "masked_phone")
    scan(kiosk, guest, "too_curious")
    assert disclosed(guest) == ["masked_name", "masked_phone", "senior"]


def test_only_the_notice_in_force_is_accepted(city: City, upgrade: Upgrade, client: FlaskClient) -> None:
    guest = city.citizen(consents=False)
    read = client.get(NOTICE).get_json()["version"]
    upgrade(NAME, CONTACT)
    city.grant("probe", "masked_name", "contact_ref")
    refused = guest.call("PUT", f"{CONSENTS}/notice", json={"version": read})
    assert (refused.status_code, refused.get_json()["detail"]) == (409, operations.NOT_CURRENT.zh)
    assert city.count("citizen_consents") == 0
    for wrong in ("", "1", "1-xyz", "9" * 30):
        answer = guest.call("PUT", f"{CONSENTS}/notice", json={"version": wrong})
        assert answer.status_code == 422, wrong


def test_an_upgrade_that_asks_for_more_waits_for_staff_and_for_the_citizen(
    city: City, kiosk: TestKiosk, upgrade: Upgrade
) -> None:
    citizen = city.citizen()
    upgrade(FARE, NAME, PHONE)
    assert set(states(citizen)) == {"senior", "masked_name"}
    assert citizen.call("PUT", f"{CONSENTS}/probe", json={"scopes": ["masked_phone"]}).status_code == 422
    scan(kiosk, citizen, "too_curious")
    assert disclosed(citizen) == ["masked_name", "senior"]
    with city.app.app_context(), transaction():
        state.enable("probe")
    assert states(citizen)["masked_phone"] == "withheld"
    scan(kiosk, citizen, "too_curious")
    assert disclosed(citizen) == ["masked_name", "senior"]
    citizen.agree("probe", "masked_name", "masked_phone")
    scan(kiosk, citizen, "too_curious")
    assert "masked_phone" in disclosed(citizen)


def test_what_a_new_notice_adds_waits_and_what_was_agreed_stays(
    city: City, kiosk: TestKiosk, upgrade: Upgrade
) -> None:
    citizen = city.citizen()
    with city.app.app_context(), transaction():
        assert publish(Text("新的说明", "A new summary"), Text("全文", "The whole")) == 2
    upgrade(FARE, NAME, ESSENTIAL_CONTACT)
    city.grant("probe", "senior", "masked_name", "contact_ref")
    before = citizen.get(CONSENTS).get_json()["notice"]
    assert (before["state"], before["summary"], before["version"][:2]) == ("changed", "新的说明", "2-")
    assert states(citizen) == {"senior": "by_law", "masked_name": "agreed", "contact_ref": "withheld"}
    assert scan(kiosk, citizen)["reason"] == "consent_missing"
    assert accept(city, citizen).status_code == 200
    assert citizen.get(CONSENTS).get_json()["notice"]["state"] == "accepted"
    assert scan(kiosk, citizen)["reason"] == "ok"


def test_a_missing_essential_field_refuses_before_the_code_is_used(
    city: City, kiosk: TestKiosk, upgrade: Upgrade
) -> None:
    upgrade(ESSENTIAL_CONTACT, NAME, FARE)
    city.grant("probe", "contact_ref", "masked_name", "senior")
    guest = city.citizen(consents=False)
    code = guest.code()
    refused = kiosk.scan(code, "enter").get_json()
    assert (refused["decision"], refused["reason"], refused["granted"]) == ("deny", "consent_missing", {})
    assert "核对手机号" in refused["display"]["lines"][0]
    assert "市民码页面" in refused["display"]["lines"][1]
    assert city.count("probe_entries") == 0
    assert disclosed(guest) == []
    guest.agree("probe", "contact_ref")
    assert kiosk.scan(code, "enter").get_json()["reason"] == "ok", "the same code is still good"
    guest.agree("probe")
    assert scan(kiosk, guest)["reason"] == "consent_missing"


def test_an_essential_field_that_staff_have_not_approved_refuses_nobody(
    city: City, kiosk: TestKiosk, upgrade: Upgrade
) -> None:
    upgrade(ESSENTIAL_CONTACT, NAME, FARE)
    assert scan(kiosk, city.citizen(consents=False))["reason"] == "ok"


def test_a_question_is_not_answered_with_what_was_taken_back_meanwhile(
    city: City, kiosk: TestKiosk, upgrade: Upgrade
) -> None:
    upgrade(ESSENTIAL_CONTACT, NAME, FARE)
    city.grant("probe", "contact_ref", "masked_name", "senior")
    citizen = city.citizen()
    asked = scan(kiosk, citizen, "ask")
    assert asked["decision"] == "needs_input"
    citizen.agree("probe")
    assert kiosk.answer(asked, {"last_four": "1234"}).get_json()["reason"] == "consent_missing"


def test_taking_back_holds_in_other_workers_with_the_next_scan(
    city: City, kiosk: TestKiosk, other_worker: object
) -> None:
    citizen = city.citizen()
    code = citizen.code()
    citizen.agree("probe")
    there = other_worker.test_client()  # type: ignore[attr-defined]
    body = {"scan_id": "01930000-0000-7000-8000-000000000001", "purpose": "enter", "code": code}
    decision = there.post("/api/v1/scans", json=body, headers={"Authorization": f"Bearer {kiosk.token}"})
    assert decision.get_json()["granted"] == {}


def test_what_the_citizen_declined_no_notice_brings_back(city: City, upgrade: Upgrade) -> None:
    upgrade(FARE, NAME, CONTACT)
    city.grant("probe", "senior", "masked_name", "contact_ref")
    picky, gone = city.citizen(consents=False), city.citizen()
    picky.agree("probe", "contact_ref")
    gone.agree("probe")
    for citizen in (picky, gone):
        assert accept(city, citizen).status_code == 200
    assert states(picky) == {"senior": "by_law", "masked_name": "withheld", "contact_ref": "agreed"}
    assert states(gone) == {"senior": "by_law", "masked_name": "withheld", "contact_ref": "withheld"}
    gone.agree("probe", "masked_name")
    assert states(gone)["masked_name"] == "agreed"


def test_taking_the_notice_back_takes_what_came_with_it(city: City, upgrade: Upgrade) -> None:
    upgrade(FARE, NAME, CONTACT)
    city.grant("probe", "senior", "masked_name", "contact_ref")
    named, citizen = city.citizen(), city.citizen()
    named.agree("probe", "contact_ref")
    for one in (named, citizen):
        assert one.call("DELETE", f"{CONSENTS}/notice").status_code == 204
        assert one.get(CONSENTS).get_json()["notice"]["state"] == "not_accepted"
    assert states(citizen) == {"senior": "by_law", "masked_name": "withheld", "contact_ref": "withheld"}
    assert states(named)["contact_ref"] == "agreed"
    accept(city, citizen)
    assert states(citizen)["contact_ref"] == "agreed"


def test_the_same_again_changes_nothing_and_writes_nothing(city: City) -> None:
    citizen = city.citizen()
    accept(city, citizen)
    citizen.agree("probe", "masked_name")
    before = city.count("consent_events")
    since = standing(citizen)["scopes"][1]["since"]
    citizen.agree("probe", "masked_name")
    accept(city, citizen)
    assert city.count("consent_events") == before
    assert standing(citizen)["scopes"][1]["since"] == since
    for _ in range(2):
        citizen.agree("probe")
        assert citizen.call("DELETE", f"{CONSENTS}/notice").status_code == 204
    assert city.count("consent_events") == before + 2


@pytest.mark.parametrize("scopes", [[], ["id_number"], ["senior"], ["contact_ref"], "masked_name"])
def test_only_what_the_service_asks_for_can_be_agreed_to(city: City, scopes: object) -> None:
    citizen = city.citizen(consents=False)
    answer = citizen.call("PUT", f"{CONSENTS}/probe", json={"scopes": scopes})
    assert answer.status_code == 422, answer.text
    assert city.count("citizen_consents") == city.count("consent_events") == 0


def test_a_service_that_is_off_is_asked_nothing_and_can_be_left(city: City) -> None:
    citizen, other = city.citizen(), city.citizen(consents=False)
    with city.app.app_context(), transaction():
        state.disable("probe")
    assert citizen.call("PUT", f"{CONSENTS}/probe", json={"scopes": ["masked_name"]}).status_code == 404
    assert other.call("DELETE", f"{CONSENTS}/probe").status_code == 404
    assert other.call("DELETE", f"{CONSENTS}/nowhere").status_code == 404
    left = standing(citizen)["scopes"]
    assert [(f["name"], f["reason"]) for f in left] == [("masked_name", "此服务目前不使用这项信息。")]
    citizen.agree("probe")
    assert citizen.get(CONSENTS).get_json()["items"] == []


def test_anyone_may_read_what_each_service_sees_and_why(city: City, client: FlaskClient) -> None:
    english = {"Accept-Language": "en"}
    notice = client.get(NOTICE, headers=english).get_json()
    entry = client.get("/api/v1/services", headers=english).get_json()["items"]
    (asking,) = [one for one in notice["items"] if one["service"] == "probe"]
    (listed,) = [one for one in entry if one["id"] == "probe"]
    assert asking["scopes"] == listed["scopes"]
    assert listed["scopes"][0] == {
        "name": "senior",
        "title": "Whether you are a senior (60 or over)",
        "reason": "To rate",
        "basis": "legal_duty",
        "law": "Rules of trial, art. 1",
        "essential": False,
        "sensitive": False,
    }
    assert notice["version"].startswith("1-")
    assert "宿迁" in client.get(NOTICE).get_json()["text"]


def test_a_service_that_leaves_for_good_takes_its_consents_with_it(city: City) -> None:
    city.citizen()
    left = city.app.test_cli_runner().invoke(args=["services", "retire", "probe", "--erase", "--yes"])
    assert left.exit_code == 0, left.output
    with city.app.app_context():
        lineages.upgrade(db.engine, current_registry())  # its tables, for the tests after this one
    assert city.count("citizen_consents") == 0
    assert city.count("consent_events", "service = 'probe'") == 1
