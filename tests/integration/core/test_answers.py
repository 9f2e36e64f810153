"""Every answer: problems instead of surprises, security headers everywhere, limits, read-only GETs."""

from __future__ import annotations

import io
import json
import sqlite3
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from citizen_app.factory import CitizenFlask, create_app
from citizen_app.storage import unit_of_work
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import after_commit, transaction
from citizen_app.toolkit.testing import dispose
from citizen_app.web.boundary.audiences import ANYONE, page_blueprint
from citizen_app.wire.problems import Problem

HEADERS = (
    "Content-Security-Policy",
    "Strict-Transport-Security",
    "X-Content-Type-Options",
    "Referrer-Policy",
    "X-Request-Id",
)


@pytest.mark.parametrize(
    ("method", "path", "status", "slug"),
    [
        ("GET", "/api/v1/nothing", 404, "not-found"),
        ("GET", "/nothing", 404, "not-found"),
        ("GET", "/api/v1/services/nothing/here", 404, "not-found"),
        ("DELETE", "/api/v1/services", 405, "method-not-allowed"),
        ("TRACE", "/api/v1/services", 405, "method-not-allowed"),
        ("GET", "/api/v1/me", 401, "sign-in-required"),
        ("GET", "/api/v1/services?unknown=1", 422, "invalid-input"),
        ("GET", "/api/v1/services?q=a&q=b", 422, "invalid-input"),
        ("GET", "/api/v1/services?q=%00", 400, "bad-request"),
        ("GET", "/api/v1/services/bus/lines/%00", 400, "bad-request"),
    ],
)
def test_errors_are_problems(client: FlaskClient, method: str, path: str, status: int, slug: str) -> None:
    answer = client.open(path, method=method)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    document = answer.get_json()
    assert (document["type"], document["status"]) == (f"/problems/{slug}", status)
    assert document["request_id"] == answer.headers["X-Request-Id"]
    for header in HEADERS:
        assert answer.headers[header]


def test_a_browser_gets_a_page_in_its_language(client: FlaskClient) -> None:
    zh = client.get("/nothing", headers={"Accept": "text/html"})
    en = client.get("/nothing", headers={"Accept": "text/html", "Accept-Language": "en"})
    assert zh.mimetype == en.mimetype == "text/html"
    assert "没有找到" in zh.text
    assert "Not found" in en.text
    assert "script" not in zh.headers["Content-Security-Policy"].replace("script-src 'self'", "")


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ("{", "application/json", 400),
        ('{"phone": "1", "phone": "2"}', "application/json", 422),
        ('{"phone": NaN}', "application/json", 400),
        ("phone=1", "application/x-www-form-urlencoded", 415),
        ("[]", "application/json", 422),
        ('{"phone": 5}', "application/json", 422),
        ('{"phone": "+8613800000001", "role": "admin"}', "application/json", 422),
        ("[" * 100_000, "application/json", 400),
        (r'{"phone": "\ud800"}', "application/json", 400),
        (r'{"\ud800": 1}', "application/json", 400),
        (r'{"phone": "a\u0000b"}', "application/json", 400),
        (b'{"phone": "\xff"}', "application/json", 400),
        (json.dumps({"phone": "1" * 800_000}), "application/json", 413),
    ],
)
def test_bodies_outside_the_contract(
    client: FlaskClient, body: str | bytes, content_type: str, status: int
) -> None:
    answer = client.post("/api/v1/auth/challenges", data=body, content_type=content_type)
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize(
    ("path", "body", "chinese", "english"),
    [
        (
            "/api/v1/auth/challenges",
            {"phone": "123"},
            "不是电话号码；请写成 13800138000 或 +8613800138000",
            "not a phone number; write it as 13800138000 or +8613800138000",
        ),
        ("/api/v1/auth/challenges", {}, "缺少必填项。", "Missing data for required field."),
        ("/api/v1/services?q=a&q=b", None, "出现了不止一次", "stands more than once"),
        ("/api/v1/services?unknown=1", None, "没有这一项。", "Unknown field."),
    ],
)
def test_faults_are_named_in_the_callers_language(
    client: FlaskClient, path: str, body: dict[str, str] | None, chinese: str, english: str
) -> None:
    method = "GET" if body is None else "POST"
    for header, said in ((None, chinese), ("zh-CN", chinese), ("en", english)):
        headers = {"Accept-Language": header} if header else {}
        answer = client.open(path, method=method, json=body, headers=headers)
        assert [fault["message"] for fault in answer.get_json()["errors"]] == [said]


def _app_with(app_environment: dict[str, str], *views: object) -> CitizenFlask:
    app = create_app(app_environment)
    blueprint = page_blueprint("test_views", ANYONE)
    for view in views:
        blueprint.route(f"/test/{view.__name__}", methods=["GET", "POST"])(view)  # type: ignore[attr-defined, arg-type]
    app.register_blueprint(blueprint)
    return app


def _touch() -> None:
    db.session.execute(text("INSERT INTO watch_versions (topic, version) VALUES ('test', 1)"))


def _written(app: Flask) -> bool:
    with app.app_context(), transaction(reading=True):
        return bool(db.session.scalar(text("SELECT count(*) FROM watch_versions WHERE topic = 'test'")))


def test_one_request_is_one_unit_of_work(app_environment: dict[str, str]) -> None:
    ran: list[str] = []

    def good() -> str:
        _touch()
        after_commit(lambda: ran.append("good"))
        return "done"

    def crash() -> str:
        _touch()
        after_commit(lambda: ran.append("crash"))
        raise RuntimeError("the secret phone is 13812345678")

    def refusal() -> str:
        _touch()
        raise Problem("conflict")

    def counted() -> str:
        _touch()
        raise Problem("sign-in-refused", keep_writes=True)

    app = _app_with(app_environment, good, crash, refusal, counted)
    client = app.test_client()
    for path, status, written in (("crash", 500, False), ("refusal", 409, False), ("counted", 401, True)):
        answer = client.post(f"/test/{path}")
        assert answer.status_code == status
        assert "13812345678" not in answer.text
        assert _written(app) is written
    with app.app_context(), transaction():
        db.session.execute(text("DELETE FROM watch_versions WHERE topic = 'test'"))
    assert client.post("/test/good").status_code == 200
    assert _written(app)
    assert ran == ["good"]
    dispose(app)


def test_a_get_cannot_write_on_sqlite(app_environment: dict[str, str]) -> None:
    def writer() -> str:
        _touch()
        return "done"

    app = _app_with(app_environment, writer)
    if app.extensions["settings"].on_sqlite:
        assert app.test_client().get("/test/writer").status_code == 503
        assert not _written(app)
    dispose(app)


def test_database_trouble_is_unavailable_and_never_accepted(app_environment: dict[str, str]) -> None:
    def away() -> str:
        raise OperationalError("SELECT 1", {}, Exception("server closed the connection; password=hunter2"))

    def full() -> str:
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorname = "SQLITE_FULL"
        raise DBAPIError("INSERT", {}, error)

    app = _app_with(app_environment, away, full)
    client = app.test_client()
    for path, status in (("away", 503), ("full", 507)):
        answer = client.get(f"/test/{path}")
        assert answer.status_code == status
        assert answer.headers["Retry-After"]
        assert "hunter2" not in answer.text
    dispose(app)


def test_demo_mode_answers_this_machine_only(client: FlaskClient) -> None:
    refused = client.get("/api/v1/services", environ_overrides={"REMOTE_ADDR": "192.168.1.20"})
    assert (refused.status_code, refused.get_json()["type"]) == (403, "/problems/demo-loopback-only")
    assert client.get("/api/v1/services", environ_overrides={"REMOTE_ADDR": "::1"}).status_code == 200


def test_a_forged_forwarding_header_changes_nothing(client: FlaskClient) -> None:
    answer = client.get(
        "/api/v1/services", headers={"X-Forwarded-For": "10.9.8.7", "X-Forwarded-Host": "evil.example"}
    )
    assert answer.status_code == 200


def test_a_forged_forwarding_header_does_not_move_the_limit(client: FlaskClient) -> None:
    answers = [
        client.post(
            "/api/v1/auth/challenges",
            json={"phone": f"+86138000{number:05d}"},
            headers={"X-Forwarded-For": f"10.9.8.{number}"},
        ).status_code
        for number in range(65)
    ]
    assert 429 in answers
    assert answers[0] == 202


def test_limits_say_when_to_come_back(client: FlaskClient) -> None:
    answers = [client.post("/api/v1/auth/challenges", json={"phone": "+8613800009999"}) for _ in range(65)]
    limited = [a for a in answers if a.status_code == 429]
    assert limited
    assert int(limited[0].headers["Retry-After"]) > 0
    assert limited[0].get_json()["type"] == "/problems/too-many-requests"


def test_alive_and_ready(client: FlaskClient) -> None:
    assert client.get("/healthz").get_json() == {"status": "alive"}
    not_ready = client.get("/readyz")
    assert not_ready.status_code == 503
    assert not_ready.get_json()["checks"] == {
        "database": True,
        "migrations": True,
        "keys": False,
        "watch": True,
    }


def test_a_body_is_read_before_the_unit_of_work_begins(client: FlaskClient) -> None:
    """A client that sends its body slowly, or never, must not hold the one writing transaction of SQLite."""
    inside: list[bool] = []

    class Body(io.BytesIO):
        def readinto(self, buffer: Any) -> int:
            inside.append(unit_of_work.current_unit.get() is not None)
            return super().readinto(buffer)

        def read(self, size: int | None = -1) -> bytes:
            inside.append(unit_of_work.current_unit.get() is not None)
            return super().read(size)

    body = b'{"phone": "+8613800000001"}'
    answer = client.post(
        "/api/v1/auth/challenges",
        input_stream=Body(body),
        content_length=len(body),
        content_type="application/json",
    )
    assert answer.status_code == 202
    assert inside
    assert not any(inside)
