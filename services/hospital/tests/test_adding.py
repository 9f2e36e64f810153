"""加号: beyond what there is, by hand, with a reason; and no channel is oversold by it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from time_machine import Traveller
from werkzeug.datastructures import MultiDict

from citizen_app.toolkit.commands import transaction
from citizen_app.toolkit.data import session
from citizen_app.toolkit.testing import City, TestCitizen
from services.hospital.models import HospitalPatient, HospitalPool

from .conftest import BASE, MakeWard, Ward, call
from .test_rules_page import send


def record_of(ward: Ward) -> dict[str, Any]:
    """A patient of the hospital, registered at the window."""
    return dict(ward.desk("POST", "/patients", 201, name="王小明"))


def test_a_number_is_added_where_none_is_left(ward: Ward, city: City) -> None:
    of = ward.open(app_places=1, window_places=0, slot_minutes=60)
    (slot,) = ward.slots(of)
    patient, other = record_of(ward), record_of(ward)
    at = f"/sessions/{of['id']}/added"
    refused = ward.desk("POST", at, 409, patient_id=patient["id"], reason="复诊")
    assert "不用加号" in str(refused)
    booked = ward.book(city.citizen(), slot)
    added = ward.desk("POST", at, 201, patient_id=patient["id"], reason="外地复诊")
    assert (added["state"], added["channel"]) == ("booked", "added")
    ward.desk("POST", at, 409, patient_id=patient["id"], reason="再加一个")
    ward.desk("POST", at, 201, patient_id=other["id"], reason="急")
    assert city.count("hospital_pools", "channel = 'added' AND capacity = 2 AND taken = 2") == 1
    assert city.count("hospital_moves", "reason = '外地复诊'") == 1
    assert city.count("audit_events", "action = 'hospital.add'") == 2
    ward.desk("POST", f"/bookings/{added['id']}/cancel")
    waits = city.citizen()
    ward.hold(waits, slot, 409)
    pool = _added_pool(city)
    assert "由医生或窗口添加" in str(ward.mine(waits, "POST", "/bookings", 409, slot_id=pool))
    ward.desk("POST", at, 201, patient_id=patient["id"], reason="改主意了")
    assert city.count("hospital_pools", "channel = 'added' AND capacity = 2 AND taken = 2") == 1
    assert ward.mine(city.citizen(), "GET", f"/bookings/{booked['id']}", 404)


def test_limits_and_suspensions_do_not_bind_the_doctor_but_time_does(make_ward: MakeWard, city: City) -> None:
    ladder = {"kinds": ["cancel"], "strikes": 1, "within_days": 30, "suspend_days": 30}
    ward = make_ward(ladders=[ladder], most_a_day=1)
    full = ward.open(app_places=1, window_places=0, slot_minutes=60)
    surgery = ward.entity(
        "POST", "/departments", 201, campus_id=ward.campus, code="sur", name_zh="外科", name_en="Surgery"
    )["id"]
    same_time = ward.open(
        department_id=surgery, doctor_id=None, app_places=1, window_places=0, slot_minutes=60
    )
    citizen = city.citizen()
    booked = ward.book(citizen, ward.slots(full)[0])
    ward.mine(citizen, "POST", f"/bookings/{booked['id']}/cancel")
    ward.hold(citizen, ward.slots(full)[0], 403)
    for of in (full, same_time):
        ward.book(city.citizen(), ward.slots(of)[0])
    patient = _patient_of(city, citizen)
    ward.desk("POST", f"/sessions/{full['id']}/added", 201, patient_id=patient, reason="老病人")
    overlapping = ward.desk("POST", f"/sessions/{same_time['id']}/added", 409, patient_id=patient, reason="x")
    assert "另一个预约" in str(overlapping)


def test_the_call_screen_adds_and_shows_it(ward: Ward, city: City, time_travel: Traveller) -> None:
    of = ward.open(app_places=0, window_places=0, follow_up_places=1, slot_minutes=60)
    time_travel.move_to("2026-05-12T23:50:00+00:00")
    patient = record_of(ward)
    nurse, stranger = city.operator("hospital", unit=ward.department), city.operator("hospital", unit="x")
    address = f"calls/{of['id']}/add"
    unknown = send(nurse, address, MultiDict({"number": "99999999", "reason": "急"}), 422).text
    assert "没有这个病案号" in unknown
    sent = MultiDict({"number": patient["number"], "reason": "急"})
    send(stranger, address, sent, 404)
    send(nurse, address, sent, 303)
    shown = nurse.browser().get(f"/console/services/hospital/calls/{of['id']}").text
    assert "加号 1 个" in shown
    other = call(city.operator("bus"), "POST", f"{BASE}/desk/{ward.id}/sessions/{of['id']}/added", 404)
    assert other["status"] == 404


def _added_pool(city: City) -> str:
    return _first(city, select(HospitalPool.id).where(HospitalPool.channel == "added"))


def _patient_of(city: City, citizen: TestCitizen) -> str:
    mine = HospitalPatient.citizen_ref == citizen.ref("hospital")
    return _first(city, select(HospitalPatient.id).where(mine))


def _first(city: City, wanted: Any) -> str:
    with city.app.app_context(), transaction(reading=True):
        return str(session().scalars(wanted).first())
