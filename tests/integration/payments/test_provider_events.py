"""What a provider says leads to one end in whatever order and however often it comes; what contradicts the
ledger is noted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest
import time_machine
from flask.testing import FlaskClient

from citizen_app.clock import now, rfc3339, timestamp
from citizen_app.ids import new_id
from citizen_app.jobs.outbox import send_due
from citizen_app.jobs.signing import webhook_headers
from citizen_app.payments import comparing, events, orders, purses, refunding
from citizen_app.payments.provider_models import PaymentOrder
from citizen_app.payments.providers.interface import Event, Outcome
from citizen_app.settings import current_settings
from citizen_app.storage.orm import db
from citizen_app.toolkit.testing import City, TestCitizen
from citizen_app.toolkit.testing.races import in_unit, run_concurrently
from citizen_app.wire.json_text import write_json
from tests.integration.payments.conftest import BUS, Ledger

DEMO: Final = "demo"
SECRET: Final = "a secret of this test, long enough"


@pytest.fixture
def citizen(city: City) -> TestCitizen:
    """Somebody."""
    return city.citizen()


def order(ledger: Ledger, citizen: TestCitizen, amount: int = 1_000) -> str:
    """A top-up that was asked for."""
    with ledger.unit():
        return orders.ask_top_up(citizen.id, 2, amount, new_id()).id


def says(order_id: str, outcome: Outcome, amount: int = 1_000) -> Event:
    """What the provider says."""
    return Event(order_id, outcome, amount, "r-1", now())


def test_the_same_event_at_once_counts_once(city: City, ledger: Ledger, citizen: TestCitizen) -> None:
    one = order(ledger, citizen)
    run_concurrently([lambda: in_unit(city.app, lambda: events.take(DEMO, says(one, "paid")))] * 8)
    assert ledger.stands(citizen) == (1_000, 0, 0)


@pytest.mark.parametrize(
    ("amount", "provider", "kind"), [(999, DEMO, "amount"), (1_000, "another", "unknown")]
)
def test_what_contradicts_the_ledger_is_noted_once_and_moves_nothing(
    city: City, ledger: Ledger, citizen: TestCitizen, amount: int, provider: str, kind: str
) -> None:
    one = order(ledger, citizen)
    for _ in range(2):
        with ledger.unit():
            events.take(provider, says(one, "paid", amount))
    assert ledger.stands(citizen) == (0, 0, 0)
    assert city.count("payment_differences", f"kind = '{kind}'") == 1


def test_a_days_file_brings_what_was_lost_and_names_what_differs(
    city: City, ledger: Ledger, citizen: TestCitizen
) -> None:
    lost, there, only_here = (order(ledger, citizen) for _ in range(3))
    with ledger.unit():
        events.take(DEMO, says(there, "paid"))
        events.take(DEMO, says(only_here, "paid"))
    with city.app.app_context():
        today = now().astimezone(current_settings().timezone).date()
        file = [says(lost, "paid"), says(there, "paid"), says(new_id(), "paid", 5)]
        for _ in range(2):
            assert comparing.compare(DEMO, today, file) == 2
    assert ledger.stands(citizen) == (3_000, 0, 0)
    assert city.count("payment_differences", "kind = 'unknown'") == 1
    assert city.count("payment_differences", "kind = 'missing'") == 1
    assert city.count("payment_provider_days", "rows = 3 AND amount = 2005") == 1


def test_what_a_service_asked_for_is_paid_to_it_and_not_to_a_debt(
    city: City, ledger: Ledger, citizen: TestCitizen
) -> None:
    ledger.charge(citizen, 300)
    with ledger.unit():
        until = now() + timedelta(hours=1)
        asked = orders.ask_payment(citizen.id, 1_000, service=BUS, key="ticket", until=until)
        assert orders.ask_payment(citizen.id, 1_000, service=BUS, key="ticket", until=until).id == asked.id
    with ledger.unit():
        events.take(DEMO, says(asked.id, "paid"))
    assert ledger.stands(citizen) == (0, 0, 300)
    assert city.count("outbox_messages", "kind = 'payments.event'") == 1
    with ledger.unit():
        refunding.refund(BUS, asked.id, 1_000, key="back")
    assert ledger.stands(citizen) == (700, 0, 0)


def test_the_callback_is_for_whoever_has_the_secret(
    city: City, ledger: Ledger, citizen: TestCitizen, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ledger.unit():
        purse = purses.opened(citizen.id)
        one = new_id()
        with monkeypatch.context() as other:
            other.setattr(orders, "current_provider", lambda: type("P", (), {"id": "provider"})())
            orders._ask(one, purse, "top_up", 1_000, "core.purse", one, None)
    body = write_json(
        {"order_id": one, "outcome": "paid", "amount": 1_000, "reference": "r", "at": rfc3339(now())}
    ).encode()
    path = "/api/v1/payments/events"

    def call(secret: str = SECRET, at: int = 0, sent: bytes = body) -> int:
        headers = webhook_headers(secret, "m-1", timestamp() + at, body)
        return client.post(path, data=sent, headers=headers, content_type="application/json").status_code

    assert call() == 404, "a city without a provider has no such address"
    settings = city.app.extensions["settings"]
    city.app.extensions["settings"] = replace(settings, payments_secret=SECRET)
    try:
        assert call("another secret, as long as the one") == 401
        assert call(at=-301) == 401
        assert call(sent=body.replace(b"1000", b"9000")) == 401
        assert ledger.stands(citizen) == (0, 0, 0)
        assert [call(), call()] == [204, 204]
    finally:
        city.app.extensions["settings"] = settings
    assert ledger.stands(citizen) == (1_000, 0, 0)


def test_a_lost_answer_is_asked_for(city: City, ledger: Ledger, citizen: TestCitizen) -> None:
    ledger.top_up(citizen, 1_000)
    with ledger.unit():
        made = orders.close(citizen.id, new_id())
    assert made is not None
    with city.app.app_context():
        send_due()
        events.look_after()
        assert ledger_state(ledger, made.id) == "pending"
        with time_machine.travel(now() + timedelta(seconds=90)):
            events.look_after()
    assert ledger_state(ledger, made.id) == "paid"


def ledger_state(ledger: Ledger, order_id: str) -> str:
    """The state of an order."""
    with ledger.unit(reading=True):
        found = db.session.get(PaymentOrder, order_id)
        assert found is not None
        return found.state
