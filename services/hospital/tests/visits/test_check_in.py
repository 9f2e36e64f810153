"""Check-in at a kiosk and by the poster: numbers, classes, and what is said where it is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from citizen_app.toolkit.data import new_id, session
from citizen_app.toolkit.queueing import ORDINARY
from citizen_app.toolkit.testing import City, TestCitizen, TestKiosk
from citizen_app.toolkit.time import now
from services.hospital.models import HospitalDepartment

from .conftest import MORNING, Clinic


def kiosk_at(clinic: Clinic, campus: str = "main") -> TestKiosk:
    """A kiosk in the hall of a campus."""
    department = clinic.campuses[campus][1]
    of = clinic.run(lambda: session().get_one(HospitalDepartment, department).campus_id)
    return clinic.city.kiosk("hospital", context={"campus": of})


def scanned(kiosk: TestKiosk, citizen: TestCitizen) -> dict[str, Any]:
    answer = kiosk.scan(citizen.code(), "check_in", context=dict(kiosk.context)).get_json()
    assert isinstance(answer, dict)
    return answer


def offline(citizen: TestCitizen) -> dict[str, Any]:
    """A code that a kiosk reads now, without a network."""
    read_at = now().isoformat()
    return {"scan_id": new_id(), "purpose": "check_in", "code": citizen.code(), "occurred_at": read_at}


def uploaded(kiosk: TestKiosk, read: dict[str, Any]) -> dict[str, Any]:
    """What a kiosk is answered that sends later what it read."""
    answer = kiosk.post("/api/v1/scans/batch", {"scans": [read]})
    (result,) = answer.get_json()["results"]
    assert isinstance(result, dict)
    return result


def test_check_in_gives_a_number_the_room_and_how_many_are_before(clinic: Clinic, city: City) -> None:
    of, kiosk = clinic.session(), kiosk_at(clinic)
    first, second = city.citizen(), city.citizen()
    booking = clinic.book(of, first)
    clinic.book(of, second)
    said = scanned(kiosk, first)
    assert (said["decision"], said["display"]["title"]) == ("allow", "报到成功，1 号")
    assert said["display"]["lines"] == ["请到 3 层 3 诊室 候诊", "您是下一位"]
    assert scanned(kiosk, second)["display"]["lines"][1] == "前面还有 1 人"
    assert clinic.state(booking) == "checked_in"


def test_a_second_check_in_says_the_same_number(clinic: Clinic, city: City) -> None:
    of, kiosk, citizen = clinic.session(), kiosk_at(clinic), city.citizen()
    clinic.book(of, citizen)
    scanned(kiosk, citizen)
    assert scanned(kiosk, citizen)["display"]["title"] == "报到成功，1 号"
    assert city.count("hospital_tickets") == 1


def test_the_poster_at_the_door_does_as_well(clinic: Clinic, city: City) -> None:
    citizen = city.citizen()
    booking = clinic.book(clinic.session(), citizen)
    poster = city.poster("hospital", "check_in")
    assert citizen.scan_place(poster).get_json()["decision"] == "allow"
    assert clinic.state(booking) == "checked_in"


def test_who_acts_for_a_patient_reads_for_whom(clinic: Clinic, city: City) -> None:
    ward, carer = city.citizen(name="李建国"), city.citizen()
    clinic.book(clinic.session(), ward)
    said = scanned(kiosk_at(clinic), city.acting(carer, ward))
    assert said["display"]["lines"][0] == "就诊人：李*国"


def test_priority_goes_by_the_rules_order_of_claims(clinic: Clinic, city: City) -> None:
    of, kiosk = clinic.session(), kiosk_at(clinic)
    plain, veteran = city.citizen(), city.citizen("李军", "veteran")
    veteran.agree("hospital", "masked_name", "veteran")
    bookings = [clinic.book(of, one) for one in (plain, veteran)]
    said = [scanned(kiosk, one) for one in (plain, veteran)]
    assert said[1]["display"]["lines"][1:] == ["您是下一位", "已按优先就诊排队"]
    assert [clinic.ticket(one).rank for one in bookings] == [ORDINARY, 1]


def test_whoever_keeps_a_claim_to_themselves_waits_as_everybody(clinic: Clinic, city: City) -> None:
    citizen = city.citizen("李军", "veteran")
    citizen.agree("hospital", "masked_name")
    booking = clinic.book(clinic.session(), citizen)
    scanned(kiosk_at(clinic), citizen)
    assert clinic.ticket(booking).rank == ORDINARY


@pytest.mark.parametrize(
    ("hour", "code", "line"),
    [(10, "too_early", "08:00 起可以报到"), (5, "too_late", "报到截止时间是 07:30")],
)
def test_the_window(clinic: Clinic, city: City, hour: int, code: str, line: str) -> None:
    citizen, starts = city.citizen(), MORNING.replace(hour=hour)
    of = clinic.session(starts_at=starts, ends_at=starts + timedelta(hours=2))
    booking = clinic.book(of, citizen)
    said = scanned(kiosk_at(clinic), citizen)
    assert (said["decision"], said["detail_code"]) == ("deny", code)
    assert said["display"]["lines"][:2] == [f"您的预约：05-11 {hour:02}:00，示范医院本部", line]
    assert clinic.state(booking) == "booked"


@pytest.mark.parametrize(
    ("campus", "code", "there"),
    [("south", "wrong_campus", "示范医院南院"), ("other", "wrong_hospital", "另一医院院区")],
)
def test_somewhere_else(clinic: Clinic, city: City, campus: str, code: str, there: str) -> None:
    citizen = city.citizen()
    clinic.book(clinic.session(campus), citizen)
    said = scanned(kiosk_at(clinic), citizen)
    assert (said["detail_code"], said["display"]["lines"][0]) == (code, f"您的预约：05-11 08:00，{there}")


def test_another_day_is_told_without_what_for(clinic: Clinic, city: City) -> None:
    citizen, later = city.citizen(), timedelta(days=2)
    of = clinic.session(
        day=MORNING.date() + later, starts_at=MORNING + later, ends_at=MORNING + later + timedelta(hours=2)
    )
    clinic.book(of, citizen)
    said = scanned(kiosk_at(clinic), citizen)
    assert said["detail_code"] == "wrong_day"
    assert "05-13 08:00" in said["display"]["lines"][0]
    assert "内科" not in str(said["display"])


@pytest.mark.parametrize(
    ("state", "code"), [("stopped", "stopped"), ("held", "not_paid"), ("cancelled", "no_booking")]
)
def test_a_booking_that_is_none(clinic: Clinic, city: City, state: str, code: str) -> None:
    citizen = city.citizen()
    clinic.book(clinic.session(), citizen, state)
    assert scanned(kiosk_at(clinic), citizen)["detail_code"] == code


def test_what_was_read_offline_in_time_is_never_too_late(
    clinic: Clinic, city: City, time_travel: Any
) -> None:
    citizen = city.citizen()
    booking = clinic.book(clinic.session(), citizen)
    kiosk, read = kiosk_at(clinic), offline(citizen)
    time_travel.move_to(MORNING + timedelta(hours=3))
    assert (uploaded(kiosk, read)["reason"], clinic.state(booking)) == ("ok", "checked_in")


def test_who_stands_as_missed_was_there_when_the_kiosk_uploads(
    clinic: Clinic, city: City, time_travel: Any
) -> None:
    citizen, other = city.citizen(), city.citizen()
    of = clinic.session()
    booking, missed = clinic.book(of, citizen), clinic.book(of, other)
    kiosk, read = kiosk_at(clinic), offline(citizen)
    time_travel.move_to(MORNING + timedelta(hours=3))
    city.run_jobs("hospital")
    assert [clinic.state(one) for one in (booking, missed)] == ["no_show", "no_show"]
    for _ in range(2):
        assert uploaded(kiosk, read)["reason"] == "ok"
        assert (clinic.state(booking), clinic.ticket(booking).number) == ("checked_in", 1)
    assert city.count("hospital_strikes", "forgiven_at IS NULL") == 1, "the other's"
    strikes = citizen.get("/api/v1/services/hospital/strikes").get_json()["items"]
    assert [one["forgiven"] for one in strikes] == [True]
    city.run_jobs("hospital")
    assert [clinic.state(one) for one in (booking, missed)] == ["checked_in", "no_show"]


def test_what_is_uploaded_when_the_day_is_over_is_on_record_and_nobody_waits(
    clinic: Clinic, city: City, time_travel: Any
) -> None:
    citizen, other = city.citizen(), city.citizen()
    of = clinic.session()
    booking, in_vain = clinic.book(of, citizen), clinic.book(of, other)
    clinic.check_in(in_vain)
    kiosk, read = kiosk_at(clinic), offline(citizen)
    time_travel.move_to(MORNING + timedelta(days=1, hours=1))
    for _ in range(2):
        assert uploaded(kiosk, read)["reason"] == "ok"
    ticket = clinic.ticket(booking)
    assert (ticket.state, ticket.number, ticket.arrived_at) == ("left", 2, MORNING - timedelta(minutes=15))
    assert clinic.state(booking) == "checked_in", "they were there: no strike"
    logged = str(citizen.get("/api/v1/me/usage").get_json()["items"])
    assert ("候诊已结束" in logged, "下一位" in logged) == (True, False)
    assert clinic.ticket(in_vain).state == "waiting"
    city.run_jobs("hospital")
    assert clinic.ticket(in_vain).state == "left", "the session is over"
    assert city.count("hospital_strikes") == 0


def test_what_was_read_offline_before_its_time_is_too_early_whenever_it_comes(
    clinic: Clinic, city: City
) -> None:
    citizen, later = city.citizen(), MORNING + timedelta(hours=2)
    booking = clinic.book(clinic.session(starts_at=later, ends_at=later + timedelta(hours=2)), citizen)
    assert uploaded(kiosk_at(clinic), offline(citizen))["detail_code"] == "too_early"
    assert clinic.state(booking) == "booked"


def test_kiosks_are_set_up_with_a_campus_that_is_open(clinic: Clinic, city: City) -> None:
    kiosk = city.kiosk("hospital")
    found = kiosk.get("/api/v1/kiosks/me/choices", purpose="check_in", field="campus").get_json()
    assert [one["title"] for one in found["choices"]] == ["示范医院 本部", "示范医院 南院", "另一医院 院区"]
