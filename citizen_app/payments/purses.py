"""Purses: opened at first use, frozen and released by their citizen, repaid, closed and paid out."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from citizen_app.clock import now
from citizen_app.payments.accounts import REPAY
from citizen_app.payments.models import Purse, new_purse_id
from citizen_app.payments.policies import CITY
from citizen_app.payments.postings import post, repeated
from citizen_app.storage.locking import lock_row
from citizen_app.storage.orm import db, table_of
from citizen_app.storage.statements import upsert
from citizen_app.text import Text
from citizen_app.wire.problems import Problem

FROZEN: Final = Text("钱包已冻结，请先解冻。", "The purse is frozen; release it first.")
CLOSED: Final = Text("钱包已关闭，请先重新开通。", "The purse is closed; open it again first.")
STILL_OWED: Final = Text("还有欠款，请先还清。", "There is a debt: repay it first.")
STILL_HELD: Final = Text(
    "还有款项被预留，请等服务完成或先取消。", "Some money is set aside: wait for the service, or cancel it."
)
STILL_MONEY: Final = Text(
    "钱包里还有余额，请先取出。", "There is money in the purse: have it paid out first."
)


def purse_of(citizen_id: str) -> Purse | None:
    """The purse of a citizen who has one."""
    return db.session.scalar(select(Purse).where(Purse.citizen_id == citizen_id))


def opened(citizen_id: str) -> Purse:
    """The purse of a citizen, held until the unit of work ends; opened now if there is none."""
    known = db.session.scalar(select(Purse.id).where(Purse.citizen_id == citizen_id))
    if known is None:
        row = {
            "id": new_purse_id(),
            "citizen_id": citizen_id,
            "state": "open",
            "balance": 0,
            "held": 0,
            "owed": 0,
            "opened_at": now(),
        }
        new = upsert(table_of(Purse)).values(row).on_conflict_do_nothing(index_elements=["citizen_id"])
        db.session.execute(new)
        known = db.session.scalar(select(Purse.id).where(Purse.citizen_id == citizen_id))
    return held(known or "")


def held(purse_id: str) -> Purse:
    """A purse, locked until the unit of work ends, in its current state. Raises a 404."""
    purse = lock_row(Purse, purse_id)
    if purse is None:
        raise Problem("not-found")
    return purse


def require_open(purse: Purse) -> None:
    """Raises a 409 for a purse that is frozen or closed."""
    if purse.state != "open":
        raise Problem("conflict", FROZEN if purse.state == "frozen" else CLOSED)


def freeze(citizen_id: str) -> Purse:
    """Nothing is paid from the purse from now on; what comes back still comes in. Raises a 409 for a closed
    one."""
    purse = opened(citizen_id)
    if purse.state == "closed":
        raise Problem("conflict", CLOSED)
    return _change(purse, "frozen")


def open_again(citizen_id: str) -> Purse:
    """Release a frozen purse, or open a closed one."""
    return _change(opened(citizen_id), "open")


def repay(citizen_id: str, amount: int, key: str) -> Purse:
    """Repay from what is in the purse, at most what is owed; the same key repays once. Raises a 402 where
    there is not so much."""
    purse = opened(citizen_id)
    key = f"{purse.id}:{key}"
    if repeated(CITY, key, REPAY.kind, purse.id, amount) is not None:
        return purse
    require_open(purse)
    if amount > purse.owed:
        raise Problem("conflict", Text("还款不能多于欠款。", "You owe less than that."))
    post(REPAY, purse, amount, service=CITY, key=key, party=None)
    return held(purse.id)


def settle_debt(purse: Purse, key: str) -> None:
    """Repay what is owed with what has come in, as far as it reaches."""
    amount = min(purse.balance, purse.owed)
    if amount:
        post(REPAY, purse, amount, service=CITY, key=f"{key}:repay", party=None)


def reasons_to_wait(citizen_id: str) -> list[Text]:
    """Why a citizen's account cannot be erased yet: money that is theirs, that is set aside, or that they
    owe."""
    purse = purse_of(citizen_id)
    if purse is None:
        return []
    reasons = ((purse.owed, STILL_OWED), (purse.held, STILL_HELD), (purse.balance, STILL_MONEY))
    return [words for amount, words in reasons if amount]


def require_settled(purse: Purse) -> None:
    """Raises a 409 while something is owed or set aside."""
    for amount, words in ((purse.owed, STILL_OWED), (purse.held, STILL_HELD)):
        if amount:
            raise Problem("conflict", words)


def _change(purse: Purse, state: str) -> Purse:
    if purse.state != state:
        purse.state, purse.changed_at = state, now()
        db.session.flush()
    return purse
