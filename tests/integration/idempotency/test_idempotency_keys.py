"""`Idempotency-Key`: the first answer for every repetition, one effect, and nothing to read in the table."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text

from citizen_app import clock
from citizen_app.idempotency import operations
from citizen_app.idempotency.operations import StoredResponse
from citizen_app.staff.models import StaffToken
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.wire.problems import Problem
from tests.integration.staff.people import hire

TOKENS = "/api/v1/staff/tokens"
KEY = "019ab1c2-7d3e-7f00-9b1a-2c3d4e5f6071"


def wanted(**changed: Any) -> dict[str, Any]:
    expires_at = clock.rfc3339(clock.now() + timedelta(days=30))[:10] + "T00:00:00Z"
    return {"name": "nightly", "permissions": ["audit.read"], "expires_at": expires_at, **changed}


def count(app: Flask) -> int:
    with app.app_context(), transaction(reading=True):
        return int(db.session.scalar(select(func.count()).select_from(StaffToken)) or 0)


def test_a_repeated_request_gets_the_first_answer(app: Flask, client: FlaskClient) -> None:
    headers = {**hire(app, "li.hua", "auditor").sign_in(), "Idempotency-Key": KEY}
    body = wanted()
    first = client.post(TOKENS, json=body, headers=headers)
    again = client.post(TOKENS, json=dict(reversed(body.items())), headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.get_data() == first.get_data()
    assert again.mimetype == first.mimetype
    assert (first.headers.get("Idempotency-Replayed"), again.headers["Idempotency-Replayed"]) == (
        None,
        "true",
    )
    assert count(app) == 1


def test_the_same_key_for_something_else_is_refused(app: Flask, client: FlaskClient) -> None:
    headers = {**hire(app, "li.hua", "system_admin").sign_in(), "Idempotency-Key": KEY}
    assert client.post(TOKENS, json=wanted(permissions=["kiosks.read"]), headers=headers).status_code == 201
    for path, body in (
        (TOKENS, wanted(name="other", permissions=["kiosks.read"])),
        ("/api/v1/admin/kiosks", KIOSK),
    ):
        refused = client.post(path, json=body, headers=headers)
        assert (refused.status_code, refused.get_json()["type"]) == (422, "/problems/idempotency-conflict")
    assert count(app) == 1


KIOSK = {
    "name": "东门 1 号",
    "service": "bus",
    "purposes": ["board"],
    "place": {"zh": "东门", "en": "East gate"},
}


def test_a_key_belongs_to_one_caller(app: Flask, client: FlaskClient) -> None:
    for name in ("li.hua", "wang.fang"):
        headers = {**hire(app, name, "auditor").sign_in(), "Idempotency-Key": KEY}
        answer = client.post(TOKENS, json=wanted(), headers=headers)
        assert "Idempotency-Replayed" not in answer.headers
    assert count(app) == 2


def test_a_refusal_is_not_kept(app: Flask, client: FlaskClient) -> None:
    headers = {**hire(app, "li.hua", "auditor").sign_in(), "Idempotency-Key": KEY}
    assert client.post(TOKENS, json=wanted(permissions=["keys.manage"]), headers=headers).status_code == 403
    assert client.post(TOKENS, json=wanted(), headers=headers).status_code == 201


def test_without_a_key_each_request_is_its_own(app: Flask, client: FlaskClient) -> None:
    """The control: what the key prevents does happen without it."""
    headers = hire(app, "li.hua", "auditor").sign_in()
    for _ in range(2):
        assert client.post(TOKENS, json=wanted(), headers=headers).status_code == 201
    assert count(app) == 2


def test_after_a_day_the_key_is_free_again(app: Flask, client: FlaskClient) -> None:
    person = hire(app, "li.hua", "auditor")
    body = wanted()
    assert (
        client.post(TOKENS, json=body, headers={**person.sign_in(), "Idempotency-Key": KEY}).status_code
        == 201
    )
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        headers = {**person.sign_in(), "Idempotency-Key": KEY}
        assert client.post(TOKENS, json=body, headers=headers).status_code == 201
        assert count(app) == 2
        assert rows(app) == 1
    with time_machine.travel(clock.now() + timedelta(hours=51)), app.app_context(), transaction():
        operations.sweep()
    assert rows(app) == 0


def rows(app: Flask) -> int:
    with app.app_context(), transaction(reading=True):
        return int(db.session.scalar(text("SELECT count(*) FROM kept_answers")) or 0)


@pytest.mark.parametrize("key", ["short", "x" * 129, "with a space in it", "编号编号编号编号"])
def test_a_key_of_another_form_is_refused(app: Flask, client: FlaskClient, key: str) -> None:
    headers = {**hire(app, "li.hua", "auditor").sign_in(), "Idempotency-Key": key.encode().decode("latin-1")}
    refused = client.post(TOKENS, json=wanted(), headers=headers)
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.get_json()["errors"]] == ["Idempotency-Key"]


def test_the_table_shows_neither_key_nor_answer(app: Flask, client: FlaskClient) -> None:
    headers = {**hire(app, "li.hua", "auditor").sign_in(), "Idempotency-Key": KEY}
    answer = client.post(TOKENS, json=wanted(), headers=headers).get_json()
    with app.app_context(), transaction(reading=True):
        (row,) = db.session.execute(text("SELECT * FROM kept_answers")).all()
    stored = b"".join(bytes(value) for value in row if isinstance(value, (bytes, memoryview)))
    assert KEY.encode() not in stored
    assert answer["token"].encode() not in stored


def concurrently(work: Callable[[int], Any], times: int = 8) -> list[Any]:
    barrier = threading.Barrier(times)

    def one(number: int) -> Any:
        barrier.wait()
        return work(number)

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


@pytest.mark.parametrize("keyed", [True, False])
def test_concurrent_requests_with_one_key_have_one_effect(app: Flask, keyed: bool) -> None:
    """With the key one token is made and every request gets it; without (the control) each makes its own."""
    headers = hire(app, "li.hua", "auditor").sign_in()
    headers |= {"Idempotency-Key": KEY} if keyed else {}
    body = wanted()
    answers = concurrently(lambda _: app.test_client().post(TOKENS, json=body, headers=headers))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.get_data() for answer in answers}) == (1 if keyed else 8)
    assert count(app) == (1 if keyed else 8)


def claim_and_fail() -> None:
    with transaction():
        operations.claim("staff:1", KEY, "one")
        raise ZeroDivisionError


def test_a_claim_that_is_rolled_back_frees_the_key(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(ZeroDivisionError):
            claim_and_fail()
        with transaction():
            claimed = operations.claim("staff:1", KEY, "two")
            assert claimed.answer is None
            operations.store_response(claimed, StoredResponse(204, "text/html", b""))
        with transaction():
            assert operations.claim("staff:1", KEY, "two").answer == StoredResponse(204, "text/html", b"")
        with pytest.raises(Problem), transaction():
            operations.claim("staff:1", KEY, "one")


def test_a_released_key_is_free_although_the_other_writes_are_kept(app: Flask) -> None:
    with app.app_context():
        with transaction():
            operations.release(operations.claim("staff:1", KEY, "one"))
        with transaction():
            assert operations.claim("staff:1", KEY, "two").answer is None
