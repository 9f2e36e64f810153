"""What a service module may do to a scan, and what it may not do to the house."""

from __future__ import annotations

import pytest

from citizen_app import clock
from citizen_app.clock import rfc3339
from citizen_app.ids import new_id
from citizen_app.process.breaker import FAILURES_TO_OPEN
from citizen_app.registry.modules import current_registry
from citizen_app.toolkit.testing import City, TestCitizen, TestKiosk


def test_a_module_refuses_with_its_own_words(citizen: TestCitizen, kiosk: TestKiosk) -> None:
    decision = kiosk.scan(citizen.code(), "refuse").get_json()
    assert (decision["decision"], decision["reason"], decision["detail_code"]) == (
        "deny",
        "service_refused",
        "not_today",
    )
    assert decision["display"]["title"] == "今天不行"
    assert decision["display"]["lines"] == ["明天再来"]


@pytest.mark.parametrize(
    "purpose",
    [
        "crash",
        "slow",
        "too_curious",
        "wrong_answer",
        "wordless",
        "wordless_line",
        "undeclared_refusal",
        "breaks_database",
    ],
)
def test_a_failing_module_leaves_a_refusal_and_nothing_half_written(
    city: City, citizen: TestCitizen, kiosk: TestKiosk, purpose: str
) -> None:
    decision = kiosk.scan(citizen.code(), purpose).get_json()
    assert (decision["decision"], decision["reason"]) == ("deny", "service_unavailable")
    assert city.count("probe_entries") == 0
    assert [event["reason"] for event in citizen.usage()] == ["service_unavailable"]
    assert city.count("scan_answers") == 1


def test_fields_outside_the_grant_are_never_disclosed(citizen: TestCitizen, kiosk: TestKiosk) -> None:
    decision = kiosk.scan(citizen.code(), "too_curious").get_json()
    assert decision["granted"] == {}
    assert "138" not in str(decision)


def test_the_circuit_breaker_opens_for_a_broken_module(
    city: City, citizen: TestCitizen, kiosk: TestKiosk
) -> None:
    for _ in range(FAILURES_TO_OPEN):
        kiosk.scan(citizen.code(), "crash")
    assert kiosk.scan(citizen.code(), "enter").get_json()["reason"] == "service_unavailable"
    with city.app.app_context():
        module = current_registry().get("probe")
    assert module is not None
    assert module.breaker.is_open
    module.breaker._open_until = 0.0  # ten seconds later: one call may try
    assert kiosk.scan(citizen.code(), "enter").get_json()["reason"] == "ok"
    assert not module.breaker.is_open


def test_a_kiosk_goes_on_for_the_same_citizen(city: City, citizen: TestCitizen, kiosk: TestKiosk) -> None:
    first = kiosk.scan(citizen.code(), "go_on").get_json()
    session = first["session"]["token"]
    for _ in range(5):
        again = kiosk.scan(None, "go_on", session=session).get_json()
        assert (again["reason"], again["citizen_ref"]) == ("ok", first["citizen_ref"])
        assert "session" not in again, "a session does not renew itself"
    assert len(citizen.usage()) == 6
    elsewhere = city.kiosk("probe", name="西门")
    assert elsewhere.scan(None, "go_on", session=session).get_json()["reason"] == "bad_signature"
    assert kiosk.scan(None, "go_on", session=session + "x").get_json()["reason"] == "bad_signature"


def test_a_session_ends(citizen: TestCitizen, kiosk: TestKiosk, monkeypatch: pytest.MonkeyPatch) -> None:
    session = kiosk.scan(citizen.code(), "go_on").get_json()["session"]["token"]
    monkeypatch.setattr("citizen_app.scans.trust.has_ended", lambda session, moment: True)
    assert kiosk.scan(None, "go_on", session=session).get_json()["reason"] == "expired"


def test_input_that_a_scan_asked_for(city: City, citizen: TestCitizen, kiosk: TestKiosk) -> None:
    asked = kiosk.scan(citizen.code(), "ask").get_json()
    assert (asked["decision"], asked["reason"]) == ("needs_input", "second_look_needed")
    assert asked["input"]["schema"]["properties"]["last_four"]["maxLength"] == 4
    path = f"/api/v1/scans/{asked['scan_id']}/answer"

    assert kiosk.post(path, {"last_four": "12345"}).status_code == 422
    assert kiosk.post(path, {"other": "1"}).status_code == 422
    assert city.kiosk("probe", name="西门").post(path, {"last_four": "1234"}).status_code == 404
    done = kiosk.post(path, {"last_four": "1234"})
    assert done.get_json()["decision"] == "allow"
    again = kiosk.post(path, {"last_four": "1234"})
    assert again.get_json() == done.get_json()
    assert kiosk.post(path, {"last_four": "9999"}).status_code == 422
    assert [event["decision"] for event in citizen.usage()] == ["allow"], (
        "the completion stands for the question"
    )
    assert city.count("usage_events") == 2


def test_the_code_stays_claimed_while_a_scan_waits(citizen: TestCitizen, kiosk: TestKiosk) -> None:
    code = citizen.code()
    asked = kiosk.scan(code, "ask").get_json()
    assert kiosk.scan(code, "enter").get_json()["reason"] == "replayed"
    assert (
        kiosk.post(f"/api/v1/scans/{asked['scan_id']}/answer", {"last_four": "0000"}).get_json()[
            "detail_code"
        ]
        == "not_today"
    )


def test_an_answer_after_two_minutes_is_gone(
    citizen: TestCitizen, kiosk: TestKiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("citizen_app.scans.outcomes.ANSWER_SECONDS", -1)
    asked = kiosk.scan(citizen.code(), "ask").get_json()
    answer = kiosk.post(f"/api/v1/scans/{asked['scan_id']}/answer", {"last_four": "1234"})
    assert (answer.status_code, answer.get_json()["type"]) == (410, "/problems/gone")


def test_a_scan_that_asked_nothing_takes_no_answer(citizen: TestCitizen, kiosk: TestKiosk) -> None:
    done = kiosk.scan(citizen.code(), "enter").get_json()
    assert kiosk.post(f"/api/v1/scans/{done['scan_id']}/answer", {"last_four": "1234"}).status_code == 409


def test_a_session_is_good_for_the_purposes_that_the_service_declares(
    citizen: TestCitizen, kiosk: TestKiosk
) -> None:
    first = kiosk.scan(citizen.code(), "go_on").get_json()
    session = first["session"]["token"]
    other = kiosk.scan(None, "ask", session=session).get_json()
    assert (other["decision"], other["citizen_ref"]) == ("needs_input", first["citizen_ref"])
    assert kiosk.answer(other, {"last_four": "1234"}).get_json()["decision"] == "allow"
    assert kiosk.scan(None, "enter", session=session).get_json()["reason"] == "purpose_not_permitted"
    # Each purpose keeps its own rules, whatever the session began with.
    assert kiosk.scan(None, "paper_only", session=session).get_json()["reason"] == "kind_not_accepted"


def test_a_kiosk_does_in_a_session_only_what_it_may_do(city: City, citizen: TestCitizen) -> None:
    kiosk = city.kiosk("probe", "go_on")
    session = kiosk.scan(citizen.code(), "go_on").get_json()["session"]["token"]
    assert kiosk.scan(None, "ask", session=session).get_json()["reason"] == "purpose_not_permitted"
    told = kiosk.post("/api/v1/kiosks/me/heartbeat", {"clock": "2026-01-01T00:00:00Z"}).get_json()
    assert [purpose["session_purposes"] for purpose in told["purposes"]] == [[]]


@pytest.mark.parametrize(
    ("code", "named"),
    [
        ("134567890123456789", "微信付款码"),
        ("281234567890123456", "支付宝付款码"),
        ("6212345678901234567", "云闪付付款码"),
        ("https://qr.alipay.com/fkx1", "支付宝二维码"),
        ("wxp://f2f0abc", "微信二维码"),
    ],
)
def test_another_apps_code_is_called_by_its_name(kiosk: TestKiosk, code: str, named: str) -> None:
    answer = kiosk.scan(code, "enter").get_json()
    assert (answer["decision"], answer["reason"]) == ("deny", "malformed")
    assert named in answer["display"]["lines"][0]


@pytest.mark.parametrize("code", ["164567890123456789", "9787020008735", "CC1:X", "1345678901234567890"])
def test_what_nobody_knows_is_called_nothing(kiosk: TestKiosk, code: str) -> None:
    lines = kiosk.scan(code, "enter").get_json()["display"]["lines"]
    assert lines == ["请打开市民码后重新扫码"]


def test_what_a_module_could_not_judge_is_kept_by_the_kiosk_and_sent_again(
    city: City, citizen: TestCitizen, kiosk: TestKiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An upload has already happened: an outage of the module must not become its answer."""
    with city.app.app_context():
        module = current_registry().get("probe")
    assert module is not None
    moment = rfc3339(clock.now())
    scans = [
        {"scan_id": new_id(), "purpose": "enter", "code": citizen.code(), "occurred_at": moment}
        for _ in range(3)
    ]
    works = module.hooks.on_scan
    monkeypatch.setattr(
        module.hooks, "on_scan", lambda scan: 1 / 0 if scan.id == scans[1]["scan_id"] else works(scan)
    )
    first = kiosk.post("/api/v1/scans/batch", {"scans": scans}).get_json()["results"]
    assert [r.get("reason") or r["problem"]["type"] for r in first] == ["ok", "/problems/unavailable", "ok"]
    assert (city.count("usage_events"), city.count("replay_claims"), city.count("scan_answers")) == (2, 2, 2)
    monkeypatch.undo()
    again = kiosk.post("/api/v1/scans/batch", {"scans": scans}).get_json()["results"]
    assert [r["reason"] for r in again] == ["ok", "ok", "ok"]
    assert (again[0], again[2]) == (first[0], first[2])
    assert city.count("probe_entries") == 3
