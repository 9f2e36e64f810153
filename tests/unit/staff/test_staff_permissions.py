"""The closed list of permissions, the separated powers, and what a caller may do."""

from __future__ import annotations

from itertools import combinations

import pytest

from citizen_app.staff import declared_permissions
from citizen_app.staff.callers import StaffCaller
from citizen_app.staff.permissions import DEFAULT_ROLES, OWN_ACCOUNT, PERMISSIONS, POWERS, powers_of
from citizen_app.wire.problems import Problem


@pytest.fixture(autouse=True)
def no_service(monkeypatch: pytest.MonkeyPatch) -> None:
    """No service is installed that could declare permissions."""
    monkeypatch.setattr(declared_permissions, "current_registry", lambda: ())


def test_roles_use_known_permissions_only() -> None:
    assert {p for role in DEFAULT_ROLES for p in role.permissions} <= PERMISSIONS.keys() - {OWN_ACCOUNT}
    assert {p for power in POWERS.values() for p in power} <= PERMISSIONS.keys()


def test_every_permission_but_the_own_account_belongs_to_a_role() -> None:
    assert {p for role in DEFAULT_ROLES for p in role.permissions} == PERMISSIONS.keys() - {OWN_ACCOUNT}


def test_no_default_role_mixes_separated_powers() -> None:
    assert [role.id for role in DEFAULT_ROLES if len(powers_of(role.permissions)) > 1] == []


def test_any_two_of_the_three_administrators_would_mix_powers() -> None:
    held = {role.id: set(role.permissions) for role in DEFAULT_ROLES}
    for one, other in combinations(("system_admin", "security_admin", "auditor"), 2):
        assert len(powers_of(held[one] | held[other])) == 2, (one, other)


@pytest.mark.parametrize("administrator", ["system_admin", "security_admin", "auditor"])
@pytest.mark.parametrize("clerk", ["desk_clerk", "hotline_clerk"])
def test_whoever_serves_citizens_administrates_nothing(administrator: str, clerk: str) -> None:
    held = {role.id: set(role.permissions) for role in DEFAULT_ROLES}
    assert len(powers_of(held[administrator] | held[clerk])) == 2
    assert len(powers_of(held["desk_clerk"] | held["hotline_clerk"])) == 1


def test_the_auditor_changes_nothing() -> None:
    auditor = next(role for role in DEFAULT_ROLES if role.id == "auditor")
    assert [p for p in auditor.permissions if not p.endswith((".read", ".export"))] == []


def test_a_permission_reaches_as_far_as_it_was_given() -> None:
    caller = StaffCaller("id", "operator", {"kiosks.read": frozenset({"ferry"}), "usage.read": None})
    assert caller.may("kiosks.read")
    assert caller.may("kiosks.read", "ferry")
    assert not caller.may("kiosks.read", "pool")
    assert caller.may("usage.read", "pool")
    assert caller.services("kiosks.read") == frozenset({"ferry"})
    assert caller.services("usage.read") is None
    with pytest.raises(Problem) as refused:
        caller.require("kiosks.manage")
    assert refused.value.kind.slug == "not-permitted"
    for language in ("zh", "en"):
        assert "kiosks.manage" in refused.value.as_document(language, None)["detail"], (
            "it names what is lacking"
        )
    with pytest.raises(Problem):
        caller.services("audit.read")


def test_a_misspelt_permission_is_a_fault_of_the_programmer() -> None:
    with pytest.raises(LookupError):
        StaffCaller("id", "operator", {"kiosk.read": None}).require("kiosk.read")
