"""The demo city with the services that come with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from citizen_app.registry import state
from citizen_app.storage.transactions import transaction
from tests.browser.running import RunningCity, running_city


@pytest.fixture(scope="session")
def whole_city(chromium_path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCity]:
    """A city with every service of the repository."""
    del chromium_path  # without it nothing needs to run
    with running_city(tmp_path_factory.mktemp("whole-city")) as running:
        yield running


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


def sign_in(page: Page, citizen: int = 0) -> None:
    """From the sign-in page on, by its forms, as one of the demo citizens."""
    page.locator("[data-demo-phone]").nth(citizen).click()
    page.get_by_label("短信验证码").or_(page.get_by_label("Code from the message")).fill("000000")
    page.locator("main button[type=submit]").click()
    expect(page.locator(".service-page")).to_be_visible()
