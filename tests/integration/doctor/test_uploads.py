"""What kiosks read offline and their service did not answer: it waits there, and leaves no event."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from citizen_app import clock
from citizen_app.doctor import scanning
from citizen_app.ids import new_id
from citizen_app.kiosks.queries import unreadable_counts
from citizen_app.kiosks.tally import current_tally
from citizen_app.registry.modules import current_registry
from citizen_app.toolkit.testing import City, TestCitizen, TestKiosk
from tests.integration.doctor.patients import found

SERVICES = Path(__file__).parents[2] / "sample_services"


@pytest.fixture
def services_dir() -> Path | None:
    """The sample services instead of the product's."""
    return SERVICES


def uploaded(city: City, kiosk: TestKiosk, citizen: TestCitizen, scans: int) -> list[str]:
    """Upload some scans of now; what is said of each. Their counts are written."""
    read = [
        {
            "scan_id": new_id(),
            "purpose": "enter",
            "code": citizen.code(),
            "occurred_at": clock.now().isoformat().replace("+00:00", "Z"),
        }
        for _ in range(scans)
    ]
    results = kiosk.post("/api/v1/scans/batch", {"scans": read}).get_json()["results"]
    with city.app.app_context():
        current_tally().write()
    return [one.get("reason") or one["problem"]["type"] for one in results]


def test_a_service_that_fails_over_uploads_alone_is_told(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    with city.app.app_context():
        module = current_registry().get("probe")
    assert module is not None
    works = module.hooks.on_scan
    monkeypatch.setattr(module.hooks, "on_scan", lambda scan: 1 / 0 if scan.late else works(scan))
    kiosk, citizen = city.kiosk("probe"), city.citizen()
    assert kiosk.scan(citizen.code(), "enter").get_json()["decision"] == "allow"
    assert uploaded(city, kiosk, citizen, 2) == ["/problems/unavailable"] * 2
    ((level, words),) = found(city.app, scanning.scans_answered)
    assert level == "warning"
    assert "Service probe gave no answer to an upload of an offline scan 2 times since" in words
    with city.app.app_context():
        assert unreadable_counts(kiosk.id) == [], "the codes were read"
    with time_machine.travel(datetime.now(UTC) + timedelta(days=1) + scanning.LOOKED_BACK):
        assert found(city.app, scanning.scans_answered) == [], "that was on another day"


def test_uploads_that_are_answered_are_not(city: City) -> None:
    assert uploaded(city, city.kiosk("probe"), city.citizen(), 1) == ["ok"]
    assert found(city.app, scanning.scans_answered) == []
