"""Races of an erasure: with another erasure, with a copy, with a sign-in, with a charge."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import select

from citizen_app.citizens.challenges import DEMO_OTP, start_challenge
from citizen_app.citizens.models import Citizen, SignInSession
from citizen_app.citizens.personal import phone_index
from citizen_app.citizens.signing_in import open_session
from citizen_app.ids import new_id
from citizen_app.payments import charging, purses, transfers
from citizen_app.rights import asking, copying
from citizen_app.rights.asking import ask_for_copy
from citizen_app.rights.erasing import erase
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City, TestCitizen
from citizen_app.toolkit.testing.races import before_commit, concurrently, in_unit
from tests.integration.rights.conftest import work


def gone(citizen: TestCitizen) -> str:
    """Close an account in the present unit of work."""
    return erase(citizen.id, asked_by="oneself").id


def test_of_two_erasures_one_finds_nobody(city: City) -> None:
    citizen = city.citizen()
    done = concurrently(partial(in_unit, city.app, partial(gone, citizen)), 4)
    assert sorted(one == "not-found" for one in done) == [False, True, True, True]
    assert city.count("rights_requests", "kind = 'erasure'") == 1


def test_a_copy_that_is_made_meanwhile_is_thrown_away(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """The account goes after everything was read and before the copy is handed over."""
    citizen = city.citizen()
    with city.app.app_context(), transaction():
        ask_for_copy(citizen.id, asked_by="oneself")
    real = asking.store_file

    def erased_meanwhile(*args: object, **options: object) -> str:
        assert in_unit(city.app, partial(gone, citizen)) != "not-found"
        return real(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(asking, "store_file", erased_meanwhile)
    work(city)
    assert city.count("stored_files") == 0
    assert city.count("rights_requests", "kind = 'copy' AND state = 'void'") == 1


def test_a_copy_of_somebody_who_has_just_gone_is_not_begun(city: City) -> None:
    citizen = city.citizen()
    gone_id = in_unit(city.app, partial(gone, citizen))
    assert gone_id != "not-found"
    with city.app.app_context(), pytest.raises(copying.CitizenGone), copying.made(citizen.id):
        pass


def test_who_asks_for_a_copy_while_the_account_goes_finds_nobody(city: City) -> None:
    citizen = city.citizen()
    asked: Callable[[], object] = partial(ask_for_copy, citizen.id, asked_by="oneself")
    assert before_commit(city.app, partial(gone, citizen), asked) == "not-found"
    assert city.count("rights_requests", "kind = 'copy'") == 0


def test_who_signs_in_meanwhile_gets_a_new_account_or_none(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Never a session of the account that goes."""
    monkeypatch.setattr("citizen_app.citizens.challenges._is_demo_phone", lambda index: True)
    citizen = city.citizen()
    with city.app.app_context(), transaction():
        challenge = start_challenge(citizen.phone, "127.0.0.1").challenge_id
    before_commit(city.app, partial(gone, citizen), partial(open_session, challenge, DEMO_OTP))
    with city.app.app_context(), transaction(reading=True):
        sessions = db.session.scalars(select(SignInSession.citizen_id)).all()
        there = db.session.scalars(select(Citizen.id)).all()
        found = db.session.scalars(
            select(Citizen.id).where(Citizen.phone_index == phone_index(citizen.phone))
        ).all()
    assert citizen.id not in [*sessions, *there]
    assert len(found) <= 1


def test_money_that_comes_in_first_stands_against_it(city: City) -> None:
    citizen = city.citizen()
    with city.app.app_context(), transaction():
        purse_id = purses.opened(citizen.id).id

    def top_up() -> None:
        transfers.receive(purse_id, 100, provider="simulated", key=new_id())

    assert before_commit(city.app, top_up, partial(gone, citizen)) == "conflict"
    with city.app.app_context(), transaction(reading=True):
        assert db.session.get(Citizen, citizen.id) is not None


def test_a_charge_that_comes_second_finds_no_purse(city: City) -> None:
    citizen = city.citizen()
    with city.app.app_context(), transaction():
        purses.opened(citizen.id)
    charged = partial(charging.charge, citizen.id, 100, service="bus", key=new_id())

    def charge() -> object:
        try:
            return charged()
        except Exception as error:
            return type(error).__name__

    before_commit(city.app, partial(gone, citizen), charge)
    assert city.count("payment_purses", "citizen_id IS NULL AND (balance + held + owed) <> 0") == 0
    assert city.count("payment_postings") == 0
