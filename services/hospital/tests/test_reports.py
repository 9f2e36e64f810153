"""Results: handed in by a hospital's system, replaced, withdrawn; read after a fresh proof, with a look."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from functools import partial
from typing import Any

from citizen_app.toolkit.commands import transaction
from citizen_app.toolkit.data import session
from citizen_app.toolkit.testing import City, TestCitizen
from citizen_app.toolkit.testing.races import run_concurrently
from citizen_app.toolkit.time import now
from services.hospital.models import HospitalReport
from services.hospital.operations import reading_fhir, reports
from services.hospital.schemas.fhir_report import DiagnosticReportSchema

from .conftest import BASE, MakeWard, Ward
from .test_people import BORN_10, BORN_17

PDF = b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\ntrailer << >>\n%%EOF\n"
MINE = "/services/hospital/reports"
HAEMOGLOBIN = {
    "resourceType": "Observation",
    "id": "hb",
    "status": "final",
    "meta": {"profile": ["http://example.org/p"]},
    "code": {"coding": [{"system": "http://loinc.org", "code": "718-7", "display": "血红蛋白"}]},
    "valueQuantity": {"value": 98, "unit": "g/L", "system": "http://unitsofmeasure.org", "code": "g/L"},
    "interpretation": [{"coding": [{"code": "L"}]}],
    "referenceRange": [{"low": {"value": 130}, "high": {"value": 175}}],
    "note": [{"text": "已复查"}],
}
PRESSURE = {
    "resourceType": "Observation",
    "id": "bp",
    "status": "final",
    "code": {"text": "血压"},
    "component": [
        {"code": {"text": "收缩压"}, "valueQuantity": {"value": 121.5, "unit": "mmHg"}},
        {"code": {"text": "舒张压"}, "valueQuantity": {"value": 80, "unit": "mmHg", "comparator": "<"}},
    ],
}


def report(number: str, _kind: str = "VN", **more: Any) -> dict[str, Any]:
    """A DiagnosticReport with two observations."""
    return {
        "resourceType": "DiagnosticReport",
        "identifier": [{"system": "urn:lis", "value": "R-1"}],
        "status": "final",
        "category": [{"coding": [{"code": "LAB"}]}],
        "code": {"text": "血常规"},
        "subject": {"identifier": {"type": {"coding": [{"code": _kind}]}, "value": number}},
        "issued": "2026-05-10T01:00:00Z",
        "contained": [HAEMOGLOBIN, PRESSURE],
        "result": [{"reference": "#hb"}, {"reference": "#bp"}],
        **more,
    }


def paper(content: bytes = PDF) -> list[dict[str, str]]:
    """A PDF as a report brings it."""
    return [{"contentType": "application/pdf", "data": base64.b64encode(content).decode()}]


class System:
    """The system of a hospital, which hands results in by its key."""

    def __init__(self, ward: Ward) -> None:
        self.city, self.ward = ward.city, ward
        self.headers = ward.city.partner_headers("hospital", ward.id, ["reports"])

    def send(self, body: Any, status: int = 200, path: str = "") -> Any:
        """Hand something in."""
        headers = {**self.headers, "Content-Type": "application/fhir+json"}
        answer = self.city.client.post(
            f"{BASE}/partner/reports{path}", data=json.dumps(body), headers=headers
        )
        assert answer.status_code == status, answer.text
        return answer.get_json()


def booked(ward: Ward, citizen: TestCitizen) -> str:
    """A citizen is a patient of the hospital; the number of their booking."""
    return str(ward.book(citizen, ward.slots(ward.open())[0])["number"])


def test_a_result_is_read_with_values_and_each_look_is_told(ward: Ward, city: City, time_travel: Any) -> None:
    citizen = city.citizen()
    made = System(ward).send(report(booked(ward, citizen), presentedForm=paper(), conclusion="请门诊随访"))
    assert (made["version"], made["outcome"]) == (1, "new")
    (one,) = ward.mine(citizen, "GET", "/reports")["items"]
    assert (one["title"], one["kind_title"], one["status_title"]) == ("血常规", "检验", "正式结果")
    detail = ward.mine(citizen, "GET", f"/reports/{made['id']}")
    first, systolic, diastolic = detail["values"]
    assert first == {
        "name": "血红蛋白", "value": "98", "unit": "g/L", "usual": "130–175", "flag": "L", "flag_title": "偏低",
        "note": "已复查",
    }  # fmt: skip
    assert [(one["name"], one["value"]) for one in (systolic, diastolic)] == [
        ("血压 · 收缩压", "121.5"),
        ("血压 · 舒张压", "<80"),
    ]
    answer = citizen.get(f"{BASE}/reports/{made['id']}/paper")
    assert (answer.data, answer.mimetype) == (PDF, "application/pdf")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="report.pdf"'
    looks = citizen.get("/api/v1/me/looks").get_json()["items"]
    assert [(one["reason"], one["by"]) for one in looks] == [
        ("下载检查检验报告", "本人"),
        ("查看检查检验结果", "本人"),
        ("查看检查检验结果列表", "本人"),
    ]
    notices = citizen.get("/api/v1/me/notices").get_json()["items"]
    (told,) = (one for one in notices if one["title"] == "有一份结果")
    assert "内科" not in str(told) and "血常规" not in str(told) and "检验" not in str(told)
    assert all(one["title"] != "有人查看了您的资料" for one in notices), (
        "who looks at their own is not warned"
    )
    time_travel.shift(301)
    for path in ("/reports", f"/reports/{made['id']}", f"/reports/{made['id']}/paper"):
        assert citizen.get(f"{BASE}{path}").status_code == 401
    led = citizen.browser().get(f"{MINE}/{made['id']}")
    assert (led.status_code, led.headers["Location"].split("?")[0]) == (303, "/mine/confirm")
    stranger = city.citizen()
    ward.mine(stranger, "GET", f"/reports/{made['id']}", 404)
    assert ward.mine(stranger, "GET", "/reports")["items"] == []


def test_on_pages_flags_are_words(ward: Ward, city: City) -> None:
    citizen = city.citizen()
    made = System(ward).send(report(booked(ward, citizen), presentedForm=paper()))
    browser = citizen.browser()
    assert "血常规" in browser.get(MINE).text
    page = browser.get(f"{MINE}/{made['id']}").text
    assert all(words in page for words in ("血红蛋白", "98", "g/L", "参考值 130–175", "偏低", "下载报告"))
    assert browser.get(f"{MINE}/{made['id']}/paper").data == PDF
    english = browser.get(f"{MINE}/{made['id']}?lang=en").text
    assert all(words in english for words in ("Usual: 130–175", "Low", "Final"))


def test_again_newer_older_withdrawn(ward: Ward, city: City) -> None:
    citizen, system = city.citizen(), System(ward)
    number = booked(ward, citizen)
    made = system.send(report(number))
    assert system.send(report(number, "FILL")) == {**made, "outcome": "unchanged"}
    assert city.count("hospital_former_reports") == 0
    corrected: dict[str, Any] = {
        "status": "corrected",
        "issued": "2026-05-10T01:30:00Z",
        "conclusion": "更正",
    }
    assert system.send(report(number, **corrected)) == {"id": made["id"], "version": 2, "outcome": "replaced"}
    assert "更新的版本" in system.send(report(number), 409)["detail"], "the first one again comes late"
    shown = ward.mine(citizen, "GET", f"/reports/{made['id']}")
    assert (shown["conclusion"], shown["version"], shown["status"]) == ("更正", 2, "corrected")
    assert city.count("hospital_former_reports", "version = 1 AND status = 'final'") == 1
    gone: dict[str, Any] = {"status": "entered-in-error", "issued": "2026-05-10T01:40:00Z"}
    assert system.send(report(number, **gone))["version"] == 3
    shown = ward.mine(citizen, "GET", f"/reports/{made['id']}")
    assert (shown["status_title"], shown["values"], shown["has_paper"]) == ("医院已撤回", [], False)
    assert (
        len([n for n in citizen.get("/api/v1/me/notices").get_json()["items"] if n["title"] == "有一份结果"])
        == 3
    )
    new: dict[str, Any] = {"identifier": [{"system": "urn:pacs", "value": "R-1"}]}
    assert "没有可以撤回" in system.send(report(number, **new, **gone), 409)["detail"]
    assert system.send(report(number, **new))["outcome"] == "new", "another system counts for itself"


def test_what_cannot_be_taken_is_said(ward: Ward, make_ward: MakeWard, city: City) -> None:
    citizen, system = city.citizen(), System(ward)
    number = booked(ward, citizen)
    cases: dict[str, dict[str, Any]] = {
        "/subject/identifier": report("0000000000"),
        "/subject/identifier/type": report(number, "XX"),
        "/issued": report(number, issued="2026-05-11T01:00:00Z"),
        "/result/0/reference": report(number, contained=[]),
        "/result/0/modifierExtension": report(
            number, contained=[{**HAEMOGLOBIN, "modifierExtension": []}, PRESSURE]
        ),
        "/result": report(number, contained=[], result=[]),
        "/surprise": report(number, surprise=1),
        "/status": report(number, status="registered"),
    }
    for pointer, body in cases.items():
        told = system.send(body, 422)
        assert [one["pointer"] for one in told["errors"]] == [pointer], told
    for wrong in (
        b"<html>",
        PDF[:-8],
        PDF.replace(b"/Catalog", b"/J#61vaScript"),
        PDF.replace(b"<< >>", b"<< /Encrypt 1 0 R >>"),
    ):
        told = system.send(report(number, presentedForm=paper(wrong)), 422)
        assert told["errors"][0]["pointer"] == "/presentedForm/0/data"
    elsewhere = System(make_ward("H2"))
    assert elsewhere.send(report(number), 422)["errors"][0]["pointer"] == "/subject/identifier"
    other = city.citizen()
    system.send(report(number))
    same = report(str(ward.book(other, ward.slots(ward.sessions()[0])[1])["number"]))
    assert "另一位就诊人" in system.send(same, 409)["detail"]
    assert city.client.post(f"{BASE}/partner/reports", json=report(number)).status_code == 401
    assert city.count("hospital_reports") == 1


def test_a_bundle_and_a_large_paper(ward: Ward, city: City) -> None:
    citizen, system = city.citizen(), System(ward)
    number = booked(ward, citizen)
    alone = report(
        number, contained=[], result=[{"reference": "urn:uuid:1"}, {"reference": "Observation/bp"}]
    )
    entries = [
        {"fullUrl": "urn:uuid:0", "resource": alone},
        {"fullUrl": "urn:uuid:1", "resource": HAEMOGLOBIN},
        {"fullUrl": "urn:uuid:2", "resource": PRESSURE},
        {"fullUrl": "urn:uuid:3", "resource": {"resourceType": "Specimen"}},
    ]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    made = system.send(bundle, path="/bundle")
    assert len(ward.mine(citizen, "GET", f"/reports/{made['id']}")["values"]) == 3
    assert "只有一份" in system.send({**bundle, "entry": entries[1:]}, 422, "/bundle")["errors"][0]["message"]
    large = PDF.replace(b"trailer", b"%" + b"x" * (3 * 1024 * 1024) + b"\ntrailer")
    only: dict[str, Any] = {
        "identifier": [{"value": "R-2"}],
        "contained": [],
        "result": [],
        "presentedForm": paper(large),
    }
    made = system.send(report(number, **only))
    assert citizen.get(f"{BASE}/reports/{made['id']}/paper").data == large
    system.send(report(number, presentedForm=paper(PDF + b"x" * 7 * 1024 * 1024)), 413)


def test_guardians_read_by_rule_and_word_and_the_look_names_them(ward: Ward, city: City) -> None:
    parent, child, teenager = (
        city.citizen(),
        city.citizen("小明", born=BORN_10),
        city.citizen("小红", born=BORN_17),
    )
    system, slots = System(ward), ward.slots(ward.open())
    made = {}
    for number, one in enumerate((child, teenager)):
        booking = ward.book(one, slots[0])
        named: dict[str, Any] = {"identifier": [{"value": f"R-{number}"}]}
        made[one.id] = system.send(report(booking["number"], **named))["id"]
    for_child, for_teenager = (city.acting(parent, one, "guardian") for one in (child, teenager))
    assert ward.mine(for_child, "GET", f"/reports/{made[child.id]}")["title"] == "血常规"
    (look,) = child.get("/api/v1/me/looks").get_json()["items"]
    assert look["by"] == "本人（由监护人代办）"
    path = f"/reports/{made[teenager.id]}"
    ward.mine(for_teenager, "GET", path, 404)
    assert ward.mine(for_teenager, "GET", "/reports")["items"] == []
    assert teenager.call("PUT", f"{BASE}/sharing", json={"shares": True}).status_code == 200
    ward.mine(for_teenager, "GET", path)
    ward.rules(guardian="never")
    ward.mine(for_teenager, "GET", path, 404)


def test_whoever_has_no_account_finds_it_once_they_have(ward: Ward, city: City) -> None:
    pensioner = city.citizen("王秀兰")
    city.give_document(pensioner, city.unused_id_number())
    patient = ward.desk("POST", "/patients", 201, name="王秀兰", id_number=pensioner.id_number)
    System(ward).send(report(patient["number"], "MR"))
    assert ward.mine(pensioner, "GET", "/reports")["items"] == []
    ward.book(pensioner, ward.slots(ward.open())[0])
    assert len(ward.mine(pensioner, "GET", "/reports")["items"]) == 1


def test_copies_are_sealed_given_and_forgotten(ward: Ward, city: City) -> None:
    citizen, system = city.citizen(), System(ward)
    number = booked(ward, citizen)
    system.send(report(number, presentedForm=paper()))
    system.send(report(number, issued="2026-05-10T01:30:00Z"))
    with city.app.app_context(), transaction(reading=True):
        (row,) = session().query(HospitalReport).all()
        stored = (row.title_sealed or b"") + (row.content_sealed or b"")
        assert "血".encode() not in stored and b"valueQuantity" not in stored
    for days, left in ((729, 1), (1_200, 0)):  # an id has the time of the machine, not of the test
        with city.app.app_context():
            reports.forget(now() + timedelta(days=days), 730, transaction)
        assert city.count("hospital_reports") == city.count("hospital_former_reports") == left


def test_two_deliveries_at_once_are_one_report(ward: Ward, city: City) -> None:
    number = booked(ward, city.citizen())

    def hand_in(minutes: int) -> str:
        later = report(number, issued=f"2026-05-10T01:{minutes:02}:00Z")
        version = reading_fhir.of_report(DiagnosticReportSchema().load(later))
        with city.app.app_context(), transaction():
            return reports.take(ward.id, version, now())[1]

    outcomes = run_concurrently([partial(hand_in, 10) for _ in range(4)])
    assert sorted(outcomes) == ["new", "unchanged", "unchanged", "unchanged"]
    assert city.count("hospital_reports", "version = 1") == 1
