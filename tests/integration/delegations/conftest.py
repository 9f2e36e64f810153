"""A family: people whose age is proved, with phones and without."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from citizen_app import clock
from citizen_app.citizens.acting import ActingKind
from citizen_app.citizens.documents import Source, proof_of
from citizen_app.citizens.registration import create_citizen
from citizen_app.citizens.traits import AssuranceLevel
from citizen_app.delegations.models import Proof
from citizen_app.delegations.operations import Terms, establish
from citizen_app.demo.people import invented_number
from citizen_app.identity.documents import DocumentKind, read_document
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City, TestCitizen, TestKiosk

PATH = "/api/v1/me/delegations"
_numbers = count(100)


def years_ago(years: int, days: int = 0) -> date:
    """A date of birth: so many years and days old today in the city."""
    today = clock.now().astimezone(ZoneInfo("Asia/Shanghai")).date()
    try:
        return today.replace(year=today.year - years) - timedelta(days=days)
    except ValueError:
        return today.replace(year=today.year - years, day=28) - timedelta(days=days)


def person(
    city: City, age: int = 40, name: str = "周敏", *, phone: bool = True, born: date | None = None
) -> TestCitizen:
    """Somebody whose name and age are proved."""
    born = born or years_ago(age, 10)
    number = f"+86139{next(_numbers):08d}" if phone else None
    with city.app.app_context(), transaction():
        document = read_document(
            DocumentKind.RESIDENT_ID, invented_number(born, next(_numbers) % 1000), clock.now().date()
        )
        proof = proof_of(document, Source.DESK, AssuranceLevel.REAL_NAME)
        return city.present(create_citizen(number, name=name, document=proof), number or "")


def delegate(
    city: City,
    agent: TestCitizen,
    ward: TestCitizen,
    kind: ActingKind = ActingKind.CARER,
    *services: str,
    **terms: Any,
) -> str:
    """A delegation that a desk has proved; its id."""
    with city.app.app_context(), transaction():
        asked = Terms(kind, services or None, **terms)
        return establish(agent.id, ward.id, asked, Proof.DESK).id


def token_of(agent: TestCitizen, delegation_id: str) -> str:
    """A token to act."""
    answer = agent.call("POST", f"{PATH}/{delegation_id}/token")
    assert answer.status_code == 200, answer.text
    token: str = answer.get_json()["access_token"]
    return token


def with_token(city: City, token: str, method: str, path: str, **more: Any) -> Any:
    """A request with somebody's token."""
    headers = {"Authorization": f"Bearer {token}", **more.pop("headers", {})}
    return city.client.open(path, method=method, headers=headers, **more)


def code_of(agent: TestCitizen, delegation_id: str) -> str:
    """A fresh code of the ward, as the agent's app asks for it."""
    token = token_of(agent, delegation_id)
    headers = {"Authorization": f"Bearer {token}"}
    answer = agent.app.test_client().get("/api/v1/me/code", headers=headers).get_json()
    assert answer["kind"] == "delegate"
    code: str = answer["code"]
    return code


def scan(kiosk: TestKiosk, code: str, purpose: str = "enter", **more: Any) -> dict[str, Any]:
    answer = kiosk.scan(code, purpose, **more)
    assert answer.status_code == 200, answer.text
    decided: dict[str, Any] = answer.get_json()
    return decided


@pytest.fixture
def elder(city: City) -> TestCitizen:
    return person(city, 75, "李秀英")


@pytest.fixture
def daughter(city: City) -> TestCitizen:
    return person(city, 45, "王丽华")


@pytest.fixture
def ask(city: City) -> Callable[..., Any]:
    """Invite by phone."""

    def post(caller: TestCitizen, other: str, role: str = "ward", kind: str = "carer", **more: Any) -> Any:
        body = {"role": role, "kind": kind, "phone": other, **more}
        return caller.call("POST", PATH, json=body)

    return post
