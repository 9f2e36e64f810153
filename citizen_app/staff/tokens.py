"""Personal access tokens: automation acts for a person with some of that person's permissions, never more."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select

from citizen_app import clock
from citizen_app.audit.operations import record
from citizen_app.ids import new_id
from citizen_app.secrecy.bearers import mint
from citizen_app.secrecy.vault import token_hash
from citizen_app.staff.callers import held_by
from citizen_app.staff.declared_permissions import known_permissions
from citizen_app.staff.models import Staff, StaffToken
from citizen_app.staff.permissions import OWN_ACCOUNT
from citizen_app.storage.keyset import Page, page
from citizen_app.storage.locking import lock_row
from citizen_app.storage.orm import db
from citizen_app.text import Text
from citizen_app.wire.problems import Problem, invalid_input

LONGEST: Final = timedelta(days=365)
MOST_TOKENS: Final = 20
NOT_THEN: Final = Text("应在将来，且距今至多 365 天", "in the future, and at most 365 days from now")
NOT_OF_A_TOKEN: Final = Text("令牌不能有这项权限", "not a permission that a token can have")


def create_token(
    staff_id: str, name: str, permissions: Collection[str], expires_at: datetime
) -> tuple[StaffToken, str]:
    """A token with these permissions until then; the text is shown once.

    The permissions are checked against the holder's here and again at every call: a permission taken from the
    holder is gone from the token. Raises a 422 for an unknown permission or a time beyond a year, a 403 for a
    permission not held.
    """
    moment = clock.now()
    if not moment < expires_at <= moment + LONGEST:
        raise invalid_input("/expires_at", NOT_THEN)
    for index, permission in enumerate(permissions):
        if permission not in known_permissions() or permission == OWN_ACCOUNT:
            raise invalid_input(f"/permissions/{index}", NOT_OF_A_TOKEN)
    holder = lock_row(Staff, staff_id)
    if holder is None or holder.state != "active":  # shut since the call began
        raise Problem("sign-in-required", headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
    held = held_by(staff_id)
    if not set(permissions) <= held.permissions.keys() | {name for name, _ in held.units}:
        raise Problem(
            "not-permitted",
            Text("令牌的权限不能超过本人。", "A token cannot have more permissions than its holder."),
        )
    made = db.session.scalar(
        select(func.count()).select_from(StaffToken).where(StaffToken.staff_id == staff_id)
    )
    if (made or 0) >= MOST_TOKENS:
        raise Problem(
            "conflict",
            Text("令牌过多，请先删除不用的令牌。", "Too many tokens: delete those not in use first."),
        )
    secret = mint("staff-token")
    token = StaffToken(
        id=new_id(),
        staff_id=staff_id,
        token_hash=token_hash(secret),
        name=name,
        permissions=sorted(set(permissions)),
        created_at=moment,
        expires_at=expires_at,
    )
    db.session.add(token)
    db.session.flush()
    record("staff.create_token", "staff_token", token.id, staff_id=staff_id, permissions=token.permissions)
    return token, secret


def token_page(staff_id: str, limit: int, cursor: str | None = None) -> Page[StaffToken]:
    """A person's tokens, newest first."""
    return page(select(StaffToken).where(StaffToken.staff_id == staff_id), StaffToken.id, limit, cursor)


def delete_token(staff_id: str, token_id: str) -> None:
    """Revoke a person's own token. Raises a 404 for another person's."""
    mine = (StaffToken.id == token_id) & (StaffToken.staff_id == staff_id)
    if db.session.scalar(delete(StaffToken).where(mine).returning(StaffToken.id)) is None:
        raise Problem("not-found")
    record("staff.delete_token", "staff_token", token_id, staff_id=staff_id)
