"""Timetables from other systems: lines of a list and sessions of a bundle, whole or not at all."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from citizen_app.toolkit.testing import City
from services.hospital.tests.conftest import BASE, MakeWard, Ward

from .conftest import System

EXAMPLES = Path(__file__).resolve().parents[5] / "shared" / "data" / "fhir"
TASKS = f"{BASE}/tasks"
HEAD = (
    "科室编码,医生编码,星期,时段,开始,结束,每段分钟,号别,诊室,挂号费（分）,线上号源,窗口号源,节假日,生效日\n"
)
LINE = "int,d1,周三,上午,8:00,9:00,30,普通门诊,1 诊室,0,4,2,每周都开,2026-05-01\n"


def bring(ward: Ward, content: str, name: str = "lines.csv", **args: Any) -> dict[str, Any]:
    """Import a file; the report of its run."""
    query = "&".join(f"{key}={value}" for key, value in {"hospital_id": ward.id, **args}.items())
    sent = ward.operator.call(
        "POST",
        f"{BASE}/tasks/import_timetable?{query}",
        data={"file": (io.BytesIO(content.encode()), name)},
        headers={"Accept-Language": "en"},
    )
    assert sent.status_code == 202, sent.text
    ward.city.run_tasks()
    run = ward.operator.get(f"{BASE}/tasks/{sent.get_json()['id']}", **{"Accept-Language": "en"}).get_json()
    return {"state": run["state"], "said": run["said"], **(run["report"] or {})}


def slot(start: str, end: str, **more: Any) -> dict[str, Any]:
    """A Slot on Wednesday, as an entry."""
    times = {"start": f"2026-05-13T{start}:00+08:00", "end": f"2026-05-13T{end}:00+08:00"}
    resource = {
        "resourceType": "Slot",
        "schedule": {"reference": "urn:uuid:1"},
        "status": "free",
        **times,
        **more,
    }
    return {"resource": resource, "request": {"method": "POST", "url": "Slot"}}


def bundle(*slots: dict[str, Any], actor: Any = None, **more: Any) -> str:
    """A Schedule of the doctor with Slots, as a transaction."""
    who = actor or [{"reference": "Practitioner/x", "identifier": {"value": "d1"}}]
    schedule = {"resourceType": "Schedule", "actor": who, "comment": "2 诊室"}
    entries = [
        {"fullUrl": "urn:uuid:1", "resource": schedule, "request": {"method": "POST", "url": "Schedule"}},
        *slots,
    ]
    return json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": entries, **more})


def test_lines_make_sessions_once(ward: Ward, city: City) -> None:
    done = bring(ward, HEAD + LINE)
    assert (done["state"], done["added"]) == ("done", 1)
    (session,) = [one for one in ward.sessions() if one["room"] == "1 诊室" and one["day"] == "2026-05-13"]
    assert [one["left"] for one in ward.slots(session)] == [2, 2]
    assert bring(ward, HEAD + LINE)["unchanged"] == 1
    changed = bring(ward, HEAD + LINE.replace(",4,2,", ",6,2,"))
    assert changed["changed"] == 1
    assert [one["left"] for one in ward.slots(session)] == [3, 3]
    assert city.count("hospital_templates") == 1
    assert city.count("audit_events", "action = 'hospital.import_timetable'") == 3


def test_one_wrong_row_and_nothing_is_taken(ward: Ward, city: City) -> None:
    wrong = [
        LINE.replace("int,", "sur,"),
        LINE.replace("d1", "d9"),
        LINE.replace("周三", "某天"),
        LINE.replace("9:00", "7:00"),
        LINE.replace(",30,", ",1,"),
        LINE.replace("2026-05-01", "someday"),
        LINE,
    ]
    done = bring(ward, HEAD + LINE + "".join(wrong))
    assert (done["state"], done["rejected"]) == ("refused", 7)
    assert done["said"].startswith("7 faults: nothing was taken")
    assert [(one["row"], one["column"]) for one in done["rejects"]] == [
        (3, "科室编码"), (4, "医生编码"), (5, "星期"), (6, "结束"), (7, "每段分钟"), (8, "生效日"), (9, "星期"),
    ]  # fmt: skip
    assert "no such code: sur" in done["rejects"][0]["reason"]
    assert city.count("hospital_templates") == 0
    tried = bring(ward, HEAD + LINE, dry_run="true")
    assert (tried["state"], tried["added"]) == ("done", 1)
    assert city.count("hospital_templates") == 0
    assert bring(ward, "什么,也不是\n1,2\n")["state"] == "refused"


def test_a_bundle_makes_sessions_that_can_be_booked(ward: Ward, his: System, city: City) -> None:
    many = {"extension": [{"url": "http://example.org/places-left", "valueInteger": 3}]}
    sent = bundle(
        slot("08:00", "08:30"),
        slot("08:00", "08:30"),
        slot("08:30", "09:00", **many),
        slot("14:00", "14:30", appointmentType={"coding": [{"code": "WALKIN"}]}),
        slot("14:30", "15:00", status="busy"),
    )
    done = bring(ward, sent, "his.json", kind="expert", fee=1500)
    assert (done["state"], done["added"]) == ("done", 2)
    morning, afternoon = sorted(ward.sessions(), key=lambda one: str(one["starts_at"]))
    assert [one["left"] for one in ward.slots(morning)] == [2, 3]
    assert [one["left"] for one in ward.slots(afternoon)] == [0]
    assert (morning["room"], morning["fee"]) == ("2 诊室", 1500)
    assert bring(ward, sent, "his.json", kind="expert", fee=1500)["unchanged"] == 2
    fewer = bundle(slot("08:00", "08:30"))
    assert bring(ward, fewer, "his.json", kind="expert", fee=1500)["changed"] == 1
    assert city.count("hospital_pools", "capacity = 1 AND channel = 'app'") == 1
    ward.rules(release_days=30)
    ward.hold(city.citizen(), ward.slots(ward.sessions()[0])[0])
    used = bring(ward, sent, "his.json", kind="expert", fee=1500)
    assert (used["state"], used["rejects"][0]["column"]) == ("refused", "Slot.start")
    assert "somebody has a number" in used["rejects"][0]["reason"]


def test_what_is_wrong_in_a_bundle_is_told_by_entry(ward: Ward, city: City) -> None:
    done = bring(
        ward,
        bundle(
            slot("08:00", "08:30"),
            slot("08:15", "08:45"),
            slot("09:00", "08:30"),
            {"resource": {**slot("10:00", "10:30")["resource"], "start": "2026-05-13"}},
            {"resource": {**slot("10:00", "10:30")["resource"], "schedule": {"reference": "Schedule/2"}}},
            {**slot("11:00", "11:30"), "request": {"method": "DELETE", "url": "Slot/1"}},
            slot("11:00", "11:30", extension=[{"url": "urn:x:places", "valueInteger": 0}]),
            {"resource": {"resourceType": "Patient"}},
        ),
        "his.json",
    )
    assert done["state"] == "refused"
    assert [(one["row"], one["column"]) for one in done["rejects"]] == [
        (3, "Slot.start"), (4, "Slot.end"), (5, "Slot.start"), (6, "Slot.schedule"), (7, "request.method"), (8, "Slot.extension"),
    ]  # fmt: skip
    assert done["ignored_columns"] == ["Patient"]
    assert city.count("hospital_sessions") == 0
    stranger = bring(
        ward, bundle(slot("08:00", "08:30"), actor=[{"reference": "Practitioner/9"}]), "his.json"
    )
    assert {one["column"] for one in stranger["rejects"]} == {"Schedule.actor", "Slot.schedule"}
    ward.open()
    met = bring(ward, bundle(slot("08:30", "09:30")), "his.json")
    assert "another session at this time" in met["rejects"][0]["reason"]


def test_whoever_has_one_hospital_imports_for_it_and_sees_its_imports_alone(
    make_ward: MakeWard, city: City
) -> None:
    here, there = make_ward("H1"), make_ward("H2")
    officer = city.operator("hospital", unit=here.id)
    assert bring(replace(here, operator=officer), HEAD + LINE)["state"] == "done"
    assert bring(there, HEAD + LINE)["state"] == "done"
    query, file = f"?hospital_id={there.id}", {"file": (io.BytesIO(b"x"), "lines.csv")}
    assert officer.call("POST", f"{TASKS}/import_timetable{query}", data=file).status_code == 404
    (mine,) = officer.get(TASKS).get_json()["items"]
    other = next(
        one["id"] for one in there.operator.get(TASKS).get_json()["items"] if one["id"] != mine["id"]
    )
    assert officer.get(f"{TASKS}/{mine['id']}/file").status_code == 200
    for method, path in (("GET", ""), ("GET", "/file"), ("POST", "/cancel")):
        assert officer.call(method, f"{TASKS}/{other}{path}").status_code == 404, path
    city.run_tasks()
    assert city.count("task_runs") == 2, "nothing was started for the other"


def test_in_the_office_one_hospital_is_offered_and_shown(make_ward: MakeWard, city: City) -> None:
    here, there = make_ward("H1"), make_ward("H2")
    officer = city.operator("hospital", unit=here.id)
    bring(there, HEAD + LINE)
    browser, start = officer.browser(), "/console/tasks/start/hospital/import_timetable"
    form = browser.get(start).text
    assert (here.id in form, there.id in form) == (True, False)

    def sent(hospital: str) -> Any:
        file = (io.BytesIO((HEAD + LINE).encode()), "lines.csv")
        data = {"csrf_token": officer.form_token(), "hospital_id": hospital, "file": file}
        return browser.post(start, data=data, headers={"Sec-Fetch-Site": "same-origin"})

    assert sent(there.id).status_code in (404, 422)
    shown = sent(here.id).location.partition("?")[0]
    city.run_tasks()
    assert "新增 1" in browser.get(shown).text
    (other,) = (one["id"] for one in there.operator.get(TASKS).get_json()["items"] if one["id"] not in shown)
    listed = browser.get("/console/tasks/").text
    assert (shown in listed, other in listed) == (True, False)
    assert browser.get(f"/console/tasks/{other}").status_code == 404
    clerk = city.operator("bus", unit="north").browser()
    assert clerk.get(start).status_code == 404


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"resourceType": "Slot"}', '{"resourceType": "Bundle", "type": "message"}']
)
def test_what_is_no_bundle_is_not_taken(ward: Ward, content: str) -> None:
    done = bring(ward, content, "his.json")
    assert (done["state"], done["said"]) == (
        "refused",
        "The file cannot be read: it is no FHIR Bundle in JSON",
    )


@pytest.mark.skipif(not EXAMPLES.exists(), reason="the examples of IHE are not here")
def test_the_examples_of_ihe_are_read(ward: Ward) -> None:
    done = bring(ward, (EXAMPLES / "example-iti-scheduling-bundle.json").read_text(), "his.json")
    assert (done["state"], done["ignored_columns"]) == ("done", ["Appointment", "OperationOutcome"])
