"""The whole way: a citizen shows the code, a kiosk reads it, the citizen sees that it was read."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.hands import copied_code, expect_result, open_settings, paste, signed_in


def test_the_camera_reads_the_code_and_the_citizen_sees_it(
    open_page: Callable[..., Page], open_camera_kiosk: Callable[[bytes], Page]
) -> None:
    citizen = signed_in(open_page)
    uses_before = citizen.locator(".use").count()
    kiosk = open_camera_kiosk(citizen.locator("#qr").screenshot())
    kiosk.locator("#camera-on").click()
    result = expect_result(kiosk, "good")
    expect(citizen.locator("#face-used")).to_be_visible()
    expect(citizen.locator("#face-used")).to_have_attribute("data-tone", "good")
    expect(citizen.locator("#used-where")).not_to_be_empty()
    expect(citizen.locator(".use")).to_have_count(uses_before + 1)
    expect(citizen.locator(".use .use__result").first).to_have_class("use__result use__result_good")
    expect(result).to_be_hidden()
    kiosk.wait_for_timeout(1500)
    expect(result).to_be_hidden()  # the same code still lies before the camera and is not sent again
    citizen.locator("#show-again").click()
    expect(citizen.locator("#face-code")).to_be_visible()


def test_the_camera_reads_a_wards_code_on_the_guardians_phone(
    open_page: Callable[..., Page], open_camera_kiosk: Callable[[bytes], Page]
) -> None:
    guardian = signed_in(open_page)
    ward = guardian.locator(".whose__one", has_text="监护人").first
    name = ward.locator(".whose__name").inner_text()
    ward.click()
    expect(guardian.locator("#showing")).to_have_text(f"您正在出示 {name} 的码")
    expect(guardian.locator("#qr path")).to_have_count(1)
    uses_before = guardian.locator(".use").count()
    kiosk = open_camera_kiosk(guardian.locator("#qr").screenshot())
    kiosk.locator("#camera-on").click()
    expect_result(kiosk, "good")
    expect(kiosk.locator("#result-lines")).to_contain_text(name)
    expect(guardian.locator("#face-used")).to_have_attribute("data-tone", "good")
    expect(guardian.locator(".use")).to_have_count(uses_before + 1)
    expect(guardian.locator(".use").first).to_contain_text("由监护人代办")
    guardian.goto("/mine/uses")
    expect(guardian.locator("#uses > li").first).to_contain_text(f"代{name}办理")


def test_a_pasted_code_is_good_once(open_page: Callable[..., Page], kiosk: Page) -> None:
    code = copied_code(signed_in(open_page))
    paste(kiosk, code)
    result = expect_result(kiosk, "good")
    expect(result).to_be_hidden()
    expect(kiosk.locator("#typed")).to_have_value("")
    paste(kiosk, code)
    expect_result(kiosk, "bad")


def test_a_code_pasted_by_hand_is_read_at_once(open_page: Callable[..., Page], kiosk: Page) -> None:
    kiosk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    kiosk.evaluate("text => navigator.clipboard.writeText(text)", copied_code(signed_in(open_page, 1)))
    kiosk.locator("#typed").focus()
    kiosk.keyboard.press("Control+V")
    expect_result(kiosk, "good")


def test_enter_reads_what_was_typed(open_page: Callable[..., Page], kiosk: Page) -> None:
    kiosk.locator("#typed").fill(copied_code(signed_in(open_page, 1)))
    kiosk.locator("#typed").press("Enter")
    expect_result(kiosk, "good")


def test_nonsense_is_refused_in_words(open_page: Callable[..., Page], kiosk: Page) -> None:
    paste(kiosk, "CC1:NONSENSE")
    expect_result(kiosk, "bad")
    expect(kiosk.locator("#result-lines p")).not_to_have_count(0)


@pytest.mark.parametrize("lost", ["request", "answer"])
def test_a_lost_connection_keeps_the_code_and_the_scan(
    open_page: Callable[..., Page], kiosk: Page, expect_error: Callable[[str], None], lost: str
) -> None:
    expect_error("Failed to load resource")
    code = copied_code(signed_in(open_page, citizen=2))
    sent: list[object] = []
    broken = True

    def route(request_route: Route) -> None:
        scan = request_route.request.post_data_json
        assert scan is not None
        sent.append(scan["scan_id"])
        if not broken:
            request_route.continue_()
            return
        if lost == "answer":
            request_route.fetch()
        request_route.abort("connectionfailed")

    kiosk.route("**/api/v1/scans", route)
    paste(kiosk, code)
    expect_result(kiosk, "ask")
    expect(kiosk.locator("#retry")).to_be_visible()
    expect(kiosk.locator("#typed")).to_have_value(code)
    broken = False
    kiosk.locator("#retry").click()
    expect_result(kiosk, "good")
    assert len(sent) >= 2
    assert len(set(sent)) == 1, "every attempt is the same scan"


def test_a_new_code_does_not_tell_old_news(open_page: Callable[..., Page], kiosk: Page) -> None:
    citizen = signed_in(open_page, citizen=1)
    code = copied_code(citizen)
    for tone in ("good", "bad"):
        paste(kiosk, code)
        expect(expect_result(kiosk, tone)).to_be_hidden()
    expect(citizen.locator("#face-used")).to_have_attribute("data-tone", "good")
    citizen.locator("#show-again").click()
    expect(citizen.locator("#qr path")).to_have_count(1)
    citizen.wait_for_timeout(2500)
    expect(citizen.locator("#face-code")).to_be_visible()


def test_a_kiosk_is_activated_stays_so_and_is_signed_off(
    open_page: Callable[..., Page], expect_error: Callable[[str], None]
) -> None:
    expect_error("401")
    kiosk = open_page("/kiosk")
    kiosk.locator("#activation-code").fill("AAAA-AAAA-AAAA")
    kiosk.locator("#activation-send").click()
    expect(kiosk.locator("#activation-trouble")).not_to_be_empty()
    kiosk.locator("[data-activation-path]").filter(has_text="阅览室门口").click()
    expect(kiosk.locator("#kiosk-place")).to_have_text("二楼东侧")
    expect(kiosk.locator("#online")).to_have_text("在线")
    kiosk.reload()
    expect(kiosk.locator("#kiosk-name")).to_have_text("阅览室门口")
    open_settings(kiosk)
    kiosk.locator("#sign-off").click()
    expect(kiosk.locator("#settings")).to_be_visible()  # one tap is asked about
    kiosk.locator("#sign-off").click()
    expect(kiosk.locator("#activation")).to_be_visible()
    kiosk.evaluate("localStorage.setItem('citizen.kiosk.token', 'made-up')")
    kiosk.reload()
    expect(kiosk.locator("#activation-trouble")).not_to_be_empty()


def test_a_question_is_asked_and_answered(open_page: Callable[..., Page], kiosk: Page) -> None:
    citizen = signed_in(open_page, citizen=3)
    kiosk.locator("[data-field=barcode]").fill("ASK")
    paste(kiosk, copied_code(citizen))
    expect_result(kiosk, "ask")
    kiosk.wait_for_timeout(2500)
    expect(kiosk.locator("#answer-form")).to_be_visible()  # a question stays until it is answered
    expect(citizen.locator("#face-code")).to_be_visible()
    kiosk.locator("[data-field=last_four]").fill("1234")
    kiosk.locator("[data-field=reader]").select_option(label="儿童")
    kiosk.locator("[data-field=seen]").check()
    kiosk.locator("#answer-send").click()
    expect_result(kiosk, "good")
    expect(citizen.locator("#face-used")).to_have_attribute("data-tone", "good")
    expect(citizen.locator(".use")).to_have_count(1)  # asked and answered is one use


def test_a_second_book_needs_no_second_code(open_page: Callable[..., Page], kiosk: Page) -> None:
    citizen = signed_in(open_page, citizen=4)
    paste(kiosk, copied_code(citizen))
    expect(expect_result(kiosk, "good")).to_be_hidden()
    kiosk.locator("[data-field=barcode]").fill("9787020008735")
    kiosk.locator(".going-on__act").first.click()
    expect_result(kiosk, "good")
    expect(kiosk.locator("#result-lines")).to_contain_text("9787020008735")
    expect(citizen.locator(".use")).to_have_count(2)
    expect(kiosk.locator("#result")).to_be_hidden()
    kiosk.locator("#end-session").click()
    expect(kiosk.locator("#going-on")).to_be_hidden()


def test_earlier_uses_are_a_tap_away(open_page: Callable[..., Page], kiosk: Page) -> None:
    citizen = signed_in(open_page, citizen=5)
    paste(kiosk, copied_code(citizen))
    expect_result(kiosk, "good")
    kiosk.locator("#close-result").click()
    for book in range(9):
        kiosk.locator("[data-field=barcode]").fill(f"978702000{book}")
        kiosk.locator(".going-on__act").first.click()
        expect_result(kiosk, "good")
        expect(kiosk.locator("#result-lines")).to_contain_text(f"978702000{book}")
        kiosk.locator("#close-result").click()
    citizen.reload()
    uses, more = citizen.locator(".use"), citizen.locator("#more-uses")
    expect(uses).to_have_count(8)
    while more.is_visible():
        before = uses.count()
        more.click()
        expect(uses.nth(before)).to_be_visible()
        expect(more).to_be_enabled()
    assert uses.count() >= 10
    days = citizen.locator(".uses__day").all_inner_texts()
    assert len(days) == len(set(days)), "a day is named once"
    expect(citizen.locator(".use:focus")).to_have_count(1)


def test_a_service_says_no_in_its_own_words_and_the_citizen_can_dispute(
    open_page: Callable[..., Page],
    kiosk: Page,
) -> None:
    citizen = signed_in(open_page, citizen=2)
    kiosk.locator("[data-field=barcode]").fill("NONE")
    paste(kiosk, copied_code(citizen))
    expect_result(kiosk, "bad")
    expect(kiosk.locator("#result-title")).to_have_text("没有这本书")
    expect(citizen.locator("#used-title")).to_have_text("没有这本书")
    newest = citizen.locator(".use").first
    newest.locator(".use__dispute").click()
    newest.locator(".use__dispute").click()
    expect(newest.locator(".use__mark")).to_be_visible()
