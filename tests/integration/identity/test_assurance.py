"""Levels and freshness: asked for by a route, told as a next step, had by a further proof."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import jsonify
from flask.testing import FlaskClient

from citizen_app import factory
from citizen_app.citizens.sessions import Tokens
from citizen_app.citizens.tokens import read_access_token
from citizen_app.factory import CitizenFlask, create_app
from citizen_app.toolkit.testing import TestCitizen, dispose, environment
from citizen_app.toolkit.web import CITIZEN, require
from citizen_app.web.boundary.audiences import api_blueprint
from citizen_app.web.routes import BLUEPRINTS
from tests.integration.identity.conftest import prove

PHONE = "13911112222"
AGAIN = "/api/v1/auth/reauthentication"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def guarded(database_url: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[CitizenFlask]:
    """An application with two routes that ask for something."""
    made = api_blueprint("guarded", CITIZEN, "/api/v1/guarded", "Guarded.")

    @made.route("/name", methods=["POST"])
    @require(2)
    def name() -> Any:
        """Asks for a real name."""
        return jsonify({})

    @made.route("/desk", methods=["POST"])
    @require(3, fresh_seconds=60)
    def desk() -> Any:
        """Asks for more."""
        return jsonify({})

    monkeypatch.setattr(factory, "BLUEPRINTS", (*BLUEPRINTS, made))
    app = create_app(environment(tmp_path / "data", database_url))
    yield app
    dispose(app)


@pytest.fixture
def app(guarded: CitizenFlask) -> CitizenFlask:
    """The city stands in it."""
    return guarded


def test_a_level_that_is_too_low_names_the_one_needed_and_the_next_step(
    client: FlaskClient, nobody: Callable[[], TestCitizen], enrol: Any
) -> None:
    enrol()
    citizen = nobody()
    refused = citizen.call("POST", "/api/v1/guarded/name")
    said = refused.get_json()
    assert (refused.status_code, said["type"]) == (403, "/problems/assurance-too-low")
    assert (said["required_level"], said["next_step"]) == (2, "/api/v1/me/real-name")
    assert "已实名" in said["detail"]
    token = prove(citizen).get_json()["access_token"]
    assert client.post("/api/v1/guarded/name", headers=bearer(token)).status_code == 200
    higher = client.post(
        "/api/v1/guarded/desk", headers={**bearer(token), "Accept-Language": "en"}
    ).get_json()
    assert (higher["required_level"], higher["next_step"]) == (3, "/api/v1/me/eid")
    assert "service counter" in higher["detail"]


def test_an_old_proof_is_made_fresh_by_an_otp(
    app: CitizenFlask,
    client: FlaskClient,
    ask: Any,
    newest_otp: Any,
    sign_in: Callable[..., Tokens],
    time_travel: time_machine.Traveller,
) -> None:
    tokens = sign_in()
    time_travel.shift(timedelta(minutes=4))
    body = {"challenge_id": ask(), "otp": newest_otp()}
    answer = client.post(AGAIN, json=body, headers=bearer(tokens.access_token))
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    with app.app_context():
        before = read_access_token(tokens.access_token)
        after = read_access_token(answer.get_json()["access_token"])
    assert after.session_id == before.session_id
    assert after.authenticated_at - before.authenticated_at >= timedelta(minutes=4)
    assert answer.get_json()["refresh_token"] == tokens.refresh_token, "who loses the answer has lost nothing"
    used = client.post(AGAIN, json=body, headers=bearer(tokens.access_token))
    assert (used.status_code, used.get_json()["type"]) == (401, "/problems/sign-in-refused")
    refreshed = client.post("/api/v1/auth/tokens", json={"refresh_token": tokens.refresh_token})
    with app.app_context():
        assert (
            read_access_token(refreshed.get_json()["access_token"]).authenticated_at == after.authenticated_at
        )


def test_freshness_is_asked_in_the_form_of_rfc_9470(city: Any, time_travel: time_machine.Traveller) -> None:
    citizen = city.citizen(level=3)
    assert citizen.call("POST", "/api/v1/guarded/desk").status_code == 200
    time_travel.shift(timedelta(seconds=61))
    refused = citizen.call("POST", "/api/v1/guarded/desk")
    said = refused.get_json()
    assert (refused.status_code, said["type"]) == (401, "/problems/reauthentication-required")
    challenge = refused.headers["WWW-Authenticate"]
    assert challenge.startswith('Bearer error="insufficient_user_authentication"')
    assert 'max_age="60"' in challenge
    assert 'acr_values="3"' in challenge
    assert (said["max_age"], said["next_step"]) == (60, AGAIN)


def test_an_otp_of_another_phone_proves_nothing(
    client: FlaskClient, ask: Any, newest_otp: Any, sign_in: Callable[..., Tokens]
) -> None:
    tokens = sign_in()
    body = {"challenge_id": ask("13911113333"), "otp": newest_otp()}
    for _ in range(2):
        answer = client.post(AGAIN, json=body, headers=bearer(tokens.access_token))
        assert (answer.status_code, answer.get_json()["type"]) == (401, "/problems/sign-in-refused")
    signed_in = client.post("/api/v1/auth/tokens", json=body)
    assert signed_in.status_code == 401, "it is used up"


def test_a_session_that_has_ended_is_not_made_fresh(
    client: FlaskClient, ask: Any, newest_otp: Any, sign_in: Callable[..., Tokens]
) -> None:
    tokens = sign_in()
    body = {"challenge_id": ask(), "otp": newest_otp()}
    assert client.post("/api/v1/auth/logout", json={"refresh_token": tokens.refresh_token}).status_code == 204
    assert client.post(AGAIN, json=body, headers=bearer(tokens.access_token)).status_code == 401


def test_the_document_says_what_a_route_asks_for(guarded: CitizenFlask) -> None:
    document = guarded.test_client().get("/api/openapi.json").get_json()
    operation = document["paths"]["/api/v1/guarded/desk"]["post"]
    assert operation["x-assurance"] == {"level": 3, "fresh_seconds": 60}
    assert operation["responses"]["403"] == {"$ref": "#/components/responses/Forbidden"}
    assert "within the last 60 seconds" in operation["description"]
    examples = document["components"]["responses"]["Forbidden"]["content"]["application/problem+json"][
        "examples"
    ]
    assert "assurance-too-low" in examples
