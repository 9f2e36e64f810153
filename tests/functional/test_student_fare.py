"""A student's year: an office hands in its list, she rides at half fare, leaves school, and a tap that comes
late is rated by what was true when she tapped."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from citizen_app.citizens.documents import Source, proof_of
from citizen_app.citizens.operations import set_real_name
from citizen_app.citizens.traits import AssuranceLevel
from citizen_app.clock import now, rfc3339
from citizen_app.identity.documents import DocumentKind, read_document
from citizen_app.ids import new_id
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City, TestCitizen, TestKiosk
from tests.integration.claims.conftest import ADMIN, HEADER, NUMBER, STUDENT, TODAY

ON_BUS_1 = {"line": "1路", "vehicle": "B1"}


@pytest.fixture(autouse=True)
def november(time_travel: time_machine.Traveller) -> None:
    """The day on which the city is founded."""
    time_travel.move_to(datetime(2026, 11, 28, 4, tzinfo=UTC))


def upload(kiosk: TestKiosk, code: str, tapped: datetime) -> dict[str, Any]:
    """The decision on a tap that the validator could not tell at once."""
    tap = {
        "scan_id": new_id(),
        "purpose": "board",
        "code": code,
        "occurred_at": rfc3339(tapped),
        "context": ON_BUS_1,
    }
    answer = kiosk.post("/api/v1/scans/batch", {"scans": [tap]})
    assert answer.status_code == 200, answer.text
    (decision,) = answer.get_json()["results"]
    return dict(decision)


def ride(kiosk: TestKiosk, citizen: TestCitizen) -> int:
    """What a ride costs now."""
    answer = kiosk.scan(citizen.code(), "board", context={**ON_BUS_1, "vehicle": new_id()[-8:]})
    assert answer.status_code == 200, answer.text
    fare: int = answer.get_json()["outcome"]["fare"]
    return fare


def test_a_students_fare(city: City, time_travel: time_machine.Traveller) -> None:
    clerk, kiosk = city.operator(None, "desk_clerk"), city.kiosk("bus")
    student = city.citizen(name="", level=AssuranceLevel.PHONE)

    sent = {"file": (io.BytesIO((HEADER + STUDENT).encode()), "students.csv")}
    report = clerk.call("POST", f"{ADMIN}/import", data=sent).get_json()
    assert (report["added"], report["rejected"]) == (1, 0)
    assert ride(kiosk, student) == 200, "nobody knows yet that the list speaks of her"

    document = read_document(DocumentKind.RESIDENT_ID, NUMBER, TODAY)
    with city.app.app_context(), transaction():
        set_real_name(student.id, "王子涵", proof_of(document, Source.LOCAL))
    assert ride(kiosk, student) == 100
    told = student.usage()[0]["disclosed"]
    assert {"name": "student", "title": "是否为学生：是", "answer": True} in told
    (claim,) = student.get("/api/v1/me/claims").get_json()["items"]
    assert (claim["type"], claim["source_title"]) == ("student", "主管单位的名单")

    tapped, code = now(), student.code()
    time_travel.shift(3_600)
    ended = clerk.call(
        "POST", f"{ADMIN}/{claim['id']}/end", json={"reason": "已离校", "at": "2026-11-01T00:00:00Z"}
    )
    assert ended.status_code == 200, ended.text
    assert ride(kiosk, student) == 200
    time_travel.shift(3_600)
    assert upload(kiosk, code, tapped)["outcome"]["fare"] == 100, "when she tapped she counted as a student"
    later = now() - timedelta(minutes=30)
    assert upload(kiosk, student.code(int(later.timestamp())), later)["outcome"]["fare"] == 200
    trips = student.get("/api/v1/services/bus/trips").get_json()["items"]
    assert [trip["fare"] for trip in trips] == [200, 100, 200, 100, 200]
    assert student.get("/api/v1/me/looks").get_json()["items"][0]["reason"] == "已离校"


def test_a_child_grows_up_without_anybodys_doing(city: City, time_travel: time_machine.Traveller) -> None:
    midnight = datetime(2026, 11, 28, 16, tzinfo=UTC)
    child, kiosk = city.citizen(born=date(2020, 11, 29)), city.kiosk("bus")
    for moment, fare in ((midnight - timedelta(seconds=1), 0), (midnight, 200)):
        time_travel.move_to(moment)
        assert ride(kiosk, child) == fare
