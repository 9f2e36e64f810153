"""Two hundred taps of one citizen at one door, each with a fresh code: one boards, the others are told so."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import update

from citizen_app.extensions import limiter
from citizen_app.factory import CitizenFlask
from citizen_app.ids import new_id
from citizen_app.registry.state import ServiceState
from citizen_app.storage.cached_values import invalidate
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City
from tests.drills.sizes import CONCURRENT
from tests.drills.test_races import concurrently, post

HOOKS = 12
"""Fewer than the concurrent scans of one service that a process permits; beyond that the kiosk gets
`unavailable`."""
CONTEXT = {"line": "101", "direction": "0", "stop": "汽车站", "vehicle": "BUS-0001"}


@pytest.fixture
def services_dir() -> Path | None:
    """The product's services."""
    return None


@pytest.mark.parametrize(
    ("window", "boarded"), [(90, 1), pytest.param(0, CONCURRENT, id="control: no window, everyone boards")]
)
def test_one_of_many_taps_boards(
    app: CitizenFlask, city: City, monkeypatch: pytest.MonkeyPatch, window: int, boarded: int
) -> None:
    monkeypatch.setattr(limiter, "enabled", False)
    with app.app_context(), transaction():
        values = {"settings": {"second_tap_seconds": window}}
        db.session.execute(update(ServiceState).where(ServiceState.service == "bus").values(values))
        invalidate("services")
    kiosk, citizen = city.kiosk("bus", context=CONTEXT), city.citizen()
    codes = [citizen.code() for _ in range(CONCURRENT)]

    def tap(number: int) -> str:
        body = {"scan_id": new_id(), "purpose": "board", "code": codes[number], "context": CONTEXT}
        answer = post(app, "/scans", body, kiosk.token).get_json()
        return str(answer.get("detail_code") or answer.get("reason") or answer)

    taps = Counter(concurrently(CONCURRENT, tap, HOOKS))
    assert taps == Counter({"ok": boarded}) + Counter({"second_tap": CONCURRENT - boarded})
    assert city.count("bus_boardings") == boarded
