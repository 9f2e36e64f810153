"""A letter of referral from the call screen: for who is in the room, by whoever calls there."""

from __future__ import annotations

import pytest

from citizen_app.toolkit.testing import City, TestOperator

from .conftest import Clinic
from .test_pages import CALLS, OWN_PAGE, press, screen

REASON = "外院复查，请专科评估"
REFERRALS = "/api/v1/services/hospital/referrals"


@pytest.fixture
def nurse(city: City, clinic: Clinic) -> TestOperator:
    """Somebody whose role is for the department at the main campus."""
    return city.operator("hospital", unit=clinic.campuses["main"][1])


def called(clinic: Clinic, nurse: TestOperator, booking: str, of: str) -> str:
    """Check a booking in and call its patient; where the letter is written, below the screen."""
    clinic.check_in(booking)
    press(nurse, f"{of}/next", room="3 诊室")
    return f"{of}/{clinic.ticket(booking).id}/letter"


def refused(nurse: TestOperator, address: str, department: str) -> tuple[int, str]:
    """Send the form; the status and the page."""
    sent = {"csrf_token": nurse.form_token(), "department_id": department, "reason": REASON}
    answer = nurse.browser().post(f"{CALLS}/{address}", data=sent, headers=OWN_PAGE)
    return answer.status_code, answer.text


def test_who_is_in_the_room_is_referred_and_the_screen_comes_back(
    clinic: Clinic, city: City, nurse: TestOperator
) -> None:
    of, citizen = clinic.session(), city.citizen()
    here, there = clinic.campuses["main"][1], clinic.campuses["other"][1]
    letter = called(clinic, nurse, clinic.book(of, citizen), of)
    assert f"{CALLS}/{letter}" in screen(nurse, of)
    form, south = screen(nurse, letter), clinic.campuses["south"][1]
    assert (there in form, here in form, south in form, "王" in form) == (True, False, False, False)
    assert refused(nurse, letter, here)[0] == 422, "of this hospital"
    back = press(nurse, letter, department_id=there, reason=REASON)
    assert back == f"{CALLS}/{of}?done=sent"
    assert "转诊单已发给患者" in screen(nurse, f"{of}?done=sent")
    (written,) = citizen.get(REFERRALS).get_json()["items"]
    assert (written["state"], written["department_id"]) == ("offered", there)
    assert citizen.get(f"{REFERRALS}/{written['id']}").get_json()["reason"] == REASON
    status, words = refused(nurse, letter, there)
    assert (status, "已有一份给这个科室的转诊单" in words, REASON in words) == (409, True, True)


def test_a_letter_that_was_begun_is_sent_when_its_patient_has_left(
    clinic: Clinic, city: City, nurse: TestOperator
) -> None:
    of, citizen = clinic.session(), city.citizen()
    letter = called(clinic, nurse, clinic.book(of, citizen), of)
    press(nurse, letter.removesuffix("/letter"), act="done")
    press(nurse, letter, department_id=clinic.campuses["other"][1], reason=REASON)
    assert len(citizen.get(REFERRALS).get_json()["items"]) == 1


def test_nobody_else_is_referred_and_nobody_else_refers(
    clinic: Clinic, city: City, nurse: TestOperator
) -> None:
    of, there = clinic.session(), clinic.campuses["other"][1]
    letter = called(clinic, nurse, clinic.book(of, city.citizen()), of)
    waits = clinic.book(of, city.citizen())
    clinic.check_in(waits)
    waiting = f"{of}/{clinic.ticket(waits).id}/letter"
    other_session = f"{clinic.session(room='7 诊室')}/{clinic.ticket(waits).id}/letter"
    elsewhere = city.operator("hospital", unit=clinic.campuses["south"][1])
    for who, address in ((nurse, waiting), (nurse, other_session), (elsewhere, letter)):
        screen(who, address, 404)
        assert refused(who, address, there)[0] == 404
    assert city.count("hospital_referrals") == 0


def test_who_has_no_account_is_told_to_take_paper_before_anything_is_written(
    clinic: Clinic, nurse: TestOperator
) -> None:
    of = clinic.session()
    letter = called(clinic, nurse, clinic.book(of, "p" * 22), of)
    assert "请开纸质转诊单" in screen(nurse, letter, 409)
