"""Acting for another: a token for an agent, ended by either side.

    tokens = start_acting(
        ActingKind.CLERK, ward_id, staff_id, bound_to=caller.session_id, services=None, seconds=900
    )
    end_acting(ActingSession.bound_to == caller.session_id, why="done")

A citizen acts by a delegation (`act_by`). Of a clerk it was judged before that the citizen is present.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from citizen_app.citizens.acting import Acting, ActingKind
from citizen_app.citizens.acting_sessions import (
    ActingTokens,
    acting_tokens,
    end_acting_sessions,
    open_acting_session,
)
from citizen_app.citizens.models import ActingSession, Citizen
from citizen_app.citizens.queries import citizen_by_id
from citizen_app.citizens.tokens import ACCESS_SECONDS, SignedInCitizen
from citizen_app.citizens.traits import CitizenStatus
from citizen_app.clock import now
from citizen_app.delegations.ages import comes_of_age
from citizen_app.delegations.models import Delegation
from citizen_app.delegations.rules import in_force
from citizen_app.storage.locking import lock_row
from citizen_app.storage.orm import db
from citizen_app.text import Text
from citizen_app.wire.problems import Problem

CLERK_SECONDS: Final = 900
"""A clerk acts for a present citizen for a quarter of an hour at most (issue 11, 3)."""
OVER: Final = Text("代办已结束，请重新开始。", "The acting session is over; start again.")
NOT_IN_FORCE: Final = Text(
    "这项委托现在无效：未生效、已到期、次数已用完或已结束。",
    "This delegation is not in force: it has not begun, has expired, is used up or has ended.",
)
ACCOUNT_RESTS: Final = Text("该账号已停用，不能代办。", "This account rests; nobody can act for it.")


def start_acting(
    kind: ActingKind,
    ward_id: str,
    agent_id: str,
    *,
    bound_to: str,
    services: frozenset[str] | None,
    seconds: int,
    authenticated_at: datetime | None = None,
) -> ActingTokens:
    """Let an agent act for a citizen, for so many seconds at most, at these services (None: at all).

    `agent_id` is a citizen, or for the kind `clerk` a member of staff; `bound_to` the session in which they
    signed in, with which the token ends (`citizens.tokens.refuse_tokens_of`). A clerk acts for one citizen at
    a time: an earlier session of the same sign-in is over. Raises a 404 without such an account, a 409 where
    it rests.
    """
    if kind == ActingKind.CLERK:
        seconds = min(seconds, CLERK_SECONDS)
        end_acting(ActingSession.bound_to == bound_to, ActingSession.kind == kind, why="replaced")
    moment = now()
    return open_acting_session(
        ward_present(ward_id),
        kind,
        agent_id,
        bound_to=bound_to,
        services=services,
        ends_at=moment + timedelta(seconds=seconds),
        authenticated_at=authenticated_at or moment,
    )


def act_by(caller: SignedInCitizen, delegation_id: str) -> ActingTokens:
    """A token for the agent of a delegation, bound to the session in which they call; asked for again before
    it ends, the same acting session goes on.

    Raises a 404 for anybody else's delegation, a 410 for one that is not in force, a 409 where the ward's
    account rests.
    """
    delegation = lock_row(Delegation, delegation_id)  # whoever ends it comes before or after, not between
    if delegation is None or delegation.agent_id != caller.citizen_id or delegation.ward_id is None:
        raise Problem("not-found")
    ward, moment = ward_present(delegation.ward_id), now()
    _require_force(delegation, ward, moment)
    ends_at = _end_of_power(delegation, ward, moment)
    running = db.session.scalar(
        select(ActingSession).where(
            ActingSession.delegation_id == delegation_id,
            ActingSession.bound_to == caller.session_id,
            ActingSession.ended_at.is_(None),
            ActingSession.ends_at > moment,
        )
    )
    if running is not None:
        running.ends_at = ends_at
        db.session.flush()
        return acting_tokens(running, ward, caller.authenticated_at, delegation.number)
    return open_acting_session(
        ward,
        ActingKind(delegation.kind),
        caller.citizen_id,
        bound_to=caller.session_id,
        services=None if delegation.services is None else frozenset(delegation.services),
        ends_at=ends_at,
        authenticated_at=caller.authenticated_at,
        delegation_id=delegation_id,
        code_number=delegation.number,
    )


def acting_by(caller: SignedInCitizen, delegation_id: str) -> SignedInCitizen:
    """The ward of a delegation, with the caller as who acts, for one request: a page names the delegation
    each time, and each time it is judged. Nothing is written. Raises what `act_by` raises."""
    delegation = db.session.get(Delegation, delegation_id)
    if delegation is None or delegation.agent_id != caller.citizen_id or delegation.ward_id is None:
        raise Problem("not-found")
    ward, moment = _active(citizen_by_id(delegation.ward_id)), now()
    _require_force(delegation, ward, moment)
    acting = Acting(
        kind=ActingKind(delegation.kind),
        agent_id=caller.citizen_id,
        delegation_id=delegation_id,
        services=None if delegation.services is None else frozenset(delegation.services),
        bound_to=caller.session_id,
        until=int(_end_of_power(delegation, ward, moment).timestamp()),
    )
    return replace(
        caller,
        citizen_id=ward.id,
        subject_number=ward.subject_number,
        assurance_level=ward.assurance_level,
        acting=acting,
    )


def _require_force(delegation: Delegation, ward: Citizen, moment: datetime) -> None:
    if not in_force(delegation, ward.born, moment) or delegation.uses_left == 0:
        raise Problem("gone", NOT_IN_FORCE)


def _end_of_power(delegation: Delegation, ward: Citizen, moment: datetime) -> datetime:
    """Until when one token is good: no longer than the delegation, nor than childhood."""
    ends_at = moment + timedelta(seconds=ACCESS_SECONDS)
    if delegation.valid_to is not None:
        ends_at = min(ends_at, delegation.valid_to)
    if delegation.kind == ActingKind.GUARDIAN and ward.born is not None:
        ends_at = min(ends_at, comes_of_age(ward.born))
    return ends_at


def renew_clerk(session_id: str, bound_to: str, authenticated_at: datetime | None = None) -> ActingTokens:
    """The next token of a clerk's acting session, asked for in the staff session it is bound to. Raises a 404
    for another's, a 410 for one that is over."""
    session = lock_row(ActingSession, session_id)
    if session is None or session.bound_to != bound_to or session.kind != ActingKind.CLERK:
        raise Problem("not-found")
    if session.ended_at is not None or session.ends_at <= now():
        raise Problem("gone", OVER)
    return acting_tokens(session, ward_present(session.citizen_id), authenticated_at or session.started_at)


def clerk_sessions(bound_to: str) -> list[ActingSession]:
    """The open acting sessions of a member of staff's sign-in; one at most."""
    mine = select(ActingSession).where(
        ActingSession.bound_to == bound_to,
        ActingSession.kind == ActingKind.CLERK,
        ActingSession.ended_at.is_(None),
        ActingSession.ends_at > now(),
    )
    return list(db.session.scalars(mine))


end_acting = end_acting_sessions


def ward_present(ward_id: str) -> Citizen:
    """The account that somebody acts for, locked. Raises a 404 without one, a 409 where it rests."""
    return _active(lock_row(Citizen, ward_id))


def _active(ward: Citizen | None) -> Citizen:
    if ward is None:
        raise Problem("not-found")
    if ward.status != CitizenStatus.ACTIVE:
        raise Problem("conflict", ACCOUNT_RESTS)
    return ward
