"""Threat "enumeration": whoever asks about a phone, a name or a document learns from neither the answer nor
the time whether there is such an account (ASVS V6.3.8). Ids cannot be walked through.

Known and unknown are asked in turn, so that a busy machine slows both.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import cache
from itertools import count, cycle
from typing import Any

import pytest
from argon2 import PasswordHasher

from citizen_app.citizens.documents import Source, proof_of
from citizen_app.citizens.operations import set_real_name
from citizen_app.citizens.traits import AssuranceLevel
from citizen_app.demo.people import invented_number
from citizen_app.extensions import limiter
from citizen_app.factory import CitizenFlask
from citizen_app.identity.documents import Document, DocumentKind
from citizen_app.identity.importing import Listed, store_people
from citizen_app.identity.tries import MOST_TRIES
from citizen_app.ids import new_id
from citizen_app.sheets.report import Report
from citizen_app.staff import passwords
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City
from tests.drills.sizes import TIMED, TIMED_APART, TIMED_HASHES, TIMED_PROOFS
from tests.integration.desk.conftest import BORN, NAME
from tests.integration.staff import people
from tests.integration.staff.people import hire

Ask = Callable[[], Any]
PHONES = 25
"""A phone is asked for several times; as many known ones as unknown."""
A_HASH_SECONDS = 0.02
"""A hash of production takes longer on any machine, everything else of a refused sign-in does not."""


@pytest.fixture
def services_dir() -> None:
    """The product's services."""
    return


@pytest.fixture(autouse=True)
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks so often is stopped long before; here the time counts."""
    monkeypatch.setattr(limiter, "enabled", False)


def medians(known: Ask, unknown: Ask, times: int) -> tuple[float, float]:
    """The median seconds of each; fails where the answers differ in status or form."""
    seconds: dict[Ask, list[float]] = {known: [], unknown: []}
    answers: dict[Ask, set[Any]] = {known: set(), unknown: set()}
    for turn in range(2 * times):
        ask = (known, unknown) if turn % 4 in (0, 3) else (unknown, known)
        one = ask[turn % 2]
        began = time.perf_counter()
        answer = one()
        seconds[one].append(time.perf_counter() - began)
        answers[one].add((answer.status_code, tuple(sorted(answer.get_json() or ()))))
    assert answers[known] == answers[unknown]
    return statistics.median(seconds[known]), statistics.median(seconds[unknown])


def apart(known: float, unknown: float) -> float:
    return abs(known - unknown) / min(known, unknown)


def challenges(city: City, phones: list[str]) -> Ask:
    client, turns = city.app.test_client(), cycle(phones)
    return lambda: client.post("/api/v1/auth/challenges", json={"phone": next(turns)})


def phones(city: City) -> tuple[list[str], list[str]]:
    """Those of citizens with a name, and as many that nobody has."""
    return [city.citizen().phone for _ in range(PHONES)], [f"+86139222{n:05d}" for n in range(PHONES)]


def test_a_known_phone_is_answered_as_an_unknown_one(city: City) -> None:
    known, unknown = phones(city)
    taken = medians(challenges(city, known), challenges(city, unknown), TIMED)
    assert apart(*taken) <= TIMED_APART, taken


def test_control_a_little_more_work_for_the_known_is_found_out(city: City) -> None:
    known, unknown = phones(city)
    ask = challenges(city, known)
    usual = statistics.median(_seconds(ask) for _ in range(20))

    def slower() -> Any:
        time.sleep(usual * (TIMED_APART + 0.3))
        return ask()

    assert apart(*medians(slower, challenges(city, unknown), min(TIMED, 500))) > TIMED_APART


def _seconds(ask: Ask) -> float:
    began = time.perf_counter()
    ask()
    return time.perf_counter() - began


def test_a_wrong_otp_takes_as_long_for_either(city: City) -> None:
    known, unknown = phones(city)

    def wrong(mine: list[str]) -> Ask:
        client, ask = city.app.test_client(), challenges(city, mine)
        made = cycle([ask().get_json()["challenge_id"] for _ in mine])
        return lambda: client.post("/api/v1/auth/tokens", json={"challenge_id": next(made), "otp": "123456"})

    taken = medians(wrong(known), wrong(unknown), TIMED)
    assert apart(*taken) <= TIMED_APART, taken


def test_a_member_of_staff_is_told_from_an_inventor_by_nothing(
    city: City, production_hasher: PasswordHasher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the hasher of production: who is unknown costs a hash, too. What a test before hashed cheaply is
    not used."""
    monkeypatch.setattr(passwords, "_hasher", production_hasher)
    monkeypatch.setattr(passwords, "_dummy_hash", cache(passwords._dummy_hash.__wrapped__))
    monkeypatch.setattr(people, "hashed_once", passwords.hash_password)
    client, person = city.app.test_client(), hire(city.app, "li.na", "auditor")

    def sign_in(username: str) -> Ask:
        body = {"username": username, "password": "not-the-password", "totp": "000000"}
        return lambda: client.post("/api/v1/staff/sessions", json=body)

    taken = medians(sign_in(person.username), sign_in("nobody.here"), TIMED_HASHES)
    assert min(taken) > A_HASH_SECONDS
    assert apart(*taken) <= TIMED_APART, taken


def test_a_document_with_an_account_is_refused_as_one_without(city: City) -> None:
    """A number under its right name that has an account, and one under a wrong name."""
    taken_number, other = invented_number(BORN, 901), invented_number(BORN, 902)
    with city.app.app_context(), transaction():
        listed = [Listed(_proof(number).index, NAME, None) for number in (taken_number, other)]
        store_people(listed, Report())
    owner = city.citizen(NAME)
    with city.app.app_context(), transaction():
        set_real_name(owner.id, NAME, _proof(taken_number))

    def prove(name: str, number: str) -> Ask:
        turn, who = count(), [city.citizen("", level=AssuranceLevel.PHONE)]
        client, headers = city.app.test_client(), [{}]

        def ask() -> Any:
            if next(turn) % MOST_TRIES == 0:
                who[0] = city.citizen("", level=AssuranceLevel.PHONE)
                headers[0] = {"Authorization": f"Bearer {who[0].access_token}"}
            body = {"name": name, "id_number": number}
            return client.post("/api/v1/me/real-name", json=body, headers=headers[0])

        return ask

    taken = medians(prove(NAME, taken_number), prove("李四", other), TIMED_PROOFS)
    assert apart(*taken) <= TIMED_APART, taken


def test_ids_cannot_be_walked_through(app: CitizenFlask, city: City) -> None:
    """Random ids, and those next to one's own: nothing is there."""
    headers = hire(app, "wang.fang", "desk_clerk").sign_in()
    client, citizen = app.test_client(), city.citizen()
    body = {"phone": citizen.phone, "reason": "来电"}
    found = client.post("/api/v1/admin/citizens/search", json=body, headers=headers)
    own = found.get_json()["items"][0]["id"]
    near = [f"{own[:-1]}{digit:x}" for digit in range(16) if f"{own[:-1]}{digit:x}" != own]
    for guessed in [*near, *(new_id() for _ in range(TIMED)), citizen.id]:
        answer = client.get(f"/api/v1/admin/citizens/{guessed}", headers=headers)
        assert answer.status_code == 404, guessed
    assert client.get(f"/api/v1/admin/citizens/{own}", headers=headers).status_code == 200


def _proof(number: str) -> Any:
    return proof_of(Document(DocumentKind.RESIDENT_ID, number, BORN), Source.LOCAL)
