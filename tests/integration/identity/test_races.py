"""Two who prove the same document at the same moment, and many tries at once. Controls that look before they
write."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import insert, update

from citizen_app.citizens.documents import Source, owner_of_document, proof_of
from citizen_app.citizens.models import Citizen
from citizen_app.clock import now
from citizen_app.extensions import limiter
from citizen_app.factory import CitizenFlask
from citizen_app.identity.documents import Document, DocumentKind
from citizen_app.identity.models import IdentityTry
from citizen_app.identity.providers.local import LocalRegister
from citizen_app.identity.tries import MOST_TRIES
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City, TestCitizen
from citizen_app.toolkit.testing.races import concurrently, run_concurrently
from tests.integration.identity.conftest import BORN, NUMBER, REAL_NAME, Watched, prove

Nobody = Callable[[], TestCitizen]
AT_ONCE = 4


def statuses(app: CitizenFlask, citizens: list[TestCitizen], name: str = "张晓明") -> Counter[int]:
    """What each is answered when all ask together, each with a client of its own."""
    body = {"name": name, "id_number": NUMBER}
    tokens = [citizen.access_token for citizen in citizens]

    def ask(token: str) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        return app.test_client().post(REAL_NAME, json=body, headers=headers).status_code

    return Counter(run_concurrently([partial(ask, token) for token in tokens]))


def test_of_several_accounts_with_one_document_one_wins(
    city: City, nobody: Nobody, enrol: Any, use: Any
) -> None:
    """All have been confirmed before any of them stores: the look at the owner finds nobody, the unique index
    decides."""
    enrol()
    all_confirmed = threading.Barrier(AT_ONCE)
    register = Watched(LocalRegister())
    register.before = lambda: all_confirmed.wait(20)
    use(register=register)
    people = [nobody() for _ in range(AT_ONCE)]
    assert statuses(city.app, people) == {200: 1, 409: AT_ONCE - 1}
    assert city.count("citizen_documents") == 1
    assert city.count("citizens", "assurance_level = 2") == 1


def test_control_looking_before_writing_raises_several(city: City, nobody: Nobody) -> None:
    """Without the unique index that decides, each of them would be raised: the race is real on both
    databases."""
    people = [nobody() for _ in range(AT_ONCE)]
    all_have_looked = threading.Barrier(AT_ONCE)
    index_of = Document(DocumentKind.RESIDENT_ID, NUMBER, BORN)

    def look_then_raise(citizen: TestCitizen) -> bool:
        with city.app.app_context():
            with transaction(reading=True):
                free = owner_of_document(proof_of(index_of, Source.LOCAL).index) is None
            all_have_looked.wait(20)
            with transaction():
                db.session.execute(update(Citizen).where(Citizen.id == citizen.id).values(assurance_level=2))
            return free

    assert run_concurrently([partial(look_then_raise, one) for one in people]) == [True] * AT_ONCE
    assert city.count("citizens", "assurance_level = 2") == AT_ONCE


def test_one_account_that_asks_twice_at_once_is_raised_once(city: City, nobody: Nobody, enrol: Any) -> None:
    enrol()
    assert statuses(city.app, [nobody()] * AT_ONCE) == {200: AT_ONCE}
    assert city.count("citizen_documents") == 1


def test_many_tries_at_once_pass_no_more_than_five(
    city: City, nobody: Nobody, enrol: Any, use: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(limiter, "enabled", False)
    enrol()
    register = Watched(LocalRegister())
    use(register=register)
    citizen = nobody()
    found = statuses(city.app, [citizen] * (MOST_TRIES + 3), "李四")
    assert found == {409: MOST_TRIES, 429: 3}
    assert len(register.asked) == MOST_TRIES


def test_control_counting_after_a_look_lets_too_many_through(city: City, nobody: Nobody) -> None:
    citizen, both_have_looked = nobody(), threading.Barrier(2)
    with city.app.app_context(), transaction():
        row = {"citizen_id": citizen.id, "day": now().date(), "tries": MOST_TRIES - 1}
        db.session.execute(insert(IdentityTry).values(row))

    def look_then_count() -> bool:
        with city.app.app_context():
            with transaction(reading=True):
                left = db.session.get_one(IdentityTry, citizen.id).tries < MOST_TRIES
            both_have_looked.wait(20)
            with transaction():
                db.session.execute(update(IdentityTry).values(tries=IdentityTry.tries + 1))
            return left

    assert concurrently(look_then_count, 2) == [True, True]


def test_a_try_is_counted_before_the_provider_is_asked(city: City, nobody: Nobody, use: Any) -> None:
    """Whoever hangs up meanwhile has tried all the same."""
    seen: list[int] = []
    register = Watched()
    register.before = lambda: seen.append(city.count("identity_tries", "tries = 1"))
    use(register=register)
    assert prove(nobody()).status_code == 409
    assert seen == [1]
