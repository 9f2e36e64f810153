"""Sessions: rotation, reuse, logout, and how soon the end is known."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from citizen_app.citizens.operations import suspend_citizen
from citizen_app.citizens.queries import citizen_by_phone
from citizen_app.citizens.sessions import ABSOLUTE, GRACE, IDLE, Tokens, end_all_sessions
from citizen_app.citizens.tokens import ACCESS_SECONDS
from citizen_app.clock import now
from citizen_app.secrecy.vault import current_vault
from citizen_app.settings import SettingsRefused, load_settings
from citizen_app.storage.transactions import transaction
from tests.integration.kiosks.devices import look_only_when_asked

PHONE = "13911112222"
SignIn = Callable[..., Tokens]


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def refresh(client: FlaskClient, token: str) -> Any:
    body = json.dumps({"refresh_token": token})
    return client.post("/api/v1/auth/tokens", data=body, content_type="application/json")


def me(client: FlaskClient, tokens: Tokens) -> int:
    return client.get("/api/v1/me", headers=bearer(tokens.access_token)).status_code


def refreshed(client: FlaskClient, tokens: Tokens) -> Tokens:
    answer = refresh(client, tokens.refresh_token)
    assert answer.status_code == 200, answer.json
    return Tokens(**answer.json)


def test_a_refresh_token_changes_at_each_use(client: FlaskClient, sign_in: SignIn) -> None:
    first = sign_in()
    second = refreshed(client, first)
    third = refreshed(client, second)
    assert len({t.refresh_token for t in (first, second, third)}) == 3
    assert [me(client, t) for t in (first, second, third)] == [200, 200, 200]


def test_the_last_token_may_be_sent_again_within_ten_seconds(client: FlaskClient, sign_in: SignIn) -> None:
    first = sign_in()
    start = now()
    with time_machine.travel(start, tick=False) as clock:
        second = refreshed(client, first)
        clock.move_to(start + GRACE)
        again = refreshed(client, first)
        assert again.refresh_token == second.refresh_token, "nothing forks"
        assert me(client, refreshed(client, second)) == 200


def test_later_the_last_token_is_a_copy_and_ends_the_session(client: FlaskClient, sign_in: SignIn) -> None:
    first = sign_in()
    start = now()
    with time_machine.travel(start, tick=False) as clock:
        second = refreshed(client, first)
        clock.move_to(start + GRACE + timedelta(seconds=1))
        assert refresh(client, first.refresh_token).status_code == 401
        assert refresh(client, second.refresh_token).status_code == 401
        assert me(client, second) == 401, "access tokens of the session are refused as well"


def test_an_older_token_ends_the_session_even_within_ten_seconds(
    client: FlaskClient, sign_in: SignIn
) -> None:
    first = sign_in()
    third = refreshed(client, refreshed(client, first))
    refused = refresh(client, first.refresh_token)
    assert (refused.status_code, refused.json["type"]) == (401, "/problems/sign-in-refused")
    assert refresh(client, third.refresh_token).status_code == 401


def test_an_invented_token_ends_nothing(client: FlaskClient, sign_in: SignIn) -> None:
    tokens = sign_in()
    session_id, _, mac = tokens.refresh_token.split(".")
    for invented in (
        f"{session_id}.0.{mac[::-1]}",
        f"{session_id}.1.{mac}",
        f"{session_id}.-1.{mac}",
        f"{session_id}.00.{mac}",
        f"{session_id.upper()}.0.{mac}",
        f"{session_id}.0.",
        "..",
        "x",
        "é" * 60,
    ):
        assert refresh(client, invented).status_code == 401, invented
        body = json.dumps({"refresh_token": invented})
        client.post("/api/v1/auth/logout", data=body, content_type="application/json")
    assert me(client, tokens) == 200
    assert refresh(client, tokens.refresh_token).status_code == 200


def test_concurrent_refreshes_get_the_same_successor(
    app: Flask, client: FlaskClient, sign_in: SignIn, concurrently: Any
) -> None:
    first = sign_in()
    answers = concurrently(lambda: refresh(app.test_client(), first.refresh_token))
    assert [answer.status_code for answer in answers] == [200] * len(answers)
    assert len({answer.json["refresh_token"] for answer in answers}) == 1
    assert me(client, refreshed(client, Tokens(**answers[0].json))) == 200


@pytest.mark.parametrize("with_access_token", [True, False])
def test_logout_is_effective_here_at_once(
    client: FlaskClient, sign_in: SignIn, with_access_token: bool
) -> None:
    tokens, elsewhere = sign_in(), sign_in()
    assert me(client, tokens) == 200
    if with_access_token:
        ended = client.post("/api/v1/auth/logout", headers=bearer(tokens.access_token))
    else:
        ended = client.post("/api/v1/auth/logout", json={"refresh_token": tokens.refresh_token})
    assert ended.status_code == 204
    refused = client.get("/api/v1/me", headers=bearer(tokens.access_token))
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    assert refresh(client, tokens.refresh_token).status_code == 401
    assert me(client, elsewhere) == 200, "another device stays signed in"


def test_logout_twice_is_no_error_and_without_any_token_is(client: FlaskClient, sign_in: SignIn) -> None:
    tokens = sign_in()
    for _ in range(2):
        ended = client.post("/api/v1/auth/logout", json={"refresh_token": tokens.refresh_token})
        assert ended.status_code == 204
    assert client.post("/api/v1/auth/logout").status_code == 401


def test_logout_is_known_to_another_worker_at_its_next_look(
    client: FlaskClient, sign_in: SignIn, other_worker: Flask, tmp_path: Path
) -> None:
    """It looks each second, or as often as the setting says: never less than every two."""
    tokens = sign_in()
    watch, other = look_only_when_asked(other_worker), other_worker.test_client()
    assert me(other, tokens) == 200
    client.post("/api/v1/auth/logout", json={"refresh_token": tokens.refresh_token})
    with other_worker.app_context():
        watch.check_versions()
    assert me(other, tokens) == 401
    with pytest.raises(SettingsRefused, match="WATCH_INTERVAL"):
        load_settings(
            {"CITIZEN_DEMO": "1", "CITIZEN_DATA_DIR": str(tmp_path), "CITIZEN_WATCH_INTERVAL": "2.1"}
        )


def test_suspension_and_the_end_of_all_sessions_sign_every_device_out(
    app: Flask, client: FlaskClient, sign_in: SignIn
) -> None:
    for end in (end_all_sessions, suspend_citizen):
        devices = [sign_in(), sign_in()]
        with app.app_context(), transaction():
            citizen = citizen_by_phone(f"+86{PHONE}")
            assert citizen is not None
            end(citizen.id)
        assert [me(client, tokens) for tokens in devices] == [401, 401]
        assert [refresh(client, tokens.refresh_token).status_code for tokens in devices] == [401, 401]


def test_an_access_token_lives_five_minutes(client: FlaskClient, sign_in: SignIn) -> None:
    start = now()
    with time_machine.travel(start, tick=False) as clock:
        tokens = sign_in()
        assert tokens.expires_in == ACCESS_SECONDS == 300
        clock.move_to(start + timedelta(seconds=ACCESS_SECONDS))
        assert me(client, tokens) == 200
        clock.move_to(start + timedelta(seconds=ACCESS_SECONDS + 2))
        assert me(client, tokens) == 401


def test_a_session_ends_after_thirty_idle_days(client: FlaskClient, sign_in: SignIn) -> None:
    start = now()
    with time_machine.travel(start, tick=False) as clock:
        tokens = sign_in()
        clock.move_to(start + IDLE - timedelta(seconds=1))
        tokens = refreshed(client, tokens)
        clock.move_to(start + 2 * IDLE)
        assert refresh(client, tokens.refresh_token).status_code == 401


def test_a_session_in_daily_use_ends_after_half_a_year(client: FlaskClient, sign_in: SignIn) -> None:
    start = now()
    with time_machine.travel(start, tick=False) as clock:
        tokens = sign_in()
        for day in range(20, ABSOLUTE.days, 20):
            clock.move_to(start + timedelta(days=day))
            tokens = refreshed(client, tokens)
        clock.move_to(start + ABSOLUTE)
        assert refresh(client, tokens.refresh_token).status_code == 401


def test_a_changed_access_token_is_refused(client: FlaskClient, sign_in: SignIn) -> None:
    token = sign_in().access_token
    changed = [
        token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :] for at in range(len(token) - 1)
    ]
    for forged in [*changed, token[:-2], token + "A", "x", ".", "é"]:
        answer = client.get("/api/v1/me", headers=bearer(forged))
        assert answer.status_code == 401, forged
    assert client.get("/api/v1/me", headers=bearer(token)).status_code == 200


def test_other_signed_texts_are_no_access_tokens(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    tokens = sign_in()
    with app.app_context():
        cursor = current_vault().signer("cursor").dumps(["a", 1, "b", 1, 1])
        misshapen = current_vault().signer("access.1").dumps({"a": 1})
    for other in (cursor, misshapen, tokens.refresh_token):
        assert client.get("/api/v1/me", headers=bearer(other)).status_code == 401
