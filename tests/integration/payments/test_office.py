"""Money at the city's offices: takings, refunds with one person or two, differences; who may see and do
what."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook

from citizen_app.clock import now
from citizen_app.ids import new_id
from citizen_app.jobs.outbox import send_due
from citizen_app.payments import closing, holding, policies, refunding
from citizen_app.payments.events import differ
from citizen_app.registry.behaviour import PaymentEvent
from citizen_app.registry.modules import current_registry
from citizen_app.toolkit.testing import City, TestCitizen
from tests.integration.payments.conftest import BUS, Ledger
from tests.integration.staff.people import ConsoleBrowser, Person, hire

MONEY = "/api/v1/admin/payments"


@dataclass
class Desk:
    """Somebody of the city's offices, signed in over the API and, on demand, in a browser."""

    person: Person
    headers: dict[str, str]

    def call(self, method: str, path: str, **options: Any) -> Any:
        """A request over the API."""
        client = self.person.app.test_client()
        return client.open(path, method=method, headers=self.headers, **options)

    def browser(self) -> ConsoleBrowser:
        """The console."""
        return self.person.browser()


def desk(app: Flask, name: str, grant: str) -> Desk:
    """A new account."""
    person = hire(app, name, grant)
    return Desk(person, person.sign_in())


def refund_of(amount: int, **more: str) -> dict[str, Any]:
    """What is sent."""
    return {"refund_id": new_id(), "amount": amount, "reason": "投诉 2026-118", **more}


@pytest.fixture
def rider(city: City, ledger: Ledger) -> TestCitizen:
    """A citizen with money."""
    citizen = city.citizen()
    ledger.top_up(citizen, 100_000)
    return citizen


def test_takings_are_sums_by_day_and_service_closed_or_not(
    app: Flask, ledger: Ledger, rider: TestCitizen
) -> None:
    charged = ledger.charge(rider, 1_000)
    ledger.charge(rider, 200, service="pass")
    with ledger.unit():
        refunding.refund(BUS, charged, 300, key="back")
    finance, operator = desk(app, "qian.duo", "finance_clerk"), desk(app, "li.lei", "service_operator:bus")
    for _ in range(2):
        answer = finance.call("GET", f"{MONEY}/takings").json
        assert (answer["charged"], answer["refunded"], answer["net"]) == (1_200, 300, 900)
        (bus, other) = answer["items"]
        assert (bus["service"], bus["charges"], bus["charged"], bus["net"]) == (BUS, 1, 1_000, 700)
        assert other["service"] == "pass"
        money = answer["city"]
        assert (money["topped_up"], money["in_purses"], money["with_provider"]) == (100_000, 99_100, 100_000)
        with app.app_context():
            closing.close()
    own = operator.call("GET", f"{MONEY}/takings").json
    assert [one["service"] for one in own["items"]] == [BUS] and own["city"] is None
    assert operator.call("GET", f"{MONEY}/takings?service=pass").status_code == 403
    assert finance.call("GET", f"{MONEY}/takings?service=pass").json["net"] == 200


def test_the_files_say_the_same_in_yuan(app: Flask, city: City, ledger: Ledger, rider: TestCitizen) -> None:
    ledger.charge(rider, 1_234)
    browser = desk(app, "li.lei", "service_operator:bus").browser()
    page = browser.get("/console/takings/")
    assert "12.34" in page.text and "钱包" not in page.text
    text = browser.get("/console/takings/export?format=csv").get_data().decode("utf-8-sig")
    titles, row = csv.reader(io.StringIO(text))
    assert titles[4] == "收款（元）"
    assert row[1] == BUS and row[3:] == ["1", "12.34", "0.00", "12.34"]
    sheet = load_workbook(io.BytesIO(browser.get("/console/takings/export?format=xlsx").get_data())).active
    assert sheet is not None
    assert [cell.value for cell in sheet[2]][3:] == [1, 12.34, 0, 12.34]
    assert city.count("audit_events", "action = 'payments.export'") == 2
    assert browser.get("/console/takings/?service=pass").status_code == 404


def test_a_payment_is_found_by_every_number_that_leads_to_it(
    app: Flask, ledger: Ledger, rider: TestCitizen
) -> None:
    charged = ledger.charge(rider, 1_000, key="ticket-7")
    seat = ledger.do(
        lambda: holding.hold(rider.id, 500, service=BUS, key="seat-9", until=now() + timedelta(hours=1))
    )
    captured = ledger.do(lambda: holding.capture(BUS, seat, 400))
    back = ledger.do(lambda: refunding.refund(BUS, charged, 100, key="back"))
    operator = desk(app, "li.lei", "service_operator:bus")

    def found(number: str) -> list[str]:
        return [one["id"] for one in operator.call("GET", f"{MONEY}/charges?number={number}").json["items"]]

    assert found(charged) == found("ticket-7") == found(back) == [charged]
    assert found(captured) == found(seat) == found("seat-9") == [captured]
    assert found("ticket-8") == found(new_id()) == []
    foreign = ledger.charge(rider, 100, service="pass", key="gate")
    assert found(foreign) == found("gate") == []
    assert operator.call("GET", f"{MONEY}/charges/{foreign}").status_code == 404
    assert operator.call("POST", f"{MONEY}/charges/{foreign}/refunds", json=refund_of(1)).status_code == 404


def test_whoever_paid_finds_the_look_and_is_told_of_the_refund(
    app: Flask, city: City, ledger: Ledger, rider: TestCitizen
) -> None:
    charged = ledger.charge(rider, 1_000)
    operator = desk(app, "li.lei", "service_operator:bus")
    seen = operator.call("GET", f"{MONEY}/charges/{charged}").json
    assert (seen["amount"], seen["left"]) == (1_000, 1_000)
    (look,) = rider.call("GET", "/api/v1/me/looks").get_json()["items"]
    assert look["service"] == BUS
    body = refund_of(300)
    for _ in range(2):
        answer = operator.call("POST", f"{MONEY}/charges/{charged}/refunds", json=body)
        assert answer.status_code == 200 and answer.json["approval"] is None
        assert answer.json["charge"]["left"] == 700
    assert operator.call("POST", f"{MONEY}/charges/{charged}/refunds", json=refund_of(701)).status_code == 422
    assert ledger.stands(rider)[0] == 99_300
    assert city.count("audit_events", "action = 'payments.refund'") == 1
    assert city.count("outbox_messages", "kind = 'payments.event'") == 1
    told = [one["notice"] for one in rider.call("GET", "/api/v1/me/notices").get_json()["items"]]
    assert told.count("refunded") == 1


def test_the_service_hears_of_a_refund_under_its_own_key(
    app: Flask, ledger: Ledger, rider: TestCitizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[PaymentEvent] = []
    with app.app_context():
        module = current_registry().get(BUS)
        assert module is not None
        monkeypatch.setattr(module.hooks, "on_payment", heard.append, raising=False)
    seat = ledger.do(
        lambda: holding.hold(rider.id, 500, service=BUS, key="seat-9", until=now() + timedelta(hours=1))
    )
    captured = ledger.do(lambda: holding.capture(BUS, seat, 400))
    operator = desk(app, "li.lei", "service_operator:bus")
    answer = operator.call("POST", f"{MONEY}/charges/{captured}/refunds", json=refund_of(150))
    assert answer.status_code == 200
    with app.app_context():
        send_due()
    assert heard == [PaymentEvent("refunded", seat, "seat-9", 150)]


def test_how_much_one_may_give_back_alone_is_the_citys_rule(
    app: Flask, ledger: Ledger, rider: TestCitizen
) -> None:
    charged = ledger.charge(rider, 1_000)
    with ledger.unit():
        policies.set_policy(policies.CITY, policies.ALONE, {"refund": 100})
    path = f"{MONEY}/charges/{charged}/refunds"
    operator = desk(app, "li.lei", "service_operator:bus")
    assert operator.call("POST", path, json=refund_of(100)).json["approval"] is None
    assert operator.call("POST", path, json=refund_of(1)).json["approval"]["state"] == "pending"


def test_much_of_one_payment_takes_two_people_however_it_is_cut(
    app: Flask, ledger: Ledger, rider: TestCitizen
) -> None:
    charged = ledger.charge(rider, 50_000)
    first, second = (desk(app, name, "finance_clerk") for name in ("qian.duo", "jin.ping"))
    path = f"{MONEY}/charges/{charged}/refunds"
    assert first.call("POST", path, json=refund_of(15_000)).json["approval"] is None
    waiting = first.call("POST", path, json=refund_of(6_000)).json
    assert waiting["approval"]["state"] == "pending" and waiting["charge"]["refunded"] == 15_000
    approve = f"/api/v1/admin/approvals/{waiting['approval']['id']}/approve"
    assert first.call("POST", approve).status_code == 403
    listed = second.browser().get("/console/approvals/").text
    assert "60 元" in listed and charged in listed
    assert second.call("POST", approve).status_code == 200
    assert first.call("GET", f"{MONEY}/charges/{charged}").json["refunded"] == 21_000
    outsider = desk(app, "li.lei", "service_operator:pass")
    assert outsider.call("POST", path, json=refund_of(100)).status_code == 404


def test_the_refund_page_takes_yuan_and_says_what_is_wrong(
    app: Flask, ledger: Ledger, rider: TestCitizen
) -> None:
    charged = ledger.charge(rider, 1_050)
    browser = desk(app, "li.lei", "service_operator:bus").browser()
    assert charged in browser.get(f"/console/refunds/?number={charged}").text
    page = f"/console/refunds/{charged}"
    assert 'value="10.50"' in browser.get(page).text
    sent = {"refund_id": new_id(), "reason": "多扣一次"}
    for amount, words in (("10.505", "如 12.50"), ("0", "如 12.50"), ("10.51", "最多还可退 10.50 元")):
        refused = browser.post(page, amount=amount, **sent)
        assert refused.status_code == 422 and words in refused.text, amount
    assert browser.post(page, amount="10.50", **sent).status_code == 303
    assert "已全部退还" in browser.get(page).text
    assert ledger.stands(rider)[0] == 100_000


def test_a_difference_is_settled_once_with_a_reason_by_whoever_keeps_the_books(
    app: Flask, city: City, ledger: Ledger
) -> None:
    with ledger.unit():
        differ("provider", new_id(), "unknown", 0, 500)
    finance, operator = desk(app, "qian.duo", "finance_clerk"), desk(app, "li.lei", "service_operator:bus")
    assert operator.call("GET", f"{MONEY}/differences").status_code == 403
    (one,) = finance.call("GET", f"{MONEY}/differences?state=open").json["items"]
    browser = finance.browser()
    where = f"/console/differences/{one['id']}"
    assert browser.post(where, reason=" ").status_code == 422
    assert browser.post(where, reason="支付机构已退回").status_code == 303
    settle = f"{MONEY}/differences/{one['id']}/settle"
    assert finance.call("POST", settle, json={"reason": "再来一次"}).status_code == 409
    assert finance.call("GET", f"{MONEY}/differences?state=open").json["items"] == []
    (settled,) = finance.call("GET", f"{MONEY}/differences?state=settled").json["items"]
    assert (settled["settled_by"], settled["settlement"]) == ("qian.duo", "支付机构已退回")
    assert "qian.duo：支付机构已退回" in browser.get("/console/differences/").text
    assert city.count("payment_differences", "settlement_sealed LIKE '%退回%'") == 0
    limited = desk(app, "jin.ping", "finance_clerk:bus")
    assert limited.call("GET", f"{MONEY}/differences").status_code == 403
