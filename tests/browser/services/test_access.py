"""For everyone: axe finds nothing on any page in six modes, and the ministry's numbers hold.

MIIT, 移动互联网应用适老化通用设计规范: main text 18 dp, 30 dp in some setting, main targets 60 dp in the
elder view and 44 elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.services.conftest import sign_in
from tools.vendor import TEST_DIR

OpenPage = Callable[..., Page]
AXE = next(TEST_DIR.glob("axe-core@*/axe.min.js"))
RUN_AXE = """
() => axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
  violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join("; ")}`))
"""
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
OPEN = (
    "/",
    "/?q=nothing-like-it",
    "/services/bus/",
    "/services/bus/lines",
    "/services/bus/lines/L1",
    "/services/bus/stops",
    "/services/bus/stops?q=nothing-like-it",
    "/services/bus/stops/SQZ-1",
    "/services/bus/fares",
    "/services/nowhere/",
    "/sign-in",
    "/sign-in/otp",
)
MINE = (
    "/services/bus/trips",
    "/services/pass/",
    "/services/pass/places",
    "/services/pass/applications",
    "/services/pass/guests",
    "/services/pass/guests/new",
    "/services/pass/visits",
    "/services/pass/passages",
)
MAIN_TARGETS = (
    "main .weui-btn, main .row__body_link, main .section-link, main .field__input, main .choice,"
    " main .service__body, main .person"
)
TARGETS = f"{MAIN_TARGETS}, main .crumbs a, .top a, .foot a"
SIZES: Mapping[str, tuple[float, float]] = {"standard": (17, 44), "large": (18, 60), "largest": (30, 60)}
"""Of each size: main text and main targets, in CSS pixels (dp)."""


@dataclass(frozen=True)
class Mode:
    """One way to see the pages."""

    language: str = "zh"
    size: str = "standard"
    dark: bool = False


MODES = {
    "standard": Mode(),
    "elder": Mode(size="large"),
    "largest": Mode(size="largest"),
    "dark": Mode(dark=True),
    "English": Mode(language="en"),
    "dark, largest, English": Mode("en", "largest", True),
}


def opened(open_page: OpenPage, mode: Mode) -> Page:
    """The entry in a mode, which the browser keeps."""
    page = open_page(f"/?elder={mode.size}", color_scheme="dark" if mode.dark else "light")
    page.goto(f"/?lang={mode.language}")
    return page


def violations(page: Page) -> list[Any]:
    """What axe has against the page, and whether it is wider than the phone."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[Any] = page.evaluate(RUN_AXE)
    return found + (["wider than a phone"] if page.evaluate(OVERFLOW) > 0 else [])


@pytest.mark.parametrize("mode", MODES.values(), ids=MODES.keys())
def test_axe_finds_nothing(open_page: OpenPage, mode: Mode, expect_error: Callable[[str], None]) -> None:
    expect_error("404")
    expect_error("422")
    page = opened(open_page, mode)
    found: dict[str, list[Any]] = {}
    for path in OPEN:
        page.goto(path)
        found[path] = violations(page)
    page.goto("/services/pass/")
    sign_in(page)
    for path in MINE:
        page.goto(path)
        assert page.url.endswith(path)
        found[path] = violations(page)
    page.goto("/services/pass/guests/new")
    page.locator("main button[type=submit]").click()
    page.locator("[aria-invalid]").first.wait_for()
    found["a refused form"] = violations(page)
    for name, value in (("phone", "13912345678"), ("guest", "王客人"), ("purpose", "探亲")):
        page.locator(f"[name={name}]").fill(value)
    page.locator("main button[type=submit]").click()
    page.wait_for_url(re.compile("done=invited"))
    found["a guest"] = violations(page)
    page.locator("main a.weui-btn").click()
    found["a question"] = violations(page)
    page.locator("main button[type=submit]").click()
    assert {path: told for path, told in found.items() if told} == {}


def test_axe_can_find_something(open_page: OpenPage) -> None:
    page = open_page("/services/bus/")
    page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    assert any("button-name" in told for told in violations(page))


@pytest.mark.parametrize("size", SIZES)
def test_text_and_targets_are_large_enough(open_page: OpenPage, size: str) -> None:
    text, target = SIZES[size]
    page = opened(open_page, Mode(size=size))
    page.goto("/services/pass/guests/new")
    sign_in(page)
    for path in (
        "/",
        "/services/bus/",
        "/services/bus/lines",
        "/services/bus/stops/SQZ-1",
        *MINE,
        "/sign-in",
    ):
        page.goto(path)
        zoom = page.evaluate("Number(getComputedStyle(document.documentElement).zoom) || 1")
        written = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
        assert written * zoom >= text, (path, written, zoom)
        for selector, least in ((MAIN_TARGETS, target), (TARGETS, 44.0)):
            small = [
                (path, one.inner_text()[:20], box["height"])
                for one in page.locator(selector).all()
                if (box := one.bounding_box()) is not None and box["height"] < least - 0.5
            ]
            assert small == []
