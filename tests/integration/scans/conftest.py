"""Scans are tested with a service that does whatever a test asks of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from citizen_app.extensions import limiter
from citizen_app.toolkit.testing import City, TestCitizen, TestKiosk


@pytest.fixture
def services_dir() -> Path | None:
    """The sample services instead of the product's."""
    return Path(__file__).parents[2] / "sample_services"


@pytest.fixture
def citizen(city: City) -> TestCitizen:
    """One citizen."""
    return city.citizen()


@pytest.fixture
def kiosk(city: City) -> TestKiosk:
    """A kiosk that may do everything the probe knows."""
    return city.kiosk("probe")


@pytest.fixture
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred concurrent scans exceed a kiosk's rate limit."""

    monkeypatch.setattr(limiter, "enabled", False)
