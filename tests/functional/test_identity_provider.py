"""A register as a process of its own, as the office has it: the whole way from the phone to the level, and
its bad days."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from citizen_app.citizens.traits import AssuranceLevel
from citizen_app.toolkit.testing import City
from tests.integration.identity.conftest import NAME, NUMBER, prove

pytestmark = pytest.mark.processes
SECRET = "a secret shared with the register, long enough"
REGISTER = Path(__file__).with_name("standin_register.py")


@pytest.fixture(scope="module")
def register() -> Iterator[str]:
    """The address of the stand-in."""
    process = subprocess.Popen(
        [sys.executable, str(REGISTER), SECRET, NAME, NUMBER], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def app_settings(register: str) -> dict[str, str]:
    """A city that asks it."""
    return {
        "CITIZEN_IDENTITY_PROVIDER": "http",
        "CITIZEN_IDENTITY_URL": f"{register}/check",
        "CITIZEN_IDENTITY_SECRET": SECRET,
        "CITIZEN_IDENTITY_SECONDS": "1",
        "CITIZEN_EID_URL": f"{register}/eid",
        "CITIZEN_EID_SECRET": SECRET,
    }


def test_the_register_confirms_and_refuses(city: City) -> None:
    citizen = city.citizen(name="", level=AssuranceLevel.PHONE)
    assert prove(citizen, "李四").status_code == 409
    answer = prove(citizen)
    assert answer.status_code == 200, answer.text
    assert answer.get_json()["documents"][0]["kind"] == "resident_id"


def test_an_eid_hands_over_no_plain_text(city: City) -> None:
    citizen = city.citizen(name="", level=AssuranceLevel.PHONE)
    answer = citizen.call("POST", "/api/v1/me/eid", json={"token": "good"})
    assert (answer.status_code, answer.get_json()["assurance_level"]) == (200, 3)
    other = city.citizen(name="", level=AssuranceLevel.PHONE)
    assert other.call("POST", "/api/v1/me/eid", json={"token": "bad"}).status_code == 409


@pytest.mark.parametrize(("name", "status"), [("慢", 503), ("大", 502), ("乱", 502), ("错", 502)])
def test_its_bad_days_are_told_in_words(city: City, name: str, status: int) -> None:
    citizen = city.citizen(name="", level=AssuranceLevel.PHONE)
    answer = prove(citizen, name)
    assert answer.status_code == status
    assert "不计入" in answer.get_json()["detail"]
    assert city.count("identity_tries", "tries = 0") == 1
