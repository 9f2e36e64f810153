"""Searches and reads: what anyone finds, what a hospital's system finds, by the rules of FHIR R4."""

from __future__ import annotations

from typing import Any

import pytest
from time_machine import Traveller

from citizen_app.toolkit.testing import City
from services.hospital.tests.conftest import BASE, MakeWard, Ward

from .conftest import FHIR, MakeSystem, System, issue

KIND = "urn:citizen-app:hospital:kind"


def test_anyone_finds_what_the_facade_can_do_and_free_numbers(ward: Ward, anyone: System) -> None:
    said = anyone.get("metadata")
    assert (said["resourceType"], said["fhirVersion"], said["format"]) == (
        "CapabilityStatement",
        "4.0.1",
        ["json"],
    )
    (rest,) = said["rest"]
    types = {one["type"]: one for one in rest["resource"]}
    assert [one["name"] for one in types["Appointment"]["operation"]] == ["find", "hold", "book"]
    assert {"name": "start", "type": "date"} in types["Slot"]["searchParam"]
    taken = types["DiagnosticReport"]
    assert "interaction" not in taken and "searchParam" not in taken, "not at this address"
    assert f"http://127.0.0.1:8000{BASE}/partner/reports/bundle" in taken["documentation"]
    assert "interaction" not in types["Observation"]
    ward.open()
    slots = anyone.found("Slot?status=free")
    assert [one["status"] for one in slots] == ["free", "free"]
    assert {one["appointmentType"]["coding"][0]["code"] for one in slots} == {"app"}
    assert slots[0]["extension"][0]["valueInteger"] == 2
    assert anyone.get(f"Slot/{slots[0]['id']}") == slots[0]
    for path in ("Schedule", "Patient", "Appointment", "Organization", "Practitioner", "Appointment/$find"):
        assert issue(anyone.get(path, 401)) == ("error", "login"), path
    assert "include" not in str(anyone.get("Slot?_include=Slot:schedule")["entry"])


def test_only_what_is_free_and_released_is_open(
    ward: Ward, anyone: System, his: System, city: City, time_travel: Traveller
) -> None:
    ward.open(app_places=1, slot_minutes=60)
    (slot,) = anyone.found("Slot")
    ward.book(city.citizen(), slot)
    assert anyone.get("Slot")["total"] == 0
    assert issue(anyone.get(f"Slot/{slot['id']}", 404)) == ("error", "not-found")
    assert anyone.get("Slot?status=busy")["total"] == 0
    assert his.get(f"Slot/{slot['id']}")["status"] == "busy"
    assert his.get("Slot?status=busy")["total"] == 1
    assert his.get("Slot?status=free")["total"] == 1, "of the window"
    assert his.get("Slot?status=free&appointment-type=window")["total"] == 1
    assert his.get("Slot?status=free,busy")["total"] == 2
    time_travel.shift(4 * 86_400)
    assert {one["status"] for one in his.found("Slot")} == {"busy-unavailable"}
    assert his.get("Slot?status=busy-unavailable")["total"] == 2


def test_another_hospital_s_ids_are_not_there(make_ward: MakeWard, system_of: MakeSystem, city: City) -> None:
    ward, other = make_ward(), make_ward("H2")
    ward.open()
    booked = ward.book(city.citizen(), ward.slots(ward.sessions()[0])[0])
    his, theirs = system_of(ward), system_of(other)
    seen = [
        f"{kind}/{one['id']}"
        for kind in (
            "Organization",
            "Location",
            "HealthcareService",
            "Practitioner",
            "Schedule",
            "Slot",
            "Patient",
            "Appointment",
        )
        for one in his.found(kind)
    ]
    assert len(seen) == 1 + 1 + 1 + 1 + 1 + 4 + 1 + 1
    for address in seen:
        assert his.get(address)["id"] in address
        assert issue(theirs.get(address, 404)) == ("error", "not-found"), address
        kind, one = address.split("/")
        assert theirs.get(f"{kind}?_id={one}")["total"] == 0, address
    cancelled = {**his.get(f"Appointment/{booked['id']}"), "status": "cancelled"}
    theirs.call("PUT", f"Appointment/{booked['id']}", 404, json=cancelled)
    assert theirs.get(f"Slot?schedule=Schedule/{ward.sessions()[0]['id']}")["total"] == 0
    for odd in ("Slot/1", "Appointment/p-1", "Patient/..", "Schedule/00000000-0000-7000-8000-000000000000"):
        his.get(odd, 404)


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ("start=2026-05-13", 4),
        ("start=ge2026-05-13T08:30:00%2B08:00", 2),
        ("start=gt2026-05-13", 0),
        ("start=le2026-05-13T00:00:00Z", 2),
        ("start=lt2026-05-13T00:00:00Z", 0),
        ("start=2026-05", 4),
        ("start=2026", 4),
        ("start=ge2026-05-13&start=lt2026-05-14", 4),
        ("start=2026-05-12,2026-05-13", 4),
        (f"service-type={KIND}|general", 4),
        ("service-type=general,expert", 4),
        ("service-type=other|general", 0),
        ("specialty=urn:citizen-app:hospital:department:H1|int", 4),
        ("specialty=sur", 0),
        ("nonsense=1", 4),
        ("_count=0", 4),
    ],
)
def test_slots_by_time_and_by_code(ward: Ward, his: System, query: str, total: int) -> None:
    ward.open()
    assert his.get(f"Slot?{query}")["total"] == total
    form = his.call("POST", "Slot/_search", data=query, content_type="application/x-www-form-urlencoded")
    assert form["total"] == total


def test_sessions_and_who_takes_part(ward: Ward, his: System) -> None:
    ward.open()
    (schedule,) = his.found("Schedule")
    doctor, department, campus = (one["reference"] for one in schedule["actor"])
    assert his.get(doctor)["name"] == [{"text": "陈示安"}]
    assert his.get(department)["specialty"][0]["text"] == "内科"
    assert his.get(campus)["managingOrganization"]["reference"] == f"Organization/{ward.id}"
    for query in (
        f"actor={doctor}",
        f"actor={doctor.split('/')[1]}",
        "date=2026-05-13",
        "active=true",
        f"actor={campus},{doctor}",
    ):
        assert his.get(f"Schedule?{query}")["total"] == 1, query
    for query in (
        f"actor={campus}x",
        "date=2026-05-14",
        "active=false",
        f"actor=Location/{doctor.split('/')[1]}",
    ):
        assert his.get(f"Schedule?{query}")["total"] == 0, query
    found = his.get(f"Slot?schedule=Schedule/{schedule['id']}&_include=Slot:schedule&_count=1")
    assert [one["search"]["mode"] for one in found["entry"]] == ["match", "include"]
    assert his.get(f"Slot?schedule.actor={doctor}")["total"] == 4
    assert his.get("Practitioner?name=chen")["total"] == 1
    assert his.get("Practitioner?identifier=urn:citizen-app:hospital:doctor:H1|d1")["total"] == 1
    assert his.get("Organization?identifier=urn:citizen-app:hospital:code|H1")["total"] == 1


def test_bookings_and_patients_by_their_numbers(ward: Ward, his: System, city: City) -> None:
    ward.open()
    ward.desk("POST", "/patients", 201, name="没有预约")
    citizen = city.citizen()
    booked = ward.book(citizen, ward.slots(ward.sessions()[0])[0])
    (patient,), (made,) = his.found("Patient"), his.found("Appointment")
    assert patient["name"] == [{"text": "张**"}] or "张" in patient["name"][0]["text"]
    record, number = patient["identifier"][0], made["identifier"][0]
    assert (record["type"]["coding"][0]["code"], number["type"]["coding"][0]["code"]) == ("MR", "FILL")
    for query in (
        f"identifier={record['system']}|{record['value']}",
        f"identifier={number['system']}|{number['value']}",
        f"_id={patient['id']}",
    ):
        assert his.get(f"Patient?{query}")["total"] == 1, query
    for query in (
        f"patient=Patient/{patient['id']}",
        f"patient={patient['id']}",
        f"patient.identifier={record['system']}|{record['value']}",
        f"identifier={number['value']}",
        "status=booked",
        "status=booked,pending",
        "date=2026-05-13",
        f"practitioner=Practitioner/{ward.doctor}",
        f"actor=HealthcareService/{ward.department}",
        f"{made['slot'][0]['reference'].replace('/', '=').lower()}",
    ):
        assert his.get(f"Appointment?{query}")["total"] == 1, query
    for query in (
        "status=pending",
        "patient.identifier=x|1",
        f"identifier={record['value']}",
        "date=lt2026-05-13",
    ):
        assert his.get(f"Appointment?{query}")["total"] == 0, query
    along = his.get("Appointment?_include=Appointment:patient")["entry"]
    assert [one["resource"]["resourceType"] for one in along] == ["Appointment", "Patient"]
    answer = city.client.get(f"{FHIR}/Appointment/{booked['id']}", headers=his.headers)
    assert answer.headers["ETag"] == 'W/"2"'
    assert made["meta"]["lastUpdated"] == "2026-05-10T02:00:00.000Z"


def test_pages_follow_one_another_and_tell_each_once(ward: Ward, his: System) -> None:
    for hour in (8, 9, 10):
        ward.open(starts=f"{hour:02}:00:00", ends=f"{hour + 1:02}:00:00", doctor_id=None)
    seen: list[str] = []
    address = "Slot?_count=5&status=free"
    while address:
        page = his.get(address)
        assert page["total"] == 12
        links = {one["relation"]: one["url"] for one in page["link"]}
        assert links["self"].endswith("status=free&_count=5")
        seen += [one["resource"]["start"] + one["resource"]["id"] for one in page["entry"]]
        address = links.get("next", "").partition("://")[2].partition("/")[2]
        address = f"/{address}" if address else ""
    assert seen == sorted(seen)
    assert len(set(seen)) == 12
    assert len(his.get("Practitioner?_count=1")["entry"]) == 1


@pytest.mark.parametrize(
    ("method", "path", "status", "code", "more"),
    [
        ("GET", "Slot?nonsense=1", 400, "not-supported", {"headers": {"Prefer": "handling=strict"}}),
        ("GET", "Slot?status:not=free", 400, "not-supported", {}),
        ("GET", "Slot?start=sa2026-05-13", 400, "not-supported", {}),
        ("GET", "Slot?start=yesterday", 400, "invalid", {}),
        ("GET", "Slot?start=2026-02-31", 400, "invalid", {}),
        ("GET", "Slot?_count=-1", 400, "invalid", {}),
        ("GET", "Slot?_after=x", 400, "invalid", {}),
        ("GET", "Nothing", 404, "not-found", {}),
        ("GET", "Slot/1/2/3", 404, "not-found", {}),
        ("DELETE", "Slot", 405, "not-supported", {}),
        ("GET", "Slot?_format=xml", 406, "not-supported", {}),
        ("GET", "metadata", 406, "not-supported", {"headers": {"Accept": "application/fhir+xml"}}),
        ("POST", "Appointment/$hold", 415, "not-supported", {"data": "x", "content_type": "text/plain"}),
        ("POST", "Appointment/$hold", 400, "invalid", {"data": "{", "content_type": "application/fhir+json"}),
        (
            "POST",
            "Appointment/$hold",
            400,
            "invalid",
            {"json": {"resourceType": "Parameters", "nonsense": 1}},
        ),
        ("POST", "Appointment/$book", 400, "invalid", {"json": {"resourceType": "Parameters"}}),
        (
            "PUT",
            "Appointment/00000000-0000-7000-8000-000000000000",
            400,
            "invalid",
            {"json": {"resourceType": "Slot", "status": "free"}},
        ),
        ("GET", "Patient", 401, "login", {"headers": {"Authorization": "Bearer nobody"}}),
    ],
)
def test_every_error_is_an_outcome(
    ward: Ward, his: System, method: str, path: str, status: int, code: str, more: dict[str, Any]
) -> None:
    assert issue(his.call(method, path, status, **more)) == ("error", code)


@pytest.mark.parametrize("form", ["json", "application/fhir%2Bjson", "application/json"])
def test_json_by_any_of_its_names(ward: Ward, anyone: System, form: str) -> None:
    assert anyone.get(f"Slot?_format={form}")["total"] == 0
