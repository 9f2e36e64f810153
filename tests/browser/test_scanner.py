"""A USB scanner types wherever the focus is: a code is read, a field keeps its text, a person is left
alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hands import copied_code, expect_result, paste, signed_in, type_like_a_scanner


def test_a_usb_scanner_types_the_code(open_page: Callable[..., Page], kiosk: Page) -> None:
    code = copied_code(signed_in(open_page, citizen=1))
    kiosk.locator("#camera-on").focus()  # a focused button must not be pressed by the scanner's keys
    type_like_a_scanner(kiosk, code)
    expect_result(kiosk, "good")
    expect(kiosk.locator("#camera")).to_have_attribute("data-state", "off")


def test_typing_in_a_field_is_left_alone(open_page: Callable[..., Page], kiosk: Page) -> None:
    kiosk.locator("#typed").focus()
    kiosk.keyboard.type("CC1 HELLO")
    expect(kiosk.locator("#typed")).to_have_value("CC1 HELLO")
    expect(kiosk.locator("#result")).to_be_hidden()


@pytest.mark.parametrize("place", ["[data-field=barcode]", "#typed", "[name=purpose]:checked"])
def test_a_field_with_the_focus_does_not_swallow_the_scanner(
    open_page: Callable[..., Page], kiosk: Page, place: str
) -> None:
    code = copied_code(signed_in(open_page, citizen=5))
    field = kiosk.locator(place)
    before = field.evaluate("field => [field.value, field.checked]")
    field.focus()
    type_like_a_scanner(kiosk, code)
    expect_result(kiosk, "good")
    assert field.evaluate("field => [field.value, field.checked]") == before
    expect(field).not_to_be_focused()


def test_what_a_person_typed_before_the_scan_stays(open_page: Callable[..., Page], kiosk: Page) -> None:
    code = copied_code(signed_in(open_page, citizen=5))
    field = kiosk.locator("[data-field=barcode]")
    field.fill("")
    field.focus()
    kiosk.keyboard.type("9787")
    kiosk.wait_for_timeout(400)  # longer than the pause that parts a person's keys from a scanner's
    type_like_a_scanner(kiosk, code)
    expect_result(kiosk, "good")
    expect(field).to_have_value("9787")
    expect(kiosk.locator("#result-lines")).to_contain_text("9787")


def test_a_book_is_scanned_into_its_field_and_the_code_after_it(
    open_page: Callable[..., Page], kiosk: Page
) -> None:
    code = copied_code(signed_in(open_page, citizen=5))
    field = kiosk.locator("[data-field=barcode]")
    field.fill("")
    type_into = "9787020008735"
    field.focus()
    type_like_a_scanner(kiosk, type_into)
    expect(field).to_have_value(type_into)
    expect(field).not_to_be_focused()
    expect(kiosk.locator("#result")).to_be_hidden()
    type_like_a_scanner(kiosk, code)
    expect_result(kiosk, "good")
    expect(kiosk.locator("#result-lines")).to_contain_text(type_into)


def test_a_scan_does_not_answer_an_open_question(open_page: Callable[..., Page], kiosk: Page) -> None:
    code = copied_code(signed_in(open_page, citizen=5))
    kiosk.locator("[data-field=barcode]").fill("ASK")
    paste(kiosk, code)
    expect_result(kiosk, "ask")
    kiosk.locator("[data-field=last_four]").focus()
    type_like_a_scanner(kiosk, code)
    kiosk.wait_for_timeout(500)
    expect(kiosk.locator("#answer-form")).to_be_visible()
    expect(kiosk.locator("[data-field=last_four]")).to_have_value("")
