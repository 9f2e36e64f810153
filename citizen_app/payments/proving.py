"""The proof that the books are right: all that is kept beside the postings is summed up anew from them.

One pass over the postings in the database, in one snapshot; its time is linear in their number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import case, func, literal, or_, select, union_all

from citizen_app.payments.accounts import MOVES, Account, Kind
from citizen_app.payments.models import Hold, Posting, Purse
from citizen_app.storage.orm import db, table_of
from citizen_app.text import Text

MOST_SHOWN: Final = 20
_P: Final = table_of(Posting)

PURSE_DIFFERS: Final = Text(
    "钱包 {purse} 的{account}比记账的合计多 {more} 分",
    "The {account} of purse {purse} is {more} 分 more than its postings sum to",
)
HOLD_DIFFERS: Final = Text(
    "钱包 {purse} 预留 {kept} 分，而未了结的预留合计 {summed} 分",
    "Purse {purse} has {kept} 分 set aside, and its open holds are of {summed} 分",
)
OVER_REFUNDED: Final = Text(
    "{charge} 收了 {paid} 分，退了 {back} 分", "{charge}: {paid} 分 were paid and {back} 分 given back"
)
NO_SUCH_MOVE: Final = Text(
    "有 {count} 笔从 {source} 到 {target} 的 {kind}，账本没有这种记账",
    "{count} postings move {kind} from {source} to {target}, which the ledger does not know",
)
NOT_ZERO: Final = Text("全部账户合计 {total} 分，应为 0", "All accounts sum to {total} 分 instead of 0")
ACCOUNTS: Final = {
    "balance": Text("余额", "balance"),
    "held": Text("预留", "money set aside"),
    "owed": Text("欠款", "debt"),
}


@dataclass(frozen=True, slots=True)
class Proof:
    """What was counted, and what is wrong."""

    postings: int
    purses: int
    moved: int
    balances: dict[str, int]
    faults: tuple[Text, ...]

    @property
    def holds(self) -> bool:
        """Whether the books are right."""
        return not self.faults


def prove() -> Proof:
    """Sum up the ledger and compare it with everything kept beside it. In a reading unit of work, best with a
    snapshot."""
    balances = account_balances()
    postings, moved = db.session.execute(
        select(func.count(), func.coalesce(func.sum(_P.c.amount), 0)).select_from(_P)
    ).one()
    faults = list(_faults())
    total = sum(balances.values())
    if total:
        faults.append(NOT_ZERO.fill(total=total))
    purses = db.session.scalar(select(func.count()).select_from(Purse)) or 0
    return Proof(int(postings), int(purses), int(moved), balances, tuple(faults))


def account_balances() -> dict[str, int]:
    """What each kind of account has, from the postings."""
    came = select(_P.c.target.label("account"), _P.c.amount.label("amount"))
    went = select(_P.c.source.label("account"), (-_P.c.amount).label("amount"))
    both = union_all(came, went).subquery()
    rows = db.session.execute(select(both.c.account, func.sum(both.c.amount)).group_by(both.c.account))
    found = {account: int(total) for account, total in rows}
    return {account.value: found.get(account.value, 0) for account in Account}


def _faults() -> Iterator[Text]:
    yield from _purses()
    yield from _holds()
    yield from _refunds()
    yield from _moves()


def _moved(account: Account, sign: int) -> Any:
    """What a posting moves out of an account of its purse, less what it moves in."""
    went = case((_P.c.source == account.value, sign * _P.c.amount), else_=0)
    came = case((_P.c.target == account.value, sign * _P.c.amount), else_=0)
    return went - came


def _purses() -> Iterator[Text]:
    """Each purse has what its postings sum to, and postings of no purse sum to nothing."""
    purses = table_of(Purse)
    kept = select(purses.c.id, purses.c.balance, purses.c.held, purses.c.owed)
    taken_off = select(
        _P.c.purse_id,
        _moved(Account.PURSE, 1).label("balance"),
        _moved(Account.HELD, 1).label("held"),
        _moved(Account.DEBT, -1).label("owed"),
    )
    both = union_all(kept, taken_off).subquery()
    left = {name: func.sum(both.c[name]) for name in ACCOUNTS}
    query = select(both.c.id, *(total.label(name) for name, total in left.items())).group_by(both.c.id)
    wrong = or_(*(total != 0 for total in left.values()))
    for row in db.session.execute(query.having(wrong).limit(MOST_SHOWN)).mappings():
        for name, title in ACCOUNTS.items():
            if row[name]:
                yield PURSE_DIFFERS.fill(purse=row["id"], account=title, more=row[name])


def _holds() -> Iterator[Text]:
    """What is set aside in a purse is what its open holds are of."""
    still = func.coalesce(func.sum(case((Hold.state == "open", Hold.amount), else_=0)), 0)
    query = (
        select(Purse.id, Purse.held, still.label("open"))
        .outerjoin(Hold, Hold.purse_id == Purse.id)
        .group_by(Purse.id, Purse.held)
        .having(Purse.held != still)
        .limit(MOST_SHOWN)
    )
    for row in db.session.execute(query):
        yield HOLD_DIFFERS.fill(purse=row.id, kept=row.held, summed=row.open)


def _refunds() -> Iterator[Text]:
    """No charge has been given back more than once in full."""
    back = (
        select(_P.c.concerns.label("charge"), func.sum(_P.c.amount).label("back"))
        .where(_P.c.concerns.is_not(None), _P.c.kind == Kind.REFUND)
        .group_by(_P.c.concerns)
        .subquery()
    )
    paid = func.coalesce(_P.c.amount, literal(0))
    query = (
        select(back.c.charge, back.c.back, paid.label("paid"))
        .select_from(back.outerjoin(_P, _P.c.id == back.c.charge))
        .where(back.c.back > paid)
        .limit(MOST_SHOWN)
    )
    for row in db.session.execute(query):
        yield OVER_REFUNDED.fill(charge=row.charge, paid=row.paid, back=row.back)


def _moves() -> Iterator[Text]:
    """Only the moves of the catalogue."""
    known = {(move.kind.value, move.source.value, move.target.value) for move in MOVES}
    columns = (_P.c.kind, _P.c.source, _P.c.target)
    for kind, source, target, count in db.session.execute(select(*columns, func.count()).group_by(*columns)):
        if (kind, source, target) not in known:
            yield NO_SUCH_MOVE.fill(count=count, kind=kind, source=source, target=target)
