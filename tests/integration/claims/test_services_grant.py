"""A service grants what its manifest declares, to whoever stands there, and ends what it has granted."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from citizen_app import clock
from citizen_app.claims.operations import ClaimSource, Grant, grant_claim
from citizen_app.storage.transactions import transaction
from citizen_app.text import Text
from citizen_app.toolkit import claims
from citizen_app.toolkit.testing import City, TestCitizen
from citizen_app.wire.problems import Problem
from tests.integration.claims.conftest import mine


@pytest.fixture
def services_dir() -> Path | None:
    """The sample services instead of the product's."""
    return Path(__file__).parents[2] / "sample_services"


def scan(city: City, citizen: TestCitizen, purpose: str) -> dict[str, Any]:
    decision: dict[str, Any] = city.kiosk("probe").scan(citizen.code(), purpose).get_json()
    return decision


def test_whoever_stands_there_for_the_first_time_is_granted_and_reads_by_whom(city: City) -> None:
    citizen = city.citizen()
    assert scan(city, citizen, "grants_resident")["decision"] == "allow"
    (claim,) = mine(citizen)
    assert (claim["type"], claim["source"], claim["source_title"]) == ("resident", "service", "探针")
    assert (claim["evidence"], claim["state"]) == ("居住证", "current")
    assert city.count("audit_events", "action = 'probe.claim_grant'") == 1
    scan(city, citizen, "grants_resident")
    assert len(mine(citizen)) == 1, "what reaches further takes the place of what is there"
    assert scan(city, citizen, "ends_resident")["decision"] == "allow"
    (claim,) = mine(citizen)
    assert (claim["state"], claim["end_reason"]) == ("over", "已迁出")


def test_a_service_ends_what_it_has_granted_and_nothing_of_others(city: City) -> None:
    citizen = city.citizen("张小三", "resident")
    with city.app.app_context(), transaction():
        until = clock.now() + timedelta(days=9)
        by_another = Grant("resident", ClaimSource.SERVICE, clock.now(), until, granted_by="library")
        grant_claim(citizen.id, by_another)
    scan(city, citizen, "grants_resident")
    with city.app.app_context(), transaction():
        reason = Text("已迁出", "Moved away")
        assert claims.end("probe", citizen.ref("probe"), "resident", reason=reason) == 1
        assert claims.end("probe", citizen.ref("probe"), "resident", reason=reason) == 0
    states = sorted((claim["source"], claim["state"]) for claim in mine(citizen))
    assert states == [("service", "current"), ("service", "over"), ("staff", "current")]


def test_what_is_not_declared_is_not_granted(city: City) -> None:
    citizen = city.citizen()
    assert scan(city, citizen, "grants_student")["reason"] == "service_unavailable"
    assert mine(citizen) == []
    source = Text("居住证", "Residence permit")
    with city.app.app_context(), transaction():
        with pytest.raises(claims.ClaimNotIssued):
            claims.grant("probe", citizen.ref("probe"), "student", source=source)
        with pytest.raises(claims.ClaimNotIssued):
            claims.end("probe", citizen.ref("probe"), "senior", reason=source)
        with pytest.raises(Problem, match="not-found"):
            claims.grant("probe", city.citizen.__name__, "resident", source=source)
