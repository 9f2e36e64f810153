"""Rides are charged at the fare of their moment: from the purse or on the debt, once, late ones too; who
rides free pays nothing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from citizen_app.toolkit.data import new_id
from citizen_app.toolkit.testing import City, TestCitizen, TestKiosk
from citizen_app.toolkit.time import now
from services.bus.tests.integration.test_boarding import HERE, board, trips, upload

PURSE = "/api/v1/me/purse"


@pytest.fixture
def kiosk(city: City, import_small: Any) -> TestKiosk:
    """A validator on line 1 of the small feed, without a window for second taps."""
    import_small()
    city.choose("bus", second_tap_seconds=0)
    return city.kiosk("bus")


def owed(citizen: TestCitizen) -> int:
    """What a citizen owes, who has topped up nothing."""
    shown: int = citizen.get(PURSE).get_json()["owed"]
    return shown


def test_a_ride_is_charged_once_and_stands_in_the_statement(city: City, kiosk: TestKiosk) -> None:
    citizen, scan_id = city.citizen(), new_id()
    code = citizen.code()
    for _ in range(2):
        answer = kiosk.scan(code, "board", context=HERE, scan_id=scan_id).get_json()
        assert answer["decision"] == "allow"
    assert owed(citizen) == 200
    (line,) = citizen.get(f"{PURSE}/statement").get_json()["items"]
    assert (line["service_title"], line["owed_change"]) == ("公交乘车", 200)
    assert "1路" not in str(line), "where somebody rode is the bus company's business"
    assert "普通票 2.00 元" in citizen.usage()[0]["lines"], "the fare stands in the log"
    (use,) = citizen.get("/api/v1/me/usage").get_json()["items"]
    assert use["receipt_id"] == line["id"], "and leads to its receipt"
    receipt = citizen.get(f"{PURSE}/statement/{use['receipt_id']}").get_json()
    assert (receipt["line"]["amount"], receipt["refunded"]) == (200, 0)


def test_the_receipt_is_of_whoever_paid(city: City, kiosk: TestKiosk) -> None:
    guardian, child = city.citizen(), city.citizen("王小明", born=date(now().year - 8, 1, 1))
    acting = city.acting(guardian, child, "guardian").signed_in.acting
    assert acting is not None
    paid_for = guardian.call("PUT", f"{PURSE}/wards/{acting.delegation_id}")
    assert paid_for.status_code == 204
    board(kiosk, child, HERE)
    assert (owed(child), owed(guardian) > 0) == (0, True)
    (use,) = child.get("/api/v1/me/usage").get_json()["items"]
    assert use["receipt_id"] is None, "what somebody else has paid is theirs to see"


@pytest.mark.parametrize(("claim", "fare"), [("student", 100), ("senior", 0), ("disabled", 0)])
def test_a_ride_costs_what_the_rider_is_entitled_to(
    city: City, kiosk: TestKiosk, claim: str, fare: int
) -> None:
    citizen = city.citizen("李小四", claim)
    board(kiosk, citizen, HERE)
    assert owed(citizen) == fare
    assert city.count("payment_postings") == (fare > 0)
    assert len(trips(citizen)["items"]) == 1, "a free ride is counted all the same"


def test_late_rides_are_charged_in_any_order_and_once(city: City, kiosk: TestKiosk) -> None:
    citizen, moment = city.citizen(), now() - timedelta(hours=3)
    rides = [(citizen, moment + timedelta(minutes=20 * n), HERE) for n in (2, 0, 1)]
    assert [done["decision"] for done in upload(kiosk, *rides)] == ["allow"] * 3
    assert owed(citizen) == 600


def test_beyond_the_limit_a_ride_is_refused_and_one_that_has_happened_is_owed(
    city: City, kiosk: TestKiosk
) -> None:
    citizen = city.citizen()
    city.choose("bus", base_fare=10_000, second_tap_seconds=120)
    assert board(kiosk, citizen, HERE)["decision"] == "allow"
    for _ in range(2):
        refused = board(kiosk, citizen, {**HERE, "vehicle": "B2"})
        assert (refused["decision"], refused["detail_code"]) == ("deny", "unpaid"), "no tap was taken"
    assert "投币" in " ".join(refused["display"]["lines"])
    late = upload(kiosk, (citizen, now() - timedelta(hours=1), {**HERE, "vehicle": "B3"}))
    assert late[0]["decision"] == "allow"
    assert (owed(citizen), city.count("bus_boardings")) == (20_000, 2)


def test_a_city_may_leave_fares_alone(city: City, kiosk: TestKiosk) -> None:
    citizen = city.citizen()
    city.choose("bus", charge_rides=False)
    assert board(kiosk, citizen, HERE)["decision"] == "allow"
    assert city.count("payment_postings") == 0
