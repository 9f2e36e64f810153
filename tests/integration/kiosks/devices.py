"""Devices of the tests, and a second process beside the first."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from flask import Flask

from citizen_app.kiosks import operations
from citizen_app.kiosks.queries import kiosk_of_token
from citizen_app.registry.modules import current_registry
from citizen_app.storage.cached_values import CacheWatch
from citizen_app.storage.transactions import transaction
from citizen_app.text import Text


def purposes_of(service: str):
    """What the service declares."""
    found = current_registry().get(service)
    return None if found is None else found.descriptor.purposes


def create(app: Flask, **chosen: Any) -> tuple[str, str]:
    """A pending kiosk: its id and activation code."""
    usual: dict[str, Any] = {
        "name": "一号机",
        "service": "ferry",
        "purposes": ["board"],
        "place": Text("东码头", "East pier"),
        "context": {"pier": "east"},
    }
    with app.app_context(), transaction():
        kiosk, code = operations.create(**{**usual, **chosen}, purposes_of=purposes_of)
        return kiosk.id, code


def accepted(app: Flask, token: str) -> bool:
    """Whether the process lets the token in."""
    with app.app_context(), transaction(reading=True):
        return kiosk_of_token(token) is not None


def within(seconds: float, condition: Callable[[], bool]) -> bool:
    """Whether the condition comes true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return condition()


def look_only_when_asked(app: Flask) -> CacheWatch:
    """Replace the process's watch by one without a thread, so that a test decides when it looks."""
    app.extensions["watch"] = watch = CacheWatch(app, 3600.0)
    return watch
