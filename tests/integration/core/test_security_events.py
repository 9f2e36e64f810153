"""Whatever is refused, tried in vain or fails leaves one record in UTC of who, what, when, from where and
with which result (ASVS V16.2.1, V16.2.2, V16.3.1 to V16.3.4)."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from citizen_app.ids import new_id
from citizen_app.secrecy.bearers import mint
from citizen_app.toolkit.testing import City
from citizen_app.web.admin_api import audit
from tests.integration.staff.people import hire

UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(Z|\+00:00)")
AUDIT = "/api/v1/admin/audit"
Try = Callable[[City, FlaskClient], TestResponse]


@pytest.fixture
def app_settings() -> dict[str, str]:
    return {"CITIZEN_LOG_LEVEL": "INFO"}


def wrong_password(city: City, client: FlaskClient) -> TestResponse:
    person = hire(city.app, "wang.fang")
    return client.post("/api/v1/staff/sessions", json=person.body(password="wrong-lantern-river"))


def wrong_otp(city: City, client: FlaskClient) -> TestResponse:
    body = {"challenge_id": new_id(), "otp": "123456"}
    return client.post("/api/v1/auth/tokens", json=body)


def invented_kiosk(city: City, client: FlaskClient) -> TestResponse:
    with city.app.app_context():
        headers = {"Authorization": f"Bearer {mint('kiosk')}"}
    return client.post("/api/v1/kiosks/me/heartbeat", headers=headers, json={})


def no_permission(city: City, client: FlaskClient) -> TestResponse:
    return client.get(AUDIT, headers=hire(city.app, "li.lei", "system_admin").sign_in())


def another_site(city: City, client: FlaskClient) -> TestResponse:
    browser = hire(city.app, "han.mei", "system_admin").browser()
    headers = {"Sec-Fetch-Site": "cross-site"}
    return browser.client.post("/console/services/bus/disable", data={}, headers=headers)


ATTEMPTS: Final[tuple[tuple[Try, int, str, bool | None], ...]] = (
    (wrong_password, 401, "sign-in-refused", False),
    (wrong_otp, 401, "sign-in-refused", False),
    (invented_kiosk, 401, "sign-in-required", False),
    (no_permission, 403, "not-permitted", True),
    (another_site, 403, "cross-site", None),
)


def test_each_refusal_is_on_record(city: City, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    for attempt, status, problem, caller in ATTEMPTS:
        answer, told, asked = watched(monkeypatch, partial(attempt, city, client))
        assert answer.status_code == status, answer.text
        assert [line["problem"] for line in told if line["event"] == "refused"] == [problem]
        assert len(asked) == 1
        assert UTC.fullmatch(asked[0]["timestamp"])
        assert (asked[0]["status"], asked[0]["request_id"]) == (status, answer.headers["X-Request-Id"])
        for line in (*asked, *(line for line in told if line["event"] == "refused")):
            assert (line["address"], line["path"]) == ("127.0.0.1", answer.request.path)
        if caller is not None:
            assert (asked[0]["caller"] is not None) == caller


def test_a_failure_behind_us_is_on_record(
    city: City, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = hire(city.app, "wang.fang", "auditor").sign_in()

    def away(**_: Any) -> None:
        raise OperationalError("SELECT 1", {}, Exception("server closed the connection"))

    monkeypatch.setattr(audit, "audit_page", away)
    answer, told, asked = watched(monkeypatch, lambda: client.get(AUDIT, headers=headers))
    assert answer.status_code == 503
    assert [(line["status"], line["caller"] is not None) for line in asked] == [(503, True)]
    assert [line["log_level"] for line in told if line["event"] == "database unavailable"] == ["error"]


def watched(
    monkeypatch: pytest.MonkeyPatch, ask: Callable[[], TestResponse]
) -> tuple[TestResponse, list[Any], list[dict[str, Any]]]:
    """An answer, the events of the application meanwhile, and the access lines that it wrote."""
    written = io.StringIO()
    with monkeypatch.context() as patch, capture_logs() as told:
        patch.setattr(sys, "stderr", written)
        answer = ask()
    lines = [json.loads(text) for text in written.getvalue().splitlines() if text.startswith("{")]
    return answer, told, [line for line in lines if line["event"] == "request"]
