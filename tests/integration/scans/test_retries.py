"""When a walk cannot be committed, all of it is undone and walked again, with what is known by then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert
from sqlalchemy.exc import IntegrityError, OperationalError

from citizen_app import clock
from citizen_app.clock import rfc3339
from citizen_app.codes import keys
from citizen_app.ids import new_id
from citizen_app.process.breaker import FAILURES_TO_OPEN
from citizen_app.registry.modules import InstalledModule, current_registry
from citizen_app.scans import pipeline
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.data import Prepared, session, table_of
from citizen_app.toolkit.testing import City, TestCitizen, TestKiosk


@pytest.fixture
def module(city: City) -> InstalledModule:
    """The probe."""
    with city.app.app_context():
        found = current_registry().get("probe")
    assert found is not None
    return found


def offline(codes: list[str]) -> list[dict[str, Any]]:
    """Scans for an upload, one after another."""
    began = clock.now()
    moments = (rfc3339(began + timedelta(milliseconds=number)) for number in range(len(codes)))
    return [
        {"scan_id": new_id(), "purpose": "enter", "code": code, "occurred_at": moment}
        for code, moment in zip(codes, moments, strict=True)
    ]


def send(kiosk: TestKiosk, scans: list[dict[str, Any]]) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = kiosk.post("/api/v1/scans/batch", {"scans": scans}).get_json()["results"]
    return results


def said(results: list[dict[str, Any]]) -> list[str]:
    return [one.get("reason") or one["problem"]["type"] for one in results]


def test_no_scan_needs_a_savepoint(city: City, citizen: TestCitizen, kiosk: TestKiosk) -> None:
    heard: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        heard.append(statement.split()[0])

    with city.app.app_context():
        engine = db.engine
    for purpose in ("enter", "crash"):
        event.listen(engine, "before_cursor_execute", note)
        kiosk.scan(citizen.code(), purpose)
        event.remove(engine, "before_cursor_execute", note)
    assert heard and "SAVEPOINT" not in heard


def test_a_failing_module_is_asked_once(
    citizen: TestCitizen, kiosk: TestKiosk, module: InstalledModule, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    works = module.hooks.on_scan
    monkeypatch.setattr(module.hooks, "on_scan", lambda scan: asked.append(scan.id) or works(scan))
    kiosk.scan(citizen.code(), "crash")
    assert (len(asked), module.breaker._failures) == (1, 1)


def fails_over(
    module: InstalledModule, spoilt: Callable[[Any], bool], asked: list[str]
) -> Callable[[Any], Any]:
    """The module, which leaves two rows with one id to the session over a spoilt scan: only the flush finds
    out."""
    works, models = module.hooks.on_scan, module.models
    assert models is not None

    def on_scan(scan: Any) -> Any:
        asked.append(scan.id)
        done = works(scan)
        entry = new_id()
        for _ in range(2 if spoilt(scan) else 1):
            session().add(models.ProbeEntry(id=entry, citizen_ref=scan.citizen.ref, purpose=scan.purpose))
        return done

    return on_scan


def test_rows_that_cannot_be_stored_belong_to_the_scan_that_wrote_them(
    city: City,
    citizen: TestCitizen,
    kiosk: TestKiosk,
    module: InstalledModule,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scans = offline([citizen.code() for _ in range(3)])
    spoilt = scans[1]["scan_id"]
    monkeypatch.setattr(module.hooks, "on_scan", fails_over(module, lambda scan: scan.id == spoilt, []))
    assert said(send(kiosk, scans)) == ["ok", "/problems/unavailable", "ok"]
    assert city.count("probe_entries") == 4
    assert (city.count("usage_events"), city.count("replay_claims"), city.count("scan_answers")) == (2, 2, 2)


def test_rows_of_an_upload_are_written_together_and_a_bad_one_blocks_no_other(
    city: City,
    citizen: TestCitizen,
    kiosk: TestKiosk,
    module: InstalledModule,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The rows that come with the decisions are one statement; when it fails each scan is walked alone."""
    models, works = module.models, module.hooks.on_scan
    assert models is not None
    insert_entry = Prepared(insert(table_of(models.ProbeEntry)))
    taken = new_id()
    spoilt: set[str] = set()
    together: list[int] = []
    run_many = Prepared.run_many

    def on_scan(scan: Any) -> Any:
        entry = taken if scan.id in spoilt else new_id()
        row = {"id": entry, "citizen_ref": scan.citizen.ref, "purpose": "with the decision"}
        return replace(works(scan), rows=((insert_entry, row),))

    def counted(statement: Prepared, rows: Any) -> int:
        together.append(len(rows)) if statement is insert_entry else None
        return run_many(statement, rows)

    monkeypatch.setattr(module.hooks, "on_scan", on_scan)
    monkeypatch.setattr(Prepared, "run_many", counted)
    assert said(send(kiosk, offline([citizen.code() for _ in range(4)]))) == ["ok"] * 4
    assert together == [4]
    scans = offline([citizen.code() for _ in range(4)])
    spoilt |= {scans[1]["scan_id"], scans[2]["scan_id"]}
    assert said(send(kiosk, scans)) == ["ok", "ok", "/problems/unavailable", "ok"]
    assert city.count("probe_entries", "purpose = 'with the decision'") == 7
    assert (city.count("usage_events"), city.count("replay_claims"), city.count("scan_answers")) == (7, 7, 7)


def test_any_number_of_failing_scans_blocks_no_other(
    city: City,
    citizen: TestCitizen,
    kiosk: TestKiosk,
    module: InstalledModule,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whichever come first, and however often the upload comes again: no kiosk is stuck with what it has
    collected."""
    scans, asked = offline([citizen.code() for _ in range(20)]), list[str]()
    spoilt = {scan["scan_id"] for scan in (*scans[:4], *scans[10:16:2], scans[-1])}
    monkeypatch.setattr(module.hooks, "on_scan", fails_over(module, lambda scan: scan.id in spoilt, asked))
    expected = ["/problems/unavailable" if scan["scan_id"] in spoilt else "ok" for scan in scans]
    assert said(send(kiosk, scans)) == expected
    assert max(Counter(asked).values()) == 2, "each scan is asked about twice at most"
    assert {Counter(asked)[scan_id] for scan_id in spoilt} == {1}, "it is known over which the module fails"
    assert city.count("usage_events") == city.count("replay_claims") == expected.count("ok") == 12
    assert city.count("probe_entries") == 2 * 12
    monkeypatch.undo()
    assert said(send(kiosk, scans)) == ["ok"] * 20


def test_a_conflict_that_persists_is_an_error_after_a_few_retries(
    citizen: TestCitizen, kiosk: TestKiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    walks: list[int] = []

    def conflict(*_: object) -> None:
        walks.append(1)
        raise IntegrityError("INSERT", {}, Exception("UNIQUE"))

    monkeypatch.setattr("citizen_app.scans.answers.store", conflict)
    code = citizen.code()
    assert kiosk.scan(code, "enter").status_code == 500
    assert len(walks) == 1 + pipeline.MOST_CONFLICTS
    monkeypatch.undo()
    assert kiosk.scan(code, "enter").get_json()["reason"] == "ok"


def test_what_an_upload_has_no_time_for_is_sent_again(
    city: City, citizen: TestCitizen, kiosk: TestKiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "UPLOAD_SECONDS", -1.0)
    scans = offline([citizen.code() for _ in range(3)])
    assert said(send(kiosk, scans)) == ["ok", "/problems/unavailable", "/problems/unavailable"]
    assert [
        city.count(table) for table in ("usage_events", "replay_claims", "scan_answers", "probe_entries")
    ] == [1] * 4
    assert said(send(kiosk, scans)) == ["ok", "ok", "/problems/unavailable"], "each time at least one more"
    monkeypatch.undo()
    assert said(send(kiosk, scans)) == ["ok"] * 3
    assert city.count("probe_entries") == 3


def test_a_retry_gets_its_answer_after_the_key_was_disabled(
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
