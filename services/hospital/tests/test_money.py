"""The fee: paid before the number is theirs, never owed, given back with it, to the 分."""

from __future__ import annotations

import pytest
from time_machine import Traveller

from citizen_app.toolkit.testing import City, TestCitizen

from .conftest import MakeWard, Ward, hours


@pytest.fixture
def ward(make_ward: MakeWard) -> Ward:
    """A hospital whose numbers are paid online."""
    return make_ward(pays="online", late_refund_percent=50)


def balance(citizen: TestCitizen) -> tuple[int, int]:
    purse = citizen.get("/api/v1/me/purse").get_json()
    return purse["balance"], purse["owed"]


def test_the_purse_pays_and_gets_it_back(ward: Ward, city: City) -> None:
    slot = ward.slots(ward.open(fee=1_200))[0]
    citizen = city.citizen()
    held = ward.hold(citizen, slot)
    ward.mine(citizen, "POST", f"/bookings/{held['id']}/confirm", 402)
    assert ward.mine(citizen, "GET", f"/bookings/{held['id']}")["state"] == "held", "and is still theirs"
    city.top_up(citizen, 2_000)
    done = ward.mine(citizen, "POST", f"/bookings/{held['id']}/confirm")
    assert (done["state"], done["paid"], balance(citizen)) == ("booked", 1_200, (800, 0))
    ward.mine(citizen, "POST", f"/bookings/{held['id']}/confirm", 409)
    ward.mine(citizen, "POST", f"/bookings/{held['id']}/cancel")
    assert balance(citizen) == (2_000, 0)


def test_late_it_gives_back_what_the_rules_say(ward: Ward, city: City, time_travel: Traveller) -> None:
    citizen = city.citizen()
    city.top_up(citizen, 1_201)
    booked = ward.book(citizen, ward.slots(ward.open(fee=1_201))[0])
    time_travel.move_to("2026-05-12T12:00:00+00:00")
    done = ward.mine(citizen, "POST", f"/bookings/{booked['id']}/cancel")
    assert (done["paid"], done["refunded"], balance(citizen)) == (1_201, 600, (600, 0))


def test_a_stopped_session_gives_all_of_it_back_once(ward: Ward, city: City) -> None:
    session = ward.open(fee=700)
    citizen = city.citizen()
    city.top_up(citizen, 700)
    ward.book(citizen, ward.slots(session)[0])
    ward.desk("POST", f"/sessions/{session['id']}/stop", reason_zh="停诊", reason_en="Stopped")
    city.run_jobs("hospital")
    assert balance(citizen) == (700, 0)


def test_what_was_paid_goes_along_when_the_time_is_moved(ward: Ward, city: City) -> None:
    first, second = ward.slots(ward.open(fee=900))
    citizen = city.citizen()
    city.top_up(citizen, 900)
    booked = ward.book(citizen, first)
    moved = ward.mine(citizen, "POST", f"/bookings/{booked['id']}/move", slot_id=second["id"])
    assert (moved["paid"], balance(citizen)) == (900, (0, 0))
    ward.mine(citizen, "POST", f"/bookings/{moved['id']}/cancel")
    assert balance(citizen) == (900, 0)
    dearer = ward.open(fee=1_500, starts="14:00:00", ends="15:00:00")
    again = ward.book(citizen, first)
    ward.mine(citizen, "POST", f"/bookings/{again['id']}/move", 409, slot_id=ward.slots(dearer)[0]["id"])


@pytest.mark.parametrize("in_time", [True, False])
def test_the_provider_pays_in_time_or_the_money_goes_back(
    ward: Ward, city: City, time_travel: Traveller, in_time: bool
) -> None:
    citizen = city.citizen()
    slot = ward.slots(ward.open(fee=800))[0]
    held = ward.hold(citizen, slot)
    asked = ward.mine(citizen, "POST", f"/bookings/{held['id']}/confirm", pay_with="provider")
    assert (asked["state"], asked["paid"]) == ("held", 0)
    ward.mine(citizen, "POST", f"/bookings/{held['id']}/confirm", 409)
    if not in_time:
        time_travel.shift(hours(1))
    for _ in range(2):
        city.provider_says(asked["order_id"])
    shown = ward.mine(citizen, "GET", f"/bookings/{held['id']}")
    if in_time:
        assert (shown["state"], shown["paid"], shown["refunded"]) == ("booked", 800, 0)
    else:
        assert (shown["state"], shown["paid"], shown["refunded"]) == ("lapsed", 800, 800)
        assert balance(citizen) == (800, 0)


def test_a_payment_that_failed_can_be_tried_another_way(ward: Ward, city: City) -> None:
    citizen = city.citizen()
    held = ward.hold(citizen, ward.slots(ward.open(fee=800))[0])
    asked = ward.mine(citizen, "POST", f"/bookings/{held['id']}/confirm", pay_with="provider")
    city.provider_says(asked["order_id"], "failed")
    city.top_up(citizen, 800)
    done = ward.mine(citizen, "POST", f"/bookings/{held['id']}/confirm")
    assert (done["state"], balance(citizen)) == ("booked", (0, 0))
