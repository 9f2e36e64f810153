"""Kiosks for tests: a registry with two made-up services, and ways to enrol."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from citizen_app.codes import keys
from citizen_app.extensions import limiter
from citizen_app.kiosks import operations
from citizen_app.registry.contract import TOOLKIT_API, Purpose, ServiceModule
from citizen_app.registry.fields import Field
from citizen_app.registry.modules import InstalledModule, Registry
from citizen_app.storage.transactions import transaction
from citizen_app.text import Text
from tests.integration.kiosks.devices import create

PIER = Field(
    "pier",
    "string",
    Text("码头", "Pier"),
    choices=(("east", Text("东码头", "East pier")), ("west", Text("西码头", "West pier"))),
)
SEATS = Field("seats", "integer", Text("座位", "Seats"), required=False, minimum=1, maximum=9)


def module(service: str, *purposes: Purpose) -> InstalledModule:
    """An installed service that only declares."""
    descriptor = ServiceModule(
        id=service,
        version="1",
        toolkit_api=TOOLKIT_API,
        title=Text("测试", service),
        summary=Text("测试", service),
        owner=Text("测试", "Test"),
        icon="bus",
        category="transport",
        purposes=purposes,
    )
    parts: dict[str, Any] = {
        "hooks": None,
        "models": None,
        "blueprints": (),
        "commands": None,
        "jobs": (),
        "seed": None,
    }
    return InstalledModule(descriptor=descriptor, package=service, folder=Path(), **parts)


@pytest.fixture(autouse=True)
def services(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Registry:
    """`ferry` (board, alight) and `pool` (enter); and an issuer's keys."""
    registry = Registry(
        {
            "ferry": module(
                "ferry",
                Purpose("board", Text("上船", "Board"), context=(PIER, SEATS)),
                Purpose("alight", Text("下船", "Alight")),
            ),
            "pool": module("pool", Purpose("enter", Text("入场", "Enter"))),
        }
    )
    monkeypatch.setitem(app.extensions, "registry", registry)
    with app.app_context(), transaction():
        keys.ensure_keys()
    limiter.reset()
    return registry


@pytest.fixture
def enrolled(app: Flask) -> Callable[..., tuple[str, str]]:
    """Makes an active kiosk; returns its id and token."""

    def make(**chosen: Any) -> tuple[str, str]:
        kiosk_id, code = create(app, **chosen)
        with app.app_context(), transaction():
            return kiosk_id, operations.activate(code)[1]

    return make


@pytest.fixture
def second_app(other_worker: Flask, services: Registry) -> Flask:
    """Another process on the same database with the same two services."""
    other_worker.extensions["registry"] = services
    return other_worker
