"""Whoever acts for a citizen decides about the services in their scope, and about no others."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from citizen_app.citizens.acting import ActingKind
from citizen_app.ids import new_id
from citizen_app.toolkit.testing import City
from citizen_app.web.citizen_api import consents
from tests.integration.consent.conftest import CONSENTS, accept


def act_as(monkeypatch: pytest.MonkeyPatch, kind: str, services: frozenset[str] | None) -> str:
    """Let every caller be somebody who acts; returns the id of the delegation."""
    acting = SimpleNamespace(kind=ActingKind(kind), delegation_id=new_id(), services=services)
    monkeypatch.setattr(consents, "acting_now", lambda: acting)
    return acting.delegation_id


@pytest.mark.parametrize("services", [None, frozenset({"probe"})])
def test_a_guardian_decides_for_the_ward_within_the_scope(
    city: City, monkeypatch: pytest.MonkeyPatch, services: frozenset[str] | None
) -> None:
    ward = city.citizen(consents=False)
    act_as(monkeypatch, "guardian", services)
    ward.agree("probe", "masked_name")
    ward.agree("probe")
    assert city.count("consent_events", "actor = 'guardian' AND delegation_id IS NOT NULL") == 2
    assert [one["service"] for one in ward.get(CONSENTS).get_json()["items"]] == ["probe"]


def test_beyond_the_scope_there_is_nothing(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    ward = city.citizen(consents=False)
    act_as(monkeypatch, "clerk", frozenset({"bus"}))
    body = {"scopes": ["masked_name"]}
    assert ward.call("PUT", f"{CONSENTS}/probe", json=body).status_code == 404
    assert ward.call("DELETE", f"{CONSENTS}/probe").status_code == 404
    assert ward.get(CONSENTS).get_json()["items"] == []
    assert city.count("consent_events") == 0


def test_nobody_accepts_the_notice_for_another(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    ward = city.citizen(consents=False)
    act_as(monkeypatch, "guardian", None)
    assert accept(city, ward).status_code == 403
    assert ward.call("DELETE", f"{CONSENTS}/notice").status_code == 403
    assert city.count("consent_events") == 0
