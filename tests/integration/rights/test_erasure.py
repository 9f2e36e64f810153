"""An erasure: what stands against it is said, nothing of the person is found, and the books agree."""

from __future__ import annotations

from collections.abc import Callable

import time_machine
from sqlalchemy import select

from citizen_app.citizens.acting import ActingKind
from citizen_app.citizens.models import Citizen, RevokedSession
from citizen_app.citizens.registration import registered_citizen
from citizen_app.delegations.models import Delegation
from citizen_app.ids import new_id
from citizen_app.payments import proving, purses, transfers
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City, TestCitizen
from tests.integration.delegations.conftest import delegate, person
from tests.integration.rights.conftest import ME, Resident, erase, forget_all, places_of

Settle = Callable[[TestCitizen], None]


def test_nothing_of_the_person_is_found_afterwards(
    city: City, resident: Resident, settle: Settle, time_travel: time_machine.Traveller
) -> None:
    resident.copy()
    settle(resident.citizen)
    needles = resident.needles()
    before = places_of(city, needles)
    assert {"citizens.phone", "citizens.name", "citizen_documents.number", "citizen_emails.address"} <= before
    assert {"bus_boardings.citizen_ref", "citizen_refs.citizen_ref"} <= before
    gone = erase(resident)
    assert gone.status_code == 202, gone.text
    assert gone.get_json()["stays"]
    forget_all(city, time_travel)
    assert places_of(city, needles) == set()
    core_id = {resident.citizen.id}
    assert places_of(city, core_id) <= {"audit_events.target_id", "audit_events.details"}
    assert city.count("rights_requests", "kind = 'erasure' AND state = 'done' AND citizen_id IS NULL") == 1
    assert city.count("rights_steps", "known_sealed IS NOT NULL") == 0
    assert city.count("stored_files") == 0


def test_the_log_and_the_ledger_stay_and_agree(
    city: City, resident: Resident, settle: Settle, time_travel: time_machine.Traveller
) -> None:
    settle(resident.citizen)
    events, postings = city.count("usage_events"), city.count("payment_postings")
    erase(resident)
    forget_all(city, time_travel)
    assert (city.count("usage_events"), city.count("payment_postings")) == (events, postings)
    assert city.count("usage_looks") == 1
    with city.app.app_context(), transaction(reading=True):
        proof = proving.prove()
    assert proof.holds
    assert sum(proof.balances.values()) == 0
    assert city.count("payment_purses", "citizen_id IS NULL") == 1


def test_sessions_and_codes_are_void_at_once_and_the_phone_is_free(
    city: City, resident: Resident, settle: Settle
) -> None:
    settle(resident.citizen)
    code, elsewhere = resident.citizen.code(), city.second_sign_in(resident.citizen)
    erase(resident)
    assert resident.ask("GET", "").status_code == 401
    with city.app.app_context(), transaction(reading=True):
        assert db.session.get(RevokedSession, elsewhere) is not None
    kiosk = resident.kiosks["bus"]
    decision = kiosk.scan(code, kiosk.purposes[0], context=kiosk.context).get_json()
    assert decision["decision"] == "deny"
    with city.app.app_context(), transaction():
        anew = registered_citizen(resident.citizen.phone)
        assert anew.id != resident.citizen.id
        assert (anew.name, anew.assurance_level) == (None, 1)
        again = city.present(anew, resident.citizen.phone)
    assert again.usage() == []


def test_the_other_side_of_a_delegation_is_told(city: City, resident: Resident, settle: Settle) -> None:
    settle(resident.citizen)
    erase(resident)
    told = resident.carer.get(f"{ME}/notices").get_json()["items"]
    assert [one["notice"] for one in told][:1] == ["delegation_ended"]
    with city.app.app_context(), transaction(reading=True):
        mine = (Delegation.ward_id == resident.citizen.id) | (Delegation.agent_id == resident.citizen.id)
        assert db.session.scalars(select(Delegation).where(mine)).all() == []


def test_it_is_confirmed_first(resident: Resident, settle: Settle) -> None:
    settle(resident.citizen)
    asked = resident.ask("DELETE", "")
    assert (asked.status_code, asked.get_json()["next_step"]) == (409, "/api/v1/me/erasure")
    said = resident.ask("GET", "/erasure").get_json()
    assert (said["against"], len(said["stays"])) == ([], 5)
    assert resident.ask("GET", "").status_code == 200


def test_money_stands_against_it(city: City, resident: Resident, settle: Settle) -> None:
    settle(resident.citizen)
    citizen_id = resident.citizen.id
    with city.app.app_context(), transaction():
        purse = purses.opened(citizen_id)
        transfers.receive(purse.id, 900, provider="simulated", key=new_id())
    refused = erase(resident)
    assert refused.status_code == 409
    (reason,) = refused.get_json()["against"]
    assert (reason["id"], reason["next_step"]) == ("purse", "/mine/purse")
    assert "钱包里还有余额" in reason["words"]
    assert resident.ask("GET", "").status_code == 200


def test_a_pay_out_under_way_stands_against_it(city: City, resident: Resident, settle: Settle) -> None:
    settle(resident.citizen)
    with city.app.app_context(), transaction():
        purse = purses.opened(resident.citizen.id)
        transfers.receive(purse.id, 900, provider="simulated", key=new_id())
    closed = resident.ask("POST", "/purse/close", json={"closing_id": new_id()})
    assert closed.status_code == 200, closed.text
    refused = erase(resident)
    assert [one["id"] for one in refused.get_json()["against"]] == ["payment_under_way"]


def test_who_alone_looks_after_somebody_cannot_leave(city: City) -> None:
    mother, father, child = person(city), person(city, name="周强"), person(city, 9, "周小宝", phone=False)
    acting = city.acting(mother, child, "guardian")
    refused = mother.call("DELETE", f"{ME}?confirm=true")
    assert [one["id"] for one in refused.get_json()["against"]] == ["only_guardian"]
    delegate(city, father, child, ActingKind.GUARDIAN)
    assert mother.get(f"{ME}/erasure").get_json()["against"] == []
    gone = acting.call("DELETE", f"{ME}?confirm=true")
    assert gone.status_code == 202, gone.text
    with city.app.app_context(), transaction(reading=True):
        assert db.session.get(Citizen, child.id) is None
    assert mother.get(ME).status_code == 200
    assert [one["notice"] for one in father.get(f"{ME}/notices").get_json()["items"]][:1] == [
        "delegation_ended"
    ]


def test_others_keep_what_is_theirs(
    city: City, resident: Resident, settle: Settle, time_travel: time_machine.Traveller
) -> None:
    other = city.citizen("司马相如")
    kiosk = resident.kiosks["bus"]
    kiosk.scan(other.code(), kiosk.purposes[0], context=kiosk.context)
    settle(resident.citizen)
    erase(resident)
    forget_all(city, time_travel)
    assert city.count("bus_boardings") == 1
    assert len(other.usage()) == 1


def test_the_audit_log_does_not_name_the_person(city: City, resident: Resident, settle: Settle) -> None:
    settle(resident.citizen)
    erase(resident)
    where = "action = 'rights.erase' AND actor_kind = 'citizen' AND actor_id IS NULL AND target_kind = 'rights_request'"
    assert city.count("audit_events", where) == 1
