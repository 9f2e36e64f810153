"""Who of the staff calls, and what they may do where: read from the tables at every call, so a role that is
taken away is gone at the next one, in every process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from sqlalchemy import select

from citizen_app.audit.operations import Actor
from citizen_app.staff.declared_permissions import known_permissions
from citizen_app.staff.models import Role, StaffRole
from citizen_app.staff.permissions import OPERATE, PERMISSIONS, holds_in_units
from citizen_app.storage.orm import db
from citizen_app.text import Text
from citizen_app.wire.problems import Problem

SEE_SERVICES: Final = "services.read"
LACKING: Final = Text(
    "您的账号缺少权限 {permission}（{what}），请向安全管理员申请。",
    "Your account lacks the permission {permission} ({what}); ask a security administrator for it.",
)

Reach = frozenset[str] | None
"""The services that a permission covers; None: all."""


@dataclass(frozen=True)
class StaffCaller:
    """A member of staff who calls, by session or by personal access token."""

    staff_id: str
    username: str
    permissions: Mapping[str, Reach]
    session_id: str | None = None
    units: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    """Where a permission is held for some units of a service only, by permission and service."""

    def may(self, permission: str, service: str | None = None) -> bool:
        """Whether the permission is held: for that service, or (without one) for any service at all."""
        if permission not in PERMISSIONS and permission not in known_permissions():
            raise LookupError(f"no such permission: {permission}")
        return any(_covers(self.permissions, held, service) for held in _held_as(permission, service))

    def require(self, permission: str, service: str | None = None) -> None:
        """Raises a 403 unless `may`."""
        if not self.may(permission, service):
            raise lacking(permission)

    def services(self, permission: str) -> Reach:
        """The services that the permission covers (None: all). Raises a 403 when it is not held."""
        self.require(permission)
        return self.permissions[permission]

    def units_of(self, permission: str, service: str) -> frozenset[str] | None:
        """For which units of a service the permission is held; None: all. Raises a 403 for a permission that
        is held nowhere, a 404 where it is held at another service only."""
        if self.may(permission, service):
            return None
        names = _held_as(permission, service)
        found = frozenset().union(*(self.units.get((held, service), frozenset()) for held in names))
        if found:
            return found
        elsewhere = any(held in self.permissions for held in names)
        if elsewhere or any(name in names for name, _ in self.units):
            raise Problem("not-found")
        raise lacking(permission)

    @property
    def limit_key(self) -> str:
        """Whom rate limits count."""
        return f"staff:{self.staff_id}"

    @property
    def label(self) -> str:
        """What logs show."""
        return f"staff {self.staff_id}"

    @property
    def actor(self) -> Actor:
        """What the audit log shows."""
        return Actor("staff", self.staff_id, self.username)


def _held_as(permission: str, service: str | None) -> tuple[str, ...]:
    """Under which names a permission can be held: an operator of a service has all that it declares."""
    declared = permission not in PERMISSIONS
    of_service = service is None or permission.startswith(f"{service}.")
    return (permission, OPERATE) if declared and of_service else (permission,)


def _covers(permissions: Mapping[str, Reach], permission: str, service: str | None) -> bool:
    if permission not in permissions:
        return False
    reach = permissions[permission]
    return service is None or reach is None or service in reach


def lacking(permission: str) -> Problem:
    """The 403 for a missing permission, which it names."""
    what = known_permissions()[permission]
    return Problem("not-permitted", LACKING.fill(permission=permission, what=what))


class Held(NamedTuple):
    """What a person's roles allow: for whole services, and for single units of them."""

    permissions: dict[str, Reach]
    units: dict[tuple[str, str], frozenset[str]]


def permissions_of(staff_id: str) -> dict[str, Reach]:
    """What a person's roles allow now, and for which services; without what holds for single units."""
    return held_by(staff_id).permissions


def held_by(staff_id: str) -> Held:
    """What a person's roles allow now, and where. A grant for a unit brings what the service itself is about,
    and lets its holder see the service; nothing of the city's beside it."""
    held = Held({}, {})
    grants = select(Role.permissions, StaffRole.service, StaffRole.unit)
    grants = grants.join(StaffRole, StaffRole.role_id == Role.id).where(StaffRole.staff_id == staff_id)
    for permissions, service, unit in db.session.execute(grants):
        for permission in permissions:
            if unit is not None and service is not None and holds_in_units(permission):
                here = (permission, service)
                held.units[here] = held.units.get(here, frozenset()) | {unit}
            elif unit is None or permission == SEE_SERVICES:
                before = held.permissions.get(permission, frozenset())
                held.permissions[permission] = (
                    None if service is None or before is None else before | {service}
                )
    return held
