"""Requests about kiosks and place codes: of staff who make them, and of a citizen's phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Literal

from citizen_app.ids import new_id
from tests.contract.api_city import Callers
from tests.contract.api_desk import Sent


def place_scan(callers: Callers) -> Sent:
    """The citizen's phone reads a poster."""
    body = {"scan_id": new_id(), "place_code": callers.posters[0].token}
    return Sent("/api/v1/me/scans", callers.headers("citizen"), body)


def place_answer(callers: Callers) -> Sent:
    """The citizen has been asked something there."""
    headers, poster = callers.headers("citizen"), callers.city.poster("probe", "poster_asks")
    asked = callers.citizen.scan_place(poster).get_json()
    assert asked["decision"] == "needs_input"
    path = f"/api/v1/me/scans/{asked['scan_id']}/answer?place_code={poster.token}"
    return Sent(path, headers, {"last_four": "1234"})


def new_place(callers: Callers) -> Sent:
    """A place with its first poster."""
    place = {"zh": "东门", "en": "East gate"}
    body: dict[str, Any] = {"name": "海报", "service": "probe", "purpose": "by_poster", "place": place}
    return Sent("/api/v1/admin/place-codes", callers.headers("system_admin"), body)


def at_place(rest: str) -> Callable[[Callers], Sent]:
    """A request about a place where a poster hangs."""

    def make(callers: Callers) -> Sent:
        place_id = callers.city.poster("probe", "by_poster").kiosk_id
        return Sent(f"/api/v1/admin/place-codes/{place_id}{rest}", callers.headers("system_admin"))

    return make


def new_kiosk() -> dict[str, Any]:
    """A kiosk to create."""
    place = {"zh": "东门", "en": "East gate"}
    return {"name": "新设备", "service": "probe", "purposes": ["enter"], "place": place}


def activation(callers: Callers) -> Sent:
    """Of a kiosk that was created a moment ago."""
    made = callers.app.test_client().post(
        "/api/v1/admin/kiosks", json=new_kiosk(), headers=callers.headers("system_admin")
    )
    return Sent("/api/v1/kiosks/activate", json={"activation_code": made.get_json()["activation_code"]})


PLACE_WRITES: Final[dict[str, tuple[Literal["id", "key", "state"], Callable[[Callers], Sent]]]] = {
    "POST /api/v1/me/scans": ("id", place_scan),
    "POST /api/v1/me/scans/{scan_id}/answer": ("id", place_answer),
    "POST /api/v1/admin/place-codes": ("key", new_place),
    "POST /api/v1/admin/place-codes/{place_id}/print": ("key", at_place("/print")),
    "POST /api/v1/admin/place-codes/{place_id}/void": ("state", at_place("/void")),
}
"""How each may be repeated (`api_writes`)."""
