"""`flask staff`: an account from the command line to its first sign-in."""

from __future__ import annotations

import json

import pyotp
from flask import Flask
from flask.testing import FlaskClient

PASSWORD = "quiet-lantern-river"


def run(app: Flask, *arguments: str, typed: str | None = None):
    return app.test_cli_runner().invoke(args=["staff", *arguments], input=typed)


def create(app: Flask, username: str, *roles: str) -> dict[str, str]:
    options = [option for role in roles for option in ("--role", role)]
    result = run(app, "create", username, *options, "--password-stdin", "--json", typed=PASSWORD + "\n")
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def test_an_account_from_the_command_line_signs_in(app: Flask, client: FlaskClient) -> None:
    made = create(app, "zhao.min", "service_operator:bus")
    totp = pyotp.parse_uri(made["totp_uri"])
    assert totp.secret == made["totp_secret"]
    body = {"username": "zhao.min", "password": PASSWORD, "totp": totp.now()}
    token = client.post("/api/v1/staff/sessions", json=body).json["token"]
    shown = client.get("/api/v1/staff/sessions/current", headers={"Authorization": f"Bearer {token}"}).json
    assert {"permission": "kiosks.read", "services": ["bus"]} in shown["permissions"]


def test_passwords_are_asked_for_twice_and_never_shown(app: Flask) -> None:
    result = run(app, "create", "zhao.min", "--role", "auditor", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert result.exit_code == 0, result.output
    assert "otpauth://totp/" in result.output
    assert PASSWORD not in result.output


def test_roles_come_and_go(app: Flask) -> None:
    create(app, "zhao.min", "system_admin")
    refused = run(app, "grant", "zhao.min", "auditor")
    assert refused.exit_code == 1
    assert "must stay with different people" in refused.output
    assert run(app, "grant", "zhao.min", "service_operator:bus").exit_code == 0
    assert run(app, "revoke-role", "zhao.min", "system_admin").exit_code == 0
    assert run(app, "revoke-role", "zhao.min", "system_admin").exit_code == 1
    (person,) = json.loads(run(app, "list", "--json").output)["staff"]
    assert person["roles"] == ["service_operator:bus"]
    assert "hash" not in json.dumps(person)
    assert "service_operator:bus" in run(app, "list").output


def test_tokens_accounts_and_passwords(app: Flask, client: FlaskClient) -> None:
    create(app, "zhao.min", "auditor")
    options = ("--name", "nightly", "--permission", "audit.read", "--days", "7")
    token = run(app, "token", "create", "zhao.min", *options).output.strip()
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get("/api/v1/admin/audit", headers=headers).status_code == 200
    assert (
        run(app, "token", "create", "zhao.min", "--name", "x", "--permission", "keys.manage").exit_code == 1
    )
    assert run(app, "disable", "zhao.min").exit_code == 0
    assert client.get("/api/v1/admin/audit", headers=headers).status_code == 401
    assert run(app, "enable", "zhao.min").exit_code == 0
    assert run(app, "unlock", "zhao.min").exit_code == 0
    weak = run(app, "reset-password", "zhao.min", "--password-stdin", typed="short\n")
    assert weak.exit_code == 1
    assert "at least 12 characters" in weak.output
    assert (
        run(app, "reset-password", "zhao.min", "--password-stdin", typed="another-lantern-river\n").exit_code
        == 0
    )
    assert run(app, "disable", "nobody").exit_code == 1
