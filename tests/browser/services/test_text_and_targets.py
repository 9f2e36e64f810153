"""Text and targets are as large as the ministry asks.

MIIT, 移动互联网应用适老化通用设计规范: main text 18 dp, 30 dp in some setting, main targets 60 dp in the
elder view and 44 elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from playwright.sync_api import Page

from tests.browser.access import Mode, opened
from tests.browser.services.conftest import sign_in

OpenPage = Callable[..., Page]
MAIN_TARGETS = (
    "main .weui-btn, main .row__body_link, main .section-link, main .field__input, main .choice,"
    " main .service__body, main .person, main .star, main .option, main .todays__card, .tab"
)
TARGETS = f"{MAIN_TARGETS}, main .crumbs a, .top a, .foot a"
MEASURED = (
    "/",
    "/services/bus/",
    "/services/bus/lines",
    "/services/bus/stops/SQZ-1",
    "/mine",
    "/mine/uses",
    "/mine/notices",
    "/mine/consents",
    "/mine/consents/pass",
    "/mine/family",
    "/mine/family/new",
    "/mine/purse",
    "/mine/settings",
    "/services/pass/",
    "/services/pass/places",
    "/services/pass/guests",
    "/services/pass/guests/new",
    "/sign-in",
)
SIZES: Mapping[str, tuple[float, float]] = {"standard": (17, 44), "large": (18, 60), "largest": (30, 60)}
"""Of each size: main text and main targets, in CSS pixels (dp)."""


@pytest.mark.parametrize("size", SIZES)
def test_text_and_targets_are_large_enough(open_page: OpenPage, size: str) -> None:
    text, target = SIZES[size]
    page = opened(open_page, Mode(size=size))
    page.goto("/services/pass/guests/new")
    sign_in(page)
    for path in MEASURED:
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
