"""Concurrent scans share a unit of work (group commit), and each is answered as if it were alone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from citizen_app.ids import new_id
from citizen_app.registry.modules import current_registry
from citizen_app.scans import pipeline
from citizen_app.scans.pipeline import ScanQueues
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City, TestKiosk
from citizen_app.usage.models import UsageEvent

Request = tuple[TestKiosk, dict[str, Any]]


class Held:
    """The module waits over its first scan until it may go on, and does `then` over each of the others."""

    def __init__(self, works: Callable[[Any], Any]) -> None:
        self.asked: list[str] = []
        self.began, self.may_go_on = threading.Event(), threading.Event()
        self.then: Callable[[Any], None] = lambda scan: None
        self._works = works

    def on_scan(self, scan: Any) -> Any:
        self.asked.append(scan.id)
        if len(self.asked) == 1:
            self.began.set()
            assert self.may_go_on.wait(10)
        else:
            self.then(scan)
        return self._works(scan)


@pytest.fixture
def held(city: City, monkeypatch: pytest.MonkeyPatch) -> Held:
    """The probe, held, with a budget that a held scan does not spend."""
    with city.app.app_context():
        module = current_registry().get("probe")
        assert module is not None
    object.__setattr__(city.app.extensions["settings"], "hook_budget_ms", 20_000)
    made = Held(module.hooks.on_scan)
    monkeypatch.setattr(module.hooks, "on_scan", made.on_scan)
    return made


def answers(city: City, held: Held, first: Request, others: list[Request]) -> list[dict[str, Any]]:
    """The first is held until the others wait; then all go on. Answers in the order given."""
    queues: ScanQueues = city.app.extensions["scan_queues"]

    def send(request: Request) -> dict[str, Any]:
        kiosk, body = request
        mine = TestKiosk(kiosk.id, kiosk.token, city.app.test_client())
        answer = mine.post("/api/v1/scans", body)
        return {"status": answer.status_code, **answer.get_json()}

    with ThreadPoolExecutor(1 + len(others)) as pool:
        going = [pool.submit(send, first)]
        assert held.began.wait(10)
        going += [pool.submit(send, one) for one in others]
        until = time.monotonic() + 10
        while len(queues.of("probe")._queue) < len(others):
            assert time.monotonic() < until
            time.sleep(0.005)
        held.may_go_on.set()
        return [one.result(20) for one in going]


def scan(city: City, kiosk: TestKiosk, purpose: str = "enter") -> Request:
    return kiosk, {"scan_id": new_id(), "purpose": purpose, "code": city.citizen().code()}


def reasons(found: list[dict[str, Any]]) -> list[str]:
    return [one.get("reason") or one["type"] for one in found]


@contextmanager
def writes_counted(city: City) -> Iterator[list[str]]:
    """The statements that write usage events: one for each unit of work."""
    with city.app.app_context():
        engine = db.engine
    seen: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        if "INSERT INTO usage_events" in statement:
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_waiting_scans_share_one_unit_of_work(city: City, held: Held) -> None:
    kiosks = [city.kiosk("probe") for _ in range(6)]
    first, *others = [scan(city, kiosk) for kiosk in kiosks]
    with writes_counted(city) as writes:
        found = answers(city, held, first, others)
    assert len(writes) == 2, "the first alone, the five others together"
    assert reasons(found) == ["ok"] * 6
    assert [one["scan_id"] for one in found] == [body["scan_id"] for _, body in (first, *others)]
    for table in ("usage_events", "replay_claims", "scan_answers", "probe_entries"):
        assert city.count(table) == 6
    with city.app.app_context(), transaction(reading=True):
        kept = db.session.scalars(select(UsageEvent.kiosk_id))
        assert sorted(kept) == sorted(kiosk.id for kiosk in kiosks), "each at its own kiosk"


def test_each_scan_of_a_group_has_its_own_decision(city: City, held: Held) -> None:
    kiosk, citizen = city.kiosk("probe"), city.citizen()
    twice = {"purpose": "enter", "code": citizen.code()}
    others = [
        (kiosk, {"scan_id": new_id(), **twice}),
        (kiosk, {"scan_id": new_id(), **twice}),
        scan(city, kiosk, "refuse"),
        scan(city, city.kiosk("probe", "enter"), "refuse"),
        scan(city, kiosk, "ask"),
    ]
    found = answers(city, held, scan(city, kiosk), others)
    assert sorted(reasons(found[1:3])) == ["ok", "replayed"]
    assert reasons(found[3:]) == ["service_refused", "purpose_not_permitted", "second_look_needed"]


def test_a_concurrent_retry_gets_the_same_answer(city: City, held: Held) -> None:
    kiosk = city.kiosk("probe")
    again = scan(city, kiosk)
    found = answers(city, held, scan(city, kiosk), [again, again, again, scan(city, kiosk)])
    assert found[1] == found[2] == found[3]
    assert (reasons(found), city.count("usage_events")) == (["ok"] * 5, 3)


def test_a_module_that_fails_over_one_answers_the_others(city: City, held: Held) -> None:
    kiosk = city.kiosk("probe")
    crash = scan(city, kiosk, "crash")
    found = answers(city, held, scan(city, kiosk), [scan(city, kiosk), crash, scan(city, kiosk)])
    assert reasons(found) == ["ok", "ok", "service_unavailable", "ok"]
    assert held.asked.count(crash[1]["scan_id"]) == 1, "it is known over which scan it fails"
    assert (city.count("probe_entries"), city.count("usage_events")) == (3, 4)


def test_a_slow_module_keeps_nobody_waiting_for_others(
    city: City, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "GROUP_SECONDS", -1.0)
    kiosk = city.kiosk("probe")
    with writes_counted(city) as writes:
        found = answers(city, held, scan(city, kiosk), [scan(city, kiosk) for _ in range(3)])
    assert (reasons(found), len(writes)) == (["ok"] * 4, 4)
    assert city.count("replay_claims") == city.count("usage_events") == city.count("probe_entries") == 4


def test_a_wait_for_the_database_takes_nothing_of_the_modules_time(
    city: City, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An upload of another service holds the turn to write: who came meanwhile goes together all the same."""

    @contextmanager
    def after_a_wait() -> Iterator[None]:
        time.sleep(pipeline.GROUP_SECONDS)
        with transaction():
            yield

    monkeypatch.setattr(pipeline, "GROUP_SECONDS", 1.0)
    monkeypatch.setattr(pipeline, "transaction", after_a_wait)
    kiosk = city.kiosk("probe")
    with writes_counted(city) as writes:
        found = answers(city, held, scan(city, kiosk), [scan(city, kiosk) for _ in range(3)])
    assert (reasons(found), len(writes)) == (["ok"] * 4, 2)


def test_a_database_outage_fails_the_whole_group_and_nothing_is_stored(city: City, held: Held) -> None:
    class Lost(Exception):
        sqlstate = "08006"

    def away(scan: Any) -> None:
        raise OperationalError("INSERT", {}, Lost())

    kiosk = city.kiosk("probe")
    others = [scan(city, kiosk) for _ in range(3)]
    held.then = away
    found = answers(city, held, scan(city, kiosk), others)
    assert [one["status"] for one in found] == [200, 503, 503, 503]
    assert city.count("usage_events") == 1
    held.then = lambda scan: None
    for sender, body in others:
        assert sender.post("/api/v1/scans", body).get_json()["reason"] == "ok", "no code was used up"


def test_a_scan_that_loses_a_conflict_is_retried(city: City, held: Held) -> None:
    class Deadlock(Exception):
        sqlstate = "40P01"

    failed: list[str] = []

    def lose_once(scan: Any) -> None:
        if not failed:
            failed.append(scan.id)
            raise OperationalError("UPDATE", {}, Deadlock())

    kiosk = city.kiosk("probe")
    held.then = lose_once
    assert (
        reasons(answers(city, held, scan(city, kiosk), [scan(city, kiosk) for _ in range(3)])) == ["ok"] * 4
    )
    assert city.count("usage_events") == 4


def test_unreadable_codes_skip_the_queue(city: City, held: Held) -> None:
    kiosk = city.kiosk("probe")
    with ThreadPoolExecutor(1) as pool:
        going = pool.submit(lambda: kiosk.post("/api/v1/scans", scan(city, kiosk)[1]))
        assert held.began.wait(10)
        mine = TestKiosk(kiosk.id, kiosk.token, city.app.test_client())
        assert mine.scan("rubbish", "enter").get_json()["reason"] == "malformed"
        held.may_go_on.set()
        assert going.result(10).get_json()["reason"] == "ok"


def test_scans_that_race_are_units_of_their_own(city: City, held: Held) -> None:
    """The control of the first test: six scans are not two writes by themselves."""
    city.let_scans_race()
    held.may_go_on.set()
    kiosk = city.kiosk("probe")
    requests = [scan(city, kiosk) for _ in range(6)]
    with writes_counted(city) as writes:
        for sender, body in requests:
            assert sender.post("/api/v1/scans", body).get_json()["reason"] == "ok"
    assert len(writes) == 6
