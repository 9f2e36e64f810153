"""Signing in, as a citizen's app does it."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from citizen_app import factory
from citizen_app.citizens.sessions import Tokens
from citizen_app.ids import new_id
from citizen_app.jobs.models import OutboxMessage
from citizen_app.secrecy.vault import current_vault
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction

PHONE = "13911112222"


@pytest.fixture
def newest_otp(app: Flask) -> Callable[[], str]:
    """The OTP in the newest message of the outbox."""

    def read() -> str:
        with app.app_context(), transaction(reading=True):
            message = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
            assert message is not None
            assert message.payload_sealed is not None
            place = f"outbox_messages.payload_sealed.{message.id}"
            payload = json.loads(current_vault().unseal(message.payload_sealed, place))
        found = re.search(r"\b\d{6}\b", payload["text"], re.ASCII)
        assert found is not None
        return found.group()

    return read


@pytest.fixture
def ask(client: FlaskClient) -> Callable[..., str]:
    """Ask for an OTP; the challenge's id."""

    def post(phone: str = PHONE) -> str:
        answer = client.post("/api/v1/auth/challenges", json={"phone": phone})
        assert answer.status_code == 202, answer.json
        challenge_id: str = answer.json["challenge_id"]
        return challenge_id

    return post


@pytest.fixture
def sign_in(
    client: FlaskClient, ask: Callable[..., str], newest_otp: Callable[[], str]
) -> Callable[..., Tokens]:
    """Sign in with a phone."""

    def post(phone: str = PHONE) -> Tokens:
        body = {"challenge_id": ask(phone), "otp": newest_otp()}
        answer = client.post("/api/v1/auth/tokens", json=body)
        assert answer.status_code == 200, answer.json
        return Tokens(**answer.json)

    return post


@pytest.fixture
def statements(app: Flask) -> Callable[[], object]:
    """A context that collects what this thread sends to the database meanwhile, without values; the thread
    that watches versions is another."""

    @contextmanager
    def collect() -> Iterator[list[str]]:
        seen: list[str] = []

        here = threading.get_ident()

        def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
            if threading.get_ident() == here:
                seen.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return collect


@pytest.fixture
def concurrently() -> Callable[..., list[Any]]:
    """Do some work on several threads that start together; their results."""

    def run(work: Callable[[], Any], times: int = 8) -> list[Any]:
        barrier = threading.Barrier(times)

        def one(_: int) -> Any:
            barrier.wait()
            return work()

        with ThreadPoolExecutor(times) as pool:
            return list(pool.map(one, range(times)))

    return run


@pytest.fixture
def as_slow_as_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests are not counted by the limit on open routes, which a test in one quick second would reach
    before the limit it is about."""
    monkeypatch.setattr(factory, "address_key", new_id)
