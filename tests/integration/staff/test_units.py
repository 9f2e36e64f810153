"""Roles for single units of a service, and permissions that a service declares."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from citizen_app.registry.contract import Permission
from citizen_app.registry.modules import current_registry
from citizen_app.staff import operations
from citizen_app.staff.callers import StaffCaller, held_by
from citizen_app.staff.permissions import OPERATE
from citizen_app.storage.transactions import transaction
from citizen_app.text import Text
from citizen_app.toolkit.testing import City
from citizen_app.wire.problems import Problem
from tests.integration.staff.people import hire


@pytest.fixture
def with_fares(app: Flask) -> Iterator[None]:
    """The buses declare a permission of their own."""
    with app.app_context():
        module = current_registry().get("bus")
        assert module is not None
    before = module.descriptor
    fares = Permission("fares", Text("改票价", "Change fares"))
    object.__setattr__(module, "descriptor", dataclasses.replace(before, permissions=(fares,)))
    yield
    object.__setattr__(module, "descriptor", before)


def caller(app: Flask, *grants: str) -> StaffCaller:
    person = hire(app, f"wang.{len(grants)}.{abs(hash(grants)) % 10**6}", *grants)
    with app.app_context():
        held = held_by(person.id)
    return StaffCaller(person.id, person.username, held.permissions, units=held.units)


def slug(app: Flask, who: StaffCaller, permission: str, service: str) -> object:
    """The units, or the kind of refusal."""
    with app.app_context():
        try:
            return who.units_of(permission, service)
        except Problem as problem:
            return problem.kind.slug


def test_a_grant_for_units_reaches_these_units_and_nothing_of_the_city(app: Flask) -> None:
    clerk = caller(app, "service_operator:pass:east", "service_operator:pass:west")
    assert slug(app, clerk, OPERATE, "pass") == {"east", "west"}
    assert slug(app, clerk, OPERATE, "bus") == "not-found"
    assert clerk.permissions == {"services.read": {"pass"}}
    assert not clerk.may("kiosks.manage")
    assert not clerk.may(OPERATE, "pass")


def test_the_whole_service_includes_its_units(app: Flask) -> None:
    both = caller(app, "service_operator:pass:east", "service_operator:pass")
    assert slug(app, both, OPERATE, "pass") is None
    assert slug(app, caller(app), OPERATE, "pass") == "not-permitted"
    assert slug(app, caller(app, "service_operator"), OPERATE, "pass") is None


def test_a_unit_belongs_to_a_service(app: Flask) -> None:
    person = hire(app, "wang.fang")
    with pytest.raises(Problem) as refused, app.app_context(), transaction():
        operations.grant(person.id, "service_operator", None, "east")
    assert refused.value.errors[0].pointer == "/unit"


def test_each_unit_is_taken_back_by_itself(app: Flask) -> None:
    person = hire(app, "wang.fang", "service_operator:pass:east", "service_operator:pass:west")
    with app.app_context(), transaction():
        operations.revoke_role(person.id, "service_operator", "pass", "east")
        assert held_by(person.id).units == {(OPERATE, "pass"): {"west"}}


def test_a_route_of_the_whole_service_is_not_for_somebody_of_one_unit(
    app: Flask, client: FlaskClient, city: City
) -> None:
    headers = hire(app, "wang.fang", "service_operator:bus:north").sign_in()
    answer = client.get("/api/v1/services/bus/operator/feeds", headers=headers)
    assert answer.status_code == 403
    tasks = client.get("/api/v1/services/bus/tasks", headers=headers)
    assert tasks.status_code == 403, "a task is the whole service's"
    assert "import_feed" not in client.get("/api/v1/admin/tasks", headers=headers).text
    place = hire(app, "han.mei", "service_operator:pass:east").sign_in()
    assert client.get("/api/v1/services/pass/tasks", headers=place).json["items"] == [], (
        "its runs are by unit"
    )
    whole = hire(app, "li.lei", "service_operator:bus").sign_in()
    assert client.get("/api/v1/services/bus/operator/feeds", headers=whole).status_code == 200


def test_a_service_declares_permissions(app: Flask, with_fares: None) -> None:
    with app.app_context(), transaction():
        operations.add_role("fares", Text("票价员", "Fares clerk"), ["bus.fares", "services.read"])
        with pytest.raises(Problem):
            operations.add_role("odd", Text("怪", "Odd"), ["bus.nothing"])
    clerk, operator = caller(app, "fares:bus"), caller(app, "service_operator:bus")
    assert slug(app, clerk, "bus.fares", "bus") is None
    assert slug(app, operator, "bus.fares", "bus") is None, "an operator has all of a service's permissions"
    assert slug(app, clerk, OPERATE, "bus") == "not-permitted", "and who has one has no other"
    assert slug(app, caller(app, "service_operator:pass"), "bus.fares", "bus") == "not-found"
    assert slug(app, caller(app, "auditor"), "bus.fares", "bus") == "not-permitted"
    unit = caller(app, "fares:bus:north")
    assert slug(app, unit, "bus.fares", "bus") == {"north"}
