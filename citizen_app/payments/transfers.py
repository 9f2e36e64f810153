"""What comes into a purse from a provider, and goes back to one."""

from __future__ import annotations

from citizen_app.clock import now
from citizen_app.payments.accounts import PAY_OUT, RETURN, TOP_UP
from citizen_app.payments.models import Purse
from citizen_app.payments.policies import CITY
from citizen_app.payments.postings import post, repeated
from citizen_app.payments.purses import held, require_settled, settle_debt
from citizen_app.storage.orm import db


def receive(purse_id: str, amount: int, *, provider: str, key: str) -> str:
    """Money has come in: it repays what is owed, and the rest is in the purse, whatever its state. Returns
    the posting's id; the same key counts once."""
    purse = held(purse_id)
    before = repeated(CITY, key, TOP_UP.kind, purse.id, amount)
    if before is not None:
        return before.id
    made = post(TOP_UP, purse, amount, service=CITY, key=key, party=provider)
    settle_debt(held(purse_id), key)
    return made


def pay_out(purse: Purse, *, provider: str, key: str) -> int:
    """Close a purse that is held, and move what is in it towards the provider that pays it out; returns the
    amount. Raises a 409 while something is owed or set aside."""
    require_settled(purse)
    amount = purse.balance
    if amount:
        post(PAY_OUT, purse, amount, service=CITY, key=key, party=provider)
    purse.state, purse.changed_at = "closed", now()
    db.session.flush()
    return amount


def come_back(purse_id: str, amount: int, *, provider: str, key: str) -> None:
    """A pay-out could not be delivered: the money is in the purse again, which is open. Counts once for each
    key."""
    purse = held(purse_id)
    if repeated(CITY, key, RETURN.kind, purse.id, amount) is not None:
        return
    post(RETURN, purse, amount, service=CITY, key=key, party=provider)
    purse.state, purse.changed_at = "open", now()
    settle_debt(held(purse_id), key)
    db.session.flush()
