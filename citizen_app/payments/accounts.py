"""The accounts of the ledger, and the moves that are possible between them. Pure.

A posting moves an amount from one account to another, and is one row: no half of it can be missing, and
the sum over all accounts is zero by construction. What an account has is what came in less what went out.
Those of a purse never fall below zero (a debt never above it); takings and clearing are on the city's side.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Account(StrEnum):
    """`purse` (what the citizen may spend), `held` (set aside for a service), `debt` (below zero by what they
    owe), `takings` (what a service has earned), `clearing` (below zero by what a provider holds for the
    city)."""

    PURSE = "purse"
    HELD = "held"
    DEBT = "debt"
    TAKINGS = "takings"
    CLEARING = "clearing"


class Kind(StrEnum):
    """What a posting is called."""

    TOP_UP = "top_up"
    CHARGE = "charge"
    HOLD = "hold"
    CAPTURE = "capture"
    RELEASE = "release"
    REFUND = "refund"
    REPAY = "repay"
    PAY_OUT = "pay_out"
    RETURN = "return"


@dataclass(frozen=True, slots=True)
class Move:
    """From one account to another."""

    kind: Kind
    source: Account
    target: Account


TOP_UP: Final = Move(Kind.TOP_UP, Account.CLEARING, Account.PURSE)
CHARGE: Final = Move(Kind.CHARGE, Account.PURSE, Account.TAKINGS)
CHARGE_ON_DEBT: Final = Move(Kind.CHARGE, Account.DEBT, Account.TAKINGS)
HOLD: Final = Move(Kind.HOLD, Account.PURSE, Account.HELD)
CAPTURE: Final = Move(Kind.CAPTURE, Account.HELD, Account.TAKINGS)
RELEASE: Final = Move(Kind.RELEASE, Account.HELD, Account.PURSE)
REFUND: Final = Move(Kind.REFUND, Account.TAKINGS, Account.PURSE)
REFUND_OF_DEBT: Final = Move(Kind.REFUND, Account.TAKINGS, Account.DEBT)
REPAY: Final = Move(Kind.REPAY, Account.PURSE, Account.DEBT)
PAY_OUT: Final = Move(Kind.PAY_OUT, Account.PURSE, Account.CLEARING)
RETURN: Final = Move(Kind.RETURN, Account.CLEARING, Account.PURSE)
"""A pay-out that the provider could not deliver."""

MOVES: Final = frozenset(
    {
        TOP_UP,
        CHARGE,
        CHARGE_ON_DEBT,
        HOLD,
        CAPTURE,
        RELEASE,
        REFUND,
        REFUND_OF_DEBT,
        REPAY,
        PAY_OUT,
        RETURN,
    }
)

_COLUMNS: Final[Mapping[Account, tuple[str, int]]] = {
    Account.PURSE: ("balance", 1),
    Account.HELD: ("held", 1),
    Account.DEBT: ("owed", -1),
}


def changes_of(move: Move, amount: int) -> dict[str, int]:
    """By how much each column of the purse changes."""
    changes: dict[str, int] = {}
    for account, way in ((move.source, -amount), (move.target, amount)):
        if account in _COLUMNS:
            column, sign = _COLUMNS[account]
            changes[column] = changes.get(column, 0) + sign * way
    return changes
