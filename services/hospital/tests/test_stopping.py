"""停诊: everybody is released, refunded and told, and it never counts."""

from __future__ import annotations

import pytest
from time_machine import Traveller

from citizen_app.toolkit.testing import City
from services.hospital.operations import stopping

from .conftest import Ward


def test_a_stopped_session_releases_everybody_and_counts_against_nobody(
    ward: Ward, city: City, time_travel: Traveller
) -> None:
    session = ward.open()
    first, second = ward.slots(session)
    people = [city.citizen() for _ in range(3)]
    booked = [ward.book(one, first) for one in people[:2]]
    held = ward.hold(people[2], second)
    ward.desk("POST", f"/sessions/{session['id']}/stop", reason_zh="医生外出会诊", reason_en="Away")
    for citizen, one in zip(people, [*booked, held], strict=True):
        assert ward.mine(citizen, "GET", f"/bookings/{one['id']}")["state"] == "stopped"
    ward.hold(city.citizen(), second, 409)
    ward.desk("POST", f"/sessions/{session['id']}/stop", 409, reason_zh="x", reason_en="x")
    told = people[0].get("/api/v1/me/notices").get_json()["items"]
    assert "停诊" in told[0]["body"]
    time_travel.move_to("2026-05-14T00:00:00+00:00")
    city.run_jobs("hospital")
    assert city.count("hospital_strikes") == 0
    assert city.count("hospital_pools", "taken <> 0") == 0


def test_a_closure_stops_what_there_is_and_keeps_more_from_being_made(ward: Ward, city: City) -> None:
    ward.entity("POST", "/templates", 201, **ward.line(valid_until=None))
    session = ward.sessions()[0]
    booked = ward.book(city.citizen(), ward.slots(session)[0])
    body = {"doctor_id": ward.doctor, "first_day": "2026-05-13", "last_day": "2026-05-20"}
    made = ward.entity("POST", "/closures", 201, **body)
    city.run_jobs("hospital")
    assert city.count("hospital_bookings", "state = 'stopped'") == 1
    assert booked["state"] == "booked"
    days = {one["day"]: one["state"] for one in ward.sessions()}
    assert (days["2026-05-13"], days["2026-05-20"]) == ("stopped", "stopped")
    assert city.count("hospital_sessions", "state = 'open'") >= 1
    ward.entity("POST", f"/closures/{made['id']}/close")
    city.run_jobs("hospital")
    assert {one["day"]: one["state"] for one in ward.sessions()}["2026-05-13"] == "stopped", "never undone"


def test_more_than_one_unit_holds_are_released_by_the_job(
    ward: Ward, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stopping, "AT_ONCE", 1)
    session = ward.open()
    for _ in range(2):
        ward.book(city.citizen(), ward.slots(session)[0])
    ward.desk("POST", f"/sessions/{session['id']}/stop", reason_zh="停", reason_en="Stopped")
    assert city.count("hospital_bookings", "state = 'stopped'") == 1
    city.run_jobs("hospital")
    assert city.count("hospital_bookings", "state = 'stopped'") == 2
