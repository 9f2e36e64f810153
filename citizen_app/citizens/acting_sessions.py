"""Sessions of those who act for a citizen: opened with a token, carried on, ended everywhere within a
second."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

import structlog
from sqlalchemy import ColumnElement, update

from citizen_app.citizens.acting import Acting, ActingKind
from citizen_app.citizens.models import ActingSession, Citizen
from citizen_app.citizens.tokens import (
    ACCESS_SECONDS,
    SignedInCitizen,
    issue_access_token,
    refuse_tokens_of,
)
from citizen_app.clock import now
from citizen_app.ids import new_id
from citizen_app.storage.orm import db

EndedWhy = Literal["done", "signed_out", "revoked", "replaced"]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ActingTokens:
    """An access token for whoever acts for another. `expires_in` in seconds; another one is asked for until
    `ends_at`."""

    access_token: str = field(repr=False)
    session_id: str
    expires_in: int
    ends_at: datetime
    token_type: str = "Bearer"  # noqa: S105 - a word of RFC 6750


def open_acting_session(
    citizen: Citizen,
    kind: ActingKind,
    agent_id: str,
    *,
    bound_to: str,
    services: frozenset[str] | None,
    ends_at: datetime,
    authenticated_at: datetime,
    delegation_id: str | None = None,
    code_number: int | None = None,
) -> ActingTokens:
    """A session in which somebody acts for a citizen, with its first token. Whether they may was judged
    before."""
    is_clerk = kind == ActingKind.CLERK
    session = ActingSession(
        id=new_id(),
        kind=kind,
        citizen_id=citizen.id,
        agent_id=None if is_clerk else agent_id,
        staff_id=agent_id if is_clerk else None,
        delegation_id=delegation_id,
        bound_to=bound_to,
        services=None if services is None else sorted(services),
        started_at=now(),
        ends_at=ends_at,
    )
    db.session.add(session)
    db.session.flush()
    log.info("acting session opened", session=session.id, kind=kind)
    return acting_tokens(session, citizen, authenticated_at, code_number)


def acting_tokens(
    session: ActingSession, citizen: Citizen, authenticated_at: datetime, code_number: int | None = None
) -> ActingTokens:
    """A fresh token of a session that goes on: five minutes, and not beyond the session's end."""
    moment = now()
    until = min(session.ends_at, moment + timedelta(seconds=ACCESS_SECONDS))
    acting = Acting(
        kind=ActingKind(session.kind),
        agent_id=session.agent_id or session.staff_id or "",
        delegation_id=session.delegation_id,
        services=None if session.services is None else frozenset(session.services),
        bound_to=session.bound_to,
        until=int(until.timestamp()),
        code_number=code_number,
    )
    caller = SignedInCitizen(
        citizen.id, citizen.subject_number, session.id, citizen.assurance_level, authenticated_at, acting
    )
    left = max(int((until - moment).total_seconds()), 0)
    return ActingTokens(issue_access_token(caller), session.id, left, session.ends_at)


def end_acting_sessions(*which: ColumnElement[bool], why: EndedWhy) -> list[str]:
    """End the sessions that are still open among these; their tokens are refused from the commit on, and
    within a second in every process. Returns their ids."""
    ended = db.session.scalars(
        update(ActingSession)
        .where(*which, ActingSession.ended_at.is_(None))
        .values(ended_at=now(), ended_why=why)
        .returning(ActingSession.id)
        .execution_options(synchronize_session=False)
    ).all()
    refuse_tokens_of(ended)
    for session_id in ended:
        log.info("acting session ended", session=session_id, why=why)
    return list(ended)
