"""Scans that happened offline and are uploaded: judged when they happened, each on its own, in any order,
once."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from citizen_app import clock
from citizen_app.clock import rfc3339
from citizen_app.ids import new_id
from citizen_app.toolkit.testing import City, TestCitizen, TestKiosk


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
    assert [told["notice"] for told in citizen.get("/api/v1/me/notices").get_json()["items"]] == [
        "double_use"
    ]


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
def test_concurrent_uploads_of_the_same_codes_do_not_deadlock(
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


def test_a_reused_scan_id_does_not_block_the_others(
    city: City, citizen: TestCitizen, kiosk: TestKiosk
) -> None:
    moment, used = rfc3339(clock.now()), new_id()
    assert kiosk.scan(citizen.code(), "enter", scan_id=used).get_json()["reason"] == "ok"
    item = {"purpose": "enter", "occurred_at": moment}
    scans = [
        {**item, "scan_id": new_id(), "code": citizen.code()},
        {**item, "scan_id": used, "code": citizen.code()},
    ]
    results = kiosk.post("/api/v1/scans/batch", {"scans": scans}).get_json()["results"]
    assert results[0]["reason"] == "ok"
    assert results[1]["problem"]["type"] == "/problems/idempotency-conflict"
    assert city.count("probe_entries") == 2


def test_a_scan_whose_answer_was_lost_comes_again_in_an_upload(
    city: City, citizen: TestCitizen, kiosk: TestKiosk
) -> None:
    scan_id, code = new_id(), citizen.code()
    first = kiosk.scan(code, "enter", scan_id=scan_id).get_json()
    item = {"scan_id": scan_id, "purpose": "enter", "code": code, "occurred_at": rfc3339(clock.now())}
    assert kiosk.post("/api/v1/scans/batch", {"scans": [item]}).get_json()["results"] == [first]
    assert city.count("usage_events") == 1


@pytest.mark.parametrize(
    "moment",
    [
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "9999-12-31T23:59:59Z",
        "1969-12-31T23:59:59Z",
    ],
)
def test_an_impossible_time_is_a_fault_of_that_item_alone(
    citizen: TestCitizen, kiosk: TestKiosk, moment: str
) -> None:
    good = {
        "scan_id": new_id(),
        "purpose": "enter",
        "code": citizen.code(),
        "occurred_at": rfc3339(clock.now()),
    }
    bad = {**good, "scan_id": new_id(), "occurred_at": moment}
    results = kiosk.post("/api/v1/scans/batch", {"scans": [bad, good]}).get_json()["results"]
    assert results[0]["problem"]["errors"][0]["pointer"] == "/scans/0/occurred_at"
    assert results[1]["reason"] == "ok"
