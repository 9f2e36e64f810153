"""候补 and 爽约: a returned number goes to who is next; who does not come is suspended, and may appeal."""

from __future__ import annotations

from time_machine import Traveller

from citizen_app.toolkit.testing import City

from .conftest import BASE, MakeWard, Ward, call, hours


def test_a_returned_number_is_offered_in_order_and_for_a_time(
    ward: Ward, city: City, time_travel: Traveller
) -> None:
    session = ward.open(app_places=1, slot_minutes=60)
    (slot,) = ward.slots(session)
    owner, first, second = city.citizen(), city.citizen(), city.citizen()
    ward.mine(first, "POST", "/waiting", 409, session_id=session["id"])
    booked = ward.book(owner, slot)
    for one in (first, second):
        ward.mine(one, "POST", "/waiting", 204, session_id=session["id"])
    ward.mine(first, "POST", "/waiting", 409, session_id=session["id"])
    assert [ward.mine(one, "GET", "/waiting")["items"][0]["ahead"] for one in (first, second)] == [0, 1]
    ward.mine(owner, "POST", f"/bookings/{booked['id']}/cancel")
    (offer,) = ward.mine(first, "GET", "/bookings")["items"]
    assert offer["state"] == "held"
    assert "有号" in first.get("/api/v1/me/notices").get_json()["items"][0]["body"]
    ward.hold(city.citizen(), slot, 409)
    time_travel.shift(hours(0.4))
    city.run_jobs("hospital")
    (offer,) = ward.mine(second, "GET", "/bookings")["items"]
    ward.mine(second, "POST", f"/bookings/{offer['id']}/confirm")
    assert ward.mine(first, "GET", "/bookings")["items"][0]["state"] == "lapsed"
    assert city.count("hospital_pools", "taken = 1") == 1


def test_whoever_leaves_the_list_is_asked_no_more(ward: Ward, city: City) -> None:
    session = ward.open(app_places=1, slot_minutes=60)
    (slot,) = ward.slots(session)
    owner, waits = city.citizen(), city.citizen()
    booked = ward.book(owner, slot)
    ward.mine(waits, "POST", "/waiting", 204, session_id=session["id"])
    ward.mine(waits, "DELETE", f"/waiting/{session['id']}", 204)
    ward.mine(waits, "DELETE", f"/waiting/{session['id']}", 404)
    ward.mine(owner, "POST", f"/bookings/{booked['id']}/cancel")
    assert ward.mine(waits, "GET", "/bookings")["items"] == []
    assert ward.slots(session)[0]["left"] == 1


def test_no_shows_suspend_once_each_and_an_appeal_ends_it(
    make_ward: MakeWard, city: City, time_travel: Traveller
) -> None:
    ladder = {"kinds": ["no_show"], "strikes": 1, "within_days": 30, "suspend_days": 30}
    ward = make_ward(ladders=[ladder])
    line = ward.line(valid_until="2026-05-23")
    ward.entity("POST", "/templates", 201, **line)
    wednesday, next_one = ward.sessions()
    citizen = city.citizen()
    ward.book(citizen, ward.slots(wednesday)[0])
    time_travel.move_to("2026-05-13T00:59:00+00:00")
    city.run_jobs("hospital")
    assert city.count("hospital_strikes") == 0, "half an hour's grace"
    time_travel.move_to("2026-05-13T02:00:00+00:00")
    for _ in range(2):
        city.run_jobs("hospital")
        assert city.count("hospital_strikes", "kind = 'no_show'") == 1
    refused = ward.hold(citizen, ward.slots(next_one)[0], 403)
    assert refused["suspended_until"] == "2026-06-12T00:30:00.000Z"
    (strike,) = ward.mine(citizen, "GET", "/strikes")["items"]
    other = city.citizen()
    ward.mine(other, "POST", f"/strikes/{strike['id']}/appeal", 404, reason="我到了")
    ward.mine(citizen, "POST", f"/strikes/{strike['id']}/appeal", 204, reason="我到了，机器坏了")
    ward.mine(citizen, "POST", f"/strikes/{strike['id']}/appeal", 409, reason="再说一次")
    (appeal,) = ward.office("GET", "/appeals?state=waiting")["items"]
    assert appeal["reason"] == "我到了，机器坏了"
    elsewhere = make_ward("H2")
    elsewhere.office("POST", f"/appeals/{appeal['id']}/decision", 404, granted=True, answer="好")
    ward.office("POST", f"/appeals/{appeal['id']}/decision", granted=True, answer="属实，已撤销")
    ward.office("POST", f"/appeals/{appeal['id']}/decision", 409, granted=False, answer="改主意")
    assert ward.hold(citizen, ward.slots(next_one)[0])["state"] == "held"


def test_a_suspension_ends_by_itself(make_ward: MakeWard, city: City, time_travel: Traveller) -> None:
    ladder = {"kinds": ["cancel"], "strikes": 2, "within_days": 30, "suspend_days": 1}
    ward = make_ward(ladders=[ladder])
    slot = ward.slots(ward.open())[0]
    citizen = city.citizen()
    for _ in range(2):
        booked = ward.book(citizen, slot)
        ward.mine(citizen, "POST", f"/bookings/{booked['id']}/cancel")
    ward.hold(citizen, slot, 403)
    time_travel.shift(hours(24.1))
    assert ward.hold(citizen, slot)["state"] == "held"


def test_what_stands_out_is_told_by_record_number_and_everybody_finds_the_look(
    make_ward: MakeWard, city: City
) -> None:
    ward = make_ward(ladders=[], watch_cancelled=2)
    slot = ward.slots(ward.open())[0]
    trader = city.citizen()
    for _ in range(2):
        booked = ward.book(trader, slot)
        ward.mine(trader, "POST", f"/bookings/{booked['id']}/cancel")
    (found,) = ward.office("GET", "/suspicions")["items"]
    assert (found["kind"], found["subject"], found["count"]) == ("cancelled", "病案号 00000001", 2)
    assert len(trader.get("/api/v1/me/looks").get_json()["items"]) == 1
    call(city.operator("bus"), "GET", f"{BASE}/operator/hospitals/{ward.id}/suspicions", 404)
