"""An account without a phone, in its owner's hands: by phone and document, or at a desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from citizen_app.citizens.documents import Source, proof_of
from citizen_app.citizens.models import Citizen
from citizen_app.citizens.operations import suspend_citizen
from citizen_app.citizens.phones import take_phone_away
from citizen_app.citizens.registration import create_citizen
from citizen_app.citizens.tokens import read_access_token
from citizen_app.citizens.traits import AssuranceLevel
from citizen_app.demo.people import invented_number
from citizen_app.identity.documents import Document, DocumentKind
from citizen_app.storage.locking import lock_row
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City, TestCitizen
from citizen_app.toolkit.testing.races import run_concurrently
from tests.integration.desk.conftest import BORN, CITIZENS, NAME, Clerk, fresh_number

REAL_NAME = "/api/v1/me/real-name"
Nobody = Callable[[], TestCitizen]


def phoneless(city: City, number: str, born: date = BORN) -> str:
    """An account of level 3 that a desk has opened."""
    proof = proof_of(Document(DocumentKind.RESIDENT_ID, number, born), Source.DESK, AssuranceLevel.IN_PERSON)
    with city.app.app_context(), transaction():
        return create_citizen(None, name=NAME, document=proof).id


def prove(citizen: TestCitizen, number: str, name: str = NAME) -> Any:
    return citizen.call("POST", REAL_NAME, json={"name": name, "id_number": number})


def test_the_owner_takes_it_over_with_phone_and_document(city: City, nobody: Nobody, enrol: Any) -> None:
    number = fresh_number()
    owner, newcomer = phoneless(city, number), nobody()
    enrol(number=number)
    answer = prove(newcomer, number)
    assert answer.status_code == 200, answer.text
    proved = answer.get_json()
    assert (proved["assurance_level"], len(proved["documents"])) == (2, 1), "what they proved, not 3"
    with city.app.app_context(), transaction(reading=True):
        assert read_access_token(proved["access_token"]).citizen_id == owner
        assert db.session.get_one(Citizen, owner).phone == newcomer.phone
        left = db.session.get_one(Citizen, newcomer.id)
        assert (left.phone_index, left.name) == (None, None)
    headers = {"Authorization": f"Bearer {proved['access_token']}"}
    me = city.client.get("/api/v1/me", headers=headers).get_json()
    assert (me["masked_name"], me["masked_phone"][-4:]) == ("张*明", newcomer.phone[-4:])
    assert city.count("citizens") == 2
    assert city.count("citizen_documents") == 1


def test_the_session_goes_on_in_the_account_that_was_taken_over(city: City, enrol: Any, sign_in: Any) -> None:
    number = fresh_number()
    owner = phoneless(city, number)
    enrol(number=number)
    tokens, other_device = sign_in("13911112222"), sign_in("13911112222")
    headers = {"Authorization": f"Bearer {tokens.access_token}"}
    body = {"name": NAME, "id_number": number}
    assert city.client.post(REAL_NAME, json=body, headers=headers).status_code == 200
    renewed = city.client.post("/api/v1/auth/tokens", json={"refresh_token": tokens.refresh_token})
    with city.app.app_context():
        assert read_access_token(renewed.get_json()["access_token"]).citizen_id == owner
    ended = city.client.post("/api/v1/auth/tokens", json={"refresh_token": other_device.refresh_token})
    assert ended.status_code == 401


@pytest.mark.parametrize("why", ["another name", "a phone", "rests", "a child", "has a document"])
def test_of_no_other_account_anything_is_told(city: City, nobody: Nobody, enrol: Any, why: str) -> None:
    born = date(2020, 5, 5) if why == "a child" else BORN
    number = invented_number(born, 333)
    owner, newcomer = phoneless(city, number, born), nobody()
    enrol(name="李四" if why == "another name" else NAME, number=number)
    with city.app.app_context(), transaction():
        if why == "rests":
            suspend_citizen(owner)
        if why == "a phone":
            db.session.get_one(Citizen, owner).phone_index = b"x" * 32
    if why == "has a document":
        mine = invented_number(BORN, 334)
        enrol(number=mine)
        assert prove(newcomer, mine).status_code == 200
    name = "李四" if why == "another name" else NAME
    refused, unknown = prove(newcomer, number, name), prove(nobody(), fresh_number())
    assert refused.status_code == unknown.status_code == 409
    for answer in (refused, unknown):
        assert answer.get_json()["type"] == "/problems/identity-not-confirmed"
    assert refused.get_json()["detail"] == unknown.get_json()["detail"]
    with city.app.app_context(), transaction(reading=True):
        assert db.session.get_one(Citizen, newcomer.id).phone == newcomer.phone


def test_whose_number_passed_on_comes_back_with_another(city: City, nobody: Nobody, enrol: Any) -> None:
    number = fresh_number()
    enrol(number=number)
    before = nobody()
    assert prove(before, number).status_code == 200
    with city.app.app_context(), transaction():
        citizen = lock_row(Citizen, before.id)
        assert citizen is not None
        take_phone_away(citizen)
    newcomer = nobody()
    answer = prove(newcomer, number)
    assert answer.status_code == 200
    with city.app.app_context():
        assert read_access_token(answer.get_json()["access_token"]).citizen_id == before.id


def test_of_two_who_take_it_over_at_once_one_has_it(city: City, nobody: Nobody, enrol: Any) -> None:
    number = fresh_number()
    owner = phoneless(city, number)
    enrol(number=number)
    people = [nobody() for _ in range(3)]
    tokens = [{"Authorization": f"Bearer {one.access_token}"} for one in people]
    body = {"name": NAME, "id_number": number}

    def ask(headers: dict[str, str]) -> int:
        return city.app.test_client().post(REAL_NAME, json=body, headers=headers).status_code

    assert sorted(run_concurrently([partial(ask, one) for one in tokens])) == [200, 409, 409]
    with city.app.app_context(), transaction(reading=True):
        phones = [one.phone for one in db.session.scalars(select(Citizen)) if one.phone is not None]
        assert len(phones) == len(set(phones)) == 3
        assert db.session.get_one(Citizen, owner).phone in {one.phone for one in people}


def test_at_a_desk_two_clerks_see_the_document_and_the_phone_is_given(
    city: City, clerk: Clerk, second: Clerk, newest_otp: Any
) -> None:
    number = fresh_number()
    owner = phoneless(city, number)
    found, other = clerk.find(id_number=number), second.find(id_number=number)
    assert clerk.post(f"{CITIZENS}/{found}/presence", {"method": "phone"}).status_code == 409
    clerk.post(f"{CITIZENS}/{found}/presence", {"method": "document", "id_number": number})
    second.post(f"{CITIZENS}/{other}/presence/confirmation", {"id_number": number})
    clerk.post(f"{CITIZENS}/{found}/phone", {"phone": "13911112222"})
    given = clerk.post(f"{CITIZENS}/{found}/phone/confirmation", {"otp": newest_otp()}).get_json()
    assert (given["masked_phone"], given["assurance_level"]) == ("139****2222", 3)
    with city.app.app_context(), transaction(reading=True):
        assert db.session.get_one(Citizen, owner).phone == "+8613911112222"
