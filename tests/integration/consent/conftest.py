"""Consent is tested with the probe, whose declaration a test may change as an upgrade does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from citizen_app.factory import CitizenFlask
from citizen_app.registry.contract import Scope
from citizen_app.registry.modules import Registry
from citizen_app.text import Text
from citizen_app.toolkit.testing import City, TestCitizen, TestKiosk

CONSENTS = "/api/v1/me/consents"
NOTICE = "/api/v1/privacy-notice"
WHY = Text("试验", "Trial")
FARE = Scope("senior", WHY, basis="legal_duty", law=Text("《试验条例》第一条", "Rules of trial, art. 1"))
NAME = Scope("masked_name", WHY)
CONTACT = Scope("contact_ref", WHY)
ESSENTIAL_CONTACT = Scope("contact_ref", WHY, essential=True)
PHONE = Scope("masked_phone", WHY, sensitive=True)


@pytest.fixture
def services_dir() -> Path | None:
    """The sample services instead of the product's."""
    return Path(__file__).parents[2] / "sample_services"


class Upgrade:
    """Puts another version of the probe in place, which declares these fields."""

    def __init__(self, app: CitizenFlask) -> None:
        self._registry: Registry = app.extensions["registry"]
        self._kept = dict(self._registry._modules)

    def __call__(self, *scopes: Scope) -> None:
        """Install it; staff have approved what they had approved."""
        module = self._registry._modules["probe"]
        declared = replace(module.descriptor, scopes=scopes)
        self._registry._modules["probe"] = replace(module, descriptor=declared)

    def undo(self) -> None:
        """As it was."""
        self._registry._modules.clear()
        self._registry._modules.update(self._kept)


@pytest.fixture
def upgrade(app: CitizenFlask) -> Iterator[Upgrade]:
    """`upgrade(NAME, PHONE)`."""
    made = Upgrade(app)
    yield made
    made.undo()


@pytest.fixture
def kiosk(city: City) -> TestKiosk:
    """A kiosk of the probe."""
    return city.kiosk("probe")


def scan(kiosk: TestKiosk, citizen: TestCitizen, purpose: str = "enter") -> dict[str, Any]:
    """The decision on a fresh code."""
    decision: dict[str, Any] = kiosk.scan(citizen.code(), purpose).get_json()
    return decision


def accept(city: City, citizen: TestCitizen) -> Any:
    """Read the notice and accept it."""
    version = city.client.get(NOTICE).get_json()["version"]
    return citizen.call("PUT", f"{CONSENTS}/notice", json={"version": version})


def standing(citizen: TestCitizen, service: str = "probe") -> dict[str, Any]:
    """How it stands with a service."""
    items = citizen.get(CONSENTS).get_json()["items"]
    found: dict[str, Any] = next(one for one in items if one["service"] == service)
    return found


def states(citizen: TestCitizen) -> dict[str, str]:
    """The state of each field of the probe."""
    return {field["name"]: field["state"] for field in standing(citizen)["scopes"]}


def disclosed(citizen: TestCitizen) -> list[str]:
    """What the newest use in the citizen's log told."""
    return [field["name"] for field in citizen.usage()[0]["disclosed"]]
