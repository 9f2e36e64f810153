"""`flask kiosks`: a kiosk from the command line to its activation."""

from __future__ import annotations

import json

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from citizen_app.clock import now

ACTIVATE = "/api/v1/kiosks/activate"
NEW = ("--service", "ferry", "--purpose", "board", "--purpose", "alight", "--name", "二号机")
PLACE = ("--place-zh", "西码头", "--place-en", "West pier")


def run(app: Flask, *arguments: str):
    return app.test_cli_runner().invoke(args=["kiosks", *arguments])


def create(app: Flask) -> dict:
    result = run(app, "create", *NEW, *PLACE, "--context", '{"pier": "west"}', "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def test_the_printed_code_activates(app: Flask, client: FlaskClient) -> None:
    made = create(app)
    assert client.post(ACTIVATE, json={"activation_code": made["activation_code"]}).status_code == 200
    (kiosk,) = json.loads(run(app, "list", "--json").output)["kiosks"]
    assert (kiosk["state"], kiosk["purposes"], kiosk["context"]) == (
        "active",
        ["board", "alight"],
        {"pier": "west"},
    )
    assert "hash" not in json.dumps(kiosk)
    assert "token" not in json.dumps(kiosk)


def test_people_can_read_it_too(app: Flask) -> None:
    shown = run(app, "create", *NEW, *PLACE).output
    assert "activation code: " in shown
    assert "ferry:board,alight" in run(app, "list").output


def test_a_link_for_the_camera_is_good_once_for_ten_minutes(app: Flask, client: FlaskClient) -> None:
    kiosk_id = create(app)["kiosk"]["id"]
    with time_machine.travel(now(), tick=False) as moving:
        shown = run(app, "activation", kiosk_id, "--qr").output
        assert "█" in shown
        link = shown.splitlines()[-1].split()[0]
        address, code = link.split("#activate=")
        assert address.endswith("/kiosk")
        moving.shift(601)
        assert client.post(ACTIVATE, json={"activation_code": code}).status_code == 401
        made = json.loads(run(app, "activation", kiosk_id, "--qr", "--json").output)
        code = made["activation_link"].split("#activate=")[1]
        assert [client.post(ACTIVATE, json={"activation_code": code}).status_code for _ in range(2)] == [
            200,
            401,
        ]


def test_a_new_code_and_revocation(app: Flask, client: FlaskClient) -> None:
    made = create(app)
    kiosk_id = made["kiosk"]["id"]
    fresh = json.loads(run(app, "activation", kiosk_id, "--json").output)["activation_code"]
    assert client.post(ACTIVATE, json={"activation_code": made["activation_code"]}).status_code == 401
    assert client.post(ACTIVATE, json={"activation_code": fresh}).status_code == 200
    assert run(app, "revoke", kiosk_id).output == "kiosk 1 is revoked\n"
    assert run(app, "activation", kiosk_id).exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("create", *NEW, *PLACE, "--context", "[1]"), "a JSON object"),
        (("create", *NEW, *PLACE, "--context", "{"), "not JSON"),
        (("create", *NEW, *PLACE, "--context", '{"pier": "north"}'), "--context pier: Must be one of"),
        (("create", "--service", "tram", *NEW[2:], *PLACE), "--service: no such service"),
        (("revoke", "00000000-0000-7000-8000-000000000000"), "nothing here"),
    ],
)
def test_mistakes_are_explained(app: Flask, arguments: tuple[str, ...], words: str) -> None:
    result = run(app, *arguments)
    assert result.exit_code != 0
    assert words in result.output
