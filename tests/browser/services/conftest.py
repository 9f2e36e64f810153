"""The demo city with the services that come with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from citizen_app.kiosks.models import Kiosk
from citizen_app.kiosks.operations import add_token
from citizen_app.registry import state
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import TestKiosk
from tests.browser.running import RunningCity, running_city


@pytest.fixture(scope="session")
def whole_city(chromium_path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCity]:
    """A city with every service of the repository."""
    del chromium_path  # without it nothing needs to run
    with running_city(tmp_path_factory.mktemp("whole-city")) as running:
        open_at_any_hour(running)
        yield running


def open_at_any_hour(running: RunningCity) -> None:
    """The compound of the demo receives guests by day only; these tests run at night, too."""
    with running.app.test_request_context(), transaction():
        places, hours = (import_module(f"services.pass.operations.{name}") for name in ("places", "hours"))
        for place in db.session.scalars(select(places.PassPlace)):
            places.change_place(place, {"hours": hours.Hours()})


@pytest.fixture(scope="session")
def city(whole_city: RunningCity) -> str:
    """Its address, for the fixtures that open pages."""
    return whole_city.address


@pytest.fixture
def switch(whole_city: RunningCity) -> Iterator[Callable[[str, bool], None]]:
    """`switch(service, on)`, as staff do; all are on again afterwards."""
    touched: set[str] = set()

    def switched(service: str, on: bool) -> None:
        touched.add(service)
        with whole_city.app.app_context(), transaction():
            (state.enable if on else state.disable)(service)

    yield switched
    for service in touched:
        switched(service, True)


@pytest.fixture
def guard(whole_city: RunningCity) -> Callable[[str], dict[str, Any]]:
    """`guard(code)`: what the reader at the gate of the demo compound is told, over the API."""
    return reader_of(whole_city, "pass", "骆马湖花园", "enter")


@pytest.fixture
def bus(whole_city: RunningCity) -> Callable[[str], dict[str, Any]]:
    """`bus(code)`: what the reader of a demo bus of line 1 is told, over the API."""
    return reader_of(whole_city, "bus", "1路", "board")


def reader_of(running: RunningCity, service: str, name: str, purpose: str) -> Callable[[str], dict[str, Any]]:
    """Whoever scans at the demo kiosk whose name begins so; their token is a new one."""
    with running.app.app_context(), transaction():
        kiosks = db.session.scalars(select(Kiosk).where(Kiosk.service == service))
        kiosk = next(one for one in kiosks if one.name.startswith(name))
        client = running.app.test_client()
        reader = TestKiosk(kiosk.id, add_token(kiosk.id), client, tuple(kiosk.purposes), dict(kiosk.context))

    def scan(code: str) -> dict[str, Any]:
        told: dict[str, Any] = reader.scan(code, purpose, context=reader.context).get_json()
        return told

    return scan


def sign_in(page: Page, citizen: int = 0) -> None:
    """From the sign-in page on, by its forms, as one of the demo citizens."""
    page.locator("[data-demo-phone]").nth(citizen).click()
    page.get_by_label("短信验证码").or_(page.get_by_label("Code from the message")).fill("000000")
    page.locator("main button[type=submit]").click()
    expect(page.locator(".service-page")).to_be_visible()
