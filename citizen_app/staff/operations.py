"""Accounts and roles of staff."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from citizen_app import clock
from citizen_app.audit.operations import record
from citizen_app.citizens.acting_sessions import end_acting_sessions
from citizen_app.citizens.models import ActingSession
from citizen_app.ids import new_id
from citizen_app.staff.declared_permissions import known_permissions
from citizen_app.staff.models import Role, Staff, StaffRole, StaffSession, StaffToken
from citizen_app.staff.passwords import check_strength, hash_password
from citizen_app.staff.permissions import DEFAULT_ROLES, OWN_ACCOUNT, powers_of
from citizen_app.staff.second_factor import enrolment_uri, new_secret
from citizen_app.staff.sessions import end_sessions
from citizen_app.storage.locking import lock_row
from citizen_app.storage.orm import db
from citizen_app.storage.statements import upsert
from citizen_app.text import Text
from citizen_app.wire.problems import Problem, invalid_input

FORM_OF_A_NAME: Final = Text(
    "3 到 40 个 a-z 0-9 . _ -，以字母开头", "3 to 40 of a-z 0-9 . _ -, beginning with a letter"
)
NO_SUCH_ROLE: Final = Text("没有这个角色", "no such role")
UNIT_OF_WHAT: Final = Text(
    "单位属于某项服务，请先选服务", "a unit belongs to a service: choose the service too"
)
LAST_ONE: Final = Text(
    "这是最后一位能管理工作人员的账号，请先任命另一位安全管理员。",
    "This is the last account that can manage staff. Appoint another security administrator first.",
)
KEPT_APART: Final = Text(
    "系统管理、安全管理与审计三权分立，不能由一人兼任，也不能与面向市民的权限兼任。",
    "System, security and audit powers must stay with different people, and apart from serving citizens.",
)
NOT_OF_A_ROLE: Final = Text("角色不能有这项权限", "not a permission that a role can have")
USERNAME: Final = re.compile(r"^[a-z][a-z0-9._-]{2,39}\Z")


class Grant(NamedTuple):
    """A role: for every service, for one, or for one unit of it."""

    role: str
    service: str | None = None
    unit: str | None = None

    def __str__(self) -> str:
        """As the command line takes it: `role`, `role:service` or `role:service:unit`."""
        return ":".join(part for part in self if part is not None)


class NewStaff(NamedTuple):
    """A fresh account and what its holder puts into an authenticator app, shown once."""

    staff: Staff
    totp_secret: str
    totp_uri: str


def create(
    username: str,
    password: str,
    grants: Iterable[Sequence[str | None]] = (),
    *,
    totp_secret: str | None = None,
) -> NewStaff:
    """An account with roles, each a `Grant` or the parts of one; a `totp_secret` is made unless given.

    Raises a 422 for a malformed name, a weak password or an unknown role, a 409 for a name that is taken or
    roles that must stay apart.
    """
    username = username.lower()
    if not USERNAME.match(username):
        raise invalid_input("/username", FORM_OF_A_NAME)
    check_strength(password, username)
    password_hash = hash_password(password)  # before the first statement: on SQLite that takes the write lock
    staff_id, secret = new_id(), totp_secret or new_secret()
    staff = Staff(
        id=staff_id,
        username=username,
        password_hash=password_hash,
        totp_secret=secret,
        totp_last_step=0,
        failed_attempts=0,
        state="active",
        created_at=clock.now(),
    )
    try:
        with db.session.begin_nested():
            db.session.add(staff)
    except IntegrityError as taken:
        raise Problem("conflict", Text("用户名已被使用。", "The user name is taken.")) from taken
    record("staff.create", "staff", staff_id)
    for given in grants:
        role_id, *where = given
        assert role_id is not None
        grant(staff_id, role_id, *where)
    return NewStaff(staff, secret, enrolment_uri(username, secret))


def grant(staff_id: str, role_id: str, service: str | None = None, unit: str | None = None) -> None:
    """Give a role, for all services, for one, or for one unit of it; a second time changes nothing.

    Raises a 409 when the person would hold two of the separated powers (三权分立), or one of them and a
    permission that serves citizens; a 422 for a unit of no service.
    """
    seed_roles()
    if unit is not None and service is None:
        raise invalid_input("/unit", UNIT_OF_WHAT)
    staff = locked(staff_id)
    role = db.session.get(Role, role_id)
    if role is None:
        raise invalid_input("/role", NO_SUCH_ROLE)
    given = db.session.execute(
        select(Role.permissions, StaffRole.role_id, StaffRole.service, StaffRole.unit)
        .join(StaffRole, StaffRole.role_id == Role.id)
        .where(StaffRole.staff_id == staff_id)
    ).all()
    together = {permission for row in given for permission in row.permissions} | set(role.permissions)
    _keep_apart(together)
    if not any((row.role_id, row.service, row.unit) == (role_id, service, unit) for row in given):
        db.session.add(StaffRole(id=new_id(), staff_id=staff.id, role_id=role_id, service=service, unit=unit))
        db.session.flush()
    record("staff.grant_role", "staff", staff_id, grant=str(Grant(role_id, service, unit)))


def check_together(grants: Iterable[Grant]) -> None:
    """Raises, as giving them would, where one person cannot hold these roles together."""
    seed_roles()
    together: set[str] = set()
    for given in grants:
        role = db.session.get(Role, given.role)
        if role is None:
            raise invalid_input("/role", NO_SUCH_ROLE)
        if given.unit is not None and given.service is None:
            raise invalid_input("/unit", UNIT_OF_WHAT)
        together |= set(role.permissions)
    _keep_apart(together)


def _keep_apart(permissions: Iterable[str]) -> None:
    if len(powers_of(permissions)) > 1:
        raise Problem("conflict", KEPT_APART)


def revoke_role(staff_id: str, role_id: str, service: str | None = None, unit: str | None = None) -> None:
    """Take a role back; effective at the person's next call. Raises a 404 when it is not held."""
    _keep_one_who_can(staff_id, role_id)
    of_service = StaffRole.service.is_(None) if service is None else StaffRole.service == service
    of_unit = StaffRole.unit.is_(None) if unit is None else StaffRole.unit == unit
    taken = db.session.scalars(
        delete(StaffRole)
        .where(StaffRole.staff_id == staff_id, StaffRole.role_id == role_id, of_service, of_unit)
        .returning(StaffRole.id)
    ).all()
    if not taken:
        raise Problem("not-found")
    end_acting_sessions(ActingSession.staff_id == staff_id, why="revoked")
    record("staff.revoke_role", "staff", staff_id, grant=str(Grant(role_id, service, unit)))


def disable(staff_id: str, because: str = "staff") -> None:
    """Disable an account: its sessions and tokens end immediately, in every process. Raises a 409 for the
    last one who can manage staff."""
    staff = _keep_one_who_can(staff_id)
    staff.state, staff.disabled_because = "disabled", because
    end_everything(staff_id)
    record("staff.disable", "staff", staff_id, because=because)


def _keep_one_who_can(staff_id: str, role_id: str | None = None) -> Staff:
    """The person's row, held; raises a 409 where nobody could manage staff afterwards. Those who can take
    turns, so that two cannot take it from each other."""
    able = sorted(managers_of_staff())
    for one in able:
        locked(one)
    able = sorted(managers_of_staff(without=(staff_id, role_id)))
    if not able and staff_id in managers_of_staff():
        raise Problem("conflict", LAST_ONE)
    return locked(staff_id)


def managers_of_staff(without: tuple[str, str | None] | None = None) -> set[str]:
    """Ids of the active accounts that may manage staff; `without` leaves out one person, or one role of a
    person."""
    grants = (
        select(StaffRole.staff_id, StaffRole.role_id, Role.permissions)
        .join(Role, Role.id == StaffRole.role_id)
        .join(Staff, Staff.id == StaffRole.staff_id)
        .where(Staff.state == "active", StaffRole.service.is_(None))
    )
    left_out, its_role = without or (None, None)
    return {
        row.staff_id
        for row in db.session.execute(grants)
        if "staff.manage" in row.permissions
        and not (row.staff_id == left_out and its_role in (None, row.role_id))
    }


def sign_out_everywhere(staff_id: str) -> None:
    """End all sessions of a person, in every process; tokens for automation stay."""
    locked(staff_id)
    end_sessions(StaffSession.staff_id == staff_id)
    record("staff.end_sessions", "staff", staff_id)


def enable(staff_id: str) -> None:
    """Open a disabled account again, for ninety days without use; sessions and tokens stay ended."""
    staff = locked(staff_id)
    staff.state, staff.disabled_because, staff.enabled_at = "active", None, clock.now()
    db.session.flush()
    record("staff.enable", "staff", staff_id)


def unlock(staff_id: str) -> None:
    """End the lock after wrong attempts before its time."""
    staff = locked(staff_id)
    staff.failed_attempts, staff.locked_until = 0, None
    db.session.flush()
    record("staff.unlock", "staff", staff_id)


def reset_password(staff_id: str, password: str, totp_secret: str | None = None) -> None:
    """A new password, and with `totp_secret` a new second factor; sessions and tokens end, and so does a
    lock."""
    staff = locked(staff_id)
    check_strength(password, staff.username)
    staff.password_hash = hash_password(password)
    if totp_secret is not None:
        staff.totp_secret, staff.totp_last_step = totp_secret, 0
    staff.failed_attempts, staff.locked_until = 0, None
    end_everything(staff_id)
    record("staff.reset_password", "staff", staff_id)


def seed_roles() -> None:
    """Add the default roles that are missing; roles that exist stay as the city made them."""
    present = set(db.session.scalars(select(Role.id)))
    for role in DEFAULT_ROLES:
        if role.id not in present:
            missing = upsert(Role).values(
                id=role.id,
                title_zh=role.title.zh,
                title_en=role.title.en,
                permissions=_checked(role.permissions),
            )
            db.session.execute(missing.on_conflict_do_nothing())


def add_role(role_id: str, title: Text, permissions: Iterable[str]) -> Role:
    """A new role. Raises a 422 for unknown permissions, a 409 for permissions of two separated powers."""
    role = Role(id=role_id, title_zh=title.zh, title_en=title.en, permissions=_checked(permissions))
    db.session.add(role)
    db.session.flush()
    return role


def _checked(permissions: Iterable[str]) -> list[str]:
    allowed = sorted(set(permissions))
    if any(p not in known_permissions() or p == OWN_ACCOUNT for p in allowed):
        raise invalid_input("/permissions", NOT_OF_A_ROLE)
    if len(powers_of(allowed)) > 1:
        raise Problem(
            "conflict", Text("一个角色不能兼有分立的权力。", "One role cannot hold separated powers.")
        )
    return allowed


def locked(staff_id: str) -> Staff:
    """The person's row, held until the unit of work ends, so that changes to one person take turns. Raises a
    404.
    """
    staff = lock_row(Staff, staff_id)
    if staff is None:
        raise Problem("not-found")
    return staff


def end_everything(staff_id: str) -> None:
    """End a person's sessions, and delete the tokens."""
    db.session.flush()
    end_sessions(StaffSession.staff_id == staff_id)
    db.session.execute(delete(StaffToken).where(StaffToken.staff_id == staff_id))
