"""A purse under any sequence of deeds behaves as a model of three numbers, and the books are right at the
end of each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Final

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    rule,
    run_state_machine_as_test,
)

from citizen_app.clock import now
from citizen_app.ids import new_id
from citizen_app.payments import holding, purses, refunding
from citizen_app.toolkit.testing import City
from citizen_app.wire.problems import Problem
from tests.integration.payments.conftest import BUS, Ledger

LIMIT: Final = 10_000
amounts = st.integers(1, 3_000)
REFUSED: Final = object()


def machine_for(city: City) -> type[RuleBasedStateMachine]:
    """The machine, in a city."""

    class PurseMachine(RuleBasedStateMachine):
        """Deeds of a citizen and of services on one purse."""

        charges = Bundle("charges")
        holds = Bundle("holds")

        def __init__(self) -> None:
            super().__init__()
            self.ledger, self.citizen = Ledger(city), city.citizen()
            self.balance = self.held = self.owed = 0
            self.ledger.do(partial(purses.opened, self.citizen.id))

        def tried(self, deed: Callable[[], object]) -> object:
            """What came of a deed; `REFUSED` where it was."""
            try:
                return self.ledger.do(deed)
            except Problem:
                return REFUSED

        @rule(amount=amounts)
        def top_up(self, amount: int) -> None:
            """Money comes in and repays first."""
            self.ledger.top_up(self.citizen, amount)
            repaid = min(self.owed, self.balance + amount)
            self.balance += amount - repaid
            self.owed -= repaid

        @rule(target=charges, amount=amounts)
        def charge(self, amount: int) -> tuple[str | None, int]:
            """From the purse, or on the debt, or not at all."""
            try:
                made = self.ledger.charge(self.citizen, amount)
            except Problem:
                assert self.balance < amount and self.owed + amount > LIMIT
                return None, 0
            if self.balance >= amount:
                self.balance -= amount
            else:
                self.owed += amount
                assert self.owed <= LIMIT
            return made, amount

        @rule(target=charges, paid=consumes(charges), amount=amounts)
        def refund(self, paid: tuple[str | None, int], amount: int) -> tuple[str | None, int]:
            """Never more than is left of it."""
            charge, left = paid
            if charge is None:
                return paid
            done = self.tried(partial(refunding.refund, BUS, charge, amount, key=new_id()))
            assert (done is REFUSED) == (amount > left)
            if done is REFUSED:
                return paid
            off = min(amount, self.owed)
            self.owed -= off
            self.balance += amount - off
            return charge, left - amount

        @rule(target=holds, amount=amounts)
        def hold(self, amount: int) -> tuple[str | None, int]:
            """Only what there is."""
            until = now() + timedelta(days=1)
            done = self.tried(
                partial(holding.hold, self.citizen.id, amount, service=BUS, key=new_id(), until=until)
            )
            assert (done is REFUSED) == (amount > self.balance)
            if done is REFUSED:
                return None, 0
            self.balance -= amount
            self.held += amount
            return str(done), amount

        @rule(target=charges, held=consumes(holds), part=st.integers(1, 100))
        def capture(self, held: tuple[str | None, int], part: int) -> tuple[str | None, int]:
            """In part; the rest comes back."""
            one, amount = held
            if one is None:
                return None, 0
            taken = max(1, amount * part // 100)
            made = self.ledger.do(partial(holding.capture, BUS, one, taken))
            self.held -= amount
            self.balance += amount - taken
            return made, taken

        @rule(held=consumes(holds))
        def release(self, held: tuple[str | None, int]) -> None:
            """All of it."""
            one, amount = held
            if one is not None:
                self.ledger.do(partial(holding.release, BUS, one))
                self.held -= amount
                self.balance += amount

        @rule(amount=amounts)
        def repay(self, amount: int) -> None:
            """From what there is, at most what is owed."""
            done = self.tried(partial(purses.repay, self.citizen.id, amount, new_id()))
            assert (done is REFUSED) == (amount > self.owed or amount > self.balance)
            if done is not REFUSED:
                self.owed -= amount
                self.balance -= amount

        @invariant()
        def as_the_model(self) -> None:
            """The three numbers."""
            assert self.ledger.stands(self.citizen) == (self.balance, self.held, self.owed)

        def teardown(self) -> None:
            """The books are right."""
            self.ledger.proof()

    return PurseMachine


@pytest.mark.parametrize("runs", [6])
def test_a_purse_behaves_as_its_model(city: City, runs: int) -> None:
    run_state_machine_as_test(
        machine_for(city),
        settings=settings(
            max_examples=runs,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
