"""A code that an agent shows: read as the ward's, told as shown by the agent, and refused when it is over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import event

from citizen_app import clock
from citizen_app.citizens.acting import ActingKind
from citizen_app.citizens.operations import suspend_citizen
from citizen_app.citizens.tokens import read_access_token
from citizen_app.codes.format import Kind
from citizen_app.codes.issuing import issue_online_code
from citizen_app.codes.keys import issuing_key
from citizen_app.ids import new_id
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City, TestCitizen, TestKiosk
from tests.integration.delegations.conftest import (
    PATH,
    code_of,
    delegate,
    person,
    scan,
    token_of,
    with_token,
    years_ago,
)


@pytest.fixture
def services_dir() -> Path | None:
    """The sample services instead of the product's."""
    return Path(__file__).parents[2] / "sample_services"


@pytest.fixture
def kiosk(city: City) -> TestKiosk:
    return city.kiosk("probe")


@contextmanager
def statements(city: City) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        seen.append(statement)

    with city.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_it_is_the_wards_scan_and_both_logs_say_who_showed_it(
    city: City, kiosk: TestKiosk, elder: TestCitizen, daughter: TestCitizen
) -> None:
    decided = scan(kiosk, code_of(daughter, delegate(city, daughter, elder)))
    assert (decided["decision"], decided["citizen_ref"]) == ("allow", elder.ref("probe"))
    assert decided["outcome"]["presenter"] == "carer"
    (of_ward,), (of_agent,) = elder.usage(), daughter.usage()
    assert of_ward["id"] == of_agent["id"] == decided["usage_id"]
    assert of_ward["code_kind"] == "delegate"
    assert of_ward["by"] == {"kind": "carer", "title": "由照护人代办", "masked_name": "王*华"}
    assert of_ward["done_for"] is None
    assert (of_agent["by"], of_agent["done_for"]) == (None, "李*英")
    own = scan(kiosk, daughter.code())
    assert own["outcome"]["presenter"] == "self"
    assert [one["done_for"] for one in daughter.usage()] == [None, "李*英"]
    assert len(elder.usage()) == 1


def test_showing_reads_and_writes_nothing(city: City, elder: TestCitizen, daughter: TestCitizen) -> None:
    token = token_of(daughter, delegate(city, daughter, elder))
    with_token(city, token, "GET", "/api/v1/me/code")
    with statements(city) as seen:
        assert with_token(city, token, "GET", "/api/v1/me/code").status_code == 200
    assert seen == []


def test_a_delegates_scan_takes_two_statements_more(
    city: City, kiosk: TestKiosk, elder: TestCitizen, daughter: TestCitizen
) -> None:
    """One finds the ward, one notes who showed the code; however many are in an upload."""
    delegation_id = delegate(city, daughter, elder)
    scan(kiosk, elder.code())
    with statements(city) as plain:
        scan(kiosk, elder.code())
    code = code_of(daughter, delegation_id)
    with statements(city) as of_another:
        scan(kiosk, code)
    assert len(plain) <= 7
    assert len(of_another) == len(plain) + 2


def test_revoked_the_next_scan_is_refused_and_the_code_is_not_consumed(
    city: City, kiosk: TestKiosk, elder: TestCitizen, daughter: TestCitizen
) -> None:
    delegation_id = delegate(city, daughter, elder)
    code = code_of(daughter, delegation_id)
    assert elder.call("DELETE", f"{PATH}/{delegation_id}").status_code == 204
    decided = scan(kiosk, code)
    assert (decided["decision"], decided["reason"]) == ("deny", "delegation_invalid")
    assert city.count("replay_claims") == 0
    (line,) = elder.usage()
    assert (line["reason"], line["by"]["kind"]) == ("delegation_invalid", "carer")


def test_only_at_the_services_of_the_delegation(
    city: City, kiosk: TestKiosk, elder: TestCitizen, daughter: TestCitizen
) -> None:
    assert (
        scan(kiosk, code_of(daughter, delegate(city, daughter, elder, ActingKind.CARER, "probe")))["decision"]
        == "allow"
    )
    other = delegate(city, daughter, person(city, 70), ActingKind.CARER, "another")
    assert scan(kiosk, code_of(daughter, other))["reason"] == "delegation_invalid"


def test_an_agent_who_is_suspended_shows_nobodys_code(
    city: City, kiosk: TestKiosk, elder: TestCitizen, daughter: TestCitizen
) -> None:
    code = code_of(daughter, delegate(city, daughter, elder))
    with city.app.app_context(), transaction():
        suspend_citizen(daughter.id)
    assert scan(kiosk, code)["reason"] == "delegation_invalid"


def test_a_ward_who_is_suspended_is_refused_as_such(
    city: City, kiosk: TestKiosk, elder: TestCitizen, daughter: TestCitizen
) -> None:
    code = code_of(daughter, delegate(city, daughter, elder))
    with city.app.app_context(), transaction():
        suspend_citizen(elder.id)
    assert scan(kiosk, code)["reason"] == "suspended"


def test_an_unknown_number_is_nobodys(city: City, kiosk: TestKiosk, elder: TestCitizen) -> None:
    """Nor is a subject's number one of a delegation."""
    with city.app.app_context():
        code = issue_online_code(
            elder.subject_number, issuing_key(), clock.timestamp(), kind=Kind.DELEGATE
        ).text
    decided = scan(kiosk, code)
    assert decided["reason"] == "delegation_invalid"
    assert "citizen_ref" not in decided
    assert elder.usage() == []


def test_a_token_carries_the_number_of_the_delegation(
    city: City, elder: TestCitizen, daughter: TestCitizen
) -> None:
    token = token_of(daughter, delegate(city, daughter, elder))
    with city.app.app_context():
        acting = read_access_token(token).acting
    assert acting is not None and acting.code_number not in (None, elder.subject_number)


def test_eighteen_ends_it_at_midnight_in_the_city(
    city: City, kiosk: TestKiosk, daughter: TestCitizen
) -> None:
    """Born tomorrow eighteen years ago; the city's midnight is at 16:00 UTC."""
    child = person(city, born=years_ago(18, -1))
    delegation_id = delegate(city, daughter, child, ActingKind.GUARDIAN)
    child.call("POST", f"{PATH}/{delegation_id}/acceptance")
    midnight = clock.now().replace(hour=16, minute=0, second=0, microsecond=0)
    if clock.now() >= midnight:
        midnight += timedelta(days=1)
    with time_machine.travel(midnight - timedelta(seconds=20), tick=False) as clocks:
        before, late = code_of(daughter, delegation_id), code_of(daughter, delegation_id)
        answer = daughter.call("POST", f"{PATH}/{delegation_id}/token").get_json()
        assert answer["expires_in"] == 20
        assert scan(kiosk, before)["decision"] == "allow"
        clocks.shift(21)
        assert scan(kiosk, late)["reason"] == "delegation_invalid"
        assert daughter.call("POST", f"{PATH}/{delegation_id}/token").status_code == 410


def test_an_upload_is_judged_by_the_time_of_reading(
    city: City, kiosk: TestKiosk, elder: TestCitizen, daughter: TestCitizen
) -> None:
    delegation_id = delegate(city, daughter, elder)
    with time_machine.travel(clock.now() + timedelta(minutes=1), tick=False) as clocks:
        codes = [code_of(daughter, delegation_id) for _ in range(2)]
        read_before = clock.rfc3339(clock.now())
        clocks.shift(10)
        elder.call("DELETE", f"{PATH}/{delegation_id}")
        clocks.shift(10)
        read_after = clock.rfc3339(clock.now())
        scans = [
            {"scan_id": new_id(), "purpose": "enter", "code": code, "occurred_at": at}
            for code, at in zip(codes, (read_before, read_after), strict=True)
        ]
        clocks.shift(600)
        results = kiosk.post("/api/v1/scans/batch", {"scans": scans}).get_json()["results"]
    assert [one["reason"] for one in results] == ["ok", "delegation_invalid"]


def test_a_session_goes_on_for_the_ward_until_it_is_revoked(
    city: City, kiosk: TestKiosk, elder: TestCitizen, daughter: TestCitizen
) -> None:
    delegation_id = delegate(city, daughter, elder, uses=1)
    first = scan(kiosk, code_of(daughter, delegation_id), "go_on")
    session = first["session"]["token"]
    second = kiosk.scan(None, "go_on", session=session).get_json()
    assert (second["decision"], second["citizen_ref"]) == ("allow", elder.ref("probe"))
    assert second["outcome"]["presenter"] == "carer"
    assert [one["by"]["kind"] for one in elder.usage()] == ["carer", "carer"]
    elder.call("DELETE", f"{PATH}/{delegation_id}")
    assert kiosk.scan(None, "go_on", session=session).get_json()["reason"] == "delegation_invalid"


def test_input_that_was_needed_completes_the_agents_scan(
    city: City, kiosk: TestKiosk, elder: TestCitizen, daughter: TestCitizen
) -> None:
    delegation_id = delegate(city, daughter, elder, uses=2)
    asked = scan(kiosk, code_of(daughter, delegation_id), "ask")
    assert asked["decision"] == "needs_input"
    done = kiosk.answer(asked, {"last_four": "1234"}).get_json()
    assert (done["decision"], done["outcome"]["presenter"]) == ("allow", "carer")
    assert [one["by"]["kind"] for one in elder.usage()] == ["carer"]
    assert len(daughter.usage()) == 1
    again = scan(kiosk, code_of(daughter, delegation_id), "ask")
    elder.call("DELETE", f"{PATH}/{delegation_id}")
    assert kiosk.answer(again, {"last_four": "1234"}).get_json()["reason"] == "delegation_invalid"
