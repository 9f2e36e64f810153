"""Hold, confirm, cancel, move: a number is one person's, and comes back as the rules say."""

from __future__ import annotations

import pytest
from time_machine import Traveller

from citizen_app.toolkit.testing import City

from .conftest import MakeWard, Ward, hours


def left(ward: Ward, session: dict[str, str]) -> list[int]:
    return [slot["left"] for slot in ward.slots(session)]


def test_a_number_is_held_confirmed_and_given_back(ward: Ward, city: City) -> None:
    session = ward.open()
    citizen, other = city.citizen(), city.citizen()
    slot = ward.slots(session)[0]
    held = ward.hold(citizen, slot)
    assert (held["state"], held["fee"], left(ward, session)) == ("held", 0, [1, 2])
    done = ward.mine(citizen, "POST", f"/bookings/{held['id']}/confirm")
    assert (done["state"], done["department"], done["expires_at"]) == ("booked", "内科", None)
    assert ward.mine(other, "GET", f"/bookings/{held['id']}", 404)
    ward.mine(citizen, "POST", f"/bookings/{held['id']}/cancel")
    assert left(ward, session) == [2, 2]
    ward.mine(citizen, "POST", f"/bookings/{held['id']}/cancel", 409)
    uses = citizen.get("/api/v1/me/usage").get_json()["items"]
    assert [use["purpose"] for use in uses] == ["cancel", "book", "hold"]
    assert "内科" not in str(uses), "the log says where and when, never what for"


def test_a_hold_that_is_not_confirmed_lapses_by_itself(
    ward: Ward, city: City, time_travel: Traveller
) -> None:
    session = ward.open()
    citizen = city.citizen()
    slot = ward.slots(session)[0]
    held = ward.hold(citizen, slot)
    time_travel.shift(hours(0.5))
    assert ward.mine(citizen, "GET", f"/bookings/{held['id']}")["state"] == "lapsed", "before any sweep"
    ward.mine(citizen, "POST", f"/bookings/{held['id']}/confirm", 410)
    again = ward.hold(citizen, ward.slots(session)[1])
    assert again["state"] == "held", "one's own expired hold stands in nobody's way"
    city.run_jobs("hospital")
    assert city.count("hospital_bookings", "state = 'lapsed'") == 1
    assert left(ward, session) == [2, 1]


def test_one_booking_a_person_a_department_a_day(ward: Ward, city: City) -> None:
    first, second = ward.slots(ward.open())
    citizen = city.citizen()
    ward.book(citizen, first)
    ward.hold(citizen, second, 409)
    assert city.count("hospital_bookings") == 1


def test_none_at_the_same_time_in_another_hospital(ward: Ward, make_ward: MakeWard, city: City) -> None:
    citizen = city.citizen()
    ward.book(citizen, ward.slots(ward.open())[0])
    elsewhere = make_ward("H2")
    overlapping, later = elsewhere.slots(elsewhere.open(starts="08:15:00", ends="09:15:00"))
    assert "另一个预约" in str(elsewhere.hold(citizen, overlapping, 409))
    elsewhere.hold(citizen, later)


def test_limits_a_day_and_in_all(make_ward: MakeWard, city: City) -> None:
    ward = make_ward(most_a_day=1)
    citizen = city.citizen()
    ward.book(citizen, ward.slots(ward.open())[0])
    other = ward.entity(
        "POST", "/departments", 201, campus_id=ward.campus, code="sur", name_zh="外科", name_en="Surgery"
    )["id"]
    session = ward.open(department_id=other, doctor_id=None, starts="10:00:00", ends="11:00:00")
    assert "最多预约 1 个号" in str(ward.hold(citizen, ward.slots(session)[0], 409))


def test_release_is_exact_and_booking_closes_before_the_slot(
    make_ward: MakeWard, city: City, time_travel: Traveller
) -> None:
    ward = make_ward(release_days=2, release_at="07:00", closes_minutes=30)
    session = ward.open()
    assert (session["state"], session["opens_at"]) == ("later", "2026-05-10T23:00:00.000Z")
    slot = ward.slots(session)[0]
    refused = ward.hold(city.citizen(), slot, 409)
    assert refused["opens_at"] == "2026-05-10T23:00:00.000Z"
    time_travel.move_to(f"{session['opens_at'][:-5]}+00:00")
    assert ward.hold(city.citizen(), slot)["state"] == "held"
    time_travel.move_to("2026-05-12T23:29:59+00:00")
    assert ward.hold(city.citizen(), slot)["state"] == "held"
    time_travel.move_to("2026-05-12T23:30:00+00:00")
    assert ward.slots(session)[0]["id"] != slot["id"], "it is offered no more"
    ward.hold(city.citizen(), slot, 409)


def test_a_real_name_is_needed(ward: Ward, city: City) -> None:
    session = ward.open()
    unknown = city.citizen(level=1)  # type: ignore[arg-type]
    ward.hold(unknown, ward.slots(session)[0], 403)


def test_moving_keeps_the_old_number_until_the_new_one_is_won(ward: Ward, city: City) -> None:
    session = ward.open(app_places=2)
    first, second = ward.slots(session)
    citizen, other = city.citizen(), city.citizen()
    booked = ward.book(citizen, first)
    taken = ward.book(other, second)
    ward.mine(citizen, "POST", f"/bookings/{booked['id']}/move", 409, slot_id=second["id"])
    assert ward.mine(citizen, "GET", f"/bookings/{booked['id']}")["state"] == "booked"
    assert left(ward, session) == [0, 0]
    ward.mine(other, "POST", f"/bookings/{taken['id']}/cancel")
    moved = ward.mine(citizen, "POST", f"/bookings/{booked['id']}/move", slot_id=second["id"])
    assert (moved["state"], moved["number"]) == ("booked", booked["number"])
    assert ward.mine(citizen, "GET", f"/bookings/{booked['id']}")["state"] == "moved"
    assert left(ward, session) == [1, 0]


@pytest.mark.parametrize(
    ("at", "state", "kind"),
    [
        ("2026-05-12T08:59:59+00:00", "cancelled", "cancel"),
        ("2026-05-12T09:00:01+00:00", "cancelled", "late_cancel"),
        ("2026-05-13T00:00:00+00:00", None, None),
    ],
)
def test_the_deadline_is_that_of_the_version_it_was_made_under(
    ward: Ward, city: City, time_travel: Traveller, at: str, state: str | None, kind: str | None
) -> None:
    citizen = city.citizen()
    booked = ward.book(citizen, ward.slots(ward.open())[0])
    ward.rules(cancel_at=None, cancel_minutes=10_080)
    time_travel.move_to(at)
    done = ward.mine(citizen, "POST", f"/bookings/{booked['id']}/cancel", 200 if state else 409)
    if state:
        assert done["state"] == state
    assert city.count("hospital_strikes", f"kind = '{kind}'") == (1 if kind else 0)


def test_a_returned_number_comes_back_after_a_chance_delay(
    make_ward: MakeWard, city: City, time_travel: Traveller
) -> None:
    ward = make_ward(back_least=5, back_most=10)
    session = ward.open(app_places=2)
    citizen, buyer = city.citizen(), city.citizen()
    slot = ward.slots(session)[0]
    booked = ward.book(citizen, slot)
    ward.mine(citizen, "POST", f"/bookings/{booked['id']}/cancel")
    ward.hold(buyer, slot, 409)
    time_travel.shift(hours(4.9 / 60))
    ward.hold(buyer, slot, 409)
    time_travel.shift(hours(5.2 / 60))
    assert ward.hold(buyer, slot)["state"] == "held"


def test_the_home_page_says_when_and_neither_where_nor_what_for(
    ward: Ward, city: City, time_travel: Traveller
) -> None:
    citizen = city.citizen()
    ward.book(citizen, ward.slots(ward.open())[0])

    def cards() -> list[str]:
        found = citizen.get("/api/v1/me/cards").get_json()["items"]
        return [card["title"] for card in found if card["service"] == "hospital"]

    assert cards() == [], "three days ahead nobody needs to be reminded"
    time_travel.shift(hours(47))
    assert cards() == ["05-13 08:00 有一个预约"]
    time_travel.shift(hours(20))
    assert cards() == ["今天 08:00 有一个预约"]
