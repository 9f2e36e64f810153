"""Clerks, and sheets of claims."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from citizen_app.citizens.documents import Source, proof_of
from citizen_app.citizens.models import Citizen
from citizen_app.citizens.registration import create_citizen
from citizen_app.demo.people import invented_number
from citizen_app.desk.findings import keep_finding
from citizen_app.identity.documents import DocumentKind, read_document
from citizen_app.staff.sessions import staff_of_token
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City, TestCitizen, TestOperator

BORN = date(2008, 3, 7)
TODAY = date(2026, 11, 28)
NUMBER = invented_number(BORN, 1)
HEADER = "姓名,证件号码,身份属性,有效期起,有效期止\n"
STUDENT = f"王子涵,{NUMBER},学生,2026-09-01,2027-08-31\n"
ADMIN = "/api/v1/admin/claims"


@pytest.fixture
def clerk(city: City) -> TestOperator:
    """Somebody at a counter."""
    return city.operator(None, "desk_clerk")


@pytest.fixture
def send(clerk: TestOperator) -> Callable[..., dict[str, Any]]:
    """Hand in a list and read the report."""

    def upload(content: str, query: str = "", name: str = "students.csv") -> dict[str, Any]:
        answer = clerk.call(
            "POST", f"{ADMIN}/import{query}", data={"file": (io.BytesIO(content.encode()), name)}
        )
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.get_json()
        return said

    return upload


def found_by(city: City, clerk: TestOperator, citizen_id: str) -> str:
    """The id under which a clerk has found a citizen."""
    with city.app.app_context(), transaction():
        citizen = db.session.get_one(Citizen, citizen_id)
        return keep_finding(staff_of_token(clerk.token), citizen, "本人申请").id


def known_by(city: City, name: str = "王子涵", number: str = NUMBER) -> TestCitizen:
    """A citizen who has proved a name and a document, without a phone."""
    document = read_document(DocumentKind.RESIDENT_ID, number, TODAY)
    with city.app.app_context(), transaction():
        return city.present(create_citizen(None, name=name, document=proof_of(document, Source.DESK)), "")


def counts(said: dict[str, Any]) -> tuple[int, int, int, int]:
    """Added, changed, unchanged, rejected."""
    return said["added"], said["changed"], said["unchanged"], said["rejected"]


def mine(citizen: TestCitizen) -> list[dict[str, Any]]:
    """What was granted to a citizen, as they read it."""
    answer = citizen.get("/api/v1/me/claims")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.get_json()["items"]
    return items
