"""A scan that gets no decision: what cannot be read is refused, what a person can mend is named, a retry is
offered where it helps."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hands import copied_code, expect_result, paste, signed_in

TOO_LONG_FOR_A_FIELD = "field => { field.removeAttribute('maxlength'); field.value = '7'.repeat(300); }"


@pytest.mark.parametrize("text", ["CC1:" + "A" * 2000, "CC1:A\0B"], ids=["too long", "a NUL"])
def test_what_no_code_could_be_is_refused_and_the_next_may_come(
    open_page: Callable[..., Page], kiosk: Page, expect_error: Callable[[str], None], text: str
) -> None:
    expect_error("Failed to load resource")
    paste(kiosk, text)
    result = expect_result(kiosk, "bad")
    expect(kiosk.locator("#result-title")).to_have_text("无法识别此码")
    expect(kiosk.locator("#retry")).to_be_hidden()
    expect(result).to_be_hidden()
    paste(kiosk, copied_code(signed_in(open_page, citizen=5)))
    expect_result(kiosk, "good")


def test_a_scan_that_reaches_nobody_shows_the_kiosk_offline(
    open_page: Callable[..., Page], kiosk: Page, expect_error: Callable[[str], None]
) -> None:
    expect_error("Failed to load resource")
    code = copied_code(signed_in(open_page, citizen=5))
    expect(kiosk.locator("#online")).to_have_text("在线")
    kiosk.route("**/api/v1/scans", lambda route: route.abort("connectionfailed"))
    paste(kiosk, code)
    expect_result(kiosk, "ask")
    expect(kiosk.locator("#online")).to_have_text("离线")
    kiosk.unroute("**/api/v1/scans")
    kiosk.locator("#retry").click()
    expect_result(kiosk, "good")
    expect(kiosk.locator("#online")).to_have_text("在线")


def test_a_faulty_detail_is_named_by_its_title(kiosk: Page, expect_error: Callable[[str], None]) -> None:
    expect_error("422")
    kiosk.locator("[data-field=barcode]").evaluate(TOO_LONG_FOR_A_FIELD)
    paste(kiosk, "CC1:NONSENSE")
    result = expect_result(kiosk, "bad")
    expect(kiosk.locator("#result-lines")).to_have_text("图书条码：长度应在 1 到 200 之间。")
    expect(result).to_be_hidden()


def test_a_faulty_answer_is_named_and_the_question_stays(
    open_page: Callable[..., Page], kiosk: Page, expect_error: Callable[[str], None]
) -> None:
    expect_error("422")
    kiosk.locator("[data-field=barcode]").fill("ASK")
    paste(kiosk, copied_code(signed_in(open_page, citizen=5)))
    expect_result(kiosk, "ask")
    kiosk.locator("[data-field=last_four]").evaluate(TOO_LONG_FOR_A_FIELD)
    kiosk.locator("[data-field=reader]").select_option(label="成人")
    kiosk.locator("#answer-send").click()
    expect(kiosk.locator("#result-lines")).to_have_text("证件后四位：长度应在 1 到 4 之间。")
    expect(kiosk.locator("#answer-form")).to_be_visible()
    kiosk.locator("[data-field=last_four]").fill("1234")
    kiosk.locator("#answer-send").click()
    expect_result(kiosk, "good")
