"""Clerks at a counter, and people who come to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from citizen_app.demo.people import invented_number
from citizen_app.toolkit.testing import City
from tests.integration.citizens import conftest as signing_in
from tests.integration.identity import conftest as proving
from tests.integration.staff.people import hire

newest_otp, ask, sign_in = signing_in.newest_otp, signing_in.ask, signing_in.sign_in
enrol, nobody, use = proving.enrol, proving.nobody, proving.use
NAME, BORN, NUMBER = proving.NAME, proving.BORN, proving.NUMBER
SEARCH = "/api/v1/admin/citizens/search"
CITIZENS = "/api/v1/admin/citizens"
REASON = "热线来电 2026-118"
_people = count(1)
_sequences = count(200)


def fresh_number() -> str:
    """An identity number that nobody has."""
    return invented_number(BORN, next(_sequences) % 1000)


@dataclass
class Clerk:
    """A member of staff with an open session."""

    id: str
    headers: dict[str, str]
    client: FlaskClient

    def get(self, path: str) -> TestResponse:
        """GET as the clerk."""
        return self.client.get(path, headers=self.headers)

    def post(self, path: str, body: Any = None, **more: str) -> TestResponse:
        """POST as the clerk."""
        return self.client.post(path, json=body or {}, headers={**self.headers, **more})

    def search(self, **key: str) -> TestResponse:
        """A search for a reason."""
        return self.post(SEARCH, {"reason": REASON, **key})

    def find(self, **key: str) -> str:
        """The id of the one who is found."""
        answer = self.search(**key)
        assert answer.status_code == 200, answer.text
        (found,) = answer.get_json()["items"]
        return str(found["id"])


@pytest.fixture
def hire_clerk(city: City) -> Callable[..., Clerk]:
    """Somebody new at the counter."""

    def make(*grants: str) -> Clerk:
        person = hire(city.app, f"clerk.{next(_people)}", *(grants or ("desk_clerk",)))
        return Clerk(person.id, person.sign_in(), city.app.test_client())

    return make


@pytest.fixture
def clerk(hire_clerk: Callable[..., Clerk]) -> Clerk:
    """One at the counter."""
    return hire_clerk()


@pytest.fixture
def second(hire_clerk: Callable[..., Clerk]) -> Clerk:
    """Another at the counter."""
    return hire_clerk()
