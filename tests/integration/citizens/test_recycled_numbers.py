"""A number that may have passed to somebody else: the OTP is not enough, and is not burnt meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from citizen_app.citizens.challenges import redeem_challenge, start_challenge
from citizen_app.citizens.documents import EID, Proof, Source, proof_of
from citizen_app.citizens.models import Citizen, PhoneDoubt, SignInSession
from citizen_app.citizens.operations import set_real_name, suspend_citizen
from citizen_app.citizens.phones import give_phone
from citizen_app.citizens.queries import citizen_by_phone
from citizen_app.citizens.registration import create_citizen
from citizen_app.citizens.signing_in import MOST_SUFFIXES
from citizen_app.citizens.sweeps import sweep_sign_in
from citizen_app.citizens.traits import AssuranceLevel
from citizen_app.clock import now
from citizen_app.demo.people import invented_number
from citizen_app.identity.documents import Document, DocumentKind
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City
from citizen_app.toolkit.testing.races import run_concurrently

PHONE = "+8613911112222"
BORN = date(1990, 3, 7)
NUMBER = invented_number(BORN, 7)
SUFFIX = NUMBER[-4:]
TOKENS = "/api/v1/auth/tokens"
IDLE = timedelta(days=91)


@pytest.fixture
def owner(city: City) -> str:
    """The id of somebody with a proved name who registered today."""
    with city.app.app_context(), transaction():
        citizen = create_citizen(PHONE)
        proof = proof_of(Document(DocumentKind.RESIDENT_ID, NUMBER, BORN), Source.LOCAL)
        return set_real_name(citizen.id, "张晓明", proof).id


@pytest.fixture
def trade(client: FlaskClient, ask: Callable[..., str], newest_otp: Callable[[], str]) -> Any:
    """Trade an OTP, of a fresh challenge unless one is given; the challenge and the answer."""

    def post(challenge: dict[str, str] | None = None, **more: Any) -> tuple[dict[str, str], TestResponse]:
        challenge = challenge or {"challenge_id": ask(PHONE), "otp": newest_otp()}
        return challenge, client.post(TOKENS, json={**challenge, **more})

    return post


def holder(city: City) -> str:
    with city.app.app_context(), transaction(reading=True):
        citizen = citizen_by_phone(PHONE)
        assert citizen is not None
        return citizen.id


def kind(answer: TestResponse) -> str:
    return str(answer.get_json()["type"]).rpartition("/")[2]


def test_used_within_ninety_days_the_otp_is_enough(
    city: City, owner: str, trade: Any, time_travel: Any
) -> None:
    time_travel.shift(timedelta(days=89))
    assert trade()[1].status_code == 200
    time_travel.shift(timedelta(days=89))
    with city.app.app_context(), transaction():
        sweep_sign_in()
    assert trade()[1].status_code == 200, "the session of the last time is over, and still known"


@pytest.mark.parametrize("length", [4, 5, 6])
def test_the_same_call_is_completed_with_the_end_of_the_document(
    city: City, owner: str, trade: Any, time_travel: Any, length: int
) -> None:
    time_travel.shift(IDLE)
    challenge, asked = trade()
    assert (asked.status_code, kind(asked)) == (401, "identity-proof-required")
    assert asked.headers["WWW-Authenticate"] == "Bearer"
    assert asked.get_json()["tries_left"] == MOST_SUFFIXES
    assert city.count("sign_in_sessions") == 0
    _, asked_again = trade(challenge)
    assert kind(asked_again) == "identity-proof-required", "the OTP is not burnt"
    _, opened = trade(challenge, id_suffix=NUMBER[-length:].lower())
    assert opened.status_code == 200, opened.text
    assert holder(city) == owner
    for more in ({}, {"id_suffix": SUFFIX}, {"new_account": True}):
        assert kind(trade(challenge, **more)[1]) == "sign-in-refused", "and works once"
    assert trade()[1].status_code == 200, "the account is in use again"


def test_three_wrong_ends_and_only_a_desk_helps(city: City, owner: str, trade: Any, time_travel: Any) -> None:
    time_travel.shift(IDLE)
    challenge, _ = trade()
    lefts = [trade(challenge, id_suffix="0000")[1].get_json()["tries_left"] for _ in range(3)]
    assert lefts == [2, 1, 0]
    for given in (challenge, None):  # neither this OTP nor another
        answer = trade(given, id_suffix=SUFFIX)[1]
        assert (kind(answer), answer.get_json()["tries_left"]) == ("identity-proof-required", 0)
        assert "窗口" in answer.get_json()["detail"]
    assert city.count("sign_in_sessions") == 0
    with city.app.app_context(), transaction():  # what the desk does
        give_phone(owner, PHONE)
    assert trade()[1].status_code == 200


def test_a_right_end_clears_the_count(city: City, owner: str, trade: Any, time_travel: Any) -> None:
    time_travel.shift(IDLE)
    challenge, _ = trade(id_suffix="0000")
    assert trade(challenge, id_suffix=SUFFIX)[1].status_code == 200
    assert city.count("phone_doubts") == 0


def test_wrong_otps_still_count(owner: str, trade: Any, time_travel: Any) -> None:
    time_travel.shift(IDLE)
    challenge, _ = trade()
    wrong = {**challenge, "otp": f"{(int(challenge['otp']) + 1) % 10**6:06d}"}
    for _ in range(5):
        assert kind(trade(wrong, id_suffix=SUFFIX)[1]) == "sign-in-refused"
    assert kind(trade(challenge, id_suffix=SUFFIX)[1]) == "sign-in-refused"


def test_an_otp_that_is_too_old_is_not_kept_alive(owner: str, trade: Any, time_travel: Any) -> None:
    time_travel.shift(IDLE)
    challenge, _ = trade()
    time_travel.shift(timedelta(minutes=10))
    assert kind(trade(challenge, id_suffix=SUFFIX)[1]) == "sign-in-refused"


def test_whoever_says_that_it_was_not_theirs_gets_an_account_and_takes_nothing(
    city: City, owner: str, trade: Any, time_travel: Any
) -> None:
    time_travel.shift(IDLE)
    challenge, _ = trade()
    _, opened = trade(challenge, new_account=True)
    assert opened.status_code == 200
    assert holder(city) != owner
    with city.app.app_context(), transaction(reading=True):
        before = db.session.get_one(Citizen, owner)
        assert (before.phone, before.phone_index, before.name) == (None, None, "张晓明")
        assert before.assurance_level == AssuranceLevel.REAL_NAME
    assert city.count("citizen_documents") == 1
    assert kind(trade(challenge, new_account=True)[1]) == "sign-in-refused"
    assert trade()[1].status_code == 200
    assert city.count("citizens") == 2


def test_an_account_in_use_is_not_put_aside(city: City, owner: str, trade: Any) -> None:
    challenge, answer = trade(new_account=True)
    assert (answer.status_code, kind(answer)) == (409, "conflict")
    assert holder(city) == owner
    assert trade(challenge)[1].status_code == 200, "the OTP is not burnt by a mistake"


def test_a_number_that_nobody_had_is_simply_registered(city: City, trade: Any) -> None:
    assert trade(new_account=True)[1].status_code == 200
    assert city.count("citizens") == 1


@pytest.mark.parametrize("more", [{"id_suffix": "12"}, {"id_suffix": "1234567"}, {"new_account": "yes"}])
def test_what_is_no_answer_is_refused(owner: str, trade: Any, more: Any) -> None:
    assert trade(**more)[1].status_code == 422
    assert trade(id_suffix=SUFFIX, new_account=True)[1].status_code == 422


def test_a_phone_given_lately_is_not_in_doubt(city: City, owner: str, trade: Any, time_travel: Any) -> None:
    time_travel.shift(IDLE)
    with city.app.app_context(), transaction():
        db.session.execute(update(Citizen).values(phone_since=now()))
    assert trade()[1].status_code == 200


def test_a_phone_alone_is_not_asked_for_a_document(city: City, trade: Any, time_travel: Any) -> None:
    with city.app.app_context(), transaction():
        create_citizen(PHONE)
    time_travel.shift(IDLE)
    assert trade()[1].status_code == 200


def test_people_of_the_demo_city_sign_in_with_their_otp_alone(
    city: City, owner: str, trade: Any, time_travel: Any
) -> None:
    with city.app.app_context(), transaction():
        db.session.execute(update(Citizen).values(is_demo=True))
    time_travel.shift(timedelta(days=400))
    assert trade()[1].status_code == 200


def test_an_eid_alone_has_no_end_that_can_be_said(city: City, trade: Any, time_travel: Any) -> None:
    with city.app.app_context(), transaction():
        create_citizen(PHONE, document=Proof(EID, "opaque", AssuranceLevel.IN_PERSON, Source.EID))
    time_travel.shift(IDLE)
    assert kind(trade(id_suffix="1234")[1]) == "identity-proof-required"


def test_an_account_that_rests_is_told_to_its_owner_only(
    city: City, owner: str, trade: Any, time_travel: Any
) -> None:
    time_travel.shift(IDLE)
    with city.app.app_context(), transaction():
        suspend_citizen(owner)
    challenge, asked = trade()
    assert kind(asked) == "identity-proof-required"
    assert kind(trade(challenge, id_suffix=SUFFIX)[1]) == "account-suspended"
    assert trade(new_account=True)[1].status_code == 200


def test_of_many_completions_at_once_one_opens_a_session(
    city: City, owner: str, trade: Any, time_travel: Any
) -> None:
    time_travel.shift(IDLE)
    challenge, _ = trade()
    body = {**challenge, "id_suffix": SUFFIX}
    answers = run_concurrently(
        [lambda: city.app.test_client().post(TOKENS, json=body).status_code for _ in range(6)]
    )
    assert sorted(answers) == [200] + [401] * 5
    assert city.count("sign_in_sessions") == 1


def test_control_judging_before_redeeming_opens_several(
    city: City, owner: str, trade: Any, time_travel: Any
) -> None:
    """Whoever looks whether the challenge is unused, and marks it later, opens a session for each."""
    time_travel.shift(IDLE)
    challenge, _ = trade()
    all_have_looked = threading.Barrier(4)

    def look_then_open() -> bool:
        with city.app.app_context():
            with pytest.raises(ZeroDivisionError), transaction():
                _ = len(redeem_challenge(**challenge)) / 0  # rolled back: it was only a look
            all_have_looked.wait(20)
            with transaction():
                moment = now()
                db.session.add(
                    SignInSession(
                        citizen_id=owner,
                        salt=b"0" * 16,
                        rotated_at=moment,
                        authenticated_at=moment,
                        expires_at=moment,
                        ends_at=moment,
                    )
                )
        return True

    assert run_concurrently([look_then_open] * 4) == [True] * 4
    assert city.count("sign_in_sessions") == 4


def test_many_wrong_ends_at_once_are_three(city: City, owner: str, newest_otp: Any, time_travel: Any) -> None:
    time_travel.shift(IDLE)
    bodies = []
    for number in range(5):
        with city.app.app_context(), transaction():
            made = start_challenge(PHONE, f"10.0.0.{number}")
        bodies.append({"challenge_id": made.challenge_id, "otp": newest_otp(), "id_suffix": "0000"})

    def post(body: dict[str, str]) -> int:
        return int(city.app.test_client().post(TOKENS, json=body).get_json()["tries_left"])

    assert sorted(run_concurrently([partial(post, body) for body in bodies])) == [0, 0, 0, 1, 2]
    with city.app.app_context(), transaction(reading=True):
        assert db.session.scalar(select(PhoneDoubt.tries)) == MOST_SUFFIXES


def test_of_many_who_say_so_at_once_there_is_one_new_account(
    city: City, owner: str, newest_otp: Any, time_travel: Any
) -> None:
    time_travel.shift(IDLE)
    bodies = []
    for number in range(4):
        with city.app.app_context(), transaction():
            made = start_challenge(PHONE, f"10.0.0.{number}")
        bodies.append({"challenge_id": made.challenge_id, "otp": newest_otp(), "new_account": True})

    def post(body: dict[str, Any]) -> int:
        return city.app.test_client().post(TOKENS, json=body).status_code

    answers = sorted(run_concurrently([partial(post, body) for body in bodies]))
    assert answers == [200, 409, 409, 409]
    assert city.count("citizens") == 2
    assert city.count("citizens", "phone_index IS NOT NULL") == 1
