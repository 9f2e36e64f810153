"""What stands against an erasure, in words for the citizen and with what can be done about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from citizen_app.citizens.acting import ActingKind
from citizen_app.citizens.models import Citizen
from citizen_app.citizens.traits import CitizenStatus
from citizen_app.clock import now
from citizen_app.delegations.models import Delegation, DelegationState
from citizen_app.delegations.rules import in_force
from citizen_app.payments.orders import has_open_order
from citizen_app.payments.purses import reasons_to_wait
from citizen_app.storage.orm import db
from citizen_app.text import Text

PURSE: Final = "/mine/purse"
FAMILY: Final = "/mine/family"
WHO_LOOK_AFTER: Final = (ActingKind.GUARDIAN, ActingKind.CARER)
UNDER_WAY: Final = Text(
    "有一笔充值或退款还在进行，请等它完成。",
    "A top-up or a pay-out is under way: wait until it has ended.",
)
ONLY_ONE: Final = Text(
    "您是一位没有手机的家人唯一的监护人或照护人。请先让另一位家人接替，或先注销其账户。",
    "You are the only guardian or carer of somebody without a phone. Let somebody else take over first, or have their account closed.",
)
AT_REST: Final = Text(
    "账户已停用，请到市民服务窗口办理。",
    "The account is suspended: a service counter can help.",
)


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing that has to be settled first; `next_step` is the page where that is done."""

    id: str
    words: Text
    next_step: str


def obstacles_of(citizen: Citizen) -> list[Obstacle]:
    """Why an account cannot be erased yet; nothing where it can."""
    found = [Obstacle("purse", words, PURSE) for words in reasons_to_wait(citizen.id)]
    if has_open_order(citizen.id):
        found.append(Obstacle("payment_under_way", UNDER_WAY, PURSE))
    found += [Obstacle("only_guardian", ONLY_ONE, FAMILY) for _ in _left_alone(citizen.id)[:1]]
    if citizen.status != CitizenStatus.ACTIVE:
        found.append(Obstacle("suspended", AT_REST, FAMILY))
    return found


def _left_alone(citizen_id: str) -> list[str]:
    """Whom nobody else would look after: people without a phone for whom only this citizen acts."""
    other = aliased(Delegation)
    somebody_else = exists().where(
        other.ward_id == Delegation.ward_id,
        other.agent_id != citizen_id,
        other.kind.in_(WHO_LOOK_AFTER),
        other.state == DelegationState.ACTIVE,
    )
    mine = (
        select(Delegation, Citizen)
        .join(Citizen, Citizen.id == Delegation.ward_id)
        .where(
            Delegation.agent_id == citizen_id,
            Delegation.kind.in_(WHO_LOOK_AFTER),
            Delegation.state == DelegationState.ACTIVE,
            Citizen.phone_index.is_(None),
            Citizen.status == CitizenStatus.ACTIVE,
            ~somebody_else,
        )
    )
    moment = now()
    return [ward.id for one, ward in db.session.execute(mine) if in_force(one, ward.born, moment)]
