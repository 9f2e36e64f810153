"""Charges: taken from the purse, or where it has not enough put on the debt, up to the limit of the level.

One guarded statement decides, so that of many concurrent charges no more are accepted than there is money
for. That of a scan is on the path of every ride: its posting is written with those of the same walk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import BigInteger, Boolean, and_, bindparam, case, or_, select, update

from citizen_app.citizens.models import Citizen
from citizen_app.clock import now
from citizen_app.payments.accounts import CHARGE, CHARGE_ON_DEBT, Account
from citizen_app.payments.models import Posting, Purse
from citizen_app.payments.payers import PAYER, who_pays
from citizen_app.payments.policies import limits_of
from citizen_app.payments.postings import INSERT_POSTING, repeated, row_of
from citizen_app.payments.purses import CLOSED, FROZEN, opened
from citizen_app.storage.orm import table_of
from citizen_app.storage.statements import Prepared
from citizen_app.text import Text
from citizen_app.wire.problems import Problem

Why = Literal["frozen", "closed", "limit"]
AT_THE_LIMIT: Final = Text(
    "余额不足，欠款已达上限，请先充值还款。",
    "There is not enough money, and no more can be owed: top up first.",
)
WORDS: Final[Mapping[Why, Text]] = {"frozen": FROZEN, "closed": CLOSED, "limit": AT_THE_LIMIT}

_PURSES: Final = table_of(Purse)
_CITIZENS: Final = table_of(Citizen)


@dataclass(frozen=True, slots=True)
class Charged:
    """A charge that was made: its posting, from which account, whether now or earlier under the same key."""

    id: str
    amount: int
    source: Account
    row: Mapping[str, Any] | None = None
    """The posting while it is still to be stored."""

    @property
    def on_debt(self) -> bool:
        """Whether the citizen owes it."""
        return self.source == Account.DEBT


@dataclass(frozen=True, slots=True)
class Declined:
    """A charge that was not made, and why."""

    why: Why

    @property
    def words(self) -> Text:
        """For the citizen."""
        return WORDS[self.why]


def _taking() -> Any:
    amount, forced = bindparam("amount", type_=BigInteger), bindparam("forced", type_=Boolean)
    owed_small, owed_large = (bindparam(f"owed_{n}", type_=BigInteger) for n in (1, 2))
    level = select(_CITIZENS.c.assurance_level).where(_CITIZENS.c.id == PAYER).scalar_subquery()
    is_open = _PURSES.c.state == "open"
    pays = and_(is_open, _PURSES.c.balance >= amount)
    may_owe = and_(is_open, _PURSES.c.owed + amount <= case((level >= 2, owed_large), else_=owed_small))
    return (
        update(_PURSES)
        .where(_PURSES.c.citizen_id == PAYER, or_(pays, may_owe, forced))
        .values(
            balance=case((pays, _PURSES.c.balance - amount), else_=_PURSES.c.balance),
            owed=case((pays, _PURSES.c.owed), else_=_PURSES.c.owed + amount),
            paid_by=case((pays, Account.PURSE.value), else_=Account.DEBT.value),
        )
        .returning(_PURSES.c.id, _PURSES.c.paid_by)
    )


TAKE: Final = Prepared(_taking)


def take(
    citizen_id: str, amount: int, *, service: str, key: str, at: datetime, forced: bool = False
) -> Charged | Declined:
    """Take an amount from whoever pays for a citizen, and return the posting to be stored in the same unit of
    work. `forced`: it has happened already, and goes onto the debt whatever the limit and the state say.

    Only for a key that is new: what is asked twice is recognised by the caller.
    """
    values = {
        "citizen": citizen_id,
        "at": at,
        "amount": amount,
        "forced": forced,
        "owed_1": limits_of(1, at)["owed"],
        "owed_2": limits_of(2, at)["owed"],
    }
    found = TAKE.rows(values)
    if not found:
        purse = opened(who_pays(citizen_id, at))  # the first charge ever, or one that is declined
        found = TAKE.rows(values)
        if not found:
            return Declined("limit" if purse.state == "open" else purse.state)  # type: ignore[arg-type]
    ((purse_id, paid_by),) = found
    move = CHARGE if paid_by == Account.PURSE else CHARGE_ON_DEBT
    row = row_of(move, purse_id, amount, service=service, key=key, party=service, occurred_at=at)
    return Charged(row["id"], amount, move.source, row)


def charge(
    citizen_id: str, amount: int, *, service: str, key: str, at: datetime | None = None, forced: bool = False
) -> Charged:
    """Charge whoever pays for a citizen, once for each key. Raises a 402 with words that say what to do, and
    a 422 where the key was used for something else."""
    if amount <= 0:
        raise ValueError("a charge is of more than nothing; what is free is not charged")
    moment = at or now()
    purse = opened(who_pays(citizen_id, moment))
    before = repeated(service, key, CHARGE.kind, purse.id, amount)
    if before is not None:
        return _as_before(before)
    taken = take(citizen_id, amount, service=service, key=key, at=moment, forced=forced)
    if isinstance(taken, Declined):
        raise Problem("payment-required", taken.words)
    assert taken.row is not None
    INSERT_POSTING.run(taken.row)
    return Charged(taken.id, amount, taken.source)


def _as_before(posting: Posting) -> Charged:
    return Charged(posting.id, posting.amount, Account(posting.source))
