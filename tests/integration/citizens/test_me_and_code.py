"""What a signed-in citizen sees, and the code they show."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from citizen_app.citizens.queries import citizen_by_phone
from citizen_app.citizens.registration import create_citizen
from citizen_app.codes.keys import key_ring, rotate
from citizen_app.storage.transactions import transaction

PHONE = "13911112222"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def keys(app: Flask) -> None:
    with app.app_context():
        with transaction(reading=True):
            have = bool(key_ring().issuers)
        if not have:
            with transaction():
                rotate("codes", lead=timedelta(0))


def test_me_is_masked_and_not_stored_by_anyone(app: Flask, client: FlaskClient, sign_in: Any) -> None:
    with app.app_context(), transaction():
        create_citizen(PHONE, name="王小明")
    answer = client.get("/api/v1/me", headers=bearer(sign_in().access_token))
    assert answer.json == {
        "masked_name": "王*明",
        "masked_phone": "139****2222",
        "assurance_level": 1,
        "documents": [],
        "wards": [],
        "devices": [],
    }
    assert answer.headers["Cache-Control"] == "no-store"


def test_without_a_real_name_there_is_none(client: FlaskClient, sign_in: Any) -> None:
    assert client.get("/api/v1/me", headers=bearer(sign_in().access_token)).json["masked_name"] is None


@pytest.mark.parametrize("path", ["/api/v1/me", "/api/v1/me/code"])
@pytest.mark.parametrize("header", [None, "Bearer", "Bearer ", "Basic eDp5", "Bearer nonsense"])
def test_without_a_valid_token_it_is_401(client: FlaskClient, path: str, header: str | None) -> None:
    answer = client.get(path, headers={"Authorization": header} if header else {})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_code_is_fresh_each_time_and_touches_no_table(
    client: FlaskClient, sign_in: Any, keys: None, statements: Any
) -> None:
    headers = bearer(sign_in().access_token)
    first = client.get("/api/v1/me/code", headers=headers)
    with statements() as seen:
        second = client.get("/api/v1/me/code", headers=headers)
    assert first.status_code == second.status_code == 200
    assert seen == []
    assert first.json["code"].startswith("CC1:")
    assert first.json["code"] != second.json["code"]
    assert first.json.keys() == {"code", "kind", "expires_at", "refresh_at", "server_time"}
    assert first.json["kind"] == "online"
    assert first.json["server_time"] < first.json["refresh_at"] < first.json["expires_at"]
    assert first.headers["Cache-Control"] == "no-store"


def test_a_code_names_its_citizen_to_the_issuer_only(
    app: Flask, client: FlaskClient, sign_in: Any, keys: None
) -> None:
    code = client.get("/api/v1/me/code", headers=bearer(sign_in().access_token)).json["code"]
    with app.app_context(), transaction(reading=True):
        citizen = citizen_by_phone(f"+86{PHONE}")
    assert citizen is not None
    assert str(citizen.subject_number) not in code
    assert citizen.subject_number.bit_length() <= 63


def test_a_code_can_be_had_as_a_picture(client: FlaskClient, sign_in: Any, keys: None, tmp_path: Any) -> None:
    headers = bearer(sign_in().access_token)
    svg = client.get("/api/v1/me/code", headers={**headers, "Accept": "image/svg+xml"})
    png = client.get("/api/v1/me/code", headers={**headers, "Accept": "image/png,image/*;q=0.5"})
    assert (svg.mimetype, png.mimetype) == ("image/svg+xml", "image/png")
    assert svg.data.startswith(b"<svg")
    (tmp_path / "code.png").write_bytes(png.data)
    with Image.open(tmp_path / "code.png") as picture:
        assert zxingcpp.read_barcodes(picture.convert("L"))[0].text.startswith("CC1:")
    for answer in (svg, png):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Vary"] == "Accept"


def test_another_format_is_not_acceptable(client: FlaskClient, sign_in: Any, keys: None) -> None:
    headers = {**bearer(sign_in().access_token), "Accept": "text/csv"}
    assert client.get("/api/v1/me/code", headers=headers).status_code == 406


def test_the_sixty_first_code_of_a_minute_is_refused(client: FlaskClient, sign_in: Any, keys: None) -> None:
    one, other = sign_in(), sign_in("13911113333")
    answers = [client.get("/api/v1/me/code", headers=bearer(one.access_token)) for _ in range(61)]
    assert [answer.status_code for answer in answers] == [200] * 60 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert client.get("/api/v1/me/code", headers=bearer(other.access_token)).status_code == 200


def test_without_a_key_nothing_is_issued(client: FlaskClient, sign_in: Any, monkeypatch: Any) -> None:
    def none() -> None:
        raise LookupError

    monkeypatch.setattr("citizen_app.web.citizen_api.code.issuing_key", none)
    answer = client.get("/api/v1/me/code", headers=bearer(sign_in().access_token))
    assert (answer.status_code, answer.json["type"]) == (503, "/problems/unavailable")
