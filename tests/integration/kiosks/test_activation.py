"""One code, one kiosk: activation by code, at most once, however many try."""

from __future__ import annotations

import threading

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from citizen_app import clock
from citizen_app.codes.cose import Algorithm, SigningKey
from citizen_app.kiosks import operations
from citizen_app.kiosks.activation import activation_hash
from citizen_app.kiosks.models import Kiosk
from citizen_app.secrecy.bearers import mint
from citizen_app.secrecy.vault import token_hash
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.wire.problems import Problem
from tests.integration.kiosks.devices import accepted, create

ACTIVATE = "/api/v1/kiosks/activate"
RACERS = 8


def test_activation_answers_exactly_what_is_promised(app: Flask, client: FlaskClient) -> None:
    kiosk_id, code = create(app, purposes=["board", "alight"])
    answer = client.post(ACTIVATE, json={"activation_code": code.lower().replace("-", " ")})
    assert answer.status_code == 200
    body = answer.json
    assert body.keys() == {
        "kiosk_id",
        "kiosk_number",
        "token",
        "trust_anchor",
        "service",
        "purposes",
        "server_time",
    }
    assert (body["kiosk_id"], body["kiosk_number"]) == (kiosk_id, 1)
    assert (body["service"], body["purposes"]) == ("ferry", ["board", "alight"])
    assert body["trust_anchor"]["kty"] in ("OKP", "EC")
    assert "d" not in body["trust_anchor"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert accepted(app, body["token"])
    with app.app_context():
        kiosk = db.session.get_one(Kiosk, kiosk_id)
        assert kiosk.token_hash == token_hash(body["token"])
        assert kiosk.activation_hash is None


def test_a_code_works_once(app: Flask, client: FlaskClient) -> None:
    _, code = create(app)
    assert client.post(ACTIVATE, json={"activation_code": code}).status_code == 200
    again = client.post(ACTIVATE, json={"activation_code": code})
    assert again.status_code == 401
    wrong = client.post(ACTIVATE, json={"activation_code": "AAAA-BBBB-CCCC"})
    assert again.json["type"] == wrong.json["type"] == "/problems/sign-in-refused"


def test_a_code_ends_after_a_day(app: Flask, client: FlaskClient) -> None:
    with time_machine.travel(clock.now(), tick=False) as moving:
        kiosk_id, code = create(app)
        moving.shift(24 * 3600)
        assert client.post(ACTIVATE, json={"activation_code": code}).status_code == 401
        with app.app_context(), transaction():
            _, fresh = operations.new_activation_code(kiosk_id)
        assert client.post(ACTIVATE, json={"activation_code": fresh}).status_code == 200


def test_a_new_code_voids_the_old_one_and_its_use_voids_the_old_token(app: Flask, enrolled) -> None:
    kiosk_id, token = enrolled()
    with app.app_context(), transaction():
        _, first = operations.new_activation_code(kiosk_id)
    with app.app_context(), transaction():
        _, second = operations.new_activation_code(kiosk_id)
    assert accepted(app, token)
    with pytest.raises(Problem), app.app_context(), transaction():
        operations.activate(first)
    with app.app_context(), transaction():
        _, replacement = operations.activate(second)
    assert accepted(app, replacement)
    assert not accepted(app, token)


def test_attempts_are_limited_by_address(client: FlaskClient) -> None:
    answers = [client.post(ACTIVATE, json={"activation_code": "AAAA-BBBB-CCCC"}) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    assert "Retry-After" in answers[-1].headers


@pytest.mark.parametrize("algorithm", list(Algorithm)[:2])
def test_a_kiosk_may_bring_a_key(app: Flask, client: FlaskClient, algorithm: Algorithm) -> None:
    jwk = SigningKey.generate(algorithm).verify_key.to_jwk()
    kiosk_id, code = create(app)
    answer = client.post(ACTIVATE, json={"activation_code": code, "public_key": {**jwk, "kid": "k1"}})
    assert answer.status_code == 200
    with app.app_context():
        assert db.session.get_one(Kiosk, kiosk_id).public_key == jwk


@pytest.mark.parametrize(
    "jwk",
    [
        {},
        {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
        {"kty": "OKP", "crv": "Ed25519", "x": "AAAA"},
        {"kty": "OKP", "crv": "Ed25519", "x": "A" * 43},  # a point of order 4
        {"kty": "EC", "crv": "P-256", "x": "A" * 43, "y": "A" * 43},
        {"kty": ["EC"], "crv": {}, "x": 1},
    ],
)
def test_a_bad_key_is_refused_and_the_code_stays_good(app: Flask, client: FlaskClient, jwk: dict) -> None:
    _, code = create(app)
    refused = client.post(ACTIVATE, json={"activation_code": code, "public_key": jwk})
    assert refused.status_code == 422
    assert refused.json["errors"][0]["pointer"] == "/public_key"
    assert client.post(ACTIVATE, json={"activation_code": code}).status_code == 200


def race(attempt) -> int:
    """How many of the racers succeed."""
    start, won = threading.Barrier(RACERS), []

    def run() -> None:
        start.wait()
        try:
            attempt()
        except Problem:
            return
        won.append(1)

    threads = [threading.Thread(target=run) for _ in range(RACERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(won)


def test_of_concurrent_activations_one_wins(app: Flask) -> None:
    _, code = create(app)

    def attempt() -> None:
        with app.app_context(), transaction():
            operations.activate(code)

    assert race(attempt) == 1


def test_negative_control_looking_before_writing_lets_several_win(app: Flask) -> None:
    """The same race with an activation that reads the code first and writes afterwards."""
    _, code = create(app)
    everybody_has_looked = threading.Barrier(RACERS)

    def attempt() -> None:
        with app.app_context():
            with transaction(reading=True):
                query = select(Kiosk.id).where(Kiosk.activation_hash == activation_hash(code))
                kiosk_id = db.session.scalar(query)
            everybody_has_looked.wait()
            if kiosk_id is None:
                raise Problem("sign-in-refused")
            with transaction():
                kiosk = db.session.get_one(Kiosk, kiosk_id)
                kiosk.state, kiosk.token_hash, kiosk.activation_hash = (
                    "active",
                    token_hash(mint("kiosk")),
                    None,
                )

    assert race(attempt) == RACERS


def test_concurrent_creations_get_different_numbers(app: Flask) -> None:
    assert race(lambda: create(app)) == RACERS
    with app.app_context():
        assert sorted(db.session.scalars(select(Kiosk.number))) == list(range(1, RACERS + 1))
