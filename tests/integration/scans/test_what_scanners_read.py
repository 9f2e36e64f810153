"""A scanner reads whatever is held before it. What is no citizen code is `malformed`, and an upload goes on;
other texts are text."""

from __future__ import annotations

import json
from typing import Any

import pytest
from werkzeug.test import TestResponse

from citizen_app import clock
from citizen_app.clock import rfc3339
from citizen_app.ids import new_id
from citizen_app.toolkit.testing import City, TestCitizen, TestKiosk

NO_TEXTS = {"NUL": "CC1:\0", "half a pair": "\ud83d", "other half": "x\ude00y"}
no_text = pytest.mark.parametrize("text", NO_TEXTS.values(), ids=NO_TEXTS.keys())


def post(kiosk: TestKiosk, path: str, body: dict[str, Any]) -> TestResponse:
    """As a kiosk's own JSON library writes it: whatever is no ASCII is an escape."""
    headers = {"Authorization": f"Bearer {kiosk.token}", "Content-Type": "application/json"}
    return kiosk.client.post(f"/api/v1/scans{path}", data=json.dumps(body), headers=headers)


def now(kiosk: TestKiosk, **scan: Any) -> TestResponse:
    return post(kiosk, "", {"scan_id": new_id(), "purpose": "enter", **scan})


def offline(code: str, **more: Any) -> dict[str, Any]:
    return {
        "scan_id": new_id(),
        "purpose": "enter",
        "code": code,
        "occurred_at": rfc3339(clock.now()),
        **more,
    }


def uploaded(kiosk: TestKiosk, *scans: dict[str, Any]) -> list[dict[str, Any]]:
    answer = post(kiosk, "/batch", {"scans": scans})
    assert answer.status_code == 200, answer.text
    results: list[dict[str, Any]] = answer.get_json()["results"]
    return results


@pytest.mark.parametrize(
    "text", [*NO_TEXTS.values(), "x" * 2001, "x" * 100_000], ids=[*NO_TEXTS, "long", "very long"]
)
def test_what_is_no_code_is_malformed_now_and_in_an_upload(
    city: City, citizen: TestCitizen, kiosk: TestKiosk, text: str
) -> None:
    assert now(kiosk, code=text).get_json()["reason"] == "malformed"
    results = uploaded(kiosk, offline(citizen.code()), offline(text), offline(citizen.code()))
    assert [result["reason"] for result in results] == ["ok", "malformed", "ok"]
    assert city.count("usage_events") == city.count("scan_answers") == 2


@no_text
@pytest.mark.parametrize("member", ["scan_id", "purpose", "context", "\ud800"])
def test_any_other_text_is_a_fault_of_its_scan_alone(
    citizen: TestCitizen, kiosk: TestKiosk, member: str, text: str
) -> None:
    wrong: dict[str, Any] = {member: {"a": [text]} if member == "context" else text}
    alone = now(kiosk, code=citizen.code(), **wrong)
    assert (alone.status_code, alone.get_json()["errors"][0]["pointer"]) == (422, "/")
    bad, good = uploaded(kiosk, offline(citizen.code(), **wrong), offline(citizen.code()))
    assert (bad["problem"]["status"], bad["problem"]["errors"][0]["pointer"]) == (422, "/scans/0/")
    assert good["reason"] == "ok"


@no_text
def test_a_session_that_is_no_text_is_refused(kiosk: TestKiosk, text: str) -> None:
    assert now(kiosk, purpose="go_on", session=text).status_code == 422


@no_text
def test_beside_the_scans_of_an_upload_only_text_stands(kiosk: TestKiosk, text: str) -> None:
    answer = post(kiosk, "/batch", {"scans": [offline("x")], text: 1})
    assert (answer.status_code, answer.get_json()["errors"][0]["pointer"]) == (422, "/")
