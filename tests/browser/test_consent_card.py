"""The notice and a service's fields are asked for on the code page; the code is there whatever the answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hands import copied_code, expect_result, paste, signed_in

SOMEBODY = 4
"""A demo citizen whom no other test asks about."""


def taken_back(open_page: Callable[..., Page], **options: str) -> Page:
    """The page of a citizen who has taken back their consent, opened anew."""
    page = signed_in(open_page, SOMEBODY)
    expect(page.locator("#consent")).to_be_hidden()
    page.locator("#consent-withdraw").click()
    expect(page.locator("#consent-done")).to_have_text("已撤回，码照常使用。")
    page.goto("/code" + "".join(f"?{name}={value}" for name, value in options.items()))
    expect(page.locator("#qr path")).to_have_count(1)
    return page


@pytest.mark.parametrize("options", [{}, {"elder": "largest"}])
def test_the_notice_is_asked_for_and_may_be_put_off(
    open_page: Callable[..., Page], options: dict[str, str]
) -> None:
    page = taken_back(open_page, **options)
    card = page.locator("#consent")
    expect(card).to_contain_text("隐私说明")
    expect(card).to_contain_text("随时可以撤回")
    expect(page.locator("#consent-withdraw")).to_be_hidden()
    page.locator("#consent-later").click()
    expect(card).to_be_hidden()
    page.reload()
    expect(page.locator("#qr path")).to_have_count(1)
    expect(card).to_be_hidden()
    page.evaluate("sessionStorage.clear()")
    page.reload()
    page.locator("#consent-agree").click()
    expect(page.locator("#consent-done")).to_have_text("已同意，可随时撤回。")
    expect(page.locator("#consent-withdraw")).to_be_visible()
    page.reload()
    expect(page.locator("#qr path")).to_have_count(1)
    expect(card).to_be_hidden()


def test_a_service_that_refused_asks_for_what_it_lacks(open_page: Callable[..., Page], kiosk: Page) -> None:
    page = taken_back(open_page)
    page.locator("#consent-later").click()
    paste(kiosk, copied_code(page))
    expect_result(kiosk, "bad")
    card = page.locator("#consent")
    expect(card).to_contain_text("“阅览室”需要您同意")
    expect(card).to_contain_text("姓名（隐去部分）：核对读者")
    page.locator("#consent-agree").click()
    expect(card).to_be_hidden()
    page.locator("#show-again").click()
    paste(kiosk, copied_code(page))
    expect_result(kiosk, "good")
    page.evaluate("sessionStorage.clear()")
    page.reload()
    page.locator("#consent-agree").click()
    expect(card).to_be_hidden()


def test_the_whole_notice_says_what_each_service_sees(open_page: Callable[..., Page]) -> None:
    page = open_page("/notice?lang=en")
    expect(page.locator("h1")).to_have_text("Privacy notice")
    expect(page.locator("main")).to_contain_text("Name, partly hidden: To check the reader")
    expect(page.locator("main")).to_contain_text("cannot do without it")
