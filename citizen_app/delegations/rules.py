"""Who may act for whom, and whether a delegation is in force at a moment."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Protocol

from sqlalchemy import ColumnElement, func, select

from citizen_app.citizens.acting import ActingKind
from citizen_app.citizens.models import Citizen
from citizen_app.citizens.traits import CitizenStatus
from citizen_app.delegations.ages import is_minor
from citizen_app.delegations.models import Delegation, DelegationState
from citizen_app.storage.locking import lock_row
from citizen_app.storage.orm import db
from citizen_app.text import Text
from citizen_app.wire.problems import Problem

MOST_WARDS: Final = 10
MOST_HELPERS: Final = 5
AGENTS_LEVEL: Final = 2
"""Of everybody who acts for another: an account that only a phone proves passes on with its number."""
ANSWERED_WITHIN: Final = timedelta(days=14)
AGENTS_LONGEST: Final = timedelta(days=365)
SKEW: Final = timedelta(seconds=15)
"""By how much a kiosk's clock may be behind when it read a code offline."""

ONESELF: Final = Text("不能为自己办理委托。", "Nobody can be their own helper.")
TOO_MANY_WARDS: Final = Text(
    "您代办的人已达 {most} 位，请先结束一项。", "You act for {most} people already: end one first."
)
TOO_MANY_HELPERS: Final = Text(
    "帮助此人的已达 {most} 位，请先结束一项。", "{most} people help this person already: end one first."
)
NOT_A_MINOR: Final = Text(
    "监护只适用于已实名的未成年人；成年人请邀请照护人。",
    "A guardian is for a minor whose name is verified; an adult invites a carer.",
)
NAME_NEEDED: Final = Text(
    "代他人办理的人须先完成实名认证。", "Whoever acts for another has verified their name first."
)
THERE_ALREADY: Final = Text("你们之间已有这种委托。", "There is such a delegation between the two already.")


class Standing(Protocol):
    """What tells whether a delegation is in force."""

    @property
    def kind(self) -> str: ...

    @property
    def valid_from(self) -> datetime: ...

    @property
    def valid_to(self) -> datetime | None: ...

    @property
    def accepted_at(self) -> datetime | None: ...

    @property
    def ended_at(self) -> datetime | None: ...


def in_force(delegation: Standing, ward_born: str | None, moment: datetime) -> bool:
    """Whether an agent may act at that moment; a guardian only for a minor, by the calendar of the city."""
    began, ends = delegation.accepted_at, delegation.valid_to
    return (
        began is not None
        and max(began, delegation.valid_from) <= moment + SKEW
        and (ends is None or moment < ends)
        and (delegation.ended_at is None or moment < delegation.ended_at)
        and (delegation.kind != ActingKind.GUARDIAN or is_minor(ward_born, moment))
    )


def check_pair(kind: str, agent: Citizen, ward: Citizen, moment: datetime, *, besides: str | None) -> None:
    """Whether one of these two may act for the other, both locked. Raises a 403 or a 409 with words.
    `besides` is the delegation that asks, which does not count."""
    if agent.id == ward.id:
        raise Problem("conflict", ONESELF)
    if agent.assurance_level < AGENTS_LEVEL:
        raise Problem("assurance-too-low", NAME_NEEDED, more={"required_level": AGENTS_LEVEL})
    if kind == ActingKind.GUARDIAN and not is_minor(ward.born, moment):
        raise Problem("conflict", NOT_A_MINOR)
    check_room(agent_id=agent.id, ward_id=ward.id, besides=besides)
    twice = select(Delegation.id).where(
        Delegation.agent_id == agent.id, Delegation.ward_id == ward.id, Delegation.kind == kind
    )
    if db.session.scalar(twice.where(*_open(besides))) is not None:
        raise Problem("conflict", THERE_ALREADY)


def check_room(
    *, agent_id: str | None = None, ward_id: str | None = None, besides: str | None = None
) -> None:
    """Whether an agent may take one more ward, and a ward one more helper. Raises a 409; the two are locked,
    so that concurrent requests count each other."""
    for column, citizen_id, most, words in (
        (Delegation.agent_id, agent_id, MOST_WARDS, TOO_MANY_WARDS),
        (Delegation.ward_id, ward_id, MOST_HELPERS, TOO_MANY_HELPERS),
    ):
        if citizen_id is None:
            continue
        held = select(func.count()).select_from(Delegation).where(column == citizen_id, *_open(besides))
        if (db.session.scalar(held) or 0) >= most:
            raise Problem("conflict", words.fill(most=most))


def _open(besides: str | None) -> list[ColumnElement[bool]]:
    still_open = [Delegation.state != DelegationState.ENDED]
    return still_open if besides is None else [*still_open, Delegation.id != besides]


def locked_citizens(*ids: str) -> list[Citizen]:
    """The accounts with these ids, locked in one order so that no two requests wait for each other. Raises a
    404 for one that is gone or rests."""
    found = {}
    for one in sorted(set(ids)):
        citizen = lock_row(Citizen, one)
        if citizen is None or citizen.status != CitizenStatus.ACTIVE:
            raise Problem("not-found")
        found[one] = citizen
    return [found[one] for one in ids]
