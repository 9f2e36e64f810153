"""Refunds: never more than was paid, to whoever paid; first they lessen what is owed."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import func, select

from citizen_app.payments.accounts import REFUND, REFUND_OF_DEBT, Account, Kind
from citizen_app.payments.models import Posting, Purse
from citizen_app.payments.policies import ladder_of
from citizen_app.payments.postings import order_key, post, posted, repeated
from citizen_app.payments.purses import held
from citizen_app.storage.orm import db
from citizen_app.text import Text
from citizen_app.wire.problems import Problem

TOO_MUCH: Final = Text(
    "退款不能多于已付的金额（还可退 {left} 分）。",
    "A refund is at most what was paid ({left} 分 are left).",
)
NOBODY: Final = Text("付款人的账号已注销。", "The payer's account is gone.")


def refund(service: str, charge_id: str, amount: int, *, key: str) -> str:
    """Give back an amount of a charge (of a hold that was captured, of a payment that was asked for); returns
    the posting's id, the same for the same key.

    Raises a 404 for a charge that is not the service's, a 409 for more than is left of it, a 410 where the
    payer is gone.
    """
    if amount <= 0:
        raise ValueError("a refund is of more than nothing")
    paid, purse = _paid(service, charge_id)
    before = repeated(service, key, Kind.REFUND, purse.id, amount)
    if before is not None:
        if before.concerns != paid.id:
            raise Problem("idempotency-conflict")
        return before.id
    left = paid.amount - refunded(paid.id)
    if amount > left:
        raise Problem("conflict", TOO_MUCH.fill(left=left))
    if purse.citizen_id is None:
        raise Problem("gone", NOBODY)
    known = {"service": service, "key": key, "party": service, "concerns": paid.id}
    off_debt = min(amount, purse.owed)
    made = []
    if off_debt:
        made.append(post(REFUND_OF_DEBT, purse, off_debt, **known))
    if amount > off_debt:
        made.append(post(REFUND, purse, amount - off_debt, part=len(made), **known))
    return made[0]


def refund_by_ladder(
    service: str, charge_id: str, *, begins_at: datetime, cancelled_at: datetime, key: str
) -> int:
    """Give back what the service's refund ladder says, by the ladder in force when it was paid; returns the
    amount, which may be nothing. Without a ladder all comes back."""
    paid, _ = _paid(service, charge_id)
    ladder = ladder_of(service, paid.occurred_at)
    amount = paid.amount if ladder is None else ladder.refund_of(paid.amount, begins_at, cancelled_at)
    if amount:
        refund(service, charge_id, amount, key=key)
    return amount


def refunded(charge_id: str) -> int:
    """How much of a charge has been given back."""
    back = select(func.coalesce(func.sum(Posting.amount), 0)).where(
        Posting.concerns == charge_id, Posting.kind == Kind.REFUND
    )
    return int(db.session.scalar(back) or 0)


def _paid(service: str, charge_id: str) -> tuple[Posting, Purse]:
    """What was paid to a service, with its purse locked."""
    paid = db.session.get(Posting, charge_id) or posted(service, order_key(charge_id))
    if paid is None or paid.service != service or paid.target != Account.TAKINGS:
        raise Problem("not-found")
    return paid, held(paid.purse_id)
