"""Row locks and guarded updates: of two concurrent changes the second sees what the first committed."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from citizen_app import clock
from citizen_app.citizens import operations as citizens
from citizen_app.citizens.challenges import DEMO_OTP, start_challenge
from citizen_app.citizens.models import Citizen, SignInSession
from citizen_app.citizens.registration import create_citizen
from citizen_app.citizens.signing_in import open_session
from citizen_app.codes import keys
from citizen_app.codes.keys import SigningKeyRow
from citizen_app.factory import CitizenFlask
from citizen_app.registry import state
from citizen_app.registry.state import ServiceState
from citizen_app.registry.words import ServiceWords
from citizen_app.staff import operations as staff
from citizen_app.staff import sessions, tokens
from citizen_app.staff.models import StaffToken
from citizen_app.staff.passwords import CONCURRENT_HASHES, WAITING_HASHES
from citizen_app.storage.locking import guarded_update, lock_row
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing.races import before_commit, concurrently, in_unit
from tests.integration.staff.people import PASSWORD, hire

CONCURRENT = 6
HASHED = CONCURRENT_HASHES + WAITING_HASHES
"""More at once are asked to come again."""


@pytest.fixture
def services_dir() -> Path | None:
    """The sample services instead of the product's."""
    return Path(__file__).parents[2] / "sample_services"


@pytest.fixture
def citizen_id(app: CitizenFlask) -> str:
    """A demo citizen, whose OTP is known."""
    with app.app_context(), transaction():
        return create_citizen("+8613800138000", is_demo=True).id


def status_of(app: CitizenFlask, citizen_id: str) -> str:
    with app.app_context(), transaction(reading=True):
        return db.session.get_one(Citizen, citizen_id).status


def count(app: CitizenFlask, column: object) -> int:
    with app.app_context(), transaction(reading=True):
        return db.session.scalar(select(func.count(column))) or 0


def add_held(citizen_id: str) -> None:
    citizen = lock_row(Citizen, citizen_id)
    assert citizen is not None
    citizen.fare_class += 1
    db.session.flush()


def add_unheld(citizen_id: str) -> None:
    citizen = db.session.get_one(Citizen, citizen_id)
    citizen.fare_class += 1
    db.session.flush()


@pytest.mark.parametrize("loaded_before", [False, True])
def test_a_locked_row_is_read_as_the_first_committed_it(
    app: CitizenFlask, citizen_id: str, loaded_before: bool
) -> None:
    def second() -> None:
        if loaded_before:
            db.session.get_one(Citizen, citizen_id)
        add_held(citizen_id)

    before_commit(app, lambda: add_held(citizen_id), second)
    with app.app_context(), transaction(reading=True):
        assert db.session.get_one(Citizen, citizen_id).fare_class == 2


def test_control_a_row_that_is_only_read_is_written_over(app: CitizenFlask, citizen_id: str) -> None:
    if app.extensions["settings"].on_sqlite:
        pytest.skip("on SQLite writing units take turns")
    before_commit(app, lambda: add_unheld(citizen_id), lambda: add_unheld(citizen_id))
    with app.app_context(), transaction(reading=True):
        assert db.session.get_one(Citizen, citizen_id).fare_class == 1


def test_a_row_is_moved_once(app: CitizenFlask, citizen_id: str) -> None:
    def suspend() -> bool:
        is_active = (Citizen.id == citizen_id, Citizen.status == "active")
        return guarded_update(Citizen, *is_active, status="suspended") is not None

    assert sorted(concurrently(lambda: in_unit(app, suspend), CONCURRENT)) == [False] * (CONCURRENT - 1) + [
        True
    ]
    with app.app_context(), transaction():
        assert lock_row(Citizen, "019ab1c2-7d3e-7f00-9b1a-2c3d4e5f6071") is None


def test_control_a_row_that_is_looked_at_first_is_moved_by_each(app: CitizenFlask, citizen_id: str) -> None:
    if app.extensions["settings"].on_sqlite:
        pytest.skip("on SQLite writing units take turns")

    def suspend() -> bool:
        was_active = db.session.get_one(Citizen, citizen_id).status == "active"
        db.session.execute(update(Citizen).values(status="suspended"))
        return was_active

    assert before_commit(app, suspend, suspend) is True


def test_the_last_word_on_an_account_counts(app: CitizenFlask, citizen_id: str) -> None:
    before_commit(
        app, lambda: citizens.suspend_citizen(citizen_id), lambda: citizens.reinstate_citizen(citizen_id)
    )
    assert status_of(app, citizen_id) == "active"


def test_who_is_being_suspended_does_not_sign_in(app: CitizenFlask, citizen_id: str) -> None:
    with app.app_context(), transaction():
        challenge_id = start_challenge("+8613800138000", "").challenge_id
    ended = before_commit(
        app, lambda: citizens.suspend_citizen(citizen_id), lambda: open_session(challenge_id, DEMO_OTP)
    )
    assert (ended, count(app, SignInSession.id)) == ("account-suspended", 0)


def test_a_user_name_is_given_once(app: CitizenFlask) -> None:
    made = concurrently(
        lambda: in_unit(app, lambda: staff.create("zhao.min", PASSWORD).staff.username), HASHED
    )
    assert sorted(map(str, made)) == ["conflict"] * (HASHED - 1) + ["zhao.min"]


def test_default_roles_are_seeded_concurrently(app: CitizenFlask) -> None:
    assert before_commit(app, staff.seed_roles, staff.seed_roles) is None


def test_no_token_is_left_of_an_account_that_is_being_shut(app: CitizenFlask) -> None:
    person = hire(app, "zhao.min", "auditor")
    until = clock.now() + timedelta(days=1)

    def make_token() -> object:
        return tokens.create_token(person.id, "nightly", ["audit.read"], until)[0].id

    assert before_commit(app, lambda: staff.disable(person.id), make_token) == "sign-in-required"
    assert count(app, StaffToken.id) == 0


@pytest.mark.parametrize("kind", ["session", "token"])
def test_a_call_beside_the_end_of_its_session_or_token_is_refused(app: CitizenFlask, kind: str) -> None:
    person = hire(app, "zhao.min", "auditor")
    until = clock.now() + timedelta(days=1)
    headers = person.sign_in()
    secret = headers["Authorization"].removeprefix("Bearer ")
    with app.app_context(), transaction():
        if kind == "token":
            secret = tokens.create_token(person.id, "nightly", ["audit.read"], until)[1]
        else:
            long_ago = clock.now() - timedelta(minutes=1)
            db.session.execute(update(sessions.StaffSession).values(last_seen_at=long_ago))
    ended = before_commit(
        app, lambda: staff.disable(person.id), lambda: sessions.staff_of_token(secret).username
    )
    assert ended == "sign-in-required"


def test_a_token_is_taken_back_once(app: CitizenFlask) -> None:
    person = hire(app, "zhao.min", "auditor")
    with app.app_context(), transaction():
        token_id = tokens.create_token(person.id, "nightly", ["audit.read"], clock.now() + timedelta(days=1))[
            0
        ].id
    take_back = partial(tokens.delete_token, person.id, token_id)
    assert before_commit(app, take_back, take_back) == "not-found"


def test_a_service_is_decided_about_for_the_first_time_by_several(app: CitizenFlask) -> None:
    assert (
        concurrently(lambda: in_unit(app, lambda: state.enable("probe").id), CONCURRENT)
        == ["probe"] * CONCURRENT
    )
    assert (count(app, ServiceState.service), count(app, ServiceWords.service)) == (1, 1)


def test_the_first_keys_are_made_once(app: CitizenFlask) -> None:
    before_commit(app, keys.ensure_keys, keys.ensure_keys)
    assert count(app, SigningKeyRow.kid) == len(keys.USES)
