"""Twice, at once, late, and under one id: nothing is lost and nothing happens two times."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from citizen_app import clock
from citizen_app.extensions import db, limiter
from citizen_app.ids import new_id
from citizen_app.scans import replay
from tests.scanning import City, TestCitizen, TestKiosk, rfc3339

AT_ONCE = 100


def _present_at_once(kiosk: TestKiosk, code: str, times: int) -> Counter[str]:
    barrier = Barrier(16)

    def present(number: int) -> str:
        if number < 16:
            barrier.wait(10)
        client = kiosk.client.application.test_client()
        answer = TestKiosk(kiosk.id, kiosk.token, client).scan(code, "enter")
        return answer.get_json().get("reason", str(answer.status_code))

    with ThreadPoolExecutor(16) as pool:
        return Counter(pool.map(present, range(times)))


@pytest.fixture
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred at once is more than a kiosk may ask in a second."""

    monkeypatch.setattr(limiter, "enabled", False)


@pytest.mark.usefixtures("unlimited")
def test_of_a_hundred_simultaneous_presentations_one_is_allowed(
    city: City, citizen: TestCitizen, kiosk: TestKiosk
) -> None:
    reasons = _present_at_once(kiosk, citizen.code(), AT_ONCE)
    assert reasons == {"ok": 1, "replayed": AT_ONCE - 1}
    assert city.count("probe_entries") == 1
    assert city.count("usage_events") == AT_ONCE


@pytest.mark.usefixtures("unlimited")
def test_control_looking_before_writing_lets_several_through(
    citizen: TestCitizen, kiosk: TestKiosk, monkeypatch: pytest.MonkeyPatch
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
    reasons = _present_at_once(kiosk, citizen.code(), 32)
    assert reasons["ok"] > 1


def test_a_retry_hears_the_same_and_writes_nothing(
    city: City, citizen: TestCitizen, kiosk: TestKiosk
) -> None:
    scan_id, code = new_id(), citizen.code()
    first = kiosk.scan(code, "enter", scan_id=scan_id).get_json()
    for _ in range(3):
        assert kiosk.scan(code, "enter", scan_id=scan_id).get_json() == first
    assert (city.count("usage_events"), city.count("probe_entries"), city.count("scan_answers")) == (1, 1, 1)


def test_a_retry_of_a_refusal_hears_the_refusal(city: City, citizen: TestCitizen, kiosk: TestKiosk) -> None:
    scan_id, code = new_id(), citizen.code(at=int(time.time()) - 100)
    first = kiosk.scan(code, "enter", scan_id=scan_id).get_json()
    assert kiosk.scan(code, "enter", scan_id=scan_id).get_json() == first
    assert city.count("usage_events") == 1


def test_a_retry_after_the_code_expired_hears_the_stored_answer(
    citizen: TestCitizen, kiosk: TestKiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan_id, code = new_id(), citizen.code()
    first = kiosk.scan(code, "enter", scan_id=scan_id).get_json()
    real = clock.now
    monkeypatch.setattr("citizen_app.scans.pipeline.clock.now", lambda: real() + timedelta(seconds=90))
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
def test_the_same_request_many_times_at_once_happens_once(
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


def test_an_upload_is_judged_when_it_happened(city: City, citizen: TestCitizen, kiosk: TestKiosk) -> None:
    earlier = clock.now() - timedelta(hours=5)
    fresh_then, stale_then = (
        citizen.code(at=int(earlier.timestamp())),
        citizen.code(at=int(earlier.timestamp()) - 200),
    )
    scans = [
        {
            "scan_id": new_id(),
            "purpose": "enter",
            "code": code,
            "occurred_at": rfc3339(earlier + timedelta(seconds=5)),
        }
        for code in (fresh_then, stale_then)
    ]
    results = kiosk.post("/api/v1/scans/batch", {"scans": scans}).get_json()["results"]
    assert [r["reason"] for r in results] == ["ok", "expired"]
    assert results[0]["outcome"]["late"] is True
    assert [event["late"] for event in citizen.usage()] == [True, True]
    assert kiosk.post("/api/v1/scans/batch", {"scans": scans[::-1]}).get_json()["results"] == results[::-1]
    assert city.count("usage_events") == 2


def test_online_codes_are_late_only_where_the_purpose_allows(citizen: TestCitizen, kiosk: TestKiosk) -> None:
    item = {
        "scan_id": new_id(),
        "purpose": "online_only_now",
        "code": citizen.code(),
        "occurred_at": rfc3339(clock.now()),
    }
    (result,) = kiosk.post("/api/v1/scans/batch", {"scans": [item]}).get_json()["results"]
    assert result["reason"] == "kind_not_accepted"


def test_double_use_across_kiosks_is_found_on_upload_and_marked_on_both(
    city: City, citizen: TestCitizen, kiosk: TestKiosk
) -> None:
    code, other = citizen.code(), city.kiosk("probe", name="西门")
    item = {"purpose": "enter", "code": code, "occurred_at": rfc3339(clock.now())}
    first, second = (
        k.post("/api/v1/scans/batch", {"scans": [{**item, "scan_id": new_id()}]}).get_json()["results"][0]
        for k in (kiosk, other)
    )
    assert (first["reason"], second["reason"]) == ("ok", "replayed")
    marks = {event["id"]: [m["kind"] for m in event["marks"]] for event in citizen.usage()}
    assert marks == {first["usage_id"]: ["double_use"], second["usage_id"]: ["double_use"]}


def test_an_upload_answers_each_scan_on_its_own(city: City, citizen: TestCitizen, kiosk: TestKiosk) -> None:
    moment, code = rfc3339(clock.now()), citizen.code()
    good = {"scan_id": new_id(), "purpose": "enter", "code": code, "occurred_at": moment}
    scans = [
        good,
        {**good, "scan_id": "nonsense"},
        {**good, "scan_id": new_id(), "occurred_at": None},
        {**good, "scan_id": new_id(), "code": "rubbish"},
        {**good, "scan_id": new_id()},
        good,
        {**good, "scan_id": new_id(), "purpose": "with_context", "context": {}},
        {
            **good,
            "scan_id": new_id(),
            "code": citizen.code(),
            "occurred_at": rfc3339(clock.now() + timedelta(minutes=5)),
        },
        {
            **good,
            "scan_id": new_id(),
            "code": citizen.code(at=int(time.time()) - 8 * 86400),
            "occurred_at": rfc3339(clock.now() - timedelta(days=8)),
        },
    ]
    results = kiosk.post("/api/v1/scans/batch", {"scans": scans}).get_json()["results"]
    outcomes = [r.get("reason") or r["problem"]["errors"][0]["pointer"] for r in results]
    assert outcomes[:7] == [
        "ok",
        "/scans/1/scan_id",
        "/scans/2/occurred_at",
        "malformed",
        "replayed",
        "/scans/5/scan_id",
        "/scans/6/context/gate",
    ]
    assert outcomes[7] in {"clock_skew", "expired"}
    assert outcomes[8] == "bundle_too_old"
    assert city.count("probe_entries") == 1


def test_a_large_upload_in_any_order_is_stored_once(city: City, kiosk: TestKiosk) -> None:
    people = [city.citizen() for _ in range(20)]
    moment = rfc3339(clock.now())
    scans = [
        {"scan_id": new_id(), "purpose": "enter", "code": people[n % 20].code(), "occurred_at": moment}
        for n in range(500)
    ]
    first = kiosk.post("/api/v1/scans/batch", {"scans": scans})
    assert {r["reason"] for r in first.get_json()["results"]} == {"ok"}
    second = kiosk.post("/api/v1/scans/batch", {"scans": scans[::-1]})
    assert second.get_json()["results"] == first.get_json()["results"][::-1]
    assert city.count("usage_events") == 500
    assert kiosk.post("/api/v1/scans/batch", {"scans": scans + scans[:1]}).status_code == 422


@pytest.mark.usefixtures("unlimited")
def test_two_uploads_of_the_same_codes_at_once_do_not_deadlock(
    city: City, citizen: TestCitizen, kiosk: TestKiosk
) -> None:
    other, moment = city.kiosk("probe", name="西门"), rfc3339(clock.now())
    codes = [citizen.code() for _ in range(60)]

    def upload(which: int) -> list[str]:
        device, order = ((kiosk, codes), (other, codes[::-1]))[which]
        scans = [{"scan_id": new_id(), "purpose": "enter", "code": c, "occurred_at": moment} for c in order]
        return [
            r["reason"] for r in device.post("/api/v1/scans/batch", {"scans": scans}).get_json()["results"]
        ]

    with ThreadPoolExecutor(2) as pool:
        both = Counter(reason for reasons in pool.map(upload, range(2)) for reason in reasons)
    assert both == {"ok": 60, "replayed": 60}
