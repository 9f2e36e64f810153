"""What a module said to a screen is kept sealed for its row, can be read again, and is forgotten in time."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update

from citizen_app import clock
from citizen_app.ids import new_id
from citizen_app.registry.modules import InstalledModule, current_registry
from citizen_app.scans.answers import ScanAnswer, displays_of
from citizen_app.scans.sweeps import forget_old_answers
from citizen_app.secrecy.vault import SealBroken
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.scan import Allow, Field, NeedsInput, Text
from citizen_app.toolkit.testing import City, TestCitizen, TestKiosk

PLATE, HOME, PURPOSE = "苏N12345", "3 幢 502 室", "送外卖"
PERSONAL = (PLATE, HOME, PURPOSE, "苏N", "幢 502", "外卖")


@pytest.fixture
def module(city: City, monkeypatch: pytest.MonkeyPatch) -> InstalledModule:
    """The probe as a gate: it asks for a plate, and tells the guard whom a guest visits."""
    with city.app.app_context():
        found = current_registry().get("probe")
    assert found is not None

    def on_scan(scan: Any) -> Any:
        if scan.purpose == "ask" and scan.answer is None:
            return NeedsInput(Text(PURPOSE, PURPOSE), (Field("plate", "string", Text(HOME, HOME)),))
        lines = (Text(f"访 {HOME}", f"visits {HOME}"),)
        return Allow(Text(PLATE, PLATE), lines, speak=Text(HOME, HOME), outcome={"purpose": PURPOSE})

    monkeypatch.setattr(found.hooks, "on_scan", on_scan)
    return found


def rows(city: City) -> str:
    """Everything that the table of answers holds, as a thief of the disk reads it."""
    with city.app.app_context(), transaction(reading=True):
        kept = db.session.execute(text("SELECT answer, waiting FROM scan_answers")).all()
    return json.dumps(
        [[str(json.loads(v) if isinstance(v, str) else v) for v in row] for row in kept], ensure_ascii=False
    )


@pytest.mark.usefixtures("module")
def test_nothing_personal_stands_in_plain(city: City, citizen: TestCitizen, kiosk: TestKiosk) -> None:
    code, scan_id = citizen.code(), new_id()
    said = kiosk.scan(code, "enter", scan_id=scan_id).get_json()
    assert (said["display"]["title"], said["outcome"]) == (PLATE, {"purpose": PURPOSE})
    asked = kiosk.scan(citizen.code(), "ask", context={"desk": HOME}).get_json()
    for stored in (rows(city), answered(city, kiosk, asked)):
        assert not [word for word in (*PERSONAL, citizen.id, said["citizen_ref"]) if word in stored]
    assert kiosk.scan(code, "enter", scan_id=scan_id).get_json() == said
    assert {event["title"] for event in citizen.usage()} == {PLATE}


def answered(city: City, kiosk: TestKiosk, asked: dict[str, Any]) -> str:
    """The rows after the kiosk has brought the input, twice."""
    path = f"/api/v1/scans/{asked['scan_id']}/answer"
    done = kiosk.post(path, {"plate": PLATE}).get_json()
    assert done["display"]["title"] == PLATE
    assert kiosk.post(path, {"plate": PLATE}).get_json() == done
    assert kiosk.post(path, {"plate": "other"}).get_json()["type"] == "/problems/idempotency-conflict"
    return rows(city)


def stored_before(kiosk_id: str) -> dict[str, Any]:
    """An answer as the version before stored it."""
    word = {"zh": PLATE, "en": "plate"}
    return {
        "service": "probe",
        "purpose": "enter",
        "decision": "allow",
        "reason": "ok",
        "detail_code": None,
        "title": word,
        "lines": [word],
        "speak": word,
        "outcome": {"late": False},
        "asked": [],
        "citizen_ref": "r" * 22,
        "granted": {},
        "session": None,
        "server_time": clock.now().isoformat(),
    }


@pytest.mark.usefixtures("module")
def test_what_was_stored_in_plain_stays_readable(city: City, citizen: TestCitizen, kiosk: TestKiosk) -> None:
    code, scan_id = citizen.code(), new_id()
    said = kiosk.scan(code, "enter", scan_id=scan_id).get_json()
    with city.app.app_context(), transaction():
        db.session.execute(update(ScanAnswer).values(answer=stored_before(kiosk.id)))
    again = kiosk.scan(code, "enter", scan_id=scan_id).get_json()
    assert (again["usage_id"], again["outcome"]) == (said["usage_id"], {"late": False})
    assert citizen.usage()[0]["title"] == PLATE


@pytest.mark.usefixtures("module")
def test_the_version_before_reads_the_cores_own_words(
    city: City, citizen: TestCitizen, kiosk: TestKiosk
) -> None:
    kiosk.scan(citizen.code(), "enter")
    with city.app.app_context(), transaction(reading=True):
        stored = db.session.scalars(select(ScanAnswer.answer)).one()
    assert stored.keys() - {"sealed"} == stored_before(kiosk.id).keys()
    assert (stored["title"], stored["lines"], stored["reason"]) == (
        {"zh": "通过", "en": "Accepted"},
        [],
        "ok",
    )


@pytest.mark.usefixtures("module")
def test_an_answer_that_was_moved_to_another_row_does_not_open(
    city: City, citizen: TestCitizen, kiosk: TestKiosk
) -> None:
    first, second = (kiosk.scan(citizen.code(), "enter").get_json() for _ in range(2))
    with city.app.app_context(), transaction():
        one, other = (
            db.session.scalars(select(ScanAnswer).where(ScanAnswer.usage_id == said["usage_id"])).one()
            for said in (first, second)
        )
        other.answer = dict(one.answer)
        db.session.flush()
        with pytest.raises(SealBroken):
            displays_of([second["usage_id"]])


@pytest.mark.usefixtures("module")
def test_what_was_said_is_forgotten_with_the_log_of_a_removed_service_too(
    city: City, citizen: TestCitizen, kiosk: TestKiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosk.scan(citizen.code(), "enter")
    with city.app.app_context():
        days = city.app.extensions["settings"].usage_retention_days
        with transaction():
            db.session.execute(update(ScanAnswer).values(service="gone"))
        later, real = timedelta(days=days - 1), clock.now
        monkeypatch.setattr(clock, "now", lambda: real() + later)
        with transaction():
            forget_old_answers()
        assert city.count("scan_answers") == 1
        later = timedelta(days=days + 1)
        with transaction():
            forget_old_answers()
        assert city.count("scan_answers") == 0
