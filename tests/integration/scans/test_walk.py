"""The walk of a scan over HTTP: each reason, the kiosk's answer, what the citizen sees afterwards."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from citizen_app import clock
from citizen_app.citizens.operations import reinstate_citizen, suspend_citizen
from citizen_app.citizens.traits import AssuranceLevel
from citizen_app.clock import rfc3339
from citizen_app.codes import keys
from citizen_app.codes.cose import Algorithm, SigningKey
from citizen_app.codes.issuing import IssuingKey, issue_online_code
from citizen_app.ids import new_id
from citizen_app.registry import state
from citizen_app.storage.cached_values import current_watch
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City, TestCitizen, TestKiosk

NOTHING_WRITTEN = ("usage_events", "scan_answers", "replay_claims", "probe_entries")


def test_a_scan_that_is_allowed(city: City, kiosk: TestKiosk) -> None:
    senior = city.citizen("李秀英", "senior")
    decision = kiosk.scan(senior.code(), "enter").get_json()

    assert (decision["decision"], decision["reason"]) == ("allow", "ok")
    assert decision["display"] == {
        "title": "欢迎",
        "lines": ["你好 李*英"],
        "tone": "good",
        "speak": "欢迎",
    }
    assert decision["outcome"]["senior"] is True
    assert decision["granted"] == {"masked_name": "李*英"}, "kiosks are not told what is true of somebody"
    assert "session" not in decision
    assert "input" not in decision

    (event,) = senior.usage()
    assert event["id"] == decision["usage_id"]
    assert (event["service"], event["purpose"], event["decision"], event["place"]) == (
        "probe",
        "enter",
        "allow",
        "东门",
    )
    assert {field["name"]: field["answer"] for field in event["disclosed"]} == {
        "masked_name": None,
        "senior": True,
    }
    assert event["disclosed"][1]["title"] == "是否为老年人（满 60 周岁）：是"
    assert event["title"] == "欢迎"


def test_words_come_in_the_callers_language(citizen: TestCitizen, kiosk: TestKiosk) -> None:
    body = {"scan_id": new_id(), "purpose": "enter", "code": citizen.code()}
    zh = kiosk.post("/api/v1/scans", body).get_json()
    en = kiosk.post("/api/v1/scans", body, **{"Accept-Language": "en-GB,en;q=0.9"}).get_json()
    assert zh["display"]["title"] == "欢迎"
    assert en["display"]["title"] == "Welcome"
    assert zh["usage_id"] == en["usage_id"]


@pytest.mark.parametrize(
    "text", ["", "x", "CC1:", "CC1:000", "cc1:abc", "https://example.org/", "A" * 601, "CC1:" + "%" * 300]
)
def test_what_is_no_code_leaves_only_a_counter(city: City, kiosk: TestKiosk, text: str) -> None:
    answer = kiosk.scan(text, "enter")
    if text == "":
        assert answer.status_code == 422
        return
    assert answer.get_json()["reason"] == "malformed"
    assert "usage_id" not in answer.get_json()
    assert [city.count(table) for table in NOTHING_WRITTEN] == [0, 0, 0, 0]


def test_a_code_of_an_unknown_key_and_a_forged_one(
    city: City, citizen: TestCitizen, kiosk: TestKiosk
) -> None:
    def forged(kid: bytes) -> str:
        key = IssuingKey(kid, SigningKey.generate(Algorithm.EDDSA), bytes(range(32)))
        return issue_online_code(citizen.subject_number, key, int(time.time())).text

    with city.app.app_context():
        ours = keys.issuing_key().kid
    assert kiosk.scan(forged(b"\x01\x02\x03\x04"), "enter").get_json()["reason"] == "unknown_issuer"
    assert kiosk.scan(forged(ours), "enter").get_json()["reason"] == "bad_signature"
    assert [city.count(table) for table in NOTHING_WRITTEN] == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("issued", "reason"),
    [(-61, "expired"), (-60, "expired"), (-55, "ok"), (10, "ok"), (60, "not_yet_valid")],
)
def test_validity_is_judged_by_the_server(
    citizen: TestCitizen, kiosk: TestKiosk, issued: int, reason: str
) -> None:
    code = citizen.code(at=int(time.time()) + issued)
    assert kiosk.scan(code, "enter").get_json()["reason"] == reason


def test_a_refusal_names_the_citizen_and_is_logged(citizen: TestCitizen, kiosk: TestKiosk) -> None:
    decision = kiosk.scan(citizen.code(at=int(time.time()) - 90), "enter").get_json()
    assert decision["decision"] == "deny"
    assert decision["display"]["tone"] == "bad"
    assert decision["display"]["lines"] == ["请刷新市民码后重新扫码"]
    assert decision["granted"] == {}
    (event,) = citizen.usage()
    assert (event["id"], event["reason"], event["disclosed"]) == (decision["usage_id"], "expired", [])


def test_suspension_takes_effect_at_the_next_scan(city: City, citizen: TestCitizen, kiosk: TestKiosk) -> None:
    with city.app.app_context(), transaction():
        suspend_citizen(citizen.id)
    code = citizen.code()
    assert kiosk.scan(code, "enter").get_json()["reason"] == "suspended"
    with city.app.app_context(), transaction():
        reinstate_citizen(citizen.id)
    assert kiosk.scan(code, "enter").get_json()["reason"] == "ok", (
        "a refusal before the claim consumes nothing"
    )


@pytest.mark.parametrize(
    ("purpose", "level", "reason"),
    [
        ("never_declared", AssuranceLevel.REAL_NAME, "purpose_not_permitted"),
        ("paper_only", AssuranceLevel.REAL_NAME, "kind_not_accepted"),
        ("verified", AssuranceLevel.PHONE, "assurance_too_low"),
        ("verified", AssuranceLevel.REAL_NAME, "ok"),
    ],
)
def test_permission(city: City, kiosk: TestKiosk, purpose: str, level: AssuranceLevel, reason: str) -> None:
    someone = city.citizen(level=level)
    code = someone.code()
    assert kiosk.scan(code, purpose).get_json()["reason"] == reason
    if reason != "ok":
        assert kiosk.scan(code, "enter").get_json()["reason"] == "ok", "permission comes before replay"


def test_a_kiosk_does_only_its_own_purposes(city: City, citizen: TestCitizen) -> None:
    gate = city.kiosk("probe", "go_on")
    assert gate.scan(citizen.code(), "enter").get_json()["reason"] == "purpose_not_permitted"


def test_a_disabled_service_refuses_scans(city: City, citizen: TestCitizen, kiosk: TestKiosk) -> None:
    with city.app.app_context(), transaction():
        state.disable("probe")
    answer = kiosk.scan(citizen.code(), "enter")
    assert answer.status_code == 200
    assert (answer.get_json()["decision"], answer.get_json()["reason"]) == ("deny", "service_disabled")


def test_a_used_code_is_refused_everywhere(city: City, citizen: TestCitizen, kiosk: TestKiosk) -> None:
    code = citizen.code()
    assert kiosk.scan(code, "enter").get_json()["reason"] == "ok"
    assert kiosk.scan(code, "enter").get_json()["reason"] == "replayed"
    assert city.kiosk("probe", name="西门").scan(code, "enter").get_json()["reason"] == "replayed"
    assert [event["reason"] for event in citizen.usage()] == ["replayed", "replayed", "ok"]
    assert city.count("probe_entries") == 1


def test_a_service_sees_one_reference_and_another_citizen_another(
    city: City, citizen: TestCitizen, kiosk: TestKiosk
) -> None:
    first = kiosk.scan(citizen.code(), "enter").get_json()["citizen_ref"]
    again = kiosk.scan(citizen.code(), "enter").get_json()["citizen_ref"]
    other = kiosk.scan(city.citizen().code(), "enter").get_json()["citizen_ref"]
    assert first == again != other
    assert citizen.id not in first


def test_context_is_checked_before_anything_happens(
    city: City, citizen: TestCitizen, kiosk: TestKiosk
) -> None:
    code = citizen.code()
    wrong = kiosk.scan(code, "with_context", context={"gate": "", "lane": "x", "more": 1})
    assert wrong.status_code == 422
    assert {error["pointer"] for error in wrong.get_json()["errors"]} == {
        "/context/gate",
        "/context/lane",
        "/context/more",
    }
    right = kiosk.scan(code, "with_context", context={"gate": "A", "lane": 3})
    assert right.get_json()["outcome"]["context"] == {"gate": "A", "lane": 3, "direction": "in"}


def test_any_uuid_of_the_kiosk_names_a_scan_however_it_is_written(city: City) -> None:
    kiosk, code = city.kiosk("probe"), city.citizen().code()
    first = kiosk.scan(code, "enter", scan_id="C4B9F0C2-6F9C-4B6E-8A8A-111111111111").get_json()
    again = kiosk.scan(code, "enter", scan_id="c4b9f0c2-6f9c-4b6e-8a8a-111111111111").get_json()
    assert first["decision"] == "allow" and again["usage_id"] == first["usage_id"]
    assert first["scan_id"] == "c4b9f0c2-6f9c-4b6e-8a8a-111111111111"


@pytest.mark.parametrize(
    "change",
    [
        {"scan_id": "not-a-uuid"},
        {"scan_id": "c4b9f0c2-6f9c-4b6e-8a8a-11111111111"},
        {"surprise": 1},
        {"occurred_at": "yesterday"},
        {"occurred_at": "2026-11-21T08:00:00"},
        {"session": "x"},
        {"challenge": "zz"},
        {"purpose": None},
        {"context": []},
        {"code": 5},
    ],
)
def test_requests_outside_the_contract_are_refused(
    kiosk: TestKiosk, citizen: TestCitizen, change: dict[str, object]
) -> None:
    body = {"scan_id": new_id(), "purpose": "enter", "code": citizen.code(), **change}
    answer = kiosk.post("/api/v1/scans", body)
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert answer.get_json()["errors"]


def test_a_rotation_refuses_no_valid_code(city: City, citizen: TestCitizen, kiosk: TestKiosk) -> None:
    before = citizen.code()
    with city.app.app_context(), transaction():
        fresh = keys.rotate("codes", lead=keys.seconds(0))
    after = citizen.code()
    with city.app.app_context():
        assert keys.issuing_key().kid.hex() == fresh
    assert kiosk.scan(before, "enter").get_json()["reason"] == "ok"
    assert kiosk.scan(after, "enter").get_json()["reason"] == "ok"


def test_an_emergency_refuses_the_codes_of_that_key_and_goes_on(
    city: City, citizen: TestCitizen, kiosk: TestKiosk
) -> None:
    before = citizen.code()
    with city.app.app_context():
        kid = keys.issuing_key().kid.hex()
        with transaction():
            made = keys.disable(kid)
        current_watch().check_versions()
        assert keys.issuing_key().kid.hex() == made
        assert keys.issuing_key().kid.hex() != kid
    assert kiosk.scan(before, "enter").get_json()["reason"] == "unknown_issuer"
    assert kiosk.scan(citizen.code(), "enter").get_json()["reason"] == "ok"


def test_a_flipped_bit_anywhere_is_refused_and_nothing_crashes(
    citizen: TestCitizen, kiosk: TestKiosk
) -> None:
    text = citizen.code()
    for position in range(0, len(text), 7):
        other = "A" if text[position] != "A" else "B"
        reason = kiosk.scan(text[:position] + other + text[position + 1 :], "enter").get_json()["reason"]
        assert reason in {"malformed", "unknown_issuer", "bad_signature"}
    assert kiosk.scan(text, "enter").get_json()["reason"] == "ok"


@pytest.mark.parametrize("days", [-400, -1, 1, 400])
def test_a_kiosk_with_a_wrong_clock_still_works_online(
    citizen: TestCitizen, kiosk: TestKiosk, days: int
) -> None:
    claimed = rfc3339(clock.now() + timedelta(days=days))
    assert kiosk.scan(citizen.code(), "enter", occurred_at=claimed).get_json()["reason"] == "ok"
    (event,) = citizen.usage()
    assert event["occurred_at"] == event["received_at"]


def test_the_moment_of_reading_is_kept_when_it_is_plausible(citizen: TestCitizen, kiosk: TestKiosk) -> None:
    claimed = rfc3339(clock.now() - timedelta(seconds=20))
    assert kiosk.scan(citizen.code(), "enter", occurred_at=claimed).get_json()["reason"] == "ok"
    assert citizen.usage()[0]["occurred_at"] == claimed
