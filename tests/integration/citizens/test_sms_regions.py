"""To which numbers codes go: the mainland's, and others where the city says so."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from citizen_app.citizens.registration import create_citizen
from citizen_app.jobs.models import OutboxMessage
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction

HONG_KONG, BRITISH, MAINLAND = "+85251234567", "+447400123456", "+8613911112222"
REGIONS = {"CITIZEN_SMS_REGIONS": "cn, HK"}


def ask(client: FlaskClient, phone: str, language: str = "zh-CN"):
    return client.post(
        "/api/v1/auth/challenges", json={"phone": phone}, headers={"Accept-Language": language}
    )


def messages(app: Flask) -> int:
    with app.app_context(), transaction(reading=True):
        return db.session.scalar(select(func.count()).select_from(OutboxMessage)) or 0


def test_a_foreign_number_is_refused_in_words_whoever_has_it(app: Flask, client: FlaskClient) -> None:
    unknown = ask(client, HONG_KONG)
    with app.app_context(), transaction():
        create_citizen(HONG_KONG)
    known = ask(client, HONG_KONG)
    assert known.status_code == unknown.status_code == 422
    assert known.json["errors"] == unknown.json["errors"]
    assert known.json["errors"] == [{"pointer": "/phone", "message": "验证码只发往这些地区的手机号：CN +86"}]
    in_english = ask(client, BRITISH, "en").json["errors"][0]["message"]
    assert in_english == "codes go to mobile numbers of these regions only: CN +86"
    assert ask(client, MAINLAND).status_code == 202
    assert messages(app) == 1


class TestOtherRegions:
    """A city on the border."""

    @pytest.fixture
    def app_settings(self) -> dict[str, str]:
        return REGIONS

    def test_others_by_a_setting(self, app: Flask, client: FlaskClient) -> None:
        statuses = [ask(client, phone).status_code for phone in (MAINLAND, HONG_KONG, BRITISH)]
        assert statuses == [202, 202, 422]
        assert "CN +86, HK +852" in ask(client, BRITISH).json["errors"][0]["message"]


class TestEverywhere:
    """A city without borders."""

    @pytest.fixture
    def app_settings(self) -> dict[str, str]:
        return {"CITIZEN_SMS_REGIONS": "*"}

    def test_all_by_a_star(self, app: Flask, client: FlaskClient) -> None:
        assert {ask(client, phone).status_code for phone in (MAINLAND, HONG_KONG, BRITISH)} == {202}
