"""A personal access token never exceeds its holder, not when it is made and not afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from citizen_app import clock
from citizen_app.staff import operations
from citizen_app.staff.sessions import staff_of_token
from citizen_app.storage.transactions import transaction
from tests.integration.staff.people import Person, hire

TOKENS = "/api/v1/staff/tokens"
KIOSKS = "/api/v1/admin/kiosks"


def wanted(*permissions: str, days: float = 30) -> dict[str, object]:
    until = clock.rfc3339(clock.now() + timedelta(days=days))
    return {"name": "nightly", "permissions": list(permissions), "expires_at": until}


def made(
    client: FlaskClient, person: Person, *permissions: str, days: float = 30
) -> tuple[str, dict[str, str]]:
    """A token's id and the headers that carry it."""
    answer = client.post(TOKENS, json=wanted(*permissions, days=days), headers=person.sign_in())
    assert answer.status_code == 201, answer.json
    return answer.json["details"]["id"], {"Authorization": f"Bearer {answer.json['token']}"}


def test_a_token_does_what_it_was_made_for_and_nothing_else(app: Flask, client: FlaskClient) -> None:
    person = hire(app, "wang.fang", "system_admin")
    _, token = made(client, person, "kiosks.read")
    assert client.get(KIOSKS, headers=token).status_code == 200
    assert client.post(KIOSKS, json={}, headers=token).status_code == 403
    assert client.get("/api/v1/admin/audit", headers=token).status_code == 403


def test_a_token_cannot_have_what_its_holder_lacks(app: Flask, client: FlaskClient) -> None:
    headers = hire(app, "wang.fang", "auditor").sign_in()
    for permission in ("kiosks.manage", "staff.manage"):
        answer = client.post(TOKENS, json=wanted("audit.read", permission), headers=headers)
        assert answer.status_code == 403
    for permission in ("everything", "account.own"):
        assert client.post(TOKENS, json=wanted(permission), headers=headers).status_code == 422
    assert client.get(TOKENS, headers=headers).json["items"] == []


def test_what_the_holder_loses_the_token_loses_at_once(app: Flask, client: FlaskClient) -> None:
    person = hire(app, "wang.fang", "service_operator:ferry", "service_operator:pool")
    _, token = made(client, person, "kiosks.read")
    text = token["Authorization"].removeprefix("Bearer ")
    with app.app_context(), transaction():
        assert staff_of_token(text).permissions == {"kiosks.read": {"ferry", "pool"}}
        operations.revoke_role(person.id, "service_operator", "pool")
    with app.app_context(), transaction():
        assert staff_of_token(text).permissions == {"kiosks.read": {"ferry"}}
        operations.revoke_role(person.id, "service_operator", "ferry")
    assert client.get(KIOSKS, headers=token).status_code == 403


def test_what_the_holder_gains_the_token_does_not(app: Flask, client: FlaskClient) -> None:
    person = hire(app, "wang.fang", "service_operator:ferry")
    _, token = made(client, person, "kiosks.read")
    with app.app_context(), transaction():
        operations.grant(person.id, "system_admin")
    assert client.post(KIOSKS, json={}, headers=token).status_code == 403


def test_a_token_makes_no_tokens(app: Flask, client: FlaskClient) -> None:
    person = hire(app, "wang.fang", "system_admin")
    token_id, token = made(client, person, "kiosks.read")
    assert client.post(TOKENS, json=wanted("kiosks.read"), headers=token).status_code == 403
    assert client.get(TOKENS, headers=token).status_code == 403
    assert client.delete(f"{TOKENS}/{token_id}", headers=token).status_code == 403
    assert client.delete("/api/v1/staff/sessions/current", headers=token).status_code == 403


def test_a_token_lives_a_year_at_most_and_ends(app: Flask, client: FlaskClient) -> None:
    person = hire(app, "wang.fang", "system_admin")
    headers = person.sign_in()
    for days in (-1.0, 366.0):
        answer = client.post(TOKENS, json=wanted("kiosks.read", days=days), headers=headers)
        assert answer.status_code == 422
        assert answer.json["errors"][0]["pointer"] == "/expires_at"
    with time_machine.travel(clock.now() + timedelta(minutes=2), tick=False) as moving:
        _, token = made(client, person, "kiosks.read", days=1)
        moving.shift(86399)
        assert client.get(KIOSKS, headers=token).status_code == 200
        moving.shift(1)
        assert client.get(KIOSKS, headers=token).status_code == 401


@pytest.mark.parametrize("end", ["delete", "disable", "reset password"])
def test_what_ends_a_token_ends_it_at_once(app: Flask, client: FlaskClient, end: str) -> None:
    person = hire(app, "wang.fang", "system_admin")
    headers = person.sign_in()
    body = client.post(TOKENS, json=wanted("kiosks.read"), headers=headers).json
    token = {"Authorization": f"Bearer {body['token']}"}
    assert client.get(KIOSKS, headers=token).status_code == 200
    if end == "delete":
        assert client.delete(f"{TOKENS}/{body['details']['id']}", headers=headers).status_code == 204
    else:
        with app.app_context(), transaction():
            if end == "disable":
                operations.disable(person.id)
            else:
                operations.reset_password(person.id, "another-lantern-river")
    assert client.get(KIOSKS, headers=token).status_code == 401


def test_somebody_elses_token_is_not_found(app: Flask, client: FlaskClient) -> None:
    token_id, token = made(client, hire(app, "wang.fang", "system_admin"), "kiosks.read")
    other = hire(app, "li.lei", "system_admin").sign_in()
    assert client.get(TOKENS, headers=other).json["items"] == []
    assert client.delete(f"{TOKENS}/{token_id}", headers=other).status_code == 404
    assert client.get(KIOSKS, headers=token).status_code == 200


def test_the_list_shows_use_but_never_the_text(app: Flask, client: FlaskClient) -> None:
    person = hire(app, "wang.fang", "system_admin")
    headers = person.sign_in()
    body = client.post(TOKENS, json=wanted("kiosks.read"), headers=headers).json
    client.get(KIOSKS, headers={"Authorization": f"Bearer {body['token']}"})
    answer = client.get(TOKENS, headers=headers)
    assert answer.json["items"][0]["last_used_at"] is not None
    assert body["token"] not in answer.text


def test_a_person_keeps_a_bounded_number(app: Flask, client: FlaskClient) -> None:
    headers = hire(app, "wang.fang", "system_admin").sign_in()
    codes = [client.post(TOKENS, json=wanted("kiosks.read"), headers=headers).status_code for _ in range(21)]
    assert codes == [201] * 20 + [409]
