"""One-time passwords: uniform answers, five tries, ten minutes, one use."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from citizen_app.citizens.challenges import (
    DEMO_OTP,
    MOST_TRIES,
    MOST_UNUSED_PER_NETWORK,
    OTP_LIFETIME,
)
from citizen_app.citizens.models import Citizen, OtpChallenge
from citizen_app.citizens.operations import reinstate_citizen, suspend_citizen
from citizen_app.citizens.registration import create_citizen
from citizen_app.clock import now
from citizen_app.jobs.models import OutboxMessage
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction

PHONE = "13911112222"
Ask = Callable[..., str]
Otp = Callable[[], str]


def wrong(otp: str) -> str:
    return f"{(int(otp) + 1) % 10**6:06d}"


def open_with(client: FlaskClient, challenge_id: str, otp: str) -> Any:
    return client.post("/api/v1/auth/tokens", json={"challenge_id": challenge_id, "otp": otp})


def count(app: Flask, what: Any) -> int:
    with app.app_context(), transaction(reading=True):
        return db.session.scalar(select(func.count()).select_from(what)) or 0


def essence(answer: Any) -> tuple[int, Any]:
    """Status and body without what differs from request to request."""
    return answer.status_code, {k: v for k, v in answer.json.items() if k != "request_id"}


def test_the_first_otp_registers_and_the_next_finds_the_same_citizen(app: Flask, sign_in: Any) -> None:
    sign_in()
    sign_in()
    assert count(app, Citizen) == 1


def test_known_and_unknown_phones_get_the_same_answer_from_the_same_work(
    app: Flask, client: FlaskClient, sign_in: Any, statements: Any
) -> None:
    sign_in(PHONE)
    answers, work = [], []
    for phone in (PHONE, "13911113333"):
        with statements() as seen:
            answers.append(client.post("/api/v1/auth/challenges", json={"phone": phone}))
        work.append(seen)
    known, unknown = answers
    assert known.status_code == unknown.status_code == 202
    told = {"challenge_id", "expires_at", "sent", "next_message_at", "server_time"}
    assert known.json.keys() == unknown.json.keys() == told
    assert known.content_length == unknown.content_length
    assert work[0] == work[1]
    assert any("otp_challenges" in statement for statement in work[0])


def test_every_refusal_of_an_otp_looks_the_same(client: FlaskClient, ask: Ask, newest_otp: Otp) -> None:
    wrong_guess = open_with(client, ask(), wrong(newest_otp()))
    used, otp = ask(), newest_otp()
    assert open_with(client, used, otp).status_code == 200
    with time_machine.travel(now() - OTP_LIFETIME, tick=True):
        expired = ask()
    expired_otp = newest_otp()
    refusals = [
        wrong_guess,
        open_with(client, used, otp),
        open_with(client, expired, expired_otp),
        open_with(client, "01a200a3-a9a6-72a5-a0c0-ba380876552b", "123456"),
        open_with(client, "no uuid at all", "123456"),
    ]
    assert {essence(refusal)[0] for refusal in refusals} == {401}
    assert all(essence(refusal) == essence(wrong_guess) for refusal in refusals)
    assert wrong_guess.json["type"] == "/problems/sign-in-refused"
    assert {refusal.headers["WWW-Authenticate"] for refusal in refusals} == {"Bearer"}


def test_the_sixth_guess_is_refused_although_it_is_right(
    client: FlaskClient, ask: Ask, newest_otp: Otp
) -> None:
    challenge_id = ask()
    otp = newest_otp()
    for _ in range(MOST_TRIES):
        assert open_with(client, challenge_id, wrong(otp)).status_code == 401
    assert open_with(client, challenge_id, otp).status_code == 401


def test_the_fifth_guess_still_counts(client: FlaskClient, ask: Ask, newest_otp: Otp) -> None:
    challenge_id = ask()
    otp = newest_otp()
    for _ in range(MOST_TRIES - 1):
        assert open_with(client, challenge_id, wrong(otp)).status_code == 401
    assert open_with(client, challenge_id, otp).status_code == 200


def test_an_otp_lives_ten_minutes(app: Flask, client: FlaskClient, ask: Ask, newest_otp: Otp) -> None:
    start = now()
    with time_machine.travel(start, tick=False) as clock:
        challenge_id, otp = ask(), newest_otp()
        clock.move_to(start + OTP_LIFETIME)
        assert open_with(client, challenge_id, otp).status_code == 401
        clock.move_to(start + OTP_LIFETIME - timedelta(seconds=1))
        assert open_with(client, challenge_id, otp).status_code == 200


def test_an_otp_belongs_to_its_challenge(client: FlaskClient, ask: Ask, newest_otp: Otp) -> None:
    first = ask()
    first_otp = newest_otp()
    second = ask()
    second_otp = newest_otp()
    if first_otp != second_otp:
        assert open_with(client, first, second_otp).status_code == 401
    assert open_with(client, second, second_otp).status_code == 200
    assert open_with(client, first, first_otp).status_code == 200


@pytest.mark.parametrize("is_known", [False, True])
def test_beyond_the_hours_share_nothing_is_sent_and_the_answer_says_when_more_is(
    app: Flask, client: FlaskClient, is_known: bool
) -> None:
    if is_known:
        with app.app_context(), transaction():
            create_citizen(PHONE)
    start = now().replace(microsecond=0)
    with time_machine.travel(start, tick=False) as clock:
        answers = []
        for _ in range(MOST_UNUSED_PER_NETWORK + 2):
            answers.append(client.post("/api/v1/auth/challenges", json={"phone": PHONE}))
            clock.shift(60)
        assert {answer.status_code for answer in answers} == {202}
        assert [answer.json["sent"] for answer in answers] == [True] * 5 + [False] * 2
        assert count(app, OutboxMessage) == MOST_UNUSED_PER_NETWORK
        told = [datetime.fromisoformat(answer.json["next_message_at"]) - start for answer in answers]
        at_once = [timedelta(minutes=n) for n in range(MOST_UNUSED_PER_NETWORK - 1)]
        assert told == [*at_once, *[timedelta(hours=1)] * 3]
        clock.move_to(start + timedelta(hours=1, seconds=-1))
        assert client.post("/api/v1/auth/challenges", json={"phone": PHONE}).json["sent"] is False
        clock.move_to(start + timedelta(hours=1))
        assert client.post("/api/v1/auth/challenges", json={"phone": PHONE}).json["sent"] is True
        assert count(app, OutboxMessage) == MOST_UNUSED_PER_NETWORK + 1
    with app.app_context(), transaction(reading=True):
        last = db.session.get_one(OtpChallenge, answers[-1].json["challenge_id"])
        assert last.otp_hash is None
    assert open_with(client, answers[-1].json["challenge_id"], "123456").status_code == 401


def test_the_share_returns_after_an_hour_and_used_otps_do_not_count(
    app: Flask, ask: Ask, sign_in: Any
) -> None:
    for _ in range(MOST_UNUSED_PER_NETWORK + 2):
        sign_in()
    with time_machine.travel(now() - timedelta(minutes=61), tick=True):
        for _ in range(MOST_UNUSED_PER_NETWORK):
            ask()
    before = count(app, OutboxMessage)
    ask()
    assert count(app, OutboxMessage) == before + 1


def test_demo_citizens_have_a_fixed_otp_and_nobody_else(
    app: Flask, client: FlaskClient, ask: Ask, newest_otp: Otp
) -> None:
    assert app.extensions["settings"].demo
    with app.app_context(), transaction():
        create_citizen("13800138000", name="张小三", is_demo=True)
        create_citizen("13800138001", name="李四")
    for _ in range(MOST_UNUSED_PER_NETWORK + 1):
        demo = ask("13800138000")
    assert open_with(client, demo, DEMO_OTP).status_code == 200
    others = [ask("13800138001"), ask("13800138002")]
    refused = [open_with(client, other, DEMO_OTP).status_code for other in others]
    assert 401 in refused, "one of a million may be right by chance, two hardly"


def test_only_the_right_otp_learns_of_a_suspension(
    app: Flask, client: FlaskClient, ask: Ask, newest_otp: Otp
) -> None:
    with app.app_context(), transaction():
        citizen_id = create_citizen(PHONE).id
        suspend_citizen(citizen_id)
    challenge_id = ask()
    otp = newest_otp()
    assert open_with(client, challenge_id, wrong(otp)).json["type"] == "/problems/sign-in-refused"
    told = open_with(client, challenge_id, otp)
    assert (told.status_code, told.json["type"]) == (403, "/problems/account-suspended")
    assert open_with(client, challenge_id, otp).status_code == 401, "the OTP was used up"
    with app.app_context(), transaction():
        reinstate_citizen(citizen_id)
    assert open_with(client, ask(), newest_otp()).status_code == 200


def test_the_message_speaks_the_callers_language(app: Flask, client: FlaskClient, newest_otp: Otp) -> None:
    answer = client.post(
        "/api/v1/auth/challenges", json={"phone": PHONE}, headers={"Accept-Language": "en-GB,en"}
    )
    assert answer.status_code == 202
    assert newest_otp().isdigit()


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/phone"),
        ({"phone": "010-12345678"}, "/phone"),
        ({"phone": 13800138000}, "/phone"),
        ({"phone": "13800138000", "citizen_id": "1"}, "/citizen_id"),
    ],
)
def test_bad_input_names_its_field(client: FlaskClient, body: dict[str, Any], pointer: str) -> None:
    answer = client.post("/api/v1/auth/challenges", data=json.dumps(body), content_type="application/json")
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]


@pytest.mark.parametrize("body", ["[" * 100_000, '{"phone": "1", "phone": "2"}', "{", "null", "[]", '"x"'])
def test_a_body_of_another_shape_is_refused_and_no_failure(client: FlaskClient, body: str) -> None:
    answer = client.post("/api/v1/auth/challenges", data=body, content_type="application/json")
    assert answer.status_code in (400, 422)


def test_a_member_named_twice_is_refused(client: FlaskClient) -> None:
    body = '{"phone": "13911112222", "phone": "13911113333"}'
    answer = client.post("/api/v1/auth/challenges", data=body, content_type="application/json")
    assert answer.status_code == 422


@pytest.mark.usefixtures("as_slow_as_it_takes")
def test_asking_too_often_from_one_address_is_refused_with_a_time_to_wait(client: FlaskClient) -> None:
    phones = [f"139{number:08d}" for number in range(61)]
    answers = [client.post("/api/v1/auth/challenges", json={"phone": phone}) for phone in phones]
    assert [answer.status_code for answer in answers] == [202] * 60 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert answers[-1].json["type"] == "/problems/too-many-requests"
