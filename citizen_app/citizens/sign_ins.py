"""Where a citizen is signed in: one line for each session that goes on, and ending them one by one or all but
the present one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from citizen_app.citizens.models import SignInSession
from citizen_app.citizens.sessions import revoke_sessions
from citizen_app.citizens.tokens import SignedInCitizen
from citizen_app.clock import now
from citizen_app.storage.keyset import Page, page
from citizen_app.storage.orm import db
from citizen_app.wire.problems import Problem


@dataclass(frozen=True, slots=True)
class SignIn:
    """A session that goes on. `proved_at` is when its holder last proved with an OTP who they are, `used_at`
    when it was last carried on; `is_this` that it is the one that asks."""

    id: str
    proved_at: datetime
    used_at: datetime
    expires_at: datetime
    is_this: bool


def sign_ins_of(caller: SignedInCitizen, *, limit: int, cursor: str | None = None) -> Page[SignIn]:
    """One page of the caller's sessions, newest first. Raises a 422 for a foreign cursor."""
    found = page(_going_on(caller), SignInSession.id, limit, cursor)
    return found.map(lambda row: _line(row, caller))


def sign_in_of(caller: SignedInCitizen, session_id: str) -> SignIn:
    """One of them. Raises a 404 for anybody else's, and for one that is over."""
    row = db.session.scalars(_going_on(caller).where(SignInSession.id == session_id)).one_or_none()
    if row is None:
        raise Problem("not-found")
    return _line(row, caller)


def end_sign_in(caller: SignedInCitizen, session_id: str) -> None:
    """Sign out there: refused everywhere within a second. Raises a 404 for anybody else's."""
    revoke_sessions([sign_in_of(caller, session_id).id])


def end_others(caller: SignedInCitizen) -> None:
    """Sign out everywhere but here."""
    others = (
        _going_on(caller).with_only_columns(SignInSession.id).where(SignInSession.id != caller.session_id)
    )
    revoke_sessions(db.session.scalars(others).all())


def _going_on(caller: SignedInCitizen) -> Select[Any]:
    return select(SignInSession).where(
        SignInSession.citizen_id == caller.citizen_id,
        SignInSession.revoked_at.is_(None),
        SignInSession.expires_at > now(),
    )


def _line(row: SignInSession, caller: SignedInCitizen) -> SignIn:
    return SignIn(
        row.id, row.authenticated_at, row.rotated_at, row.expires_at, is_this=row.id == caller.session_id
    )
