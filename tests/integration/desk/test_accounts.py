"""Accounts that a desk opens, stops and lets go on; phones that move; deaths, also those that were none."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from citizen_app.audit.models import AuditEvent
from citizen_app.citizens.documents import Source, owner_of_document, proof_of
from citizen_app.citizens.models import Citizen
from citizen_app.citizens.operations import set_real_name
from citizen_app.citizens.traits import AssuranceLevel
from citizen_app.desk.models import DeathReport
from citizen_app.identity.documents import Document, DocumentKind
from citizen_app.ids import new_id
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City, TestCitizen
from citizen_app.toolkit.testing.races import run_concurrently
from tests.integration.desk.conftest import BORN, CITIZENS, NAME, REASON, Clerk, fresh_number

Hire = Callable[..., Clerk]
DEATH = {"proof": "cremation_certificate", "reference": "2026-00417"}


def opening(number: str, name: str = NAME, seen: bool = True) -> dict[str, Any]:
    return {"name": name, "id_number": number, "document_seen": seen, "reason": REASON}


def name_of(city: City, number: str) -> str | None:
    with city.app.app_context(), transaction(reading=True):
        index = proof_of(Document(DocumentKind.RESIDENT_ID, number, BORN), Source.DESK).index
        return db.session.get_one(Citizen, owner_of_document(index)).name


def real_named(city: City, number: str) -> TestCitizen:
    citizen = city.citizen(NAME)
    with city.app.app_context(), transaction():
        proof = proof_of(Document(DocumentKind.RESIDENT_ID, number, BORN), Source.LOCAL)
        set_real_name(citizen.id, NAME, proof)
    return citizen


def here(city: City, clerk: Clerk, citizen: TestCitizen) -> str:
    """The id of a citizen who stands at the counter and has shown their code."""
    found = clerk.find(phone=citizen.phone)
    body = {"method": "code", "code": citizen.code()}
    answer = clerk.post(f"{CITIZENS}/{found}/presence", body)
    assert answer.status_code == 200, answer.text
    return found


def test_who_comes_with_a_document_gets_an_account_of_level_3(city: City, clerk: Clerk) -> None:
    number = fresh_number()
    answer = clerk.post(CITIZENS, opening(number))
    assert answer.status_code == 201, answer.text
    made = answer.get_json()
    assert (made["opened"], made["masked_phone"], made["assurance_level"]) == (True, None, 3)
    assert number not in answer.text
    assert name_of(city, number) == NAME
    again = clerk.post(CITIZENS, opening(number))
    assert (again.status_code, again.get_json()["opened"]) == (200, False)
    assert clerk.get(f"{CITIZENS}/{clerk.find(id_number=number)}").status_code == 200
    assert city.count("citizens") == 1


def test_where_no_document_was_seen_the_register_decides(city: City, clerk: Clerk, enrol: Any) -> None:
    number = fresh_number()
    refused = clerk.post(CITIZENS, opening(number, seen=False))
    assert (refused.status_code, refused.get_json()["type"]) == (409, "/problems/identity-not-confirmed")
    assert city.count("citizens") == 0
    enrol(number=number)
    made = clerk.post(CITIZENS, opening(number, seen=False))
    assert (made.status_code, made.get_json()["assurance_level"]) == (201, 2)


def test_a_document_with_an_account_shows_it_to_the_clerk_and_the_citizen_sees_that(
    city: City, clerk: Clerk
) -> None:
    number = fresh_number()
    citizen = real_named(city, number)
    answer = clerk.post(CITIZENS, opening(number))
    assert (answer.status_code, answer.get_json()["assurance_level"]) == (200, 3)
    assert citizen.get("/api/v1/me/looks").get_json()["items"][0]["reason"] == REASON
    other = clerk.post(CITIZENS, opening(number, name="李四"))
    assert other.get_json()["masked_name"] == "张*明", "the name of an account does not change by that"


def test_no_stranger_is_told_of_an_account_that_a_desk_opened(
    city: City, clerk: Clerk, nobody: Any, enrol: Any
) -> None:
    number = fresh_number()
    clerk.post(CITIZENS, opening(number))
    stranger = nobody().call("POST", "/api/v1/me/real-name", json={"name": "李四", "id_number": number})
    free = nobody().call("POST", "/api/v1/me/real-name", json={"name": "李四", "id_number": fresh_number()})
    assert stranger.status_code == free.status_code == 409
    drop = {"request_id"}
    assert {k: v for k, v in stranger.get_json().items() if k not in drop} == {
        k: v for k, v in free.get_json().items() if k not in drop
    }


def test_two_desks_at_once_open_one_account(city: City, hire_clerk: Hire) -> None:
    number, clerks = fresh_number(), [hire_clerk() for _ in range(4)]
    ask = [partial(one.post, CITIZENS, opening(number)) for one in clerks]
    assert sorted(answer.status_code for answer in run_concurrently(ask)) == [200, 200, 200, 201]
    assert city.count("citizens") == city.count("citizen_documents") == 1


def test_control_looking_before_opening_makes_several(city: City) -> None:
    number, all_have_looked = fresh_number(), threading.Barrier(4)
    proof = proof_of(Document(DocumentKind.RESIDENT_ID, number, BORN), Source.DESK)

    def look_then_open() -> bool:
        with city.app.app_context():
            with transaction(reading=True):
                free = owner_of_document(proof.index) is None
            all_have_looked.wait(20)
            with transaction():
                if free:
                    db.session.add(Citizen(id=new_id(), name=NAME))
        return free

    assert run_concurrently([look_then_open] * 4) == [True] * 4
    assert city.count("citizens") == 4


@pytest.mark.parametrize("role", ["hotline_clerk", "system_admin", "security_admin", "auditor"])
def test_only_a_desk_serves(city: City, clerk: Clerk, hire_clerk: Hire, role: str) -> None:
    other = hire_clerk(role)
    assert other.post(CITIZENS, opening(fresh_number())).status_code == 403
    for act in ("presence", "acting", "phone", "death", "unfreeze"):
        assert other.post(f"{CITIZENS}/{new_id()}/{act}").status_code == 403


def test_a_stolen_phone_is_stopped_by_the_hotline_and_goes_on_at_a_desk(
    city: City, clerk: Clerk, hire_clerk: Hire
) -> None:
    citizen, hotline, kiosk = city.citizen(), hire_clerk("hotline_clerk"), city.kiosk("pass")
    found = hotline.find(phone=citizen.phone)
    stopped = hotline.post(f"{CITIZENS}/{found}/freeze")
    assert stopped.get_json()["state"] == "suspended"
    assert kiosk.scan(citizen.code(), "enter").get_json()["reason"] == "suspended"
    assert citizen.get("/api/v1/me").status_code == 401
    assert hotline.post(f"{CITIZENS}/{found}/unfreeze").status_code == 403
    mine = clerk.find(phone=citizen.phone)
    required = clerk.post(f"{CITIZENS}/{mine}/unfreeze")
    assert (required.status_code, required.get_json()["type"]) == (403, "/problems/presence-required")
    mine = here(city, clerk, citizen)
    assert clerk.post(f"{CITIZENS}/{mine}/unfreeze").get_json()["state"] == "active"
    assert kiosk.scan(citizen.code(), "enter").get_json()["reason"] != "suspended"
    assert city.count("outbox_messages", "kind = 'notice.sms'") == 2, "told both times"
    with city.app.app_context(), transaction():
        again = city.present(db.session.get_one(Citizen, citizen.id), citizen.phone)
    seen = again.get("/api/v1/me/looks").get_json()["items"]
    assert len(seen) == 5, "three searches, and two acts, which are reads as well"


def test_a_phone_moves_to_the_account_and_leaves_the_one_it_was_with(
    city: City, clerk: Clerk, newest_otp: Any
) -> None:
    """One person with two phones: the account with the name gets the number, the other keeps what it has."""
    keeps, gives = city.citizen(NAME), city.citizen("", level=AssuranceLevel.PHONE)
    found, phone = here(city, clerk, keeps), gives.phone
    assert clerk.post(f"{CITIZENS}/{found}/phone", {"phone": phone}).status_code == 202
    right = newest_otp()
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    assert clerk.post(f"{CITIZENS}/{found}/phone/confirmation", {"otp": wrong}).status_code == 409
    moved = clerk.post(f"{CITIZENS}/{found}/phone/confirmation", {"otp": right})
    assert moved.get_json()["masked_phone"].endswith(phone[-4:])
    assert clerk.post(f"{CITIZENS}/{found}/phone/confirmation", {"otp": right}).status_code == 409
    with city.app.app_context(), transaction(reading=True):
        assert db.session.get_one(Citizen, keeps.id).phone == phone
        assert db.session.get_one(Citizen, gives.id).phone_index is None
    assert keeps.get("/api/v1/me").status_code == gives.get("/api/v1/me").status_code == 401
    assert city.count("citizens") == 2


def test_three_wrong_otps_and_the_phone_is_asked_anew(city: City, clerk: Clerk, newest_otp: Any) -> None:
    found = here(city, clerk, city.citizen())
    assert clerk.post(f"{CITIZENS}/{found}/phone/confirmation", {"otp": "000000"}).status_code == 409
    clerk.post(f"{CITIZENS}/{found}/phone", {"phone": "13911112222"})
    right = newest_otp()
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    for _ in range(3):
        assert clerk.post(f"{CITIZENS}/{found}/phone/confirmation", {"otp": wrong}).status_code == 409
    assert clerk.post(f"{CITIZENS}/{found}/phone/confirmation", {"otp": right}).status_code == 409
    clerk.post(f"{CITIZENS}/{found}/phone", {"phone": "13911112222"})
    assert clerk.post(f"{CITIZENS}/{found}/phone/confirmation", {"otp": newest_otp()}).status_code == 200


def test_a_phone_does_not_move_without_its_person(city: City, clerk: Clerk) -> None:
    found = clerk.find(phone=city.citizen().phone)
    for path, body in (("phone", {"phone": "13911112222"}), ("phone/confirmation", {"otp": "000000"})):
        assert clerk.post(f"{CITIZENS}/{found}/{path}", body).status_code == 403


def test_an_otp_of_the_counter_signs_nobody_in(city: City, clerk: Clerk, newest_otp: Any) -> None:
    found = clerk.find(phone=city.citizen().phone)
    clerk.post(f"{CITIZENS}/{found}/presence", {"method": "phone"})
    assert city.count("otp_challenges") == 0
    body = {"challenge_id": found, "otp": newest_otp()}
    assert city.client.post("/api/v1/auth/tokens", json=body).status_code == 401


def test_a_death_is_entered_and_taken_back_by_another_clerk(city: City, clerk: Clerk, second: Clerk) -> None:
    citizen, kiosk = city.citizen(), city.kiosk("pass")
    kiosk.scan(citizen.code(), "enter")
    found, phone = clerk.find(phone=citizen.phone), citizen.phone
    other = second.find(phone=phone)
    for _ in range(2):
        dead = clerk.post(f"{CITIZENS}/{found}/death", DEATH).get_json()
        assert (dead["state"], dead["masked_phone"]) == ("deceased", None)
    assert city.count("death_reports") == 1
    assert citizen.get("/api/v1/me").status_code == 401
    assert kiosk.scan(citizen.code(), "enter").get_json()["reason"] == "suspended"
    with city.app.app_context(), transaction(reading=True):
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "citizens.death")).one()
        assert event.details["services"] == ["pass"]
        assert DEATH["reference"] not in str(event.details)
        assert db.session.scalars(select(DeathReport)).one().reference == DEATH["reference"]
    assert clerk.post(f"{CITIZENS}/{found}/freeze").status_code == 409
    assert clerk.post(f"{CITIZENS}/{found}/death/correction").status_code == 403
    alive = second.post(f"{CITIZENS}/{other}/death/correction").get_json()
    assert (alive["state"], alive["masked_phone"][-4:]) == ("active", phone[-4:])
    assert second.post(f"{CITIZENS}/{other}/death/correction").status_code == 200
    assert kiosk.scan(citizen.code(), "enter").get_json()["reason"] != "suspended"


def test_the_phone_of_the_dead_is_free_and_stays_with_who_has_it(
    city: City, clerk: Clerk, second: Clerk, sign_in: Any
) -> None:
    citizen = city.citizen()
    found, other = clerk.find(phone=citizen.phone), second.find(phone=citizen.phone)
    clerk.post(f"{CITIZENS}/{found}/death", DEATH)
    sign_in(citizen.phone)
    assert city.count("citizens") == 2
    alive = second.post(f"{CITIZENS}/{other}/death/correction").get_json()
    assert (alive["state"], alive["masked_phone"]) == ("active", None)


@pytest.mark.parametrize("body", [{}, {"proof": "hearsay", "reference": "1"}, {**DEATH, "reference": " "}])
def test_a_death_needs_a_proof(city: City, clerk: Clerk, body: dict[str, str]) -> None:
    found = clerk.find(phone=city.citizen().phone)
    assert clerk.post(f"{CITIZENS}/{found}/death", body).status_code == 422
