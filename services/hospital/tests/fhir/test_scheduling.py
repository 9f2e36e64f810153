"""$find, $hold and $book as IHE ITI Scheduling has them, and the moves of a status: by the rules of every
other door."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from time_machine import Traveller

from citizen_app.toolkit.testing import City, TestCitizen
from citizen_app.toolkit.testing.races import run_concurrently
from services.hospital.operations.states import PLACES
from services.hospital.tests.conftest import Ward
from services.hospital.tests.test_races import take_what_was_read

from .conftest import FHIR, WEDNESDAY, MakeSystem, System, by_number, issue, to

AT_ONCE = 8


def patient(ward: Ward, name: str = "李四") -> str:
    """Somebody whom the desk has written down."""
    return str(ward.desk("POST", "/patients", 201, name=name)["id"])


def first(his: System, whom: str) -> dict[str, Any]:
    """The first number that can be had for somebody."""
    return his.proposals(patient_reference=to("Patient", whom))[0]


def extension(resource: dict[str, Any], name: str) -> Any:
    """The value of one of our extensions."""
    found = next(one for one in resource["extension"] if one["url"].endswith(name))
    return found.get("valueInteger", found.get("valueDateTime"))


def test_find_hold_and_book(ward: Ward, his: System, city: City) -> None:
    ward.open()
    citizen = city.citizen()
    ward.mine(
        citizen, "POST", f"/bookings/{ward.hold(citizen, ward.slots(ward.sessions()[0])[1])['id']}/cancel"
    )
    known = his.found("Patient")[0]
    found = his.operate("find", **WEDNESDAY, patient_reference=to("Patient", known))
    assert (found["type"], found["total"]) == ("searchset", 4), "two slots, online and at the window"
    proposal = found["entry"][0]["resource"]
    assert proposal["status"] == "proposed"
    assert (proposal["start"], extension(proposal, "places-left")) == ("2026-05-13T00:00:00.000Z", 2)
    held = his.operate("hold", appointment_reference=to("Appointment", proposal))
    assert (held["resourceType"], held["status"]) == ("Appointment", "pending")
    assert extension(held, "held-until") == "2026-05-10T02:10:00.000Z"
    assert {"reference": f"Patient/{known['id']}"} in [one["actor"] for one in held["participant"]]
    slot = his.get(held["slot"][0]["reference"])
    assert extension(slot, "places-left") == 1
    booked = his.operate("book", appointment_reference=to("Appointment", held))
    assert [one["resource"]["status"] for one in booked["entry"]] == ["booked"]
    assert booked["entry"][0]["resource"]["meta"]["versionId"] == "2"
    again = his.operate("book", appointment_reference=to("Appointment", held))
    assert again["entry"] == booked["entry"], "what is booked stays so"
    assert [one["state"] for one in ward.mine(citizen, "GET", "/bookings")["items"]] == [
        "booked",
        "cancelled",
    ]
    assert city.count("hospital_bookings", "booked_by = 'partner' AND pays = 'free'") == 1


def test_what_find_told_of_is_booked_at_once_for_whom_a_number_names(ward: Ward, his: System) -> None:
    ward.open(fee=500)
    record = ward.desk("POST", "/patients", 201, name="李四")["number"]
    proposal = his.proposals()[0]
    booked = his.operate(
        "book",
        appointment_reference=to("Appointment", proposal),
        patient_reference=by_number("record:H1", record),
    )
    made = booked["entry"][0]["resource"]
    assert made["status"] == "booked"
    number = made["identifier"][0]["value"]
    other = his.proposals(patient_reference=by_number("booking:H1", number))
    assert {"reference": f"Patient/{his.found('Patient')[0]['id']}"} in [
        one["actor"] for one in other[0]["participant"]
    ]
    same = his.operate("book", appointment_reference=by_number("booking:H1", number))
    assert same["entry"][0]["resource"]["id"] == made["id"]
    assert his.city.count("hospital_bookings", "pays = 'window' AND paid = 0") == 1


def test_a_hold_that_fails_says_so_and_leaves_nothing(
    make_ward: Any, system_of: MakeSystem, city: City
) -> None:
    ward, other = make_ward(), make_ward("H2")
    his, theirs = system_of(ward), system_of(other)
    ward.open(app_places=1, window_places=0, slot_minutes=60)
    whom, second = patient(ward), patient(ward, "王五")
    proposal = first(his, whom)
    other_one = his.proposals(patient_reference=to("Patient", second))[0]
    stranger = theirs.operate("hold", 404, appointment_reference=to("Appointment", proposal))
    assert issue(stranger) == ("fatal", "not-found"), "another hospital's"
    unknown = his.operate("hold", 400, appointment_reference=to("Appointment", "p-1"))
    assert issue(unknown) == ("error", "invalid")
    his.operate("hold", 400, appointment_reference=to("Appointment", his.proposals()[0]))
    his.operate("hold", appointment_reference=to("Appointment", proposal))
    full = his.operate("hold", 409, appointment_reference=to("Appointment", other_one))
    assert issue(full) == ("fatal", "not-found"), "as ITI-116 asks"
    assert "名额已满" in full["issue"][0]["details"]["text"]
    assert his.proposals() == []
    assert city.count("hospital_bookings") == 1


def test_the_rules_of_every_door_hold(ward: Ward, his: System, city: City, time_travel: Traveller) -> None:
    ward.rules(most_a_day=1)
    ward.open()
    ward.open(starts="14:00:00", ends="15:00:00", segment="afternoon")
    whom = patient(ward)
    held = his.operate("hold", appointment_reference=to("Appointment", first(his, whom)))
    later = his.proposals(patient_reference=to("Patient", whom))[-1]
    assert issue(his.operate("hold", 409, appointment_reference=to("Appointment", later))) == (
        "error",
        "conflict",
    )
    time_travel.shift(11 * 60)
    assert his.get(f"Appointment/{held['id']}")["status"] == "cancelled", "swept or not"
    over = his.operate("book", 410, appointment_reference=to("Appointment", held))
    assert issue(over) == ("error", "business-rule")
    citizen = city.citizen()
    own = ward.hold(citizen, ward.slots(ward.sessions()[0])[0])
    assert issue(his.operate("book", 409, appointment_reference=to("Appointment", own["id"]))) == (
        "error",
        "conflict",
    )


def test_status_moves_as_the_desk_s(ward: Ward, his: System, city: City, time_travel: Traveller) -> None:
    ward.open()
    whom = [patient(ward, f"李{number}") for number in "一二三"]
    made = [
        his.operate("book", appointment_reference=to("Appointment", first(his, one)))["entry"][0]["resource"]
        for one in whom
    ]
    gone, here, missed = made
    early = his.call("PUT", f"Appointment/{here['id']}", 409, json={**here, "status": "arrived"})
    assert issue(early) == ("error", "conflict"), "not of today"
    his.call("PUT", f"Appointment/{gone['id']}", 400, json={**gone, "start": "2026-05-13T01:00:00.000Z"})
    his.call("PUT", f"Appointment/{gone['id']}", 400, json={**gone, "status": "waitlist"})
    his.call("PUT", f"Appointment/{gone['id']}", 400, json={**gone, "id": here["id"]})
    stale = {"json": {**gone, "status": "cancelled"}, "headers": {"If-Match": 'W/"9"'}}
    his.call("PUT", f"Appointment/{gone['id']}", 409, **stale)
    fresh = {"json": {**gone, "status": "cancelled"}, "headers": {"If-Match": 'W/"2"'}}
    cancelled = his.call("PUT", f"Appointment/{gone['id']}", **fresh)
    assert (cancelled["status"], cancelled["cancelationReason"]["text"]) == ("cancelled", "退号")
    assert his.call("PUT", f"Appointment/{gone['id']}", json=cancelled)["meta"]["versionId"] == "3"

    time_travel.move_to(datetime(2026, 5, 12, 23, 30, tzinfo=UTC))
    arrived = his.call("PUT", f"Appointment/{here['id']}", json={**here, "status": "arrived"})
    assert arrived["status"] == "arrived"
    assert city.count("hospital_tickets", "number = 1 AND state = 'waiting'") == 1
    seen = his.call("PUT", f"Appointment/{here['id']}", json={**arrived, "status": "fulfilled"})
    assert seen["status"] == "fulfilled"
    noshow = {**missed, "status": "noshow"}
    assert issue(his.call("PUT", f"Appointment/{missed['id']}", 409, json=noshow)) == ("error", "conflict")
    time_travel.move_to(datetime(2026, 5, 13, 4, 0, tzinfo=UTC))
    assert his.call("PUT", f"Appointment/{missed['id']}", json=noshow)["status"] == "noshow"
    assert city.count("hospital_strikes", "kind = 'no_show'") == 1


def test_whoever_is_read_of_finds_the_system_s_name(ward: Ward, his: System, city: City) -> None:
    ward.open()
    citizen = city.citizen()
    booked = ward.book(citizen, ward.slots(ward.sessions()[0])[0])
    for path in ("Patient", "Appointment", f"Appointment/{booked['id']}"):
        his.get(path)
    looks = citizen.get("/api/v1/me/looks").get_json()["items"]
    assert len(looks) == 3
    assert {one["reason"] for one in looks} == {"医院系统查询预约"}
    assert all("系统" in str(one) for one in looks)
    his.get("Slot")
    his.get("Schedule")
    assert len(citizen.get("/api/v1/me/looks").get_json()["items"]) == 3
    said = str([his.get(path) for path in ("Patient", "Appointment")])
    assert citizen.ref("hospital") not in said and "张小三" not in said and citizen.phone not in said


def hold_the_last_number(ward: Ward, his: System, city: City) -> Counter[int]:
    """Eight proposals of one number are held at once: what is answered."""
    ward.open(app_places=1, window_places=0, slot_minutes=60)
    whom = [patient(ward, f"李{number}") for number in range(AT_ONCE)]
    wanted = [first(his, one) for one in whom]

    def worker(proposal: dict[str, Any]) -> int:
        body = {
            "resourceType": "Parameters",
            "parameter": [{"name": "appointment-reference", **to("Appointment", proposal)}],
        }
        client = city.app.test_client()
        return client.post(f"{FHIR}/Appointment/$hold", json=body, headers=his.headers).status_code

    return Counter(run_concurrently([partial(worker, one) for one in wanted]))


def test_eight_systems_want_the_last_number(ward: Ward, his: System, city: City) -> None:
    assert hold_the_last_number(ward, his, city) == {200: 1, 409: AT_ONCE - 1}
    assert city.count("hospital_pools", "taken = 1") == 1


def test_without_the_guard_the_last_number_is_held_twice(
    ward: Ward, his: System, city: City, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database_url.startswith("sqlite"):
        pytest.skip("units of work that write take turns there")
    monkeypatch.setattr(PLACES, "_take", take_what_was_read)
    assert hold_the_last_number(ward, his, city)[200] > 1
    assert city.count("hospital_bookings", "hold_state = 'held'") > 1


def test_a_suspended_patient_is_refused_in_words(ward: Ward, his: System, time_travel: Traveller) -> None:
    ladder = [{"kinds": ["late_cancel"], "strikes": 1, "within_days": 30, "suspend_days": 30}]
    ward.rules(ladders=ladder, cancel_at="00:00", cancel_days=14)
    ward.open()
    whom = patient(ward)
    made = his.operate("book", appointment_reference=to("Appointment", first(his, whom)))["entry"][0][
        "resource"
    ]
    his.call("PUT", f"Appointment/{made['id']}", json={**made, "status": "cancelled"})
    refused = his.operate("hold", 403, appointment_reference=to("Appointment", first(his, whom)))
    assert issue(refused) == ("error", "forbidden")


def test_what_find_is_asked(ward: Ward, his: System) -> None:
    ward.open()
    ward.open(starts="14:00:00", ends="15:00:00", segment="afternoon", kind="expert", doctor_id=None)
    assert len(his.proposals()) == 8
    assert len(his.proposals(visit_type={"valueString": "urn:citizen-app:hospital:kind|expert"})) == 4
    assert len(his.proposals(practitioner=to("Practitioner", ward.doctor))) == 4
    assert his.proposals(practitioner=to("Practitioner", ward.id)) == []
    assert len(his.proposals(specialty={"valueString": "urn:citizen-app:hospital:department:H1|int"})) == 8
    assert his.proposals(organization=to("Organization", ward.doctor)) == []
    asked = "start=2026-05-13T08:00:00%2B08:00&end=2026-05-13T08:00:00%2B08:00&_count=1"
    found = his.get(f"Appointment/$find?{asked}")
    assert (found["total"], len(found["entry"])) == (2, 1)
    assert issue(his.get("Appointment/$find?start=2026-05-13", 400)) == ("error", "invalid")
    assert his.get("Appointment/$find?start=2026-05-20&end=2026-05-21")["total"] == 0


@pytest.mark.parametrize("scopes", [("schedules",), ("appointments",)])
def test_a_key_reaches_what_its_scopes_say(
    ward: Ward, system_of: MakeSystem, scopes: tuple[str, ...]
) -> None:
    system = system_of(ward, *scopes)
    may_book = "appointments" in scopes
    assert system.get("Appointment", 200 if may_book else 403)
    assert system.get("Schedule", 403 if may_book else 200)
    assert system.get("Slot")


def test_a_citizen_s_key_is_none(ward: Ward, city: City) -> None:
    citizen: TestCitizen = city.citizen()
    system = System(city, {"Authorization": f"Bearer {citizen.access_token}"})
    for path in ("Appointment", "Patient", "Slot"):
        assert issue(system.get(path, 401)) == ("error", "login")
