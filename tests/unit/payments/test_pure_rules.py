"""The rules of the ledger that need no database: exact splits, refund ladders, moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citizen_app.payments.accounts import MOVES, Account, changes_of
from citizen_app.payments.ladders import Ladder
from citizen_app.payments.splitting import split

BEGINS = datetime(2026, 10, 1, 9, tzinfo=UTC)
weights = st.lists(st.integers(0, 10_000), min_size=1, max_size=12).filter(any)


@given(st.integers(0, 10**12), weights)
def test_a_split_adds_up_and_is_never_a_fen_off(total: int, shares: list[int]) -> None:
    parts = split(total, shares)
    assert sum(parts) == total
    assert all(
        abs(part * sum(shares) - total * share) < sum(shares)
        for part, share in zip(parts, shares, strict=True)
    )


def test_what_is_left_goes_to_the_largest_remainders() -> None:
    assert split(100, [1, 1, 1]) == [34, 33, 33]
    assert split(100, [1, 2, 3]) == [17, 33, 50]
    assert split(1, [0, 5]) == [0, 1]


@pytest.mark.parametrize(("total", "shares"), [(-1, [1]), (1, []), (1, [0, 0]), (1, [2, -1])])
def test_what_cannot_be_split_is_refused(total: int, shares: list[int]) -> None:
    with pytest.raises(ValueError, match="zero"):
        split(total, shares)


def test_a_ladder_pays_back_less_the_later_somebody_cancels() -> None:
    ladder = Ladder(((172_800, 100), (86_400, 50)))
    for before, back in ((172_800, 999), (172_799, 500), (86_400, 500), (86_399, 0), (-1, 0)):
        assert ladder.refund_of(999, BEGINS, BEGINS - timedelta(seconds=before)) == back


@pytest.mark.parametrize(
    "document",
    [{}, {"steps": [[1, 50], [2, 100]]}, {"steps": [[2, 50], [1, 100]]}, {"steps": [[2, 101]]}, {"steps": 7}],
)
def test_what_is_no_ladder_is_refused(document: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"ladder|percent"):
        Ladder.of(document)


def test_what_every_move_takes_from_a_purse_it_gives_to_another_account() -> None:
    """A purse counts its debt upwards, so that a move to the debt lessens it."""
    mine = {Account.PURSE, Account.HELD, Account.DEBT}
    for move in MOVES:
        changes = changes_of(move, 7)
        worth = changes.get("balance", 0) + changes.get("held", 0) - changes.get("owed", 0)
        assert worth == 7 * ((move.target in mine) - (move.source in mine))
