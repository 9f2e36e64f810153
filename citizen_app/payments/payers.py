"""Who pays: the citizen, or a guardian who has chosen to pay for a ward, as long as the delegation lasts."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, bindparam, delete, func, or_, select

from citizen_app.citizens.acting import ActingKind
from citizen_app.clock import now
from citizen_app.delegations.models import Delegation, DelegationState
from citizen_app.payments.models import PayerChoice
from citizen_app.storage.columns import Id, UtcDateTime
from citizen_app.storage.locking import lock_row
from citizen_app.storage.orm import db
from citizen_app.storage.statements import Prepared
from citizen_app.text import Text
from citizen_app.wire.problems import Problem

ONLY_GUARDIANS: Final = Text(
    "只有监护人可以用自己的钱包为被监护人付款。", "Only a guardian can pay for a ward from their own purse."
)


def payer_of(citizen: Any, at: Any) -> ColumnElement[str]:
    """The id of whoever pays for a citizen at a moment, as part of a statement."""
    chosen = (
        select(PayerChoice.payer_id)
        .join(Delegation, Delegation.id == PayerChoice.delegation_id)
        .where(
            PayerChoice.ward_id == citizen,
            Delegation.state == DelegationState.ACTIVE,
            Delegation.valid_from <= at,
            or_(Delegation.valid_to.is_(None), Delegation.valid_to > at),
        )
        .scalar_subquery()
    )
    return func.coalesce(chosen, citizen, type_=Id)


CITIZEN: Final = bindparam("citizen", type_=Id)
AT: Final = bindparam("at", type_=UtcDateTime)
PAYER: Final = payer_of(CITIZEN, AT)
_WHO_PAYS: Final = Prepared(select(PAYER.label("payer")))


def who_pays(citizen_id: str, at: datetime) -> str:
    """The id of whoever pays for a citizen at a moment."""
    ((payer,),) = _WHO_PAYS.rows({"citizen": citizen_id, "at": at})
    found: str = payer
    return found


def pay_for(guardian_id: str, delegation_id: str) -> None:
    """From now on the guardian's purse pays for the ward of this delegation, instead of whoever did. Raises a
    404 for anybody else's delegation, a 409 for one that is not a guardian's or not in force."""
    delegation = lock_row(Delegation, delegation_id)
    if delegation is None or delegation.agent_id != guardian_id:
        raise Problem("not-found")
    if delegation.kind != ActingKind.GUARDIAN or delegation.state != DelegationState.ACTIVE:
        raise Problem("conflict", ONLY_GUARDIANS)
    assert delegation.ward_id is not None, "a delegation in force has two people"
    chosen = select(PayerChoice.payer_id).where(PayerChoice.delegation_id == delegation_id)
    if db.session.scalar(chosen) == guardian_id:
        return
    db.session.execute(delete(PayerChoice).where(PayerChoice.ward_id == delegation.ward_id))
    db.session.add(
        PayerChoice(
            delegation_id=delegation_id, ward_id=delegation.ward_id, payer_id=guardian_id, chosen_at=now()
        )
    )
    db.session.flush()


def pay_no_longer(guardian_id: str, delegation_id: str) -> None:
    """The ward pays again; what was paid stays with the payer. Harmless where it was so already. Raises a 404
    for anybody else's delegation."""
    delegation = lock_row(Delegation, delegation_id)
    if delegation is None or delegation.agent_id != guardian_id:
        raise Problem("not-found")
    db.session.execute(
        delete(PayerChoice).where(
            PayerChoice.delegation_id == delegation_id, PayerChoice.payer_id == guardian_id
        )
    )


def paid_for_by(guardian_id: str) -> set[str]:
    """The delegations for whose wards this purse pays."""
    mine = select(PayerChoice.delegation_id).where(PayerChoice.payer_id == guardian_id)
    return set(db.session.scalars(mine))
