"""The main job on the product as it is started: a code on one side, a bus on the other, the use in the
citizen's log.

Everything happens on a real server over HTTP; afterwards its logs are searched for what must never stand in
them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pyotp
import pytest

from citizen_app.ids import new_id
from tests.server import Server

pytestmark = pytest.mark.processes

FARES = {
    "Adult": (200, None),
    "Senior": (0, "senior"),
    "Student": (100, "student"),
    "Child": (0, "child"),
    "Person with a disability": (0, "disabled"),
}
"""What the people of the demo city pay, by what each is there to show, and the claim that they have to it."""
NEVER_IN_LOGS = {
    "a phone number": re.compile(r"(?<![0-9a-f-])(?:\+?86)?1[3-9]\d{9}(?![0-9a-f-])"),
    "an identity number": re.compile(r"(?<![0-9a-f-])\d{17}[\dXx](?![0-9a-f-])"),
    "a code": re.compile(r"CC1:[0-9A-Z]{8}"),
    "a bearer token": re.compile(r"(?i)bearer [\w.-]{8}"),
    "an OTP": re.compile(r'"otp": ?"\d{6}"'),
}


class DemoCity:
    """The demo city on a running server."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.loaded: dict[str, Any] = json.loads(server.command("demo", "load", "--json"))
        self.http = httpx.Client(base_url=server.url, timeout=20)

    def sign_in(self, phone: str, otp: str | None = None) -> dict[str, str]:
        """Headers of a signed-in citizen; without an OTP it is read from the SMS."""
        challenge = self.http.post("/api/v1/auth/challenges", json={"phone": phone})
        assert challenge.status_code == 202, challenge.text
        body = {"challenge_id": challenge.json()["challenge_id"], "otp": otp or self._otp_of_sms(phone)}
        tokens = self.http.post("/api/v1/auth/tokens", json=body)
        assert tokens.status_code == 200, tokens.text
        return {"Authorization": f"Bearer {tokens.json()['access_token']}"}

    def _otp_of_sms(self, phone: str) -> str:
        """Demo mode prints messages for people on standard output: of the server, or of whoever runs the
        jobs."""
        for _ in range(10):
            printed = self.server.command("jobs", "run", "--once") + self.server.log.read_text()
            messages = [
                line
                for line in printed.splitlines()
                if line.startswith("SMS") and f"****{phone[-4:]}" in line
            ]
            if messages:
                return re.findall(r"\b(\d{6})\b", messages[-1])[0]
        raise AssertionError("no SMS was sent")

    def scan(self, kiosk: dict[str, Any], code: str, **more: Any) -> dict[str, Any]:
        """The decision on a scan by a demo kiosk, in the context that the demo city names."""
        body = {
            "scan_id": new_id(),
            "code": code,
            "purpose": kiosk["purpose"],
            "context": kiosk["context"],
            **more,
        }
        answer = self.http.post(
            "/api/v1/scans", json=body, headers={"Authorization": f"Bearer {kiosk['token']}"}
        )
        assert answer.status_code == 200, answer.text
        decision: dict[str, Any] = answer.json()
        return decision


@pytest.fixture
def city(database_url: str, app_environment: dict[str, str], tmp_path: Path) -> Iterator[DemoCity]:
    """A server with the demo city loaded."""
    server = Server({**app_environment, "CITIZEN_LOG_LEVEL": "DEBUG"}, tmp_path / "server.log")
    server.start()
    yield DemoCity(server)
    server.stop()


@pytest.mark.journey
def test_from_code_to_boarded_to_the_log(city: DemoCity) -> None:
    kiosk = city.loaded["kiosks"][0]
    for person in (
        p for p in city.loaded["citizens"] if p["note"]["en"] in FARES and p["assurance_level"] > 1
    ):
        fare, claim = FARES[person["note"]["en"]]
        citizen = city.sign_in(person["phone"], person["otp"])
        assert city.http.get("/api/v1/me", headers=citizen).json()["masked_name"] == person["masked_name"]
        code = city.http.get("/api/v1/me/code", headers=citizen).json()["code"]

        decision = city.scan(kiosk, code)
        assert (decision["decision"], decision["reason"]) == ("allow", "ok"), decision
        assert decision["outcome"]["fare"] == fare
        assert city.scan(kiosk, code)["reason"] == "replayed"

        log = city.http.get("/api/v1/me/usage?service=bus", headers=citizen).json()["items"]
        assert [event["reason"] for event in log] == ["replayed", "ok"]
        assert log[1]["id"] == decision["usage_id"]
        asked = {field["name"]: field["answer"] for field in log[1]["disclosed"]}
        assert [name for name, answer in asked.items() if answer] == ([claim] if claim else [])
        trips = city.http.get("/api/v1/services/bus/trips", headers=citizen).json()["items"]
        assert len(trips) == 1

    others = city.sign_in("+8613800004321")
    assert city.http.get("/api/v1/me/usage", headers=others).json()["items"] == []
    _logs_are_clean(city)


def test_staff_run_the_service_over_http(city: DemoCity) -> None:
    admin = next(person for person in city.loaded["staff"] if person["role"] == "system_admin")
    body = {
        "username": admin["username"],
        "password": admin["password"],
        "totp": pyotp.TOTP(admin["totp_secret"]).now(),
    }
    signed_in = city.http.post("/api/v1/staff/sessions", json=body)
    assert signed_in.status_code in (200, 201), signed_in.text
    staff = {"Authorization": f"Bearer {signed_in.json()['token']}"}

    def listed() -> set[str]:
        return {service["id"] for service in city.http.get("/api/v1/services").json()["items"]}

    assert "bus" in listed()
    assert city.http.post("/api/v1/admin/services/bus/disable", headers=staff).json()["enabled"] is False
    assert listed() and "bus" not in listed()
    refused = city.http.get("/api/v1/services/bus/lines")
    assert (refused.status_code, refused.json()["type"]) == (503, "/problems/service-disabled")
    person = city.loaded["citizens"][0]
    citizen = city.sign_in(person["phone"], person["otp"])
    code = city.http.get("/api/v1/me/code", headers=citizen).json()["code"]
    assert city.scan(city.loaded["kiosks"][0], code)["reason"] == "service_disabled"
    assert city.http.post("/api/v1/admin/services/bus/enable", headers=staff).json()["enabled"] is True
    assert city.scan(city.loaded["kiosks"][0], code)["reason"] == "ok"

    made = city.http.post(
        "/api/v1/admin/kiosks",
        json={
            "name": "临时",
            "service": "bus",
            "purposes": ["board"],
            "place": {"zh": "车站", "en": "Station"},
            "context": {},
        },
        headers=staff,
    )
    assert made.status_code == 201, made.text
    activated = city.http.post(
        "/api/v1/kiosks/activate", json={"activation_code": made.json()["activation_code"]}
    )
    assert set(activated.json()) >= {
        "kiosk_id",
        "kiosk_number",
        "token",
        "trust_anchor",
        "service",
        "purposes",
        "server_time",
    }
    _logs_are_clean(city)


def _logs_are_clean(city: DemoCity) -> None:
    lines = [line for line in city.server.log.read_text().splitlines() if line.startswith("{")]
    assert len(lines) > 10
    for line in lines:
        json.loads(line)
        for what, pattern in NEVER_IN_LOGS.items():
            assert not pattern.search(line), f"{what} in the log: {line}"
