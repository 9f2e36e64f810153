"""Claims over HTTP: a clerk grants and ends, the citizen reads what the city knows and who has looked."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine

from citizen_app.ids import new_id
from citizen_app.toolkit.testing import City, TestOperator
from tests.integration.claims.conftest import ADMIN, found_by, mine

NOVEMBER = datetime(2026, 11, 28, 4, tzinfo=UTC)
LOOKS = "/api/v1/me/looks"


@pytest.fixture(autouse=True)
def november(time_travel: time_machine.Traveller) -> None:
    time_travel.move_to(NOVEMBER)


def granting(finding_id: str, claim: str = "disabled", **more: Any) -> dict[str, Any]:
    """A body that grants."""
    said = {"finding_id": finding_id, "type": claim, "evidence": "残疾人证", "reason": "本人申请"}
    return {**said, **more}


def grant(clerk: TestOperator, *given: Any, **more: Any) -> Any:
    """What a clerk is answered."""
    return clerk.call("POST", ADMIN, json=granting(*given, **more))


def test_a_clerk_grants_and_the_citizen_reads_it(city: City, clerk: TestOperator) -> None:
    citizen = city.citizen()
    answer = grant(clerk, found_by(city, clerk, citizen.id))
    assert answer.status_code == 201, answer.text
    made = answer.get_json()
    assert (made["type"], made["title"], made["state"]) == ("disabled", "残疾人", "current")
    assert (made["valid_from"], made["valid_to"]) == ("2026-11-28T04:00:00.000Z", None)
    assert mine(citizen) == [made]
    assert (made["source_title"], made["evidence"], made["basis"]) == (
        "服务窗口登记",
        "残疾人证",
        "legal_duty",
    )
    (look,) = citizen.get(LOOKS).get_json()["items"]
    assert (look["service"], look["reason"]) == ("city", "本人申请")
    audited = "action = 'claims.grant' AND actor_kind = 'staff'"
    assert city.count("audit_events", audited) == 1
    assert (
        grant(clerk, found_by(city, clerk, citizen.id), valid_to="2027-01-01T00:00:00Z").get_json()["id"]
        == made["id"]
    )


def test_a_clerk_reads_for_a_reason(city: City, clerk: TestOperator) -> None:
    citizen = city.citizen("张小三", "student", "resident", "veteran")
    found = clerk.call(
        "POST",
        f"{ADMIN}/search",
        json={"finding_id": found_by(city, clerk, citizen.id), "reason": "来电咨询", "limit": 2},
    )
    assert found.status_code == 200, found.text
    page = found.get_json()
    assert [item["type"] for item in page["items"]] == ["veteran", "resident"]
    asked = {
        "finding_id": found_by(city, clerk, citizen.id),
        "reason": "来电咨询",
        "cursor": page["next_cursor"],
    }
    rest = clerk.call("POST", f"{ADMIN}/search", json=asked).get_json()
    assert ([item["type"] for item in rest["items"]], rest["next_cursor"]) == (["student"], None)
    assert [look["reason"] for look in citizen.get(LOOKS).get_json()["items"]] == ["来电咨询"] * 2
    other = city.operator(None, "desk_clerk")
    theirs = {"finding_id": found_by(city, other, citizen.id), "reason": "来电咨询"}
    assert clerk.call("POST", f"{ADMIN}/search", json=theirs).status_code == 404, "another has found them"
    without = clerk.call("POST", f"{ADMIN}/search", json={"finding_id": found_by(city, clerk, citizen.id)})
    assert without.status_code == 422
    nobody = clerk.call("POST", f"{ADMIN}/search", json={"finding_id": new_id(), "reason": "来电咨询"})
    assert nobody.status_code == 404


def test_a_clerk_ends_a_claim_and_hears_whether_it_is_true_all_the_same(
    city: City, clerk: TestOperator
) -> None:
    citizen = city.citizen()
    claim_id = grant(clerk, found_by(city, clerk, citizen.id)).get_json()["id"]
    path, body = f"{ADMIN}/{claim_id}/end", {"reason": "证件已注销", "at": "2026-10-01T00:00:00Z"}
    answer = clerk.call("POST", path, json=body)
    assert answer.status_code == 200, answer.text
    ended = answer.get_json()
    assert ended["still_true"] is False
    assert (ended["claim"]["state"], ended["claim"]["void_from"]) == ("over", "2026-10-01T00:00:00.000Z")
    assert mine(citizen)[0]["end_reason"] == "证件已注销"
    assert clerk.call("POST", path, json=body).get_json() == ended
    assert clerk.call("POST", f"{ADMIN}/{new_id()}/end", json=body).status_code == 404
    assert len(citizen.get(LOOKS).get_json()["items"]) == 3
    other = grant(clerk, found_by(city, clerk, citizen.id)).get_json()["id"]
    replaced = grant(clerk, found_by(city, clerk, citizen.id), valid_from="2026-01-01T00:00:00Z").get_json()[
        "id"
    ]
    assert other != replaced
    assert clerk.call("POST", f"{ADMIN}/{other}/end", json=body).status_code == 409


@pytest.mark.parametrize(
    ("claim", "more", "pointer"),
    [
        ("student", {}, "/valid_to"),
        ("disabled", {"valid_to": "2026-11-28T04:00:00Z"}, "/valid_to"),
        ("senior", {}, "/type"),
        ("astronaut", {}, "/type"),
        ("disabled", {"reason": " "}, "/reason"),
        ("disabled", {"evidence": ""}, "/evidence"),
        ("disabled", {"source": "staff"}, "/source"),
    ],
)
def test_what_a_clerk_cannot_grant(
    city: City, clerk: TestOperator, claim: str, more: dict[str, Any], pointer: str
) -> None:
    answer = grant(clerk, found_by(city, clerk, city.citizen(born=date(1990, 1, 1)).id), claim, **more)
    assert answer.status_code == 422, answer.text
    assert [error["pointer"] for error in answer.get_json()["errors"]] == [pointer]
    assert city.count("citizen_claims") == 0


def test_an_age_is_granted_where_no_document_tells_it(city: City, clerk: TestOperator) -> None:
    citizen = city.citizen()
    assert (
        grant(
            clerk, found_by(city, clerk, citizen.id), "senior", valid_from="2010-01-01T00:00:00Z"
        ).status_code
        == 201
    )
    assert grant(clerk, new_id(), "senior").status_code == 404


@pytest.mark.parametrize(
    "role", ["system_admin", "security_admin", "auditor", "service_operator", "hotline_clerk"]
)
def test_others_grant_nothing(city: City, role: str) -> None:
    citizen, other = city.citizen(), city.operator("bus" if role == "service_operator" else None, role)
    for method, path, body in (
        ("POST", ADMIN, granting(new_id())),
        ("POST", f"{ADMIN}/search", {"finding_id": new_id(), "reason": "查看"}),
        ("POST", f"{ADMIN}/{new_id()}/end", {"reason": "查看"}),
    ):
        assert other.call(method, path, json=body).status_code == 403
    assert citizen.get(LOOKS).get_json()["items"] == []


def test_a_citizen_reads_ages_that_are_and_that_come_soon(city: City) -> None:
    citizen = city.citizen(born=date(1961, 12, 24))
    ages = citizen.get("/api/v1/me/claims").get_json()["ages"]
    assert [(age["type"], age["state"], age["valid_from"]) for age in ages] == [
        ("senior", "current", "2021-12-23T16:00:00.000Z"),
        ("age_65", "upcoming", "2026-12-23T16:00:00.000Z"),
    ]
    child = (
        city.citizen(born=date(2021, 1, 1)).get("/api/v1/me/claims", **{"Accept-Language": "en"}).get_json()
    )
    assert [(age["title"], age["valid_to"]) for age in child["ages"]] == [
        ("Child", "2026-12-31T16:00:00.000Z"),
        ("Under 14", "2034-12-31T16:00:00.000Z"),
        ("Minor", "2038-12-31T16:00:00.000Z"),
    ]
    assert city.citizen().get("/api/v1/me/claims").get_json()["ages"] == []
