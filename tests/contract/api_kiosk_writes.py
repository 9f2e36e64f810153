"""Writes of kiosks and of those who set them up, as requests that work."""

from __future__ import annotations

from typing import Any, Final

from citizen_app.clock import now, rfc3339
from citizen_app.ids import new_id
from citizen_app.kiosks.pins import set_pin
from citizen_app.storage.transactions import transaction
from tests.contract.api_city import Callers
from tests.contract.api_desk import Sent

PIN: Final = {"pin": "280615"}


def heartbeat() -> dict[str, Any]:
    """What a kiosk tells of itself."""
    return {"clock": rfc3339(now()), "app_version": "1.2.3"}


def pin_tried(callers: Callers) -> Sent:
    """The right PIN of a kiosk."""
    headers = callers.headers("kiosk")
    with callers.app.app_context(), transaction():
        set_pin(callers.kiosk.id, PIN["pin"])
    return Sent("/api/v1/kiosks/me/pin", headers, PIN)


def searched(callers: Callers) -> Sent:
    """A search on the service's list."""
    pin = pin_tried(callers)
    unlock = callers.app.test_client().post(pin.path, json=pin.json, headers=pin.headers).get_json()["unlock"]
    body = {"unlock": unlock, "words": "张三", "reason": "Phone is empty"}
    return Sent("/api/v1/kiosks/me/search", pin.headers, body)


def scan(callers: Callers) -> Sent:
    """A scan."""
    body = {"scan_id": new_id(), "purpose": "enter", "code": callers.citizen.code()}
    return Sent("/api/v1/scans", callers.headers("kiosk"), body)


def batch(callers: Callers) -> Sent:
    """An upload of one scan."""
    late = {**scan(callers).json, "occurred_at": rfc3339(now())}
    return Sent("/api/v1/scans/batch", callers.headers("kiosk"), {"scans": [late]})


def answer(callers: Callers) -> Sent:
    """The answer to what a scan has asked."""
    headers, scan_id = callers.headers("kiosk"), new_id()
    asked = callers.kiosk.scan(callers.citizen.code(), "ask", scan_id=scan_id)
    assert asked.get_json()["decision"] == "needs_input"
    return Sent(f"/api/v1/scans/{scan_id}/answer", headers, {"last_four": "1234"})
