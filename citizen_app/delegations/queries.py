"""Reads of delegations: what each side sees of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased

from citizen_app.citizens.acting import ACTING_TITLES, ActingKind
from citizen_app.citizens.models import Citizen
from citizen_app.citizens.personal import masked_name, masked_phone
from citizen_app.citizens.queries import citizen_by_id
from citizen_app.clock import now
from citizen_app.delegations.ages import is_minor
from citizen_app.delegations.models import Delegation, DelegationState, EndedWhy, Side
from citizen_app.delegations.operations import asks, side_of
from citizen_app.delegations.rules import ANSWERED_WITHIN, in_force
from citizen_app.storage.keyset import Page, page_of_rows
from citizen_app.storage.orm import db
from citizen_app.text import Text
from citizen_app.wire.problems import Problem

MOST_PEOPLE: Final = 100
"""Delegations that are looked through for the people of a citizen."""


@dataclass(frozen=True, slots=True)
class DelegationLine:
    """A delegation as one of its two people sees it; `role` is theirs, `masked_name` and `masked_phone` are
    the other's. `answer_needed` says that it waits for this person."""

    id: str
    kind: str
    role: str
    masked_name: str | None
    masked_phone: str | None
    services: list[str] | None
    valid_from: datetime
    valid_to: datetime | None
    uses: int | None
    uses_left: int | None
    state: str
    answer_needed: bool
    proof: str | None
    created_at: datetime
    accepted_at: datetime | None
    ended_at: datetime | None
    ended_by: str | None
    ended_why: str | None

    @property
    def kind_title(self) -> Text:
        """What it is called."""
        return ACTING_TITLES[self.kind]


@dataclass(frozen=True, slots=True)
class WardLine:
    """Somebody for whom a citizen may act now."""

    citizen_id: str
    masked_name: str | None
    delegation_id: str
    kind: str
    services: list[str] | None


@dataclass(frozen=True, slots=True)
class Relative:
    """Somebody of a citizen's family or helpers, with the newest delegation between the two."""

    delegation_id: str
    citizen_id: str
    masked_name: str | None


def delegations_of(citizen_id: str, *, limit: int, cursor: str | None = None) -> Page[DelegationLine]:
    """One page of a citizen's delegations, newest first: as agent, as ward, and invitations that wait for
    them. Raises a 404 for an erased citizen, a 422 for a foreign cursor."""
    citizen = _present(citizen_id)
    agent, ward = aliased(Citizen), aliased(Citizen)
    rows = (
        select(Delegation, agent, ward)
        .outerjoin(agent, agent.id == Delegation.agent_id)
        .outerjoin(ward, ward.id == Delegation.ward_id)
        .where(_concerns(citizen))
    )
    found = page_of_rows(rows, Delegation.id, limit, cursor)
    return found.map(lambda row: line_of(row[0], citizen, row[1], row[2]))


def delegation_of(citizen_id: str, delegation_id: str) -> DelegationLine:
    """One delegation of a citizen, or an invitation that waits for them. Raises a 404 for anybody else's."""
    citizen = _present(citizen_id)
    found = db.session.get(Delegation, delegation_id)
    if found is None or side_of(found, citizen) is None:
        raise Problem("not-found")
    agent, ward = (None if one is None else citizen_by_id(one) for one in (found.agent_id, found.ward_id))
    return line_of(found, citizen, agent, ward)


def people_of(citizen_id: str) -> list[Relative]:
    """Everybody with whom a citizen has or had a delegation that was accepted, each once, by the newest."""
    other = aliased(Citizen)
    mine = (
        select(Delegation, other)
        .join(
            other,
            or_(
                and_(Delegation.agent_id == citizen_id, other.id == Delegation.ward_id),
                and_(Delegation.ward_id == citizen_id, other.id == Delegation.agent_id),
            ),
        )
        .where(Delegation.accepted_at.is_not(None))
        .order_by(Delegation.id.desc())
        .limit(MOST_PEOPLE)
    )
    found: dict[str, Relative] = {}
    for delegation, one in db.session.execute(mine):
        found.setdefault(one.id, Relative(delegation.id, one.id, _masked(one)))
    return list(found.values())


def other_of(citizen_id: str, delegation_id: str) -> str:
    """The other one of a citizen's delegation, by the id of their account. Raises a 404 for anybody else's,
    and for one that nobody has accepted."""
    found = db.session.get(Delegation, delegation_id)
    if found is None or found.accepted_at is None or citizen_id not in (found.agent_id, found.ward_id):
        raise Problem("not-found")
    other = found.ward_id if citizen_id == found.agent_id else found.agent_id
    if other is None:
        raise Problem("not-found")
    return other


def wards_of(citizen_id: str) -> list[WardLine]:
    """For whom a citizen may act now; a few at most."""
    mine = (
        select(Delegation, Citizen)
        .join(Citizen, Citizen.id == Delegation.ward_id)
        .where(Delegation.agent_id == citizen_id, Delegation.state == DelegationState.ACTIVE)
        .order_by(Delegation.id)
    )
    moment = now()
    return [
        WardLine(ward.id, _masked(ward), one.id, one.kind, one.services)
        for one, ward in db.session.execute(mine)
        if in_force(one, ward.born, moment) and one.uses_left != 0
    ]


def line_of(
    delegation: Delegation, citizen: Citizen, agent: Citizen | None, ward: Citizen | None
) -> DelegationLine:
    """A delegation as this citizen sees it, who stands on one of its sides."""
    role = side_of(delegation, citizen) or Side.WARD
    other = ward if role == Side.AGENT else agent
    state, why = _standing(delegation, ward)
    waits = asks(delegation, citizen)
    typed = None if waits or other is not None else delegation.invited_phone
    return DelegationLine(
        id=delegation.id,
        kind=delegation.kind,
        role=role,
        masked_name=None if other is None else _masked(other),
        masked_phone=None if typed is None else masked_phone(typed),
        services=delegation.services,
        valid_from=delegation.valid_from,
        valid_to=delegation.valid_to,
        uses=delegation.uses,
        uses_left=delegation.uses_left,
        state=state,
        answer_needed=waits and state == DelegationState.INVITED,
        proof=delegation.proof,
        created_at=delegation.created_at,
        accepted_at=delegation.accepted_at,
        ended_at=delegation.ended_at,
        ended_by=delegation.ended_by,
        ended_why=why,
    )


def _standing(delegation: Delegation, ward: Citizen | None) -> tuple[str, str | None]:
    """State and reason of the end as they are now: the sweep may come later than the moment."""
    moment = now()
    if delegation.state == DelegationState.INVITED and moment >= delegation.created_at + ANSWERED_WITHIN:
        return DelegationState.ENDED, EndedWhy.EXPIRED
    if delegation.state != DelegationState.ACTIVE:
        return delegation.state, delegation.ended_why
    if delegation.valid_to is not None and moment >= delegation.valid_to:
        return DelegationState.ENDED, EndedWhy.EXPIRED
    if delegation.kind == ActingKind.GUARDIAN and (ward is None or not is_minor(ward.born, moment)):
        return DelegationState.ENDED, EndedWhy.OF_AGE
    if delegation.uses_left == 0:
        return DelegationState.ENDED, EndedWhy.USED_UP
    return delegation.state, None


def _concerns(citizen: Citizen) -> ColumnElement[bool]:
    mine = or_(Delegation.agent_id == citizen.id, Delegation.ward_id == citizen.id)
    if citizen.phone_index is None:
        return mine
    invited = and_(
        Delegation.invited_index == citizen.phone_index, Delegation.state == DelegationState.INVITED
    )
    return or_(mine, invited)


def _masked(citizen: Citizen) -> str | None:
    return None if citizen.name is None else masked_name(citizen.name)


def _present(citizen_id: str) -> Citizen:
    citizen = citizen_by_id(citizen_id)
    if citizen is None:
        raise Problem("not-found")
    return citizen
