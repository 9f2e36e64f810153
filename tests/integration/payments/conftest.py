"""The ledger, tested with citizens of a small city and services that only stand in postings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import pytest

from citizen_app.ids import new_id
from citizen_app.payments import charging, proving, purses, transfers
from citizen_app.payments.models import Purse
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City, TestCitizen

Result = TypeVar("Result")
BUS = "bus"


@dataclass
class Ledger:
    """What a test does with the ledger, each in a unit of work of its own."""

    city: City

    @contextmanager
    def unit(self, *, reading: bool = False) -> Iterator[None]:
        """A unit of work."""
        with self.city.app.app_context(), transaction(reading=reading):
            yield

    def do(self, work: Callable[[], Result]) -> Result:
        """The result of work in a unit of its own."""
        with self.unit():
            return work()

    def purse(self, citizen: TestCitizen) -> Purse:
        """How it stands."""
        with self.unit(reading=True):
            found = purses.purse_of(citizen.id)
            assert found is not None
            return found

    def stands(self, citizen: TestCitizen) -> tuple[int, int, int]:
        """Balance, held, owed."""
        found = self.purse(citizen)
        return found.balance, found.held, found.owed

    def top_up(self, citizen: TestCitizen, amount: int, key: str | None = None) -> str:
        """Money comes in."""
        with self.unit():
            purse = purses.opened(citizen.id)
            return transfers.receive(purse.id, amount, provider="simulated", key=key or new_id())

    def charge(self, citizen: TestCitizen, amount: int, key: str | None = None, service: str = BUS) -> str:
        """A service charges; returns the posting."""
        return self.do(lambda: charging.charge(citizen.id, amount, service=service, key=key or new_id())).id

    def proof(self) -> proving.Proof:
        """The proof, which must hold."""
        with self.unit(reading=True):
            found = proving.prove()
        assert found.holds, [fault.en for fault in found.faults]
        assert sum(found.balances.values()) == 0
        return found


@pytest.fixture
def ledger(city: City) -> Iterator[Ledger]:
    """The ledger; at the end of every test the books must be right."""
    made = Ledger(city)
    yield made
    made.proof()
