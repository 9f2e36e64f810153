"""Holds: set aside, captured in whole or in part, released, over at their moment."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import pytest
import time_machine

from citizen_app.clock import now
from citizen_app.payments import holding, purses, refunding, transfers
from citizen_app.toolkit.testing import City, TestCitizen
from citizen_app.wire.problems import Problem
from tests.integration.payments.conftest import BUS, Ledger


@pytest.fixture
def citizen(city: City, ledger: Ledger) -> TestCitizen:
    """Somebody with ten yuan."""
    found = city.citizen()
    ledger.top_up(found, 1_000)
    return found


def set_aside(
    ledger: Ledger, citizen: TestCitizen, amount: int = 600, key: str = "seat", until: datetime | None = None
) -> str:
    """A hold for an hour."""
    ends = until or now() + timedelta(hours=1)
    return ledger.do(partial(holding.hold, citizen.id, amount, service=BUS, key=key, until=ends))


def test_what_is_set_aside_is_captured_once_and_in_part(ledger: Ledger, citizen: TestCitizen) -> None:
    made = set_aside(ledger, citizen)
    assert set_aside(ledger, citizen) == made
    assert ledger.stands(citizen) == (400, 600, 0)
    taken = ledger.do(partial(holding.capture, BUS, made, 450))
    assert ledger.do(partial(holding.capture, BUS, made, 450)) == taken
    assert ledger.stands(citizen) == (550, 0, 0)
    ledger.do(partial(refunding.refund, BUS, taken, 450, key="back"))
    assert ledger.stands(citizen) == (1_000, 0, 0)


def test_no_more_is_set_aside_than_there_is(ledger: Ledger, citizen: TestCitizen) -> None:
    set_aside(ledger, citizen)
    with pytest.raises(Problem, match="payment-required"):
        set_aside(ledger, citizen, 401, "another seat")


def test_what_is_released_comes_back_and_is_not_captured(ledger: Ledger, citizen: TestCitizen) -> None:
    made = set_aside(ledger, citizen)
    for _ in range(2):
        ledger.do(partial(holding.release, BUS, made))
    assert ledger.stands(citizen) == (1_000, 0, 0)
    with pytest.raises(Problem, match="gone"):
        ledger.do(partial(holding.capture, BUS, made))


def test_what_is_captured_is_not_released(ledger: Ledger, citizen: TestCitizen) -> None:
    made = set_aside(ledger, citizen)
    with pytest.raises(Problem, match="conflict"):
        ledger.do(partial(holding.capture, BUS, made, 601))
    ledger.do(partial(holding.capture, BUS, made))
    with pytest.raises(Problem, match="conflict"):
        ledger.do(partial(holding.release, BUS, made))


def test_a_hold_is_another_services_business(ledger: Ledger, citizen: TestCitizen) -> None:
    made = set_aside(ledger, citizen)
    for deed in (holding.capture, holding.release):
        with pytest.raises(Problem, match="not-found"):
            ledger.do(partial(deed, "library", made))


def test_a_hold_is_over_at_its_moment_whether_or_not_it_was_swept(
    city: City, ledger: Ledger, citizen: TestCitizen
) -> None:
    made = set_aside(ledger, citizen)
    with time_machine.travel(now() + timedelta(hours=2)):
        with pytest.raises(Problem, match="gone"):
            ledger.do(partial(holding.capture, BUS, made))
        with city.app.app_context():
            holding.sweep()
        with ledger.unit(reading=True):
            assert not holding.expired()
    assert ledger.stands(citizen) == (1_000, 0, 0)
    assert city.count("outbox_messages", "kind = 'payments.event'") == 1


def test_a_purse_is_closed_only_when_nothing_is_owed_or_set_aside(
    ledger: Ledger, citizen: TestCitizen
) -> None:
    def close() -> int:
        return transfers.pay_out(purses.opened(citizen.id), provider="simulated", key="close")

    made = set_aside(ledger, citizen)
    with pytest.raises(Problem, match="conflict"):
        ledger.do(close)
    ledger.do(partial(holding.release, BUS, made))
    ledger.charge(citizen, 1_100)
    with pytest.raises(Problem, match="conflict"):
        ledger.do(close)
    ledger.top_up(citizen, 1_100)
    assert ledger.do(close) == 1_000
    assert ledger.purse(citizen).state == "closed"
