"""For everyone: axe finds nothing on any page in six modes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.access import LANGUAGES, Mode, opened, violations, what_is_wrong
from tests.browser.running import RunningCity, running_city
from tests.browser.services.conftest import open_at_any_hour, sign_in
from tests.browser.services.lives import a_guest, a_life, a_top_up, a_wards_code, an_emergency
from tests.browser.services.patients import a_patient
from tests.browser.services.walking import ELSEWHERE, Walk, pages_of

OpenPage = Callable[..., Page]
Scan = Callable[[str], dict[str, Any]]
OPEN = (
    "/",
    "/?q=老人坐车要钱吗",
    "/?q=nothing-like-it",
    "/notice",
    "/code",
    "/self-service",
    "/left",
    "/services/bus/",
    "/services/bus/stops?q=nothing-like-it",
    "/services/bus/stops/SQZ-1",
    "/services/bus/journeys",
    "/services/bus/journeys?start_words=s&end_words=市政府",
    "/services/bus/journeys?start=SQZ-1&end=XWGL",
    "/services/bus/journeys?start=SQZ-1&end=SQZ-1",
    "/services/nowhere/",
    "/sign-in",
    "/sign-in/otp",
)
MINE = (
    "/",
    "/mine",
    "/mine/confirm",
    "/mine/confirm/otp",
    "/mine/prove",
    "/mine/consents/pass",
    "/mine/notices/email/remove",
    "/mine/purse/freeze",
    "/mine/purse/close",
    "/mine/purse/open",
    "/services/bus/trips",
    "/services/bus/saved",
    "/services/bus/saved/SQZ-1",
    "/services/pass/",
    "/services/pass/guests/new",
)
"""Where somebody who is signed in begins; from there every other kind of page is found by its links."""
SELDOM = {"mine.repay": "a debt and money at once, which every top-up settles"}


@pytest.fixture
def whole_city(chromium_path: str, tmp_path: Path) -> Iterator[RunningCity]:
    """A city for each language: a walk is a life, which ends with somebody moved in and somebody invited."""
    del chromium_path
    with running_city(tmp_path) as running:
        open_at_any_hour(running)
        yield running


@pytest.fixture
def city(whole_city: RunningCity) -> str:
    """Its address."""
    return whole_city.address


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_on_any_page(
    open_page: OpenPage,
    whole_city: RunningCity,
    language: str,
    expect_error: Callable[[str], None],
    guard: Scan,
    bus: Scan,
) -> None:
    expect_error("404")
    expect_error("422")
    page = opened(open_page, Mode(language))
    walk = Walk(page, whole_city.app)
    walk.go(*OPEN)
    page.goto("/services/pass/")
    sign_in(page)
    walk.go(*MINE)
    a_life(walk, open_page, guard, bus)
    a_wards_code(walk)
    a_guest(walk)
    a_top_up(walk, whole_city)
    a_patient(walk, whole_city)
    an_emergency(walk)
    walk.go("/mine/uses", "/mine/notices", "/mine/purse")
    assert what_is_wrong(walk.found) == {}
    left = sorted(pages_of(whole_city.app) - walk.seen - {*ELSEWHERE, *SELDOM})
    assert left == [], f"not looked at: {left}"
    walk.page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    assert any("button-name" in told for told in violations(walk.page))
