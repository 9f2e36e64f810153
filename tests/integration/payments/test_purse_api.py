"""The purse over HTTP: standing, top-up, statement, repayment, freezing, closing, paying for a ward."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from citizen_app.citizens.traits import AssuranceLevel
from citizen_app.clock import now
from citizen_app.ids import new_id
from citizen_app.jobs.outbox import send_due
from citizen_app.payments import events, refunding
from citizen_app.payments.providers.interface import Event, Outcome
from citizen_app.toolkit.testing import City, TestCitizen
from tests.integration.payments.conftest import Ledger

PURSE = "/api/v1/me/purse"


def ask_top_up(citizen: TestCitizen, amount: int, top_up_id: str | None = None) -> dict[str, object]:
    """Ask over HTTP; returns the order or the problem."""
    body = {"top_up_id": top_up_id or new_id(), "amount": amount}
    answer: dict[str, object] = citizen.call("POST", f"{PURSE}/top-ups", json=body).get_json()
    return answer


def say(ledger: Ledger, order: dict[str, object], outcome: Outcome, provider: str = "demo") -> None:
    """The provider says what became of it."""
    with ledger.unit():
        events.take(provider, Event(str(order["id"]), outcome, int(str(order["amount"])), "r", now()))


def test_a_purse_that_was_never_used_is_open_and_empty(city: City) -> None:
    shown = city.citizen(level=AssuranceLevel.PHONE).get(PURSE).get_json()
    assert (shown["state"], shown["balance"], shown["owed"]) == ("open", 0, 0)
    assert shown["limits"] == {"balance": 50_000, "top_up": 20_000, "owed": 2_000}
    assert city.count("payment_purses") == 0


def test_a_top_up_asks_the_provider_outside_of_the_request(city: City, ledger: Ledger) -> None:
    citizen = city.citizen()
    asked = ask_top_up(citizen, 2_000, "0192f0c0-0000-7000-8000-000000000001")
    assert (asked["state"], asked["address"]) == ("asked", None)
    assert ask_top_up(citizen, 2_000, "0192f0c0-0000-7000-8000-000000000001") == asked
    with city.app.app_context():
        send_due()
    ready = citizen.get(f"{PURSE}/top-ups/{asked['id']}").get_json()
    assert (ready["state"], ready["address"]) == ("pending", f"/demo/pay/{asked['id']}")
    say(ledger, asked, "paid")
    assert citizen.get(PURSE).get_json()["balance"] == 2_000
    (line,) = citizen.get(f"{PURSE}/statement").get_json()["items"]
    assert (line["kind"], line["balance_change"], line["service_title"]) == ("top_up", 2_000, "钱包")
    receipt = citizen.get(f"{PURSE}/statement/{line['id']}").get_json()
    assert receipt == {"line": line, "refunded": 0}


@pytest.mark.parametrize(
    ("level", "most"), [(AssuranceLevel.PHONE, 20_000), (AssuranceLevel.REAL_NAME, 100_000)]
)
def test_limits_follow_the_level(city: City, ledger: Ledger, level: AssuranceLevel, most: int) -> None:
    citizen = city.citizen(level=level)
    assert ask_top_up(citizen, most + 1)["type"] == "/problems/invalid-input"
    holds = 50_000 if level == AssuranceLevel.PHONE else 500_000
    for _ in range(holds // most):
        assert ask_top_up(citizen, most)["state"] == "asked"
    assert ask_top_up(citizen, most)["type"] == "/problems/invalid-input", "what is on its way counts"


def test_what_is_owed_is_seen_and_repaid(city: City, ledger: Ledger) -> None:
    citizen = city.citizen()
    ledger.top_up(citizen, 150)
    ledger.charge(citizen, 200)
    assert citizen.get(PURSE).get_json()["owed"] == 200
    body = {"repayment_id": new_id(), "amount": 150}
    for _ in range(2):
        shown = citizen.call("POST", f"{PURSE}/repayments", json=body)
        assert (shown.get_json()["balance"], shown.get_json()["owed"]) == (0, 50)
    more = citizen.call("POST", f"{PURSE}/repayments", json={"repayment_id": new_id(), "amount": 50})
    assert more.status_code == 402


def test_a_frozen_purse_pays_nothing_until_its_citizen_has_just_signed_in(city: City, ledger: Ledger) -> None:
    citizen = city.citizen()
    ledger.top_up(citizen, 1_000)
    assert citizen.call("POST", f"{PURSE}/freeze").get_json()["state"] == "frozen"
    assert ask_top_up(citizen, 2_000)["type"] == "/problems/conflict"
    with time_machine.travel(now() + timedelta(seconds=301)):
        assert citizen.call("POST", f"{PURSE}/open").status_code == 401
    assert citizen.call("POST", f"{PURSE}/open").get_json()["state"] == "open"


@pytest.mark.parametrize(("outcome", "left"), [("paid", 0), ("failed", 1_000)])
def test_closing_pays_out_and_what_cannot_be_delivered_comes_back(
    city: City, ledger: Ledger, outcome: Outcome, left: int
) -> None:
    citizen = city.citizen()
    ledger.top_up(citizen, 1_000)
    body = {"closing_id": new_id()}
    closed = citizen.call("POST", f"{PURSE}/close", json=body).get_json()
    assert (closed["state"], closed["balance"], closed["pay_out"]["amount"]) == ("closed", 0, 1_000)
    assert citizen.call("POST", f"{PURSE}/close", json=body).get_json()["pay_out"]["id"] == body["closing_id"]
    for _ in range(2):
        say(ledger, closed["pay_out"], outcome)
    shown = citizen.get(PURSE).get_json()
    assert (shown["balance"], shown["state"]) == (left, "closed" if outcome == "paid" else "open")


def test_a_top_up_under_way_keeps_a_purse_open(city: City, ledger: Ledger) -> None:
    citizen = city.citizen()
    order = ask_top_up(citizen, 2_000)
    body = {"closing_id": new_id()}
    assert citizen.call("POST", f"{PURSE}/close", json=body).status_code == 409
    say(ledger, order, "failed")
    assert citizen.call("POST", f"{PURSE}/close", json=body).get_json()["state"] == "closed"


def test_a_guardian_pays_for_a_ward_and_refunds_come_back_to_the_guardian(city: City, ledger: Ledger) -> None:
    guardian, ward = city.citizen("王芳"), city.citizen("王小明", born=now().date().replace(year=2018))
    city.acting(guardian, ward, "guardian")
    ledger.top_up(guardian, 1_000)
    (line,) = guardian.get(f"{PURSE}/wards").get_json()["items"]
    assert line["paid_for"] is False
    at = f"{PURSE}/wards/{line['delegation_id']}"
    assert guardian.call("PUT", at).status_code == 204
    paid = ledger.charge(ward, 300)
    assert ledger.stands(guardian) == (700, 0, 0)
    assert ward.get(PURSE).get_json()["balance"] == 0
    with ledger.unit():
        refunding.refund("bus", paid, 300, key="back")
    assert ledger.stands(guardian) == (1_000, 0, 0)
    assert guardian.call("DELETE", at).status_code == 204
    ledger.charge(ward, 300)
    assert ledger.stands(ward) == (0, 0, 300)
    assert ward.call("PUT", at).status_code == 404


def test_a_ward_pays_alone_once_the_delegation_is_over(city: City, ledger: Ledger) -> None:
    guardian, ward = city.citizen("王芳"), city.citizen("王小明", born=now().date().replace(year=2018))
    city.acting(guardian, ward, "guardian")
    ledger.top_up(guardian, 1_000)
    (line,) = guardian.get(f"{PURSE}/wards").get_json()["items"]
    guardian.call("PUT", f"{PURSE}/wards/{line['delegation_id']}")
    assert guardian.call("DELETE", f"/api/v1/me/delegations/{line['delegation_id']}").status_code < 300
    ledger.charge(ward, 300)
    assert (ledger.stands(guardian)[0], ledger.stands(ward)[2]) == (1_000, 300)


def test_nobody_reads_anothers_money(city: City, ledger: Ledger) -> None:
    citizen, other = city.citizen(), city.citizen()
    posting, order = ledger.top_up(citizen, 1_000), ask_top_up(citizen, 2_000)
    for path in (f"statement/{posting}", f"top-ups/{order['id']}"):
        assert other.get(f"{PURSE}/{path}").status_code == 404
    assert other.get(f"{PURSE}/statement").get_json()["items"] == []
