"""Refunds by staff: what was paid to a service is given back in part or whole, with a reason, once for each
id; more than the city lets one person give back takes a second."""

from __future__ import annotations

from typing import Final

from citizen_app.audit.operations import record
from citizen_app.clock import now
from citizen_app.notices.catalogue import REFUNDED
from citizen_app.notices.sending import tell as tell_citizen
from citizen_app.payments.charges import StaffCharge, charge_of
from citizen_app.payments.models import Posting
from citizen_app.payments.orders import in_yuan
from citizen_app.payments.policies import refund_alone
from citizen_app.payments.postings import posted
from citizen_app.payments.purses import held
from citizen_app.payments.refunding import refund
from citizen_app.payments.telling import tell
from citizen_app.storage.orm import db
from citizen_app.text import Text
from citizen_app.wire.problems import Problem, invalid_input

ACT: Final = "payments.refund"
TOO_MUCH: Final = Text("最多还可退 {left}。", "At most {left} can still be given back.")
NOTHING_LEFT: Final = Text("这笔付款已全部退还。", "All of this payment has been given back.")


def needs_second_person(charge: StaffCharge, amount: int) -> bool:
    """Whether an amount, with what has been given back before, is more than one person may give back. Holds
    the payer's purse until the unit of work ends, so that two requests are judged one after the other.

    Raises a 409 where all has been given back, a 422 for more than is left.
    """
    held(db.session.get_one(Posting, charge.id).purse_id)
    left = charge_of(charge.id).left
    if not left:
        raise Problem("conflict", NOTHING_LEFT)
    if amount > left:
        raise invalid_input("/amount", TOO_MUCH.fill(left=in_yuan(left)))
    return charge.amount - left + amount > refund_alone(now())


def is_refunded(charge: StaffCharge, refund_id: str) -> bool:
    """Whether this refund has been made."""
    return posted(charge.service, _key(refund_id)) is not None


def refund_by_staff(charge_id: str, amount: int, *, refund_id: str, reason: str) -> None:
    """Give back an amount of a payment; the citizen and the service are told. The same id once only.

    Raises as `refunding.refund`.
    """
    charge = charge_of(charge_id)
    repeated = is_refunded(charge, refund_id)
    refund(charge.service, charge.id, amount, key=_key(refund_id))
    if repeated:
        return
    record(ACT, "payment", charge.id, service=charge.service, amount=amount, refund=refund_id, reason=reason)
    tell(charge.service, "refunded", charge.subject_id, charge.key, amount)
    if charge.payer_id is not None:
        title, said = charge.service_title, f"{amount // 100}.{amount % 100:02}"
        tell_citizen(charge.payer_id, REFUNDED, key=refund_id, service=title, amount=said)


def _key(refund_id: str) -> str:
    return f"staff:{refund_id}"
