"""A carer acts for a resident: through the same gates and the same routes, and both are named."""

from __future__ import annotations

from typing import Any

from citizen_app.toolkit.testing import City, TestCitizen

from ..conftest import BASE, Site


def looks(citizen: TestCitizen) -> list[dict[str, Any]]:
    """Who has looked at a citizen."""
    answer = citizen.get("/api/v1/me/looks", **{"Accept-Language": "en"})
    items: list[dict[str, Any]] = answer.get_json()["items"]
    return items


def test_a_carer_opens_the_gate_with_the_residents_code(site: Site, city: City) -> None:
    resident, carer = city.citizen("李秀英"), city.citizen("王丽华")
    site.list_citizen(resident)
    assert site.scan(carer)["decision"] == "deny"
    acting = city.acting(carer, resident)
    assert site.scan(acting)["outcome"]["basis"] == "member"
    assert [line["by"] and line["by"]["kind"] for line in resident.usage()] == ["carer"]
    assert [line["done_for"] for line in carer.usage()] == ["李*英", None]


def test_a_carer_invites_a_guest_who_comes(site: Site, city: City) -> None:
    resident, carer, guest = city.citizen(), city.citizen(), city.citizen()
    site.list_citizen(resident)
    site.invite(carer, guest.phone, 404)
    made = site.invite(city.acting(carer, resident, "carer", "pass"), guest.phone)
    assert [one["id"] for one in site.mine(resident, "GET", "/invitations")["items"]] == [made["id"]]
    assert site.scan(guest)["outcome"]["basis"] == "guest"
    assert city.count("audit_events", "action = 'acting.call'") == 1
    assert [(line["purpose"], line["by"]["kind"]) for line in resident.usage()] == [("invite", "carer")]
    assert [(line["purpose"], line["done_for"]) for line in carer.usage()] == [("invite", "张*三")]


def test_who_manages_a_place_through_a_carer_looks_through_a_carer(site: Site, city: City) -> None:
    manager, carer, resident = city.citizen(), city.citizen(), city.citizen()
    site.list_citizen(manager, "manager")
    site.list_citizen(resident)
    site.manage(city.acting(carer, manager), "GET", "/members")
    (look,) = looks(resident)
    assert look["by"] == "A manager of Lake Gardens (through: Carer)"
    assert city.count("audit_events", "actor_kind = 'citizen' AND actor_name = 'citizen by carer'") == 1


def test_outside_of_the_delegation_there_is_nothing(site: Site, city: City) -> None:
    resident, carer = city.citizen(), city.citizen()
    site.list_citizen(resident)
    acting = city.acting(carer, resident, "carer", "bus")
    assert site.scan(acting)["reason"] == "delegation_invalid"
    assert acting.get(f"{BASE}/my/places").status_code == 403
