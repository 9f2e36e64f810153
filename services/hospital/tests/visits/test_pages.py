"""The day of a visit on pages: the kiosk, the call screen, the wall, the patient's phone; who sees which."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import pytest

from citizen_app.toolkit.data import session
from citizen_app.toolkit.testing import City, TestOperator
from citizen_app.toolkit.time import now
from services.hospital.models import HospitalBooking
from services.hospital.operations.booking import By
from services.hospital.operations.privacy import Looking
from services.hospital.queries.queue import positions_of

from .conftest import Clinic, doctor_of
from .test_check_in import kiosk_at, scanned

VISITS = "/api/v1/services/hospital/visits"
CALLS = "/console/services/hospital/calls"
WALL = r'href="[^"]*(/services/hospital/wall/[^"]+)"'
OWN_PAGE = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}


def screen(operator: TestOperator, of: str, status: int = 200) -> str:
    answer = operator.browser().get(f"{CALLS}/{of}")
    assert answer.status_code == status, answer.text
    return answer.text


def press(operator: TestOperator, address: str, **sent: str) -> str:
    """Press a button of the call screen; where it leads."""
    client = operator.browser()
    answer = client.post(
        f"{CALLS}/{address}", data={"csrf_token": operator.form_token(), **sent}, headers=OWN_PAGE
    )
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def name_of(operator: TestOperator) -> str:
    """The user name with which somebody signs in."""
    shown = operator.browser().get(f"{CALLS}/").text
    (found,) = re.findall(r'console-top__name">([^<]+)<', shown)
    return str(found)


@pytest.fixture
def nurse(city: City, clinic: Clinic) -> TestOperator:
    """Somebody whose role is for the department at the main campus."""
    return city.operator("hospital", unit=clinic.campuses["main"][1])


def test_a_day_from_check_in_to_seen(clinic: Clinic, city: City, nurse: TestOperator) -> None:
    of, kiosk = clinic.session(), kiosk_at(clinic)
    people = [city.citizen("王小明"), city.citizen("李建国")]
    bookings = [clinic.book(of, one) for one in people]
    for one in people:
        assert scanned(kiosk, one)["decision"] == "allow"
    assert "前面还有 1 人" in people[1].browser().get("/services/hospital/visits").text
    assert press(nurse, f"{of}/next", room="3 诊室").endswith("done=called")
    first = clinic.ticket(bookings[0]).id
    assert "已叫到您，请到 3 诊室" in people[0].browser().get("/services/hospital/visits").text
    assert press(nurse, f"{of}/{first}", act="pass").endswith("done=pass")
    assert [clinic.ticket(one).state for one in bookings] == ["waiting", "waiting"]
    press(nurse, f"{of}/next", room="3 诊室")
    press(nurse, f"{of}/next", room="3 诊室", finish="true")
    press(nurse, f"{of}/{first}", act="done")
    assert [clinic.state(one) for one in bookings] == ["fulfilled", "fulfilled"]
    assert press(nurse, f"{of}/next", room="3 诊室").endswith("done=nobody")


def test_the_screen_names_in_part_who_is_in_the_room_and_they_find_the_look(
    clinic: Clinic, city: City, nurse: TestOperator
) -> None:
    of, citizen = clinic.session(), city.citizen()
    clinic.book(of, citizen)
    scanned(kiosk_at(clinic), citizen)
    assert "王*明" not in screen(nurse, of)
    assert citizen.get("/api/v1/me/looks").get_json()["items"] == []
    press(nurse, f"{of}/next", room="3 诊室")
    shown = screen(nurse, of)
    assert "王*明" in shown
    assert "王小明" not in shown
    looks = citizen.get("/api/v1/me/looks").get_json()["items"]
    assert [one["reason"] for one in looks] == ["叫号"]


def test_what_needs_a_reason_asks_for_it(clinic: Clinic, nurse: TestOperator) -> None:
    of = clinic.session()
    booking = clinic.book(of, "p" * 22)
    clinic.check_in(booking)
    press(nurse, f"{of}/next", room="3 诊室")
    client, ticket = nurse.browser(), clinic.ticket(booking).id
    sent: dict[str, Any] = {"csrf_token": nurse.form_token(), "act": "undo"}
    refused = client.post(f"{CALLS}/{of}/{ticket}", data=sent, headers=OWN_PAGE)
    assert (refused.status_code, "请写明原因" in refused.text) == (422, True)
    assert (
        client.post(f"{CALLS}/{of}/{ticket}", data={**sent, "reason": "叫错了"}, headers=OWN_PAGE).status_code
        == 303
    )
    assert clinic.state(booking) == "checked_in"


def test_others_see_nothing(clinic: Clinic, city: City, nurse: TestOperator) -> None:
    other = clinic.session("south", room="9 诊室")
    screen(nurse, other, 404)
    assert "9 诊室" not in nurse.browser().get(f"{CALLS}/").text
    sent = {"csrf_token": nurse.form_token(), "room": "9 诊室"}
    assert nurse.browser().post(f"{CALLS}/{other}/next", data=sent, headers=OWN_PAGE).status_code == 404
    assert city.operator("pass").browser().get(f"{CALLS}/").status_code in (403, 404)


def test_a_place_in_the_queue_as_programs_read_it(clinic: Clinic, city: City, nurse: TestOperator) -> None:
    of, kiosk = clinic.session(), kiosk_at(clinic)
    first, second = city.citizen(), city.citizen()
    for one in (first, second):
        clinic.book(of, one)
        scanned(kiosk, one)
    answer = second.get(f"{VISITS}")
    (place,) = answer.get_json()["items"]
    assert (place["number"], place["state"], place["before"], place["department"]) == (
        2,
        "waiting",
        1,
        "内科",
    )
    assert answer.get_json()["look_again_seconds"] == 10
    tag = answer.headers["ETag"]
    same = second.get(VISITS, **{"If-None-Match": tag})
    assert (same.status_code, same.data) == (304, b"")
    press(nurse, f"{of}/next", room="3 诊室")
    changed = second.get(VISITS, **{"If-None-Match": tag})
    assert changed.get_json()["items"][0]["before"] == 0
    (called,) = first.get(VISITS).get_json()["items"]
    assert (called["state"], called["before"], called["room"]) == ("called", None, "3 诊室")
    assert city.citizen().get(VISITS).get_json()["items"] == []


def test_doctors_see_their_own_rooms(clinic: Clinic, city: City, nurse: TestOperator) -> None:
    mine = clinic.session(room="1 诊室", doctor=doctor_of(clinic, name_of(nurse)))
    theirs = clinic.session(room="2 诊室", doctor=doctor_of(clinic, "somebody else"))
    shared = clinic.session(room="7 诊室")
    for of, status in ((mine, 200), (shared, 200), (theirs, 404)):
        screen(nurse, of, status)


def test_the_wall_shows_number_name_in_part_and_room(
    clinic: Clinic, city: City, nurse: TestOperator, time_travel: Any
) -> None:
    of = clinic.session()
    for ref in ("p" * 22, "q" * 22):
        clinic.check_in(clinic.book(of, ref))
    press(nurse, f"{of}/next", room="3 诊室")
    listed = nurse.browser().get(f"{CALLS}/").text
    (link,) = re.findall(WALL, listed)
    question = nurse.browser().get(f"{CALLS}/walls/{clinic.campuses['main'][1]}").text
    assert ("示范医院 · 内科</a>" in listed, "“示范医院 · 内科”" in question) == (True, True), (
        "which hospital's"
    )
    wall = city.client.get(link).text
    assert all(words in wall for words in (">1<", "王*明", "3 诊室", "请 1 号王*明到3 诊室"))
    assert "王小明" not in wall
    assert "data-elder" not in city.client.get(f"{link}?elder=largest").text, "rows would leave the screen"
    assert city.client.get(f"{link}x").status_code == 404
    press(nurse, f"walls/{clinic.campuses['main'][1]}")
    assert city.client.get(link).status_code == 404, "the link was taken back"
    (renewed,) = re.findall(WALL, nurse.browser().get(f"{CALLS}/").text)
    assert ">1<" in city.client.get(renewed).text
    manager = city.operator("hospital", unit=clinic.hospital)
    walls = re.findall(WALL, manager.browser().get(f"{CALLS}/").text)
    assert (len(walls), [city.client.get(one).status_code for one in walls]) == (2, [200, 200]), (
        "a campus, too"
    )
    sent = {"csrf_token": nurse.form_token()}
    other = f"{CALLS}/walls/{clinic.campuses['south'][1]}"
    assert nurse.browser().post(other, data=sent, headers=OWN_PAGE).status_code == 404
    time_travel.shift(31 * 24 * 3600)
    assert city.client.get(renewed).status_code == 404


def test_a_guardian_sees_a_place_in_the_queue_only_where_it_is_shared(clinic: Clinic, city: City) -> None:
    citizen, of = city.citizen(), clinic.session()
    clinic.check_in(clinic.book(of, citizen))
    ref = citizen.ref("hospital")

    def seen(**who: bool) -> int:
        return len(clinic.run(lambda: positions_of(Looking(ref, By("guardian"), **who), now())))

    assert [seen(), seen(is_limited=True), seen(is_limited=True, shares=True)] == [1, 0, 1]


def test_who_has_no_code_is_checked_in_at_the_desk_by_booking_number(
    clinic: Clinic, nurse: TestOperator
) -> None:
    of, elsewhere = clinic.session(), clinic.session("south")
    waits, booking, other = (clinic.book(one, f"{n}" * 22) for n, one in ((1, of), (2, of), (3, elsewhere)))
    clinic.check_in(waits)
    numbers = {one: clinic.run(partial(number_of, one)) for one in (booking, other)}
    client, sent = nurse.browser(), {"csrf_token": nurse.form_token(), "is_urgent": "true"}
    address = f"{CALLS}/{of}/check-in"
    refused = client.post(address, data={**sent, "number": numbers[other]}, headers=OWN_PAGE)
    assert (refused.status_code, "这个班次没有这个预约号" in refused.text) == (422, True)
    press(nurse, f"{of}/check-in", number=numbers[booking], is_urgent="true")
    press(nurse, f"{of}/next", room="3 诊室")
    assert [clinic.state(one) for one in (waits, booking, other)] == ["checked_in", "called", "booked"]


def number_of(booking: str) -> str:
    """What a desk is told of a booking."""
    return session().get_one(HospitalBooking, booking).number
