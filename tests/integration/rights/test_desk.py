"""A counter does both for who is present: the requests and the audit log say that it was a clerk."""

from __future__ import annotations

import pytest

from citizen_app.toolkit.testing import City
from tests.integration.delegations.conftest import with_token
from tests.integration.delegations.test_acting_tokens import Clerk
from tests.integration.rights.conftest import ME, work

AUDITED = "actor_kind = 'staff' AND actor_id IS NOT NULL AND target_kind = 'rights_request'"


@pytest.fixture
def clerk(city: City) -> Clerk:
    """Somebody at the counter."""
    return Clerk(city)


def test_a_clerk_hands_over_a_copy_and_closes_an_account(city: City, clerk: Clerk) -> None:
    citizen = city.citizen()
    token = clerk.acts_for(citizen)
    assert with_token(city, token, "POST", f"{ME}/export").status_code == 202
    work(city)
    assert with_token(city, token, "GET", f"{ME}/export").status_code == 200
    assert city.count("audit_events", f"action = 'rights.fetch_copy' AND {AUDITED}") == 1
    gone = with_token(city, token, "DELETE", f"{ME}?confirm=true")
    assert gone.status_code == 202, gone.text
    assert city.count("audit_events", f"action = 'rights.erase' AND {AUDITED}") == 1
    assert city.count("rights_requests", "asked_by = 'clerk'") == 2
    assert with_token(city, token, "GET", f"{ME}/erasure").status_code == 401, "it ends with the account"


def test_who_acts_at_some_services_only_does_neither(city: City, clerk: Clerk) -> None:
    token = clerk.acts_for(city.citizen(), "bus")
    for method, path in (("POST", "/export"), ("GET", "/export"), ("DELETE", "?confirm=true")):
        refused = with_token(city, token, method, f"{ME}{path}", headers={"Accept-Language": "en"})
        assert (refused.status_code, "all of them" in refused.get_json()["detail"]) == (403, True)
