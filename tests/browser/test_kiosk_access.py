"""For everyone, where no citizen's own phone is: axe finds nothing on the kiosk page in any of its states, on
a tablet and on an officer's phone, nor on the page of the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, StorageState, expect

from tests.browser.access import LANGUAGES, in_its_modes, what_is_wrong
from tests.browser.hands import copied_code, expect_result, open_settings, paste, signed_in

LOCALES = {"zh": "zh-CN", "en": "en-GB"}
ANSWER = """
([module, tone]) => import(module).then(({ showDecision }) => showDecision({ display: {
  tone, title: "结果 Result", speak: "", lines: ["王*明 · 老年卡 Senior card"],
} }))
"""


@pytest.mark.parametrize(("width", "height"), [(1024, 768), (375, 812)], ids=["tablet", "phone"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_on_the_kiosk(
    open_page: Callable[..., Page],
    activated_kiosk: StorageState,
    expect_error: Callable[[str], None],
    width: int,
    height: int,
    language: str,
) -> None:
    expect_error("403")
    expect_error("401")
    seen_at = {"width": width, "height": height, "locale": LOCALES[language]}
    fresh = open_page("/kiosk", **seen_at)
    fresh.locator("#activation-code").fill("AAAA-AAAA-AAAA")
    fresh.locator("#activation-send").click()
    expect(fresh.locator("#activation-trouble")).not_to_be_empty()
    found = in_its_modes(fresh, "activation")
    citizen = signed_in(open_page, citizen=3)
    kiosk = open_page("/kiosk", kept=activated_kiosk, **seen_at)
    kiosk.locator("#kiosk-name:not(:empty)").wait_for()
    found |= in_its_modes(kiosk, "ready")
    kiosk.locator("[data-field=barcode]").fill("ASK")
    paste(kiosk, copied_code(citizen))
    expect_result(kiosk, "ask")
    found |= in_its_modes(kiosk, "a question")
    kiosk.locator("#close-result").click()
    found |= answers(kiosk)
    found |= behind_the_pin(kiosk)
    assert what_is_wrong(found) == {}


def answers(kiosk: Page) -> dict[str, list[Any]]:
    """The three answers, each held on the screen for as long as it is looked at."""
    found: dict[str, list[Any]] = {}
    for tone in ("good", "bad", "ask"):
        kiosk.evaluate(ANSWER, ["/static/js/kiosk-result.js", tone])
        kiosk.evaluate("for (let id = setTimeout(() => {}); id > 0; id -= 1) clearTimeout(id)")
        expect_result(kiosk, tone)
        found |= in_its_modes(kiosk, f"the answer {tone}")
        kiosk.locator("#close-result").click()
    return found


def behind_the_pin(kiosk: Page) -> dict[str, list[Any]]:
    """The PIN, what it opens, and the search."""
    kiosk.reload()
    kiosk.locator("#kiosk-name:not(:empty)").wait_for()
    kiosk.locator("#open-settings").click()
    kiosk.locator("#pin-digits").fill("111222")
    kiosk.locator("#pin-send").click()
    expect(kiosk.locator("#pin-trouble")).not_to_be_empty()
    found = in_its_modes(kiosk, "a wrong PIN")
    kiosk.locator("#pin-back").click()
    open_settings(kiosk)
    found |= in_its_modes(kiosk, "settings")
    kiosk.locator("#open-search").click()
    kiosk.locator("#search-words").fill("李明")
    kiosk.locator("#search-reason").fill("手机没电")
    kiosk.locator("#search-send").click()
    expect(kiosk.locator(".found__one")).to_have_count(1)
    return found | in_its_modes(kiosk, "search")


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_on_the_page_of_the_api(open_page: Callable[..., Page], language: str) -> None:
    page = open_page("/api/docs", width=1280, height=900, locale=LOCALES[language])
    page.locator(".opblock").first.wait_for()
    found = in_its_modes(page, "the list")
    page.mouse.wheel(0, 2500)
    for method in ("post",):
        page.locator(f".opblock-{method} .opblock-summary-control").first.click()
        page.locator(".try-out__btn").first.click()
        page.locator(".execute").first.wait_for()
        found |= in_its_modes(page, f"{method}, about to be tried")
    assert what_is_wrong(found) == {}
