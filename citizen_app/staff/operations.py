"""Accounts and roles of staff."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from citizen_app import clock
from citizen_app.audit.operations import record
from citizen_app.citizens.acting_sessions import end_acting_sessions
from citizen_app.citizens.models import ActingSession
from citizen_app.ids import new_id
from citizen_app.staff.models import Role, Staff, StaffRole, StaffSession, StaffToken
from citizen_app.staff.passwords import check_strength, hash_password
from citizen_app.staff.permissions import DEFAULT_ROLES, OWN_ACCOUNT, PERMISSIONS, powers_of
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
NOT_OF_A_ROLE: Final = Text("角色不能有这项权限", "not a permission that a role can have")
USERNAME: Final = re.compile(r"^[a-z][a-z0-9._-]{2,39}\Z")


class NewStaff(NamedTuple):
    """A fresh account and what its holder puts into an authenticator app, shown once."""

    staff: Staff
    totp_secret: str
    totp_uri: str


def create(
    username: str,
    password: str,
    grants: Iterable[tuple[str, str | None]] = (),
    *,
    totp_secret: str | None = None,
) -> NewStaff:
    """An account with roles, each for all services or for one (`(role, service)`); a `totp_secret` is made
    unless given.

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
    for role_id, service in grants:
        grant(staff_id, role_id, service)
    return NewStaff(staff, secret, enrolment_uri(username, secret))


def grant(staff_id: str, role_id: str, service: str | None = None) -> None:
    """Give a role, for all services or for one; a second time changes nothing.

    Raises a 409 when the person would hold two of the separated powers (三权分立).
    """
    seed_roles()
    staff = locked(staff_id)
    role = db.session.get(Role, role_id)
    if role is None:
        raise invalid_input("/role", NO_SUCH_ROLE)
    given = db.session.execute(
        select(Role.permissions, StaffRole.role_id, StaffRole.service)
        .join(StaffRole, StaffRole.role_id == Role.id)
        .where(StaffRole.staff_id == staff_id)
    ).all()
    together = {permission for row in given for permission in row.permissions} | set(role.permissions)
    if len(powers_of(together)) > 1:
        raise Problem(
            "conflict",
            Text(
                "系统管理、安全管理与审计三权分立，不能由一人兼任。",
                "System, security and audit powers must stay with different people.",
            ),
        )
    if not any(row.role_id == role_id and row.service == service for row in given):
        db.session.add(StaffRole(id=new_id(), staff_id=staff.id, role_id=role_id, service=service))
        db.session.flush()
    record("staff.grant_role", "staff", staff_id, role=role_id, service=service)


def revoke_role(staff_id: str, role_id: str, service: str | None = None) -> None:
    """Take a role back; effective at the person's next call. Raises a 404 when it is not held."""
    locked(staff_id)
    of_service = StaffRole.service.is_(None) if service is None else StaffRole.service == service
    taken = db.session.scalars(
        delete(StaffRole)
        .where(StaffRole.staff_id == staff_id, StaffRole.role_id == role_id, of_service)
        .returning(StaffRole.id)
    ).all()
    if not taken:
        raise Problem("not-found")
    end_acting_sessions(ActingSession.staff_id == staff_id, why="revoked")
    record("staff.revoke_role", "staff", staff_id, role=role_id, service=service)


def disable(staff_id: str) -> None:
    """Disable an account: its sessions and tokens end immediately, in every process."""
    locked(staff_id).state = "disabled"
    _end_everything(staff_id)
    record("staff.disable", "staff", staff_id)


def enable(staff_id: str) -> None:
    """Open a disabled account again; sessions and tokens stay ended."""
    locked(staff_id).state = "active"
    db.session.flush()
    record("staff.enable", "staff", staff_id)


def unlock(staff_id: str) -> None:
    """End the lock after wrong attempts before its time."""
    staff = locked(staff_id)
    staff.failed_attempts, staff.locked_until = 0, None
    db.session.flush()
    record("staff.unlock", "staff", staff_id)


def reset_password(staff_id: str, password: str) -> None:
    """A new password; sessions and tokens end, and so does a lock."""
    staff = locked(staff_id)
    check_strength(password, staff.username)
    staff.password_hash = hash_password(password)
    staff.failed_attempts, staff.locked_until = 0, None
    _end_everything(staff_id)
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
    if any(p not in PERMISSIONS or p == OWN_ACCOUNT for p in allowed):
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


def _end_everything(staff_id: str) -> None:
    db.session.flush()
    end_sessions(StaffSession.staff_id == staff_id)
    db.session.execute(delete(StaffToken).where(StaffToken.staff_id == staff_id))
