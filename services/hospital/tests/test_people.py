"""Who books: for a ward, at the window, bound later; what a guardian and another hospital's desk see."""

from __future__ import annotations

from datetime import date

from citizen_app.toolkit.testing import City

from .conftest import BASE, MakeWard, Ward

BORN_17 = date(2009, 1, 1)
BORN_10 = date(2016, 1, 1)


def test_a_guardian_books_for_a_child_and_sees_it(ward: Ward, city: City) -> None:
    parent, child = city.citizen(), city.citizen("小明", born=BORN_10)
    ward_of = city.acting(parent, child, "guardian")
    booked = ward.book(ward_of, ward.slots(ward.open())[0])
    assert ward.mine(ward_of, "GET", f"/bookings/{booked['id']}")["state"] == "booked"
    assert ward.mine(child, "GET", "/bookings")["items"][0]["id"] == booked["id"]
    assert ward.mine(parent, "GET", "/bookings")["items"] == []
    assert city.count("hospital_bookings", "booked_by = 'guardian'") == 1


def test_children_and_adults_are_told_whom_a_department_sees(ward: Ward, city: City) -> None:
    adult, child = city.citizen(born=BORN_17), city.citizen("小明", born=BORN_10)
    ward.change("departments", ward.department, below_age=14)
    first, _ = ward.slots(ward.open())
    told = ward.hold(adult, first, 409)
    assert "内科只看未满 14 岁的孩子" in told["detail"]
    ward.mine(adult, "POST", "/waiting", 409, session_id=ward.sessions()[0]["id"])
    assert ward.hold(child, first)["state"] == "held"
    ward.change("departments", ward.department, below_age=None, from_age=14)
    slot = ward.slots(ward.open(starts="10:00:00", ends="11:00:00"))[0]
    assert "内科只看满 14 岁的人" in ward.hold(child, slot, 409)["detail"]
    assert ward.hold(adult, slot)["state"] == "held"


def test_from_fourteen_on_a_guardian_sees_what_the_teenager_allows(make_ward: MakeWard, city: City) -> None:
    ward = make_ward()
    parent, teenager = city.citizen(), city.citizen("小红", born=BORN_17)
    acting = city.acting(parent, teenager, "guardian")
    booked = ward.book(teenager, ward.slots(ward.open())[0])
    assert ward.mine(acting, "GET", "/bookings")["items"] == []
    for method, path in (("GET", ""), ("POST", "/cancel"), ("POST", "/confirm")):
        ward.mine(acting, method, f"/bookings/{booked['id']}{path}", 404)
    answer = acting.call("PUT", f"{BASE}/sharing", json={"shares": True})
    assert answer.status_code == 403, "nobody decides it for them"
    assert teenager.call("PUT", f"{BASE}/sharing", json={"shares": True}).status_code == 200
    assert ward.mine(acting, "GET", f"/bookings/{booked['id']}")["state"] == "booked"
    ward.rules(guardian="never")
    assert ward.mine(acting, "GET", f"/bookings/{booked['id']}")["state"] == "booked", "its own version"


def test_a_patient_of_the_window_is_bound_by_their_document(ward: Ward, city: City) -> None:
    session = ward.open()
    pensioner = city.citizen("王秀兰")
    city.give_document(pensioner, city.unused_id_number())
    body = {"name": "王秀兰", "id_number": pensioner.id_number}
    patient = ward.desk("POST", "/patients", 201, **body)
    assert ward.desk("POST", "/patients", 201, **body)["id"] == patient["id"]
    assert (patient["masked_name"], patient["bound"]) == ("王*兰", False)
    slot = ward.slots(session)[0]
    booked = ward.desk("POST", f"/patients/{patient['id']}/bookings", 201, slot_id=slot["id"])
    assert booked["state"] == "booked"
    ward.desk("POST", f"/patients/{patient['id']}/bookings", 409, slot_id=slot["id"])
    assert ward.mine(pensioner, "GET", "/bookings")["items"] == []
    other = ward.open(starts="14:00:00", ends="15:00:00")
    ward.hold(pensioner, ward.slots(other)[0], 409)
    assert city.count("hospital_patients") == 1
    assert city.count("hospital_patients", "citizen_ref IS NOT NULL") == 0, "a refusal changes nothing"
    elsewhere = ward.entity(
        "POST", "/departments", 201, campus_id=ward.campus, code="sur", name_zh="外科", name_en="Surgery"
    )["id"]
    third = ward.open(department_id=elsewhere, doctor_id=None, starts="16:00:00", ends="17:00:00")
    ward.hold(pensioner, ward.slots(third)[0])
    assert len(ward.mine(pensioner, "GET", "/bookings")["items"]) == 2, "what the window booked is theirs"


def test_without_a_document_everybody_is_somebody_new(ward: Ward, city: City) -> None:
    slot = ward.slots(ward.open())[0]
    for number in range(2):
        patient = ward.desk("POST", "/patients", 201, name="无名氏")
        assert patient["number"] == f"{number + 1:08}"
        ward.desk("POST", f"/patients/{patient['id']}/bookings", 201, slot_id=slot["id"])


def test_numbers_of_the_window_are_for_the_window(ward: Ward, city: City) -> None:
    session = ward.open(app_places=0, window_places=1, slot_minutes=60)
    assert [slot["left"] for slot in ward.slots(session)] == [0]


def test_a_desk_sees_its_own_hospital_and_leaves_looks(ward: Ward, make_ward: MakeWard, city: City) -> None:
    session = ward.open()
    citizen = city.citizen()
    booked = ward.book(citizen, ward.slots(session)[0])
    (row,) = ward.desk("GET", f"/sessions/{session['id']}/bookings")["items"]
    assert row["number"] == booked["number"]
    assert len(citizen.get("/api/v1/me/looks").get_json()["items"]) == 1
    elsewhere = make_ward("H2")
    elsewhere.desk("GET", f"/sessions/{session['id']}/bookings", 404)
    elsewhere.desk("POST", f"/bookings/{booked['id']}/cancel", 404)
    elsewhere.desk("POST", f"/sessions/{session['id']}/stop", 404, reason_zh="x", reason_en="x")
    ward.change("departments", ward.department, 422, campus_id=elsewhere.campus)
    bus = city.operator("bus")
    for path in (f"/desk/{ward.id}/sessions", f"/operator/hospitals/{ward.id}/appeals"):
        assert bus.call("GET", f"{BASE}{path}").status_code == 404
