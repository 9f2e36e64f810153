"""三权分立: nobody holds two of the separated powers, in whatever order and by whatever role they come."""

from __future__ import annotations

import threading
from itertools import permutations

import pytest
from flask import Flask
from sqlalchemy import select

from citizen_app.staff import operations
from citizen_app.staff.callers import permissions_of
from citizen_app.staff.models import Role, StaffRole
from citizen_app.staff.permissions import DEFAULT_ROLES
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.text import Text
from citizen_app.wire.problems import Problem
from tests.integration.staff.people import PASSWORD, hire

ADMINISTRATORS = ("system_admin", "security_admin", "auditor")


def grants_of(app: Flask, staff_id: str) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(StaffRole.role_id).where(StaffRole.staff_id == staff_id)))


@pytest.mark.parametrize(("held", "wanted"), list(permutations(ADMINISTRATORS, 2)))
def test_a_second_administrator_role_is_refused(app: Flask, held: str, wanted: str) -> None:
    person = hire(app, "wang.fang", held)
    with pytest.raises(Problem) as refused, app.app_context(), transaction():
        operations.grant(person.id, wanted)
    assert refused.value.kind.slug == "conflict"
    assert grants_of(app, person.id) == [held]


@pytest.mark.parametrize("administrator", ADMINISTRATORS)
@pytest.mark.parametrize("clerk", ["desk_clerk", "hotline_clerk"])
def test_an_administrator_does_not_serve_citizens(app: Flask, administrator: str, clerk: str) -> None:
    for held, wanted in ((administrator, clerk), (clerk, administrator)):
        person = hire(app, f"wang.{held[:6].replace('_', '.')}", held)
        with pytest.raises(Problem) as refused, app.app_context(), transaction():
            operations.grant(person.id, wanted)
        assert refused.value.kind.slug == "conflict"
        assert grants_of(app, person.id) == [held]


@pytest.mark.parametrize("permission", ["citizens.search", "citizens.serve", "claims.manage"])
def test_a_role_of_the_citys_own_does_not_bring_them_together(app: Flask, permission: str) -> None:
    for power in ("staff.manage", "jobs.manage", "audit.read"):
        with pytest.raises(Problem), app.app_context(), transaction():
            operations.add_role("both", Text("兼任", "Both"), [permission, power])


def test_an_account_with_two_of_them_is_not_created_at_all(app: Flask) -> None:
    with pytest.raises(Problem), app.app_context(), transaction():
        operations.create("wang.fang", PASSWORD, [("auditor", None), ("system_admin", None)])
    with pytest.raises(Problem) as unknown, app.app_context(), transaction():
        operations.unlock("00000000-0000-7000-8000-000000000000")
    assert unknown.value.kind.slug == "not-found"
    with app.app_context(), transaction():
        operations.create("wang.fang", PASSWORD, [("auditor", None)])  # the name is still free


def test_one_service_is_no_way_around(app: Flask) -> None:
    person = hire(app, "wang.fang", "auditor")
    with pytest.raises(Problem), app.app_context(), transaction():
        operations.grant(person.id, "service_operator", "ferry")


def test_a_role_of_the_citys_own_is_no_way_around(app: Flask) -> None:
    person = hire(app, "wang.fang", "auditor")
    with app.app_context(), transaction():
        operations.add_role("helper", Text("助理", "Helper"), ["keys.manage"])
    with pytest.raises(Problem), app.app_context(), transaction():
        operations.grant(person.id, "helper")
    with pytest.raises(Problem), app.app_context(), transaction():
        operations.add_role("everything", Text("全能", "Everything"), ["keys.manage", "audit.read"])
    with pytest.raises(Problem), app.app_context(), transaction():
        operations.add_role("own", Text("自己", "Own"), ["account.own"])


def test_concurrent_grants_do_not_slip_through(app: Flask) -> None:
    person, start = hire(app, "wang.fang"), threading.Barrier(3)
    with app.app_context(), transaction():
        operations.seed_roles()

    def give(role: str) -> None:
        start.wait()
        try:
            with app.app_context(), transaction():
                operations.grant(person.id, role)
        except Problem:
            return

    threads = [threading.Thread(target=give, args=(role,)) for role in ADMINISTRATORS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(grants_of(app, person.id)) == 1


def test_negative_control_without_the_row_lock_they_slip_through(app: Flask) -> None:
    """The same race when everybody checks before anybody writes."""
    person, everybody_has_checked = hire(app, "wang.fang"), threading.Barrier(3)
    with app.app_context(), transaction():
        operations.seed_roles()

    def give(role: str) -> None:
        with app.app_context():
            with transaction(reading=True):
                free = not permissions_of(person.id)
            everybody_has_checked.wait()
            with transaction():
                if free:
                    db.session.add(StaffRole(staff_id=person.id, role_id=role))

    threads = [threading.Thread(target=give, args=(role,)) for role in ADMINISTRATORS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(grants_of(app, person.id)) == 3


def test_a_grant_twice_is_one_grant_and_taken_back_once(app: Flask) -> None:
    person = hire(app, "wang.fang", "service_operator:ferry", "service_operator:ferry")
    assert grants_of(app, person.id) == ["service_operator"]
    with app.app_context(), transaction():
        operations.revoke_role(person.id, "service_operator", "ferry")
    with pytest.raises(Problem) as refused, app.app_context(), transaction():
        operations.revoke_role(person.id, "service_operator", "ferry")
    assert refused.value.kind.slug == "not-found"


def test_permissions_of_several_grants_add_up(app: Flask) -> None:
    person = hire(app, "wang.fang", "service_operator:ferry", "service_operator:pool")
    with app.app_context():
        assert permissions_of(person.id)["kiosks.manage"] == {"ferry", "pool"}
    with app.app_context(), transaction():
        operations.grant(person.id, "system_admin")
    with app.app_context():
        held = permissions_of(person.id)
    assert held["kiosks.manage"] is None
    assert held["usage.export"] == {"ferry", "pool"}


def test_roles_that_the_city_changed_stay_changed(app: Flask) -> None:
    with app.app_context(), transaction():
        operations.seed_roles()
        db.session.get_one(Role, "service_operator").permissions = ["kiosks.read"]
    with app.app_context(), transaction():
        operations.seed_roles()
        assert db.session.get_one(Role, "service_operator").permissions == ["kiosks.read"]
        assert set(db.session.scalars(select(Role.id))) == {role.id for role in DEFAULT_ROLES}


@pytest.mark.parametrize("name", ["ab", "1abc", "wang fang", "wang\nfang", "a" * 41, "王芳"])
def test_a_name_is_plain(app: Flask, name: str) -> None:
    with pytest.raises(Problem) as refused, app.app_context(), transaction():
        operations.create(name, PASSWORD)
    assert refused.value.errors[0].pointer == "/username"


def test_a_name_is_taken_whatever_its_case(app: Flask) -> None:
    hire(app, "wang.fang")
    with pytest.raises(Problem) as refused, app.app_context(), transaction():
        operations.create("Wang.Fang", PASSWORD)
    assert refused.value.kind.slug == "conflict"
