"""Sign-in of staff, and authentication by token. Every call reads the tables, so a revoked role, account or
session takes effect at the next call in every process.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Final, Literal, NamedTuple

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from citizen_app import clock
from citizen_app.audit.operations import Actor, record
from citizen_app.citizens.tokens import refuse_tokens_of
from citizen_app.ids import new_id
from citizen_app.jobs.retention_clock import retention_now
from citizen_app.secrecy.bearers import is_ours, mint
from citizen_app.secrecy.vault import token_hash
from citizen_app.staff.callers import StaffCaller, held_by
from citizen_app.staff.models import Staff, StaffSession, StaffToken
from citizen_app.staff.passwords import hash_password, is_outdated, verify_password
from citizen_app.staff.permissions import OWN_ACCOUNT
from citizen_app.staff.second_factor import use_one_time_password
from citizen_app.storage import dialects
from citizen_app.storage.locking import lock_row
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import write_after_read
from citizen_app.wire.problems import Problem

LONGEST: Final = timedelta(hours=8)
IDLE: Final = timedelta(minutes=15)
SEEN_EVERY: Final = timedelta(seconds=30)
ATTEMPTS: Final = 5
LOCK: Final = timedelta(minutes=15)

SessionKind = Literal["staff-session", "staff-page"]
Refusal = Literal["unknown", "disabled", "locked", "password", "second_factor"]


class SignedIn(NamedTuple):
    """A fresh session; the token is shown once."""

    token: str
    expires_at: datetime


def sign_in(username: str, password: str, totp: str, *, kind: SessionKind = "staff-session") -> SignedIn:
    """A session for the right user name, password and one-time password: of a program, which sends its token
    as a bearer, or of a browser, which keeps it in a cookie.

    Every refusal is the same 401 after the same work, whatever was wrong. Five wrong attempts lock the
    account for 15 minutes (GB/T 22239-2019 §8.1.4.1 b); sessions that are open stay open. The password is
    hashed before the unit of work writes, so that no sign-in holds a lock meanwhile.
    """
    staff_id, stored = _stored_hash(username)
    right = verify_password(stored, password)
    staff = None if staff_id is None else lock_row(Staff, staff_id)
    # A password changed since it was read counts as wrong.
    refusal = _judge(staff, right and staff is not None and staff.password_hash == stored, totp)
    if staff is None or refusal is not None:
        actor = Actor("staff", staff.id, staff.username) if staff is not None else None
        record("staff.sign_in", "staff", staff_id, result="refused", actor=actor, reason=refusal)
        raise Problem("sign-in-refused", keep_writes=True)
    return _admit(staff, password, kind)


def staff_of_token(token: str) -> StaffCaller:
    """The member of staff of a session or personal access token. Raises a 401 for any other token."""
    if is_ours("staff-session", token):
        return _of_session(token)
    if is_ours("staff-token", token):
        return _of_personal_token(token)
    raise _not_signed_in()


def staff_of_page(token: str, *, in_use: bool) -> StaffCaller:
    """The member of staff of a browser's session. What a page fetches by itself is not use (`in_use`): an
    open page keeps nobody signed in. Raises a 401 for any other token.
    """
    if not is_ours("staff-page", token):
        raise _not_signed_in()
    return _of_session(token, in_use=in_use)


def sign_out(caller: StaffCaller) -> None:
    """End the caller's session."""
    end_sessions(StaffSession.id == caller.session_id)
    record("staff.sign_out", "staff", caller.staff_id)


def end_sessions(*which: ColumnElement[bool]) -> None:
    """End sessions of staff, and with each what its holder does for a citizen at a desk."""
    refuse_tokens_of(db.session.scalars(delete(StaffSession).where(*which).returning(StaffSession.id)).all())


def forget_ended_sessions() -> int:
    """Delete sessions that are over; returns how many."""
    moment = retention_now()
    over = (StaffSession.expires_at <= moment) | (StaffSession.last_seen_at <= moment - IDLE)
    return len(db.session.scalars(delete(StaffSession).where(over).returning(StaffSession.id)).all())


def _stored_hash(username: str) -> tuple[str | None, str | None]:
    mode = dialects.reading.set(
        True
    )  # a connection of its own: on SQLite the unit of work would take the write lock
    try:
        with db.engine.connect() as connection:
            row = connection.execute(
                select(Staff.id, Staff.password_hash).where(Staff.username == username.lower())
            ).first()
    finally:
        dialects.reading.reset(mode)
    return (None, None) if row is None else (row.id, row.password_hash)


def _judge(staff: Staff | None, right_password: bool, totp: str) -> Refusal | None:
    if staff is None:
        return "unknown"
    if staff.state != "active":
        return "disabled"
    moment = clock.now()
    if staff.locked_until is not None:
        if moment < staff.locked_until:
            return "locked"
        staff.locked_until = None
    fault: Refusal | None = None
    if not right_password:
        fault = "password"
    elif not use_one_time_password(staff, totp):
        fault = "second_factor"
    if fault is not None:
        staff.failed_attempts += 1
        if staff.failed_attempts >= ATTEMPTS:
            staff.failed_attempts, staff.locked_until = 0, moment + LOCK
    return fault


def _admit(staff: Staff, password: str, kind: SessionKind) -> SignedIn:
    if is_outdated(staff.password_hash):
        staff.password_hash = hash_password(password)
    return open_session(staff, kind)


def open_session(staff: Staff, kind: SessionKind) -> SignedIn:
    """A session of somebody who has just proved both factors."""
    moment, token = clock.now(), mint(kind)
    staff.failed_attempts, staff.last_signed_in_at = 0, moment
    session = StaffSession(
        id=new_id(),
        staff_id=staff.id,
        token_hash=token_hash(token),
        created_at=moment,
        last_seen_at=moment,
        expires_at=moment + LONGEST,
    )
    db.session.add(session)
    db.session.flush()
    record("staff.sign_in", "staff", staff.id, actor=Actor("staff", staff.id, staff.username))
    return SignedIn(token, session.expires_at)


def _of_session(token: str, *, in_use: bool = True) -> StaffCaller:
    query = select(StaffSession, Staff).join(Staff, Staff.id == StaffSession.staff_id)
    found = db.session.execute(query.where(StaffSession.token_hash == token_hash(token))).first()
    moment = clock.now()
    if found is None:
        raise _not_signed_in()
    session, staff = found
    if staff.state != "active" or moment >= session.expires_at or moment >= session.last_seen_at + IDLE:
        raise _not_signed_in()
    if in_use and moment - session.last_seen_at >= SEEN_EVERY:
        seen = update(StaffSession).where(StaffSession.id == session.id).values(last_seen_at=moment)
        write_after_read(partial(_note_use, seen.returning(StaffSession.id)))
    held = held_by(staff.id)
    permissions = {**held.permissions, OWN_ACCOUNT: None}
    return StaffCaller(staff.id, staff.username, permissions, session_id=session.id, units=held.units)


def _of_personal_token(text: str) -> StaffCaller:
    query = select(StaffToken, Staff).join(Staff, Staff.id == StaffToken.staff_id)
    found = db.session.execute(query.where(StaffToken.token_hash == token_hash(text))).first()
    moment = clock.now()
    if found is None:
        raise _not_signed_in()
    token, staff = found
    if staff.state != "active" or moment >= token.expires_at:
        raise _not_signed_in()
    if token.last_used_at is None or moment - token.last_used_at >= SEEN_EVERY:
        used = update(StaffToken).where(StaffToken.id == token.id).values(last_used_at=moment)
        write_after_read(partial(_note_use, used.returning(StaffToken.id)))
    held = held_by(staff.id)
    permissions = {p: held.permissions[p] for p in token.permissions if p in held.permissions}
    units = {where: units for where, units in held.units.items() if where[0] in token.permissions}
    return StaffCaller(staff.id, staff.username, permissions, units=units)


def _note_use(used: ReturningUpdate[tuple[str]]) -> None:
    """Write when a session or a token was last used. Raises the 401 when it has ended since it was read."""
    if db.session.scalar(used) is None:
        raise _not_signed_in()


def _not_signed_in() -> Problem:
    return Problem("sign-in-required", headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
