"""Idempotency and replay protection: repeated, concurrent and late scans, and reused ids."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from citizen_app import clock
from citizen_app.ids import new_id
from citizen_app.registry.modules import current_registry
from citizen_app.scans import replay
from citizen_app.storage.orm import db
from citizen_app.toolkit.testing import City, TestCitizen, TestKiosk

CONCURRENT = 100


def _present_concurrently(kiosk: TestKiosk, code: str, times: int) -> Counter[str]:
    barrier = Barrier(16)

    def present(number: int) -> str:
        if number < 16:
            barrier.wait(10)
        client = kiosk.client.application.test_client()
        answer = TestKiosk(kiosk.id, kiosk.token, client).scan(code, "enter")
        return answer.get_json().get("reason", str(answer.status_code))

    with ThreadPoolExecutor(16) as pool:
        return Counter(pool.map(present, range(times)))


@pytest.mark.usefixtures("unlimited")
@pytest.mark.parametrize("racing", [False, True], ids=["together", "apart"])
def test_of_a_hundred_concurrent_presentations_one_is_allowed(
    city: City, citizen: TestCitizen, kiosk: TestKiosk, racing: bool
) -> None:
    if racing:
        city.let_scans_race()
    reasons = _present_concurrently(kiosk, citizen.code(), CONCURRENT)
    assert reasons == {"ok": 1, "replayed": CONCURRENT - 1}
    assert city.count("probe_entries") == 1
    assert city.count("usage_events") == CONCURRENT


@pytest.mark.usefixtures("unlimited")
def test_control_looking_before_writing_lets_several_through(
    city: City, citizen: TestCitizen, kiosk: TestKiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race above is real: without the unique row, more than one gets in."""
    if kiosk.client.application.extensions["settings"].on_sqlite:
        pytest.skip("SQLite has one writer at a time, so looking before writing is safe there")
    table = replay.ReplayClaim.__table__
    used: set[tuple[object, ...]] = set()

    def look_then_write(claims: list[replay.Claim]) -> dict[object, replay.Claim]:
        wanted = claims[0]
        db.session.execute(select(table).where(table.c.key == wanted.key)).all()
        seen = wanted.identity in used
        time.sleep(0.3)  # everyone looks before anyone writes
        used.add(wanted.identity)
        other = replay.Claim(*wanted.identity, new_id(), "probe", wanted.placement_id, wanted.claimed_at)
        return {wanted.identity: other} if seen else {}

    monkeypatch.setattr("citizen_app.scans.replay.claim", look_then_write)
    city.let_scans_race()
    reasons = _present_concurrently(kiosk, citizen.code(), 32)
    assert reasons["ok"] > 1


def test_a_retry_gets_the_same_answer_and_writes_nothing(
    city: City, citizen: TestCitizen, kiosk: TestKiosk
) -> None:
    scan_id, code = new_id(), citizen.code()
    first = kiosk.scan(code, "enter", scan_id=scan_id).get_json()
    for _ in range(3):
        assert kiosk.scan(code, "enter", scan_id=scan_id).get_json() == first
    assert (city.count("usage_events"), city.count("probe_entries"), city.count("scan_answers")) == (1, 1, 1)


def test_a_retry_of_a_refusal_gets_the_refusal(city: City, citizen: TestCitizen, kiosk: TestKiosk) -> None:
    scan_id, code = new_id(), citizen.code(at=int(time.time()) - 100)
    first = kiosk.scan(code, "enter", scan_id=scan_id).get_json()
    assert kiosk.scan(code, "enter", scan_id=scan_id).get_json() == first
    assert city.count("usage_events") == 1


def test_a_retry_after_the_code_expired_gets_the_stored_answer(
    citizen: TestCitizen, kiosk: TestKiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan_id, code = new_id(), citizen.code()
    first = kiosk.scan(code, "enter", scan_id=scan_id).get_json()
    real = clock.now
    monkeypatch.setattr("citizen_app.scans.intake.clock.now", lambda: real() + timedelta(seconds=90))
    assert kiosk.scan(code, "enter", scan_id=scan_id).get_json() == first


@pytest.mark.parametrize("other", ["code", "purpose", "context"])
def test_one_id_for_two_requests_is_refused(
    city: City, citizen: TestCitizen, kiosk: TestKiosk, other: str
) -> None:
    scan_id, code = new_id(), citizen.code()
    assert kiosk.scan(code, "enter", scan_id=scan_id).get_json()["reason"] == "ok"
    changed = {
        "code": lambda: kiosk.scan(citizen.code(), "enter", scan_id=scan_id),
        "purpose": lambda: kiosk.scan(code, "go_on", scan_id=scan_id),
        "context": lambda: kiosk.scan(code, "enter", scan_id=scan_id, context={"a": "b"}),
    }[other]()
    assert changed.status_code == 422
    if other != "context":
        assert changed.get_json()["type"] == "/problems/idempotency-conflict"
    assert city.count("usage_events") == 1


@pytest.mark.usefixtures("unlimited")
def test_the_same_request_sent_concurrently_happens_once(
    city: City, citizen: TestCitizen, kiosk: TestKiosk
) -> None:
    scan_id, session = new_id(), kiosk.scan(citizen.code(), "go_on").get_json()["session"]["token"]
    for request in ({"code": citizen.code(), "purpose": "enter"}, {"session": session, "purpose": "go_on"}):
        scan_id = new_id()

        def send(_: int, scan_id: str = scan_id, request: dict[str, str] = request) -> object:
            client = city.app.test_client()
            body = {"scan_id": scan_id, **request}
            return client.post(
                "/api/v1/scans", json=body, headers={"Authorization": f"Bearer {kiosk.token}"}
            ).get_json()["usage_id"]

        with ThreadPoolExecutor(12) as pool:
            assert len(set(pool.map(send, range(24)))) == 1
    assert city.count("usage_events") == 3


@pytest.mark.usefixtures("unlimited")
def test_of_many_inputs_at_once_one_completes_the_scan(
    city: City, citizen: TestCitizen, kiosk: TestKiosk
) -> None:
    asked = kiosk.scan(citizen.code(), "ask").get_json()
    together = Barrier(8)

    def bring(number: int) -> str:
        mine = TestKiosk(kiosk.id, kiosk.token, city.app.test_client())
        together.wait(10)
        answer = mine.answer(asked, {"last_four": f"{number:04d}"}).get_json()
        return str(answer.get("reason") or answer["type"])

    with ThreadPoolExecutor(8) as pool:
        heard = Counter(pool.map(bring, range(8)))
    assert heard == {"service_refused": 1, "/problems/idempotency-conflict": 7}
    assert (city.count("usage_events"), city.count("scan_answers")) == (2, 1)


def test_a_module_that_fails_over_an_input_leaves_a_refusal_and_nothing_half_written(
    city: City, citizen: TestCitizen, kiosk: TestKiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with city.app.app_context():
        module = current_registry().get("probe")
    assert module is not None
    asked, works, calls = kiosk.scan(citizen.code(), "ask").get_json(), module.hooks.on_scan, list[str]()
    monkeypatch.setattr(module.hooks, "on_scan", lambda scan: (calls.append(scan.id), works(scan), 1 / 0))
    done = kiosk.answer(asked, {"last_four": "1234"}).get_json()
    monkeypatch.undo()
    assert (done["reason"], len(calls)) == ("service_unavailable", 1)
    assert kiosk.answer(asked, {"last_four": "1234"}).get_json() == done
    assert (city.count("usage_events"), city.count("probe_entries")) == (2, 1), "the question's entry stays"
