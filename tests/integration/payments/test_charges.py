"""Charges: from the purse, on the debt up to the limit, once for each key, paid by whoever pays."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from citizen_app.citizens.traits import AssuranceLevel
from citizen_app.clock import now
from citizen_app.payments import charging, purses, refunding
from citizen_app.payments.policies import CITY, LIMITS, set_policy
from citizen_app.storage.orm import db
from citizen_app.toolkit.testing import City
from citizen_app.wire.problems import Problem
from tests.integration.payments.conftest import BUS, Ledger


def test_a_charge_is_taken_from_the_purse_and_once_for_each_key(city: City, ledger: Ledger) -> None:
    citizen = city.citizen()
    ledger.top_up(citizen, 1_000)
    first = ledger.charge(citizen, 200, "ride")
    assert ledger.charge(citizen, 200, "ride") == first
    assert ledger.stands(citizen) == (800, 0, 0)
    assert ledger.proof().balances == {"purse": 800, "held": 0, "debt": 0, "takings": 200, "clearing": -1_000}


def test_a_key_is_for_one_deed(city: City, ledger: Ledger) -> None:
    citizen, other = city.citizen(), city.citizen()
    for one in (citizen, other):
        ledger.top_up(one, 1_000)
    ledger.charge(citizen, 200, "ride")
    for who, amount in ((citizen, 201), (other, 200)):
        with pytest.raises(Problem, match="idempotency-conflict"):
            ledger.charge(who, amount, "ride")
    assert (ledger.stands(citizen)[0], ledger.stands(other)[0]) == (800, 1_000)


def test_without_money_a_charge_is_owed_up_to_the_limit_of_the_level(city: City, ledger: Ledger) -> None:
    known, by_phone = city.citizen(), city.citizen(level=AssuranceLevel.PHONE)
    for who, limit in ((known, 10_000), (by_phone, 2_000)):
        for _ in range(limit // 1_000):
            ledger.charge(who, 1_000)
        with pytest.raises(Problem, match="payment-required"):
            ledger.charge(who, 1)
        assert ledger.stands(who) == (0, 0, limit)


def test_what_comes_in_repays_what_is_owed_first(city: City, ledger: Ledger) -> None:
    citizen = city.citizen()
    ledger.charge(citizen, 700)
    ledger.top_up(citizen, 500, "one")
    ledger.top_up(citizen, 500, "one")
    assert ledger.stands(citizen) == (0, 0, 200)
    ledger.top_up(citizen, 500)
    assert ledger.stands(citizen) == (300, 0, 0)


def test_a_debt_is_repaid_by_hand_from_the_purse(city: City, ledger: Ledger) -> None:
    citizen = city.citizen()
    ledger.top_up(citizen, 150)
    ledger.charge(citizen, 200)
    assert ledger.stands(citizen) == (150, 0, 200)
    for _ in range(2):
        ledger.do(partial(purses.repay, citizen.id, 100, "first"))
    assert ledger.stands(citizen) == (50, 0, 100)
    for amount, said in ((101, "conflict"), (100, "payment-required")):
        with pytest.raises(Problem, match=said):
            ledger.do(partial(purses.repay, citizen.id, amount, f"of {amount}"))


@pytest.mark.parametrize("state", ["frozen", "closed"])
def test_nothing_is_paid_from_a_purse_that_is_not_open_except_what_has_happened(
    city: City, ledger: Ledger, state: str
) -> None:
    citizen = city.citizen()
    ledger.top_up(citizen, 1_000)
    with ledger.unit():
        purses.opened(citizen.id).state = state
    with pytest.raises(Problem, match="payment-required"):
        ledger.charge(citizen, 200)
    late = partial(charging.charge, citizen.id, 200, service=BUS, key="late", forced=True)
    assert ledger.do(late).on_debt
    assert ledger.stands(citizen) == (1_000, 0, 200)


def test_a_rule_of_the_city_counts_from_its_moment_on(city: City, ledger: Ledger) -> None:
    citizen, none = city.citizen(), {"balance": 10_000, "top_up": 10_000, "owed": 0}
    ledger.charge(citizen, 200)
    ledger.do(partial(set_policy, CITY, LIMITS, {"1": none, "2": none, "3": none}))
    with pytest.raises(Problem, match="payment-required"):
        ledger.charge(citizen, 200)
    with pytest.raises(Problem, match="invalid-input"):
        ledger.do(partial(set_policy, CITY, LIMITS, {"1": none}))


def test_a_refund_is_at_most_what_was_paid_and_lessens_a_debt_first(city: City, ledger: Ledger) -> None:
    citizen = city.citizen()
    ledger.top_up(citizen, 1_000)
    paid = ledger.charge(citizen, 800)
    ledger.charge(citizen, 300)
    back = partial(refunding.refund, BUS, paid)
    assert ledger.do(partial(back, 500, key="a")) == ledger.do(partial(back, 500, key="a"))
    assert ledger.stands(citizen) == (400, 0, 0)
    with pytest.raises(Problem, match="conflict"):
        ledger.do(partial(back, 301, key="b"))
    with pytest.raises(Problem, match="idempotency-conflict"):
        ledger.do(partial(back, 499, key="a"))
    with pytest.raises(Problem, match="not-found"):
        ledger.do(partial(refunding.refund, "library", paid, 1, key="c"))
    ledger.do(partial(back, 300, key="b"))
    assert ledger.stands(citizen) == (700, 0, 0)


def test_a_refund_by_ladder_follows_the_rule_in_force_when_it_was_paid(city: City, ledger: Ledger) -> None:
    citizen = city.citizen()
    ledger.top_up(citizen, 1_000)
    with ledger.unit():
        set_policy(BUS, "refund", {"steps": [[3600, 50]]})
    paid = ledger.charge(citizen, 600)
    with ledger.unit():
        set_policy(BUS, "refund", {"steps": []})
        cancelled = now()
        got = refunding.refund_by_ladder(
            BUS, paid, begins_at=cancelled + timedelta(hours=2), cancelled_at=cancelled, key="cancelled"
        )
    assert got == 300
    assert ledger.stands(citizen) == (700, 0, 0)


@pytest.mark.parametrize("table", ["payment_postings", "payment_policies"])
def test_what_is_written_stays(city: City, ledger: Ledger, table: str) -> None:
    citizen = city.citizen()
    ledger.charge(citizen, 200)
    with ledger.unit():
        set_policy(BUS, "refund", {"steps": []})
    for deed in (f"UPDATE {table} SET service = 'x'", f"DELETE FROM {table}"):
        with pytest.raises(DBAPIError, match="append-only"), ledger.unit():
            db.session.execute(text(deed))
