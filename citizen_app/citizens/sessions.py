"""Sign-in sessions: opened by an OTP, carried on by a refresh token that changes at each use, ended
everywhere immediately.

A refresh token is `session.generation.mac`, the MAC keyed by the vault over the session's id, generation and
random salt. Neither the table nor the key alone makes one, and every token we ever gave out can be told from
an invention. So:

- the token of the present generation opens the next generation;
- the token just before it, within `GRACE` of that step, gets the same successor again: the answer was lost,
  or a second tab asked at the same time. Nothing forks, whichever answer arrives last;
- any older token was copied by someone: the whole session is revoked (RFC 9700 §4.14.2).
"""

from __future__ import annotations

import base64
import hmac
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import Row, insert, select, update

from citizen_app.citizens.acting_sessions import end_acting_sessions
from citizen_app.citizens.challenges import redeem_challenge, sign_in_refused
from citizen_app.citizens.models import ActingSession, Citizen, SignInSession
from citizen_app.citizens.personal import phone_index
from citizen_app.citizens.registration import registered_citizen
from citizen_app.citizens.tokens import (
    ACCESS_SECONDS,
    SignedInCitizen,
    issue_access_token,
    refuse_tokens_of,
)
from citizen_app.citizens.traits import CitizenStatus
from citizen_app.clock import now
from citizen_app.ids import new_id
from citizen_app.secrecy.vault import current_vault
from citizen_app.storage.locking import guarded_update, lock_row
from citizen_app.storage.orm import db
from citizen_app.wire.problems import Problem

IDLE: Final = timedelta(days=30)
ABSOLUTE: Final = timedelta(days=180)
GRACE: Final = timedelta(seconds=10)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Tokens:
    """The answer to a sign-in (RFC 6749 §5.1). `expires_in` in seconds."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    token_type: str = "Bearer"  # noqa: S105 - a word of RFC 6750
    expires_in: int = ACCESS_SECONDS


def open_session(challenge_id: str, otp: str) -> Tokens:
    """Sign in with an OTP; the first one of a phone registers its citizen.

    Raises `sign-in-refused`, and `account-suspended` only to who has given the right OTP.
    """
    citizen = lock_row(Citizen, registered_citizen(redeem_challenge(challenge_id, otp)).id)
    if citizen is None:  # erased since
        raise sign_in_refused(keep_writes=True)
    if citizen.status != CitizenStatus.ACTIVE:
        raise Problem("account-suspended", keep_writes=True)
    return start_session(citizen)


def start_session(citizen: Citizen) -> Tokens:
    """A session for a citizen who has just proven who they are."""
    moment, session_id, salt = now(), new_id(), secrets.token_bytes(16)
    db.session.execute(
        insert(SignInSession).values(
            id=session_id,
            citizen_id=citizen.id,
            salt=salt,
            generation=0,
            rotated_at=moment,
            authenticated_at=moment,
            expires_at=moment + IDLE,
            ends_at=moment + ABSOLUTE,
        )
    )
    caller = SignedInCitizen(citizen.id, citizen.subject_number, session_id, citizen.assurance_level, moment)
    log.info("citizen signed in", session=session_id)
    return Tokens(issue_access_token(caller), _refresh_token(session_id, 0, salt))


def reauthenticate(caller: SignedInCitizen, challenge_id: str, otp: str) -> Tokens:
    """Prove again, with an OTP to one's own phone, who has this session: from now on it counts as fresh.

    The refresh token is the session's present one and does not change: whoever loses the answer has lost
    nothing. Raises `sign-in-refused`, for an OTP of another phone too; the guess stays counted.
    """
    phone, moment = phone_index(redeem_challenge(challenge_id, otp)), now()
    citizen = lock_row(Citizen, caller.citizen_id)
    if citizen is None or citizen.phone_index != phone or citizen.status != CitizenStatus.ACTIVE:
        raise sign_in_refused(keep_writes=True)
    session = guarded_update(
        SignInSession,
        SignInSession.id == caller.session_id,
        SignInSession.revoked_at.is_(None),
        authenticated_at=moment,
    )
    if session is None:
        raise sign_in_refused(keep_writes=True)
    log.info("citizen proved themselves again", session=session.id)
    return Tokens(
        access_token_of(citizen, session), _refresh_token(session.id, session.generation, session.salt)
    )


def fresh_access_token(caller: SignedInCitizen) -> str:
    """An access token of the caller's session that knows their present level."""
    citizen = db.session.get_one(Citizen, caller.citizen_id)
    return access_token_of(citizen, db.session.get_one(SignInSession, caller.session_id))


def access_token_of(citizen: Citizen, session: SignInSession) -> str:
    """An access token of a session."""
    return issue_access_token(
        SignedInCitizen(
            citizen.id,
            citizen.subject_number,
            session.id,
            citizen.assurance_level,
            session.authenticated_at,
        )
    )


def refresh_session(refresh_token: str) -> Tokens:
    """A new access token and the next refresh token.

    Raises `sign-in-refused` for a token that is not ours or whose session is over; for a copied one the
    session is revoked too. Raises `account-suspended`.
    """
    session, generation = _session_of(refresh_token)
    moment = now()
    if session is None or session.revoked_at is not None or session.expires_at <= moment:
        raise sign_in_refused()
    if session.status != CitizenStatus.ACTIVE:
        raise Problem("account-suspended")
    if not _step(session, generation, moment) and not _just_stepped(session.id, generation, moment):
        log.warning("refresh token used again; its session is revoked", session=session.id)
        revoke_sessions([session.id])
        raise sign_in_refused(keep_writes=True)
    caller = SignedInCitizen(
        session.citizen_id,
        session.subject_number,
        session.id,
        session.assurance_level,
        session.authenticated_at,
    )
    return Tokens(issue_access_token(caller), _refresh_token(session.id, generation + 1, session.salt))


def end_session(refresh_token: str) -> None:
    """Log out with any token of a session; a token that is not ours does nothing (RFC 7009 §2.2)."""
    session, _ = _session_of(refresh_token)
    if session is not None:
        revoke_sessions([session.id])


def end_session_of(caller: SignedInCitizen) -> None:
    """Log out with an access token: of a citizen their session, of an agent the acting session alone."""
    if caller.acting is None:
        revoke_sessions([caller.session_id])
    else:
        end_acting_sessions(ActingSession.id == caller.session_id, why="done")


def end_all_sessions(citizen_id: str) -> None:
    """Log a citizen out on every device, and everybody who acts for them."""
    end_acting_sessions(ActingSession.citizen_id == citizen_id, why="signed_out")
    revoke_sessions(
        db.session.scalars(
            select(SignInSession.id).where(
                SignInSession.citizen_id == citizen_id, SignInSession.revoked_at.is_(None)
            )
        ).all()
    )


def revoke_sessions(session_ids: Sequence[str]) -> None:
    """End sessions: refused here as soon as the unit of work commits, and in every other worker within a
    second."""
    moment = now()
    ended = db.session.scalars(
        update(SignInSession)
        .where(SignInSession.id.in_(session_ids), SignInSession.revoked_at.is_(None))
        .values(revoked_at=moment)
        .returning(SignInSession.id)
        .execution_options(synchronize_session=False)
    ).all()
    refuse_tokens_of(ended)
    for session_id in ended:
        log.info("citizen signed out", session=session_id)


def _step(session: Row[*tuple[Any, ...]], generation: int, moment: datetime) -> bool:
    """Open the next generation; false when this is not the present one (any more)."""
    stepped = db.session.execute(
        update(SignInSession)
        .where(
            SignInSession.id == session.id,
            SignInSession.generation == generation,
            SignInSession.revoked_at.is_(None),
        )
        .values(generation=generation + 1, rotated_at=moment, expires_at=min(moment + IDLE, session.ends_at))
        .returning(SignInSession.id)
        .execution_options(synchronize_session=False)
    )
    return stepped.one_or_none() is not None


def _just_stepped(session_id: str, generation: int, moment: datetime) -> bool:
    present = db.session.execute(
        select(SignInSession.generation, SignInSession.rotated_at, SignInSession.revoked_at).where(
            SignInSession.id == session_id
        )
    ).one()
    return (
        present.revoked_at is None
        and present.generation == generation + 1
        and moment - present.rotated_at <= GRACE
    )


def stated_session(refresh_token: str) -> str | None:
    """The id of the session that a token names, genuine or not; None for a text of another shape."""
    session_id, _ = _stated(refresh_token)
    return session_id if uuid.UUID(session_id).int else None


def _session_of(refresh_token: str) -> tuple[Row[*tuple[Any, ...]] | None, int]:
    """The session (with its citizen's state) that gave out a token, and the token's generation; None for an
    invention."""
    session_id, generation = _stated(refresh_token)
    session = db.session.execute(
        select(
            SignInSession.id,
            SignInSession.citizen_id,
            SignInSession.salt,
            SignInSession.authenticated_at,
            SignInSession.expires_at,
            SignInSession.ends_at,
            SignInSession.revoked_at,
            Citizen.subject_number,
            Citizen.assurance_level,
            Citizen.status,
        )
        .join(Citizen, Citizen.id == SignInSession.citizen_id)
        .where(SignInSession.id == session_id)
    ).one_or_none()
    if session is None:
        return None, generation
    expected = _refresh_token(session.id, generation, session.salt)
    genuine = refresh_token.isascii() and hmac.compare_digest(refresh_token, expected)
    return (session if genuine else None), generation


def _stated(refresh_token: str) -> tuple[str, int]:
    """Session id and generation as a token states them; nil and 0 for a text of another shape."""
    try:
        session_id, generation, _ = refresh_token.split(".")
        return str(uuid.UUID(session_id)), int(generation)
    except ValueError:
        return str(uuid.UUID(int=0)), 0


def _refresh_token(session_id: str, generation: int, salt: bytes) -> str:
    mac = current_vault().blind_index("refresh-token", f"{session_id}.{generation}.{salt.hex()}")
    return f"{session_id}.{generation}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"
