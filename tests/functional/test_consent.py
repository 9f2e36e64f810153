"""A guest's story on a running server: first sign-in without accepting anything, the bus, the gate, agreeing,
taking it back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from citizen_app.ids import new_id
from tests.functional.test_main_job import DemoCity
from tests.server import Server

pytestmark = pytest.mark.processes
GUEST = "+8613800004321"
CONSENTS = "/api/v1/me/consents"
PASS = "/api/v1/services/pass"


@pytest.fixture
def city(database_url: str, app_environment: dict[str, str], tmp_path: Path) -> Iterator[DemoCity]:
    """A server with the demo city loaded, where it is about noon: the gate has opening hours."""
    east = 12 - datetime.now(UTC).hour
    here = {"CITIZEN_TIMEZONE": f"Etc/GMT{-east:+d}", "CITIZEN_LOG_LEVEL": "DEBUG"}
    server = Server({**app_environment, **here}, tmp_path / "server.log")
    server.start()
    yield DemoCity(server)
    server.stop()


def kiosk_of(city: DemoCity, service: str) -> dict[str, Any]:
    """The service's first kiosk."""
    return next(kiosk for kiosk in city.loaded["kiosks"] if kiosk["service"] == service)


def invite(city: DemoCity, phone: str) -> None:
    """A demo citizen who belongs to a place invites a phone number there."""
    for person in city.loaded["citizens"]:
        host = city.sign_in(person["phone"], person["otp"])
        places = city.http.get(f"{PASS}/my/places", headers=host).json()["items"]
        if places:
            break
    moment = datetime.now(UTC)
    body = {
        "invitation_id": new_id(),
        "place_id": places[0]["place_id"],
        "phone": phone,
        "guest": "王客人",
        "purpose": "探亲",
        "starts_at": (moment - timedelta(minutes=1)).isoformat().replace("+00:00", "Z"),
        "ends_at": (moment + timedelta(hours=4)).isoformat().replace("+00:00", "Z"),
    }
    invited = city.http.post(f"{PASS}/my/invitations", json=body, headers=host)
    assert invited.status_code == 201, invited.text


def test_a_guest_decides_what_the_gate_sees(city: DemoCity) -> None:
    invite(city, GUEST)
    guest = city.sign_in(GUEST)
    bus, gate = kiosk_of(city, "bus"), kiosk_of(city, "pass")

    def code() -> str:
        shown: str = city.http.get("/api/v1/me/code", headers=guest).json()["code"]
        return shown

    def disclosed() -> list[str]:
        (newest,) = city.http.get("/api/v1/me/usage?limit=1", headers=guest).json()["items"]
        return [field["name"] for field in newest["disclosed"]]

    before = city.http.get(CONSENTS, headers=guest).json()
    assert before["notice"]["state"] == "not_accepted"
    assert {one["service"]: one["state"] for one in before["items"]} == {
        "bus": "nothing_asked",
        "hospital": "withheld",
        "pass": "withheld",
    }
    assert city.scan(bus, code())["reason"] == "ok"

    shown = code()
    refused = city.scan(gate, shown)
    assert (refused["reason"], refused["granted"]) == ("consent_missing", {})
    assert "核对手机号" in refused["display"]["lines"][0]
    assert disclosed() == []
    mine = city.http.get(f"{PASS}/my/visits", headers=guest)
    assert (mine.status_code, mine.json()["type"]) == (403, "/problems/consent-missing")
    assert mine.json()["next_step"] == f"{CONSENTS}/pass"

    version = city.http.get("/api/v1/privacy-notice").json()["version"]
    accepted = city.http.put(f"{CONSENTS}/notice", json={"version": version}, headers=guest)
    assert accepted.json()["state"] == "accepted"
    allowed = city.scan(gate, shown)
    assert (allowed["reason"], allowed["decision"]) == ("ok", "allow"), "the same code, not used up before"
    assert disclosed() == ["contact_ref"]
    assert len(city.http.get(f"{PASS}/my/visits", headers=guest).json()["items"]) == 1

    assert city.http.delete(mine.json()["next_step"], headers=guest).status_code == 204
    assert city.scan(gate, code())["reason"] == "consent_missing"
    assert disclosed() == []
    assert city.scan(bus, code())["reason"] in ("ok", "service_refused")

    (seen,) = [
        one for one in city.http.get(CONSENTS, headers=guest).json()["items"] if one["service"] == "pass"
    ]
    assert [(field["name"], field["state"]) for field in seen["scopes"]] == [
        ("contact_ref", "withheld"),
        ("identity_ref", "withheld"),
    ]
