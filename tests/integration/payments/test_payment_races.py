"""Many charges at once: no more are accepted than there is money for. Controls without the guards."""

from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy import update

from citizen_app.clock import now
from citizen_app.ids import new_id
from citizen_app.payments import charging, holding
from citizen_app.payments.models import Purse
from citizen_app.storage.orm import db
from citizen_app.toolkit.testing import City
from citizen_app.toolkit.testing.races import concurrently, in_unit, run_concurrently
from tests.integration.payments.conftest import BUS, Ledger

CHARGES = 200
MONEY = 1_000
FARE = 100
THREADS = 16


def at_once(city: City, work: object, times: int = CHARGES) -> list[object]:
    """So many units of work, a few threads at a time; what each gave."""
    per_thread = times // THREADS + 1

    def some() -> list[object]:
        return [in_unit(city.app, work) for _ in range(per_thread)]  # type: ignore[arg-type]

    return [one for found in concurrently(some, THREADS) for one in found]


def test_two_hundred_charges_at_once_never_overdraw(city: City, ledger: Ledger) -> None:
    citizen = city.citizen()
    ledger.top_up(citizen, MONEY)

    def ride() -> bool:
        charging.charge(citizen.id, FARE, service=BUS, key=new_id())
        return True

    accepted = at_once(city, ride).count(True)
    assert accepted == (MONEY + 10_000) // FARE  # what there is, and what may be owed
    assert ledger.stands(citizen) == (0, 0, 10_000)


@pytest.mark.large
def test_two_hundred_holds_at_once_never_set_aside_more_than_there_is(city: City, ledger: Ledger) -> None:
    citizen = city.citizen()
    ledger.top_up(citizen, MONEY)
    later = now().replace(year=2100)

    def book() -> bool:
        holding.hold(citizen.id, FARE, service=BUS, key=new_id(), until=later)
        return True

    assert at_once(city, book).count(True) == MONEY // FARE
    assert ledger.stands(citizen) == (0, MONEY, 0)


def test_control_without_the_guard_money_is_spent_twice(city: City) -> None:
    """Read first and written in another unit of work, as whoever does not ask the row itself would."""
    ledger, citizen = Ledger(city), city.citizen()
    ledger.top_up(citizen, MONEY)

    def ride() -> bool:
        balance = ledger.purse(citizen).balance
        if balance < FARE:
            return False
        spent = update(Purse).where(Purse.citizen_id == citizen.id).values(balance=balance - FARE)
        ledger.do(lambda: db.session.execute(spent))
        return True

    per_thread = CHARGES // THREADS
    rides = concurrently(lambda: sum(ride() for _ in range(per_thread)), THREADS)
    assert sum(rides) > MONEY // FARE


def test_the_same_charge_asked_for_at_once_is_made_once(city: City, ledger: Ledger) -> None:
    citizen = city.citizen()
    ledger.top_up(citizen, MONEY)
    ride = partial(charging.charge, citizen.id, FARE, service=BUS, key="ride")
    made = run_concurrently([partial(in_unit, city.app, ride)] * 12)
    assert len({one.id for one in made}) == 1  # type: ignore[union-attr]
    assert ledger.stands(citizen) == (MONEY - FARE, 0, 0)


def test_purses_opened_at_once_are_one(city: City, ledger: Ledger) -> None:
    citizen = city.citizen()

    def ride() -> bool:
        charging.charge(citizen.id, FARE, service=BUS, key=new_id())
        return True

    assert run_concurrently([partial(in_unit, city.app, ride)] * 12) == [True] * 12
    assert city.count("payment_purses") == 1
    assert ledger.stands(citizen) == (0, 0, 12 * FARE)


@pytest.mark.parametrize("where", ["balance", "held", "owed"])
def test_the_proof_finds_a_purse_that_was_changed_by_hand(city: City, where: str) -> None:
    ledger = Ledger(city)
    citizen = city.citizen()
    ledger.top_up(citizen, MONEY)
    with ledger.unit():
        db.session.execute(update(Purse).values({where: getattr(Purse, where) + 1}))
    with pytest.raises(AssertionError, match="1 分 more"):
        ledger.proof()
