"""When a walk cannot go straight on: all of it is undone, and walked again with care."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event, insert
from sqlalchemy.exc import OperationalError

from citizen_app import clock
from citizen_app.clock import rfc3339
from citizen_app.codes import keys
from citizen_app.extensions import db
from citizen_app.ids import new_id
from citizen_app.registry.budget import FAILURES_TO_OPEN
from citizen_app.registry.modules import InstalledModule, current_registry
from citizen_app.scans import pipeline
from citizen_app.statements import Prepared
from citizen_app.toolkit.testing import City, TestCitizen, TestKiosk
from citizen_app.transactions import transaction


@pytest.fixture
def module(city: City) -> InstalledModule:
    """The probe."""
    with city.app.app_context():
        found = current_registry().get("probe")
    assert found is not None
    return found


def upload(kiosk: TestKiosk, codes: list[str]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Scans for an upload, and what came of them."""
    moment = rfc3339(clock.now())
    scans = [{"scan_id": new_id(), "purpose": "enter", "code": code, "occurred_at": moment} for code in codes]
    return scans, send(kiosk, scans)


def send(kiosk: TestKiosk, scans: list[dict[str, Any]]) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = kiosk.post("/api/v1/scans/batch", {"scans": scans}).get_json()["results"]
    return results


def said(results: list[dict[str, Any]]) -> list[str]:
    return [one.get("reason") or one["problem"]["type"] for one in results]


def test_a_scan_that_goes_well_needs_no_savepoint(city: City, citizen: TestCitizen, kiosk: TestKiosk) -> None:
    heard: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        heard.append(statement.split()[0])

    with city.app.app_context():
        engine = db.engine
    for purpose, savepoints in (("enter", 0), ("crash", 0)):
        heard.clear()
        event.listen(engine, "before_cursor_execute", note)
        kiosk.scan(citizen.code(), purpose)
        event.remove(engine, "before_cursor_execute", note)
        assert heard.count("SAVEPOINT") == savepoints, "the module that crashed is not asked again"


def test_a_failing_module_is_asked_once(
    citizen: TestCitizen, kiosk: TestKiosk, module: InstalledModule, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    works = module.hooks.on_scan
    monkeypatch.setattr(module.hooks, "on_scan", lambda scan: asked.append(scan.id) or works(scan))
    kiosk.scan(citizen.code(), "crash")
    assert (len(asked), module.breaker._failures) == (1, 1)


def test_rows_held_back_belong_to_the_scan_that_wrote_them(
    city: City,
    citizen: TestCitizen,
    kiosk: TestKiosk,
    module: InstalledModule,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The second row cannot be stored. It is written last of all, together with the others; only its own scan fails."""
    assert module.models is not None
    store = Prepared(insert(module.models.ProbeEntry))
    works, spoilt = module.hooks.on_scan, new_id()

    def on_scan(scan: Any) -> Any:
        row = {"id": new_id(), "citizen_ref": scan.citizen.ref, "purpose": scan.purpose}
        if scan.id == scans[1]["scan_id"]:
            row["id"] = spoilt
            store.run_later(row)
        store.run_later(row)
        return works(scan)

    moment = rfc3339(clock.now())
    scans = [
        {"scan_id": new_id(), "purpose": "enter", "code": citizen.code(), "occurred_at": moment}
        for _ in range(3)
    ]
    monkeypatch.setattr(module.hooks, "on_scan", on_scan)
    assert said(send(kiosk, scans)) == ["ok", "/problems/unavailable", "ok"]
    assert city.count("probe_entries") == 4
    assert (city.count("usage_events"), city.count("replay_claims"), city.count("scan_answers")) == (2, 2, 2)


def test_what_an_upload_has_no_time_for_is_sent_again(
    city: City, citizen: TestCitizen, kiosk: TestKiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "UPLOAD_SECONDS", -1.0)
    scans, results = upload(kiosk, [citizen.code() for _ in range(3)])
    assert said(results) == ["ok", "/problems/unavailable", "/problems/unavailable"]
    assert [
        city.count(table) for table in ("usage_events", "replay_claims", "scan_answers", "probe_entries")
    ] == [1] * 4
    assert said(send(kiosk, scans)) == ["ok", "ok", "/problems/unavailable"], "each time at least one more"
    monkeypatch.undo()
    assert said(send(kiosk, scans)) == ["ok"] * 3
    assert city.count("probe_entries") == 3


def test_a_retry_hears_its_answer_after_the_key_was_disabled(
    city: City, citizen: TestCitizen, kiosk: TestKiosk
) -> None:
    code, unused = citizen.code(), citizen.code()
    scan_id = new_id()
    first = kiosk.scan(code, "enter", scan_id=scan_id).get_json()
    assert first["reason"] == "ok"
    with city.app.app_context(), transaction():
        keys.disable(keys.key_ring().active("codes").kid.hex())
    assert kiosk.scan(code, "enter", scan_id=scan_id).get_json() == first
    assert kiosk.scan(unused, "enter").get_json()["reason"] == "unknown_issuer"
    assert kiosk.scan(code, "enter").get_json()["reason"] == "unknown_issuer"
    assert city.count("usage_events") == 1


def test_rubbish_with_the_number_of_a_disabled_key_reads_no_table(
    city: City, citizen: TestCitizen, kiosk: TestKiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = citizen.code()
    with city.app.app_context(), transaction():
        keys.disable(keys.key_ring().active("codes").kid.hex())
    monkeypatch.setattr("citizen_app.scans.trust._signed_before", lambda code, ring: False)
    monkeypatch.setattr("citizen_app.scans.answers._SELECT", None)
    assert kiosk.scan(code, "enter").get_json()["reason"] == "unknown_issuer"


def test_a_database_that_is_away_is_not_the_modules_failure(
    city: City,
    citizen: TestCitizen,
    kiosk: TestKiosk,
    module: InstalledModule,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Lost(Exception):
        sqlstate = "08006"

    def on_scan(scan: Any) -> Any:
        raise OperationalError("INSERT", {}, Lost())

    monkeypatch.setattr(module.hooks, "on_scan", on_scan)
    code = citizen.code()
    for _ in range(FAILURES_TO_OPEN + 1):
        answer = kiosk.scan(code, "enter")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert not module.breaker.is_open
    monkeypatch.undo()
    assert kiosk.scan(code, "enter").get_json()["reason"] == "ok", "nothing was decided, and no code used up"
