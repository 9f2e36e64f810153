"""What citizens, staff and scanners do on the pages."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

SHIFTED = {"$": "Digit4", "%": "Digit5", "*": "Digit8", "+": "Equal", ":": "Semicolon"}
PLAIN = {" ": "Space", "-": "Minus", ".": "Period", "/": "Slash"}


def signed_in(open_page: Callable[..., Page], citizen: int = 0, **options: object) -> Page:
    """The code page of a demo citizen, its code on the screen."""
    page = open_page("/code", **options)
    page.locator("[data-demo-phone]").nth(citizen).click()
    expect(page.locator("#qr path")).to_have_count(1)
    return page


def copied_code(page: Page) -> str:
    """The code's text, by the page's own copy button."""
    page.locator("#copy").click()
    expect(page.locator("#announcement")).not_to_be_empty()
    text = page.evaluate("navigator.clipboard.readText()")
    assert isinstance(text, str)
    return text


def paste(kiosk: Page, code: str) -> None:
    kiosk.locator("#typed").fill(code)
    kiosk.locator("#typed-send").click()


def type_like_a_scanner(page: Page, code: str) -> None:
    """The key strokes of a USB scanner: places on the US layout, Shift where needed, Enter at the end."""
    for character in code:
        shifted = character in SHIFTED or character.isalpha()
        key = SHIFTED.get(character) or PLAIN.get(character)
        key = key or (f"Key{character}" if character.isalpha() else f"Digit{character}")
        if shifted:
            page.keyboard.down("Shift")
        page.keyboard.press(key)
        if shifted:
            page.keyboard.up("Shift")
    page.keyboard.press("Enter")


def open_settings(kiosk: Page) -> None:
    """Staff open the settings of a demo kiosk by its PIN."""
    kiosk.locator("#open-settings").click()
    kiosk.locator("#pin-digits").fill("280614")
    kiosk.locator("#pin-send").click()
    expect(kiosk.locator("#settings")).to_be_visible()


def expect_result(kiosk: Page, tone: str) -> Locator:
    result = kiosk.locator("#result")
    expect(result).to_be_visible()
    expect(result).to_have_attribute("data-tone", tone)
    expect(kiosk.locator("#result-title")).not_to_be_empty()
    return result
