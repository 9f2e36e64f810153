"""Delegations begin and end: invited and accepted, proved at a desk or by a register, ended by either side.

Whoever gives power away has just proved who they are; the routes ask for that. An answer never says whether
a phone has an account: an invitation is a row under the blind index of the number, and whoever proves that
number finds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from citizen_app.citizens.acting import ACTING_TITLES, ActingKind
from citizen_app.citizens.acting_sessions import end_acting_sessions
from citizen_app.citizens.models import ActingSession, Citizen, new_subject_number
from citizen_app.citizens.personal import phone_index
from citizen_app.clock import now
from citizen_app.delegations.ages import is_asked_too, is_minor
from citizen_app.delegations.models import Delegation, DelegationState, EndedWhy, Proof, Side
from citizen_app.delegations.offering import OFFERED
from citizen_app.delegations.rules import (
    AGENTS_LEVEL,
    ANSWERED_WITHIN,
    NAME_NEEDED,
    NOT_A_MINOR,
    ONESELF,
    THERE_ALREADY,
    check_pair,
    check_room,
    locked_citizens,
)
from citizen_app.ids import new_id
from citizen_app.jobs.outbox import enqueue
from citizen_app.notices.catalogue import DELEGATION_ACCEPTED, DELEGATION_BEGUN, DELEGATION_ENDED
from citizen_app.notices.sending import tell
from citizen_app.storage.locking import guarded_update
from citizen_app.storage.orm import db
from citizen_app.text import Text
from citizen_app.wire.problems import Problem

OVER: Final = Text("邀请已失效。", "The invitation is over.")
OVER_ALREADY: Final = Text("它已经结束。", "It is over already.")
WHY: Final[dict[str, Text]] = {
    EndedWhy.DECLINED: Text("对方未接受", "declined"),
    EndedWhy.WITHDRAWN: Text("已撤回", "withdrawn"),
    EndedWhy.REVOKED: Text("一方解除", "revoked by one side"),
    EndedWhy.EXPIRED: Text("已到期", "it has expired"),
    EndedWhy.OF_AGE: Text("被监护人已满十八岁", "the ward is eighteen"),
    EndedWhy.USED_UP: Text("次数已用完", "it is used up"),
    EndedWhy.DECEASED: Text("一方去世", "one of the two has died"),
    EndedWhy.ERASED: Text("一方的账户已注销", "one of the two has closed their account"),
}
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Terms:
    """What an agent may do: the kind, the services (None for all), until when, how many times codes are
    shown."""

    kind: ActingKind
    services: Sequence[str] | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    uses: int | None = None


def invite(citizen_id: str, role: Side, phone: str, terms: Terms) -> Delegation:
    """Ask whoever has this phone (E.164) to act for the caller (`role` ward), or to let the caller act for
    them (`role` agent). The answer is the same whether or not the phone has an account.

    Raises a 403 for an agent whose name is not proved, a 409 at a limit.
    """
    (caller,) = locked_citizens(citizen_id)
    index = phone_index(phone)
    if index == caller.phone_index:
        raise Problem("conflict", ONESELF)
    if role == Side.AGENT and caller.assurance_level < AGENTS_LEVEL:
        raise Problem("assurance-too-low", NAME_NEEDED, more={"required_level": AGENTS_LEVEL})
    if role == Side.WARD and terms.kind == ActingKind.GUARDIAN:
        _check_minor(caller)
    is_agent = role == Side.AGENT
    check_room(agent_id=citizen_id if is_agent else None, ward_id=None if is_agent else citizen_id)
    mine = Delegation.agent_id if is_agent else Delegation.ward_id
    twice = select(Delegation.id).where(
        mine == citizen_id,
        Delegation.invited_index == index,
        Delegation.kind == terms.kind,
        Delegation.state == DelegationState.INVITED,
    )
    if db.session.scalar(twice) is not None:
        raise Problem("conflict", THERE_ALREADY)
    made = _new(terms, asked=Side.WARD if is_agent else Side.AGENT)
    made.agent_id, made.ward_id = (citizen_id, None) if is_agent else (None, citizen_id)
    made.invited_index, made.invited_phone = index, phone
    stored = _stored(made)
    enqueue(OFFERED, {"delegation": stored.id})
    return stored


def establish(agent_id: str, ward_id: str, terms: Terms, proof: Proof) -> Delegation:
    """A delegation that a clerk or a register vouches for: in force now. A ward from fourteen on who has a
    phone is asked too, and it waits for their answer.

    Raises a 404 for an account that is gone or rests, a 403 or a 409 where the two may not.
    """
    agent, ward = locked_citizens(agent_id, ward_id)
    moment = now()
    check_pair(terms.kind, agent, ward, moment, besides=None)
    asks = proof == Proof.REGISTER or terms.kind == ActingKind.GUARDIAN
    waits = asks and ward.phone_index is not None and is_asked_too(ward.born, moment)
    made = _new(terms, asked=Side.WARD if waits else None)
    made.agent_id, made.ward_id, made.proof = agent_id, ward_id, proof
    if not waits:
        made.state, made.accepted_at = DelegationState.ACTIVE, moment
    _stored(made)
    if not waits:
        _tell_begun(made)
    return made


def accept(citizen_id: str, delegation_id: str) -> Delegation:
    """Accept an invitation to the caller's phone or account; in force from now on. Again changes nothing.

    Raises a 404 for anybody else's, a 410 for one that is over, a 403 or a 409 where the two may not.
    """
    standing = db.session.get(Delegation, delegation_id)
    if standing is None:
        raise Problem("not-found")
    inviting = standing.agent_id if standing.asked == Side.WARD else standing.ward_id
    caller, other = _both(citizen_id, inviting)
    db.session.refresh(standing)
    if standing.state == DelegationState.ACTIVE and citizen_id in (standing.agent_id, standing.ward_id):
        return standing
    if not asks(standing, caller) or other is None:
        raise Problem("not-found")
    moment = now()
    if standing.state != DelegationState.INVITED or moment >= standing.created_at + ANSWERED_WITHIN:
        raise Problem("gone", OVER)
    agent, ward = (other, caller) if standing.asked == Side.WARD else (caller, other)
    check_pair(standing.kind, agent, ward, moment, besides=delegation_id)
    accepted = guarded_update(
        Delegation,
        Delegation.id == delegation_id,
        Delegation.state == DelegationState.INVITED,
        state=DelegationState.ACTIVE,
        agent_id=agent.id,
        ward_id=ward.id,
        asked=None,
        invited_index=None,
        invited_sealed=None,
        proof=standing.proof or Proof.ACCEPTED,
        accepted_at=moment,
    )
    if accepted is None:  # withdrawn at the same moment
        raise Problem("gone", OVER)
    log.info("delegation accepted", delegation=delegation_id, kind=accepted.kind)
    _tell_begun(accepted)
    return accepted


def end(citizen_id: str, delegation_id: str) -> None:
    """End a delegation, or an invitation, as one of its two people: revoked, withdrawn or declined. Raises a
    404 for anybody else's, a 409 for one that is over."""
    caller = db.session.get(Citizen, citizen_id)
    found = db.session.get(Delegation, delegation_id)
    if found is None or caller is None:
        raise Problem("not-found")
    side = side_of(found, caller)
    if side is None:
        raise Problem("not-found")
    if found.state == DelegationState.INVITED:
        why = EndedWhy.DECLINED if found.asked == side else EndedWhy.WITHDRAWN
    else:
        why = EndedWhy.REVOKED
    if not end_delegation(delegation_id, side, why):
        raise Problem("conflict", OVER_ALREADY)


def end_delegation(delegation_id: str, by: Side, why: EndedWhy) -> bool:
    """End what is open: the next scan of its codes is refused, its tokens within a second in every process.
    Both are told of the end of what was in force. False where it was over already."""
    ended = guarded_update(
        Delegation,
        Delegation.id == delegation_id,
        Delegation.state != DelegationState.ENDED,
        state=DelegationState.ENDED,
        ended_at=now(),
        ended_by=by,
        ended_why=why,
        asked=None,
        invited_index=None,
        invited_sealed=None,
    )
    if ended is None:
        return False
    end_acting_sessions(ActingSession.delegation_id == delegation_id, why="revoked")
    log.info("delegation ended", delegation=delegation_id, by=by, why=why)
    if ended.accepted_at is not None:
        kind = ACTING_TITLES[ended.kind]
        for side, citizen_id in ((Side.AGENT, ended.agent_id), (Side.WARD, ended.ward_id)):
            if citizen_id is not None and side != by:
                tell(citizen_id, DELEGATION_ENDED, key=delegation_id, kind=kind, why=WHY[why])
    return True


def end_all_of(citizen_id: str, why: EndedWhy = EndedWhy.DECEASED) -> int:
    """End every delegation of a citizen, on either side; returns how many."""
    theirs = select(Delegation.id).where(
        (Delegation.agent_id == citizen_id) | (Delegation.ward_id == citizen_id),
        Delegation.state != DelegationState.ENDED,
    )
    return sum(
        end_delegation(one, Side.CITY, why)
        for one in db.session.scalars(theirs.order_by(Delegation.id)).all()
    )


def asks(delegation: Delegation, citizen: Citizen) -> bool:
    """Whether an invitation waits for the answer of this citizen."""
    if delegation.state != DelegationState.INVITED:
        return False
    asked = delegation.agent_id if delegation.asked == Side.AGENT else delegation.ward_id
    if asked is not None:
        return asked == citizen.id
    return citizen.phone_index is not None and delegation.invited_index == citizen.phone_index


def side_of(delegation: Delegation, citizen: Citizen) -> Side | None:
    """On which side of a delegation a citizen stands; None for anybody else."""
    if asks(delegation, citizen):
        return Side(delegation.asked or Side.WARD)
    if citizen.id == delegation.agent_id:
        return Side.AGENT
    return Side.WARD if citizen.id == delegation.ward_id else None


def _both(citizen_id: str, other_id: str | None) -> tuple[Citizen, Citizen | None]:
    if other_id is None or other_id == citizen_id:
        return locked_citizens(citizen_id)[0], None
    caller, other = locked_citizens(citizen_id, other_id)
    return caller, other


def _check_minor(ward: Citizen) -> None:
    if not is_minor(ward.born, now()):
        raise Problem("conflict", NOT_A_MINOR)


def _new(terms: Terms, asked: Side | None) -> Delegation:
    moment = now()
    return Delegation(
        id=new_id(),
        number=_number(),
        kind=terms.kind,
        asked=asked,
        services=None if terms.services is None else sorted(set(terms.services)),
        valid_from=terms.valid_from or moment,
        valid_to=terms.valid_to,
        uses=terms.uses,
        uses_left=terms.uses,
        state=DelegationState.INVITED,
        created_at=moment,
    )


def _number() -> int:
    """A random number of 63 bits that is no subject number: the version before takes it for one."""
    while True:
        number = new_subject_number()
        if db.session.scalar(select(Citizen.id).where(Citizen.subject_number == number)) is None:
            return number


def _stored(made: Delegation) -> Delegation:
    try:
        with db.session.begin_nested():
            db.session.add(made)
            db.session.flush()
    except IntegrityError as error:
        raise Problem("conflict", THERE_ALREADY) from error
    log.info("delegation made", delegation=made.id, kind=made.kind, state=made.state)
    return made


def _tell_begun(made: Delegation) -> None:
    title = ACTING_TITLES[made.kind]
    if made.ward_id is not None:
        tell(made.ward_id, DELEGATION_BEGUN, key=made.id, kind=title)
    if made.agent_id is not None:
        tell(made.agent_id, DELEGATION_ACCEPTED, key=made.id, kind=title)
