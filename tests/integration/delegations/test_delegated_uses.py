"""Uses that are counted, and what an agent sees of the ward's log."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from citizen_app.citizens.acting import ActingKind
from citizen_app.delegations import showing
from citizen_app.extensions import limiter
from citizen_app.ids import new_id
from citizen_app.toolkit.testing import City, TestCitizen, TestKiosk
from tests.integration.delegations.conftest import PATH, code_of, delegate, person, scan, token_of, with_token


@pytest.fixture
def services_dir() -> Path | None:
    """The sample services instead of the product's."""
    return Path(__file__).parents[2] / "sample_services"


@pytest.fixture
def kiosk(city: City) -> TestKiosk:
    return city.kiosk("probe")


def test_so_many_uses_and_none_for_what_comes_to_nothing(
    city: City, kiosk: TestKiosk, elder: TestCitizen, daughter: TestCitizen
) -> None:
    delegation_id = delegate(city, daughter, elder, uses=2)
    used = code_of(daughter, delegation_id)
    scan_id = new_id()
    assert scan(kiosk, used, scan_id=scan_id)["decision"] == "allow"
    assert scan(kiosk, used, scan_id=scan_id)["decision"] == "allow"  # the same scan again
    assert scan(kiosk, used)["reason"] == "replayed"
    assert scan(kiosk, code_of(daughter, delegation_id), "refuse")["decision"] == "deny"
    assert scan(kiosk, code_of(daughter, delegation_id), "crash")["decision"] == "deny"
    left = code_of(daughter, delegation_id)
    assert scan(kiosk, code_of(daughter, delegation_id))["decision"] == "allow"
    assert scan(kiosk, left)["reason"] == "delegation_invalid"
    assert daughter.call("POST", f"{PATH}/{delegation_id}/token").status_code == 410


@pytest.mark.parametrize("counted", [True, False], ids=["counted", "control"])
def test_concurrent_scans_get_as_many_uses_as_there_are(
    city: City,
    elder: TestCitizen,
    daughter: TestCitizen,
    monkeypatch: pytest.MonkeyPatch,
    counted: bool,
) -> None:
    """N + 1 at once, each at a kiosk of its own. The control looks whether a use is left and takes none."""
    uses, monkey = 3, monkeypatch
    monkey.setattr(limiter, "enabled", False)
    if not counted:
        monkey.setattr(showing._TAKE_USE, "run", lambda values: 1)
    city.let_scans_race()
    delegation_id = delegate(city, daughter, elder, uses=uses)
    codes = [code_of(daughter, delegation_id) for _ in range(uses + 1)]
    kiosks = [city.kiosk("probe") for _ in codes]
    with ThreadPoolExecutor(len(codes)) as pool:
        reasons = list(pool.map(lambda pair: scan(*pair)["reason"], zip(kiosks, codes, strict=True)))
    if counted:
        assert sorted(reasons) == ["delegation_invalid", *["ok"] * uses]
    else:
        assert reasons == ["ok"] * (uses + 1)


def test_an_agent_sees_the_log_of_the_services_in_scope(
    city: City, kiosk: TestKiosk, elder: TestCitizen, daughter: TestCitizen
) -> None:
    scan(kiosk, elder.code())
    for services, expected in ((("probe",), 1), (("another",), 0), ((), 1)):
        ward_sees = delegate(city, daughter, elder, ActingKind.CARER, *services)
        token = token_of(daughter, ward_sees)
        answer = with_token(city, token, "GET", "/api/v1/me/usage")
        assert answer.status_code == 200
        assert len(answer.get_json()["items"]) == expected
        elder.call("DELETE", f"{PATH}/{ward_sees}")
    token = token_of(daughter, delegate(city, daughter, elder, ActingKind.CARER, "another"))
    assert with_token(city, token, "GET", "/api/v1/me/usage?service=probe").status_code == 403
    event_id = elder.usage()[0]["id"]
    assert with_token(city, token, "POST", f"/api/v1/me/usage/{event_id}/dispute").status_code == 403


def test_a_guardian_disputes_for_a_child_within_the_scope(
    city: City, kiosk: TestKiosk, daughter: TestCitizen
) -> None:
    child = person(city, 8, phone=False)
    scan(kiosk, child.code())
    event_id = child.usage()[0]["id"]
    path = f"/api/v1/me/usage/{event_id}/dispute"
    narrow = delegate(city, daughter, child, ActingKind.GUARDIAN, "another")
    assert with_token(city, token_of(daughter, narrow), "POST", path).status_code == 404
    daughter.call("DELETE", f"{PATH}/{narrow}")
    wide = token_of(daughter, delegate(city, daughter, child, ActingKind.GUARDIAN))
    assert with_token(city, wide, "POST", path).get_json()["marks"][0]["kind"] == "disputed"
