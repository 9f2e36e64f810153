"""A guardian opens an account for a child; the child grows up."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from citizen_app import clock
from citizen_app.citizens.acting import ActingKind
from citizen_app.citizens.documents import document_index
from citizen_app.citizens.traits import AssuranceLevel
from citizen_app.delegations import sweeps
from citizen_app.delegations.ages import birthday, comes_of_age, is_minor
from citizen_app.delegations.models import Delegation
from citizen_app.demo.people import invented_number
from citizen_app.extensions import limiter
from citizen_app.identity.documents import DocumentKind, read_document
from citizen_app.identity.importing import Listed, store_people
from citizen_app.sheets.report import Report
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City, TestCitizen
from tests.integration.delegations.conftest import PATH, delegate, person, token_of, with_token, years_ago

WARDS = "/api/v1/me/wards"
CHILD = "周小宇"


@pytest.fixture(autouse=True)
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limiter, "enabled", False)


@pytest.fixture
def known(city: City) -> Callable[..., str]:
    """Somebody whom the register knows: the number."""

    def add(born: date | None = None, name: str = CHILD, sequence: int = 7) -> str:
        number = invented_number(born or years_ago(8, 10), sequence)
        with city.app.app_context(), transaction():
            document = read_document(DocumentKind.RESIDENT_ID, number, clock.now().date())
            store_people([Listed(document_index(document.kind, document.number), name, None)], Report())
        return number

    return add


def opens(guardian: TestCitizen, number: str, name: str = CHILD) -> Any:
    return guardian.call("POST", WARDS, json={"name": name, "id_number": number})


def test_a_childs_account_is_opened_and_the_guardian_acts(
    city: City, daughter: TestCitizen, known: Callable[..., str]
) -> None:
    number = known()
    opened = opens(daughter, number)
    assert opened.status_code == 201, opened.text
    made = opened.get_json()
    assert (made["kind"], made["role"], made["state"], made["proof"]) == (
        "guardian",
        "agent",
        "active",
        "register",
    )
    assert made["masked_name"] == "周*宇"
    token = token_of(daughter, made["id"])
    assert with_token(city, token, "GET", "/api/v1/me/code").get_json()["kind"] == "delegate"
    again = opens(daughter, number)
    assert (again.status_code, again.get_json()["id"]) == (201, made["id"])
    assert city.count("citizens", "phone_index IS NULL") == 1


def test_a_child_who_has_an_account_is_not_told_from_one_whom_nobody_knows(
    city: City, daughter: TestCitizen, known: Callable[..., str]
) -> None:
    number = known()
    assert opens(daughter, number).status_code == 201
    other = person(city)
    taken, unknown = opens(other, number), opens(other, invented_number(years_ago(9), 9))
    wrong_name = opens(other, number, "王小宇")
    assert taken.status_code == unknown.status_code == wrong_name.status_code == 409
    strip = {"request_id"}
    bodies = [
        {k: v for k, v in one.get_json().items() if k not in strip} for one in (taken, unknown, wrong_name)
    ]
    assert bodies[0] == bodies[1] == bodies[2]
    assert "户口簿" in bodies[0]["detail"]


def test_who_may_and_for_whom(city: City, daughter: TestCitizen, known: Callable[..., str]) -> None:
    adult = opens(daughter, known(years_ago(18), sequence=11))
    assert (adult.status_code, adult.get_json()["errors"][0]["pointer"]) == (422, "/id_number")
    assert opens(daughter, "329901201801011234").status_code == 422
    assert opens(daughter, "E12345678").status_code == 422
    nameless = city.citizen(level=AssuranceLevel.PHONE)
    assert opens(nameless, known()).status_code == 403
    with time_machine.travel(clock.now() + timedelta(seconds=301)):
        assert opens(daughter, known()).status_code == 401


def test_few_tries(city: City, daughter: TestCitizen) -> None:
    found = [opens(daughter, invented_number(years_ago(9), n)).status_code for n in range(1, 7)]
    assert found == [409] * 5 + [429]


def test_two_guardians_at_once_open_one_account(city: City, known: Callable[..., str]) -> None:
    number, guardians = known(), [person(city) for _ in range(4)]
    with ThreadPoolExecutor(len(guardians)) as pool:
        statuses = sorted(pool.map(lambda one: opens(one, number).status_code, guardians))
    assert statuses == [201, 409, 409, 409]
    assert city.count("citizens", "phone_index IS NULL") == 1


def test_one_guardian_twice_at_once_has_one_answer(
    city: City, daughter: TestCitizen, known: Callable[..., str]
) -> None:
    number = known()
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: opens(daughter, number), range(4)))
    assert {one.status_code for one in answers} == {201}
    assert len({one.get_json()["id"] for one in answers}) == 1


def test_coming_of_age_is_written_down_and_told_to_both(city: City, daughter: TestCitizen) -> None:
    child = person(city, born=years_ago(18, -3))
    minor = delegate(city, daughter, child, ActingKind.GUARDIAN)
    child.call("POST", f"{PATH}/{minor}/acceptance")
    carer = delegate(city, daughter, person(city, 80))
    younger = delegate(city, daughter, person(city, 9), ActingKind.GUARDIAN)
    messages = city.count("outbox_messages")
    with time_machine.travel(clock.now() + timedelta(days=4)), city.app.app_context():
        sweeps.end_what_time_has_ended()
        sweeps.end_what_time_has_ended()
    with city.app.app_context(), transaction(reading=True):
        found = {one.id: (one.state, one.ended_why) for one in db.session.scalars(select(Delegation))}
    assert found == {minor: ("ended", "of_age"), carer: ("active", None), younger: ("active", None)}
    assert city.count("outbox_messages") == messages + 2
    ended = child.get(f"{PATH}/{minor}").get_json()
    assert (ended["state"], ended["ended_by"], ended["ended_why"]) == ("ended", "city", "of_age")


def test_what_expires_is_written_down(city: City, daughter: TestCitizen, elder: TestCitizen) -> None:
    moment = clock.now()
    timed = delegate(city, daughter, elder, valid_to=moment + timedelta(hours=1))
    asked = elder.call("POST", PATH, json={"role": "ward", "kind": "carer", "phone": "13911110009"})
    with time_machine.travel(moment + timedelta(hours=2)), city.app.app_context():
        sweeps.end_what_time_has_ended()
        with transaction(reading=True):
            assert db.session.get_one(Delegation, timed).ended_why == "expired"
            assert db.session.get_one(Delegation, asked.get_json()["id"]).state == "invited"


def test_slices_reach_everybody(city: City, daughter: TestCitizen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeps, "SLICE", 2)
    moment = clock.now()
    for _ in range(5):
        delegate(city, daughter, person(city, 70), valid_to=moment + timedelta(hours=1))
    with time_machine.travel(moment + timedelta(hours=2)), city.app.app_context():
        sweeps.end_what_time_has_ended()
    assert city.count("delegations", "state = 'ended'") == 5


def test_birthdays(app: Any) -> None:
    assert birthday(date(2008, 2, 29), 18) == date(2026, 3, 1)
    assert birthday(date(2008, 2, 29), 16) == date(2024, 2, 29)
    with app.app_context():
        first = comes_of_age("2008-11-28")
        assert first.isoformat() == "2026-11-28T00:00:00+08:00"
        assert is_minor("2008-11-28", first - timedelta(seconds=1))
        assert not is_minor("2008-11-28", first)
        assert not is_minor(None, first)
