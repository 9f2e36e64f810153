"""What stands behind the PIN: settings chosen from lists, and switching the kiosk off."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, StorageState, expect

from tests.browser.hands import (
    copied_code,
    expect_result,
    open_settings,
    paste,
    signed_in,
)

BOTTOM = "element => element.getBoundingClientRect().bottom"


def test_whoever_passes_by_finds_no_settings_and_no_way_out(
    kiosk: Page, expect_error: Callable[[str], None]
) -> None:
    expect_error("403")
    expect(kiosk.locator("#sign-off")).to_be_hidden()
    expect(kiosk.locator("header a[href='/']")).to_have_count(0)
    kiosk.locator("#open-settings").click()
    kiosk.locator("#pin-digits").fill("111222")
    kiosk.locator("#pin-send").click()
    expect(kiosk.locator("#pin-trouble")).to_have_text("PIN 不对，还可再试 4 次。")
    expect(kiosk.locator("#settings")).to_be_hidden()
    kiosk.locator("#pin-back").click()
    expect(kiosk.locator("#reader")).to_be_visible()


def test_staff_choose_from_lists_that_depend_on_each_other(
    open_page: Callable[..., Page], kiosk: Page
) -> None:
    open_settings(kiosk)
    kiosk.locator("[data-field=room]").select_option(label="一号厅")
    kiosk.locator("[data-field=seat]").select_option(label="r1 甲区")
    kiosk.locator("[data-field=room]").select_option(label="二号厅")
    expect(kiosk.locator("[data-field=seat] option")).to_have_text(["请选择", "r2 甲区"])
    kiosk.locator("[data-field=seat]").select_option(label="r2 甲区")
    kiosk.locator("#settings-done").click()
    kiosk.get_by_role("radio", name="入室").check()
    expect(kiosk.locator("#set-words")).to_have_text("二号厅 · r2 甲区")
    kiosk.reload()
    kiosk.get_by_role("radio", name="入室").check()
    expect(kiosk.locator("#set-words")).to_have_text("二号厅 · r2 甲区")
    code = copied_code(signed_in(open_page, citizen=2))
    with kiosk.expect_request("**/api/v1/scans") as sent:
        paste(kiosk, code)
    assert sent.value.post_data_json["context"] == {"room": "r2", "seat": "r2-a"}
    expect_result(kiosk, "good")
    expect(kiosk.locator("#last-scans li")).to_have_count(1)
    expect(kiosk.locator("#today-good")).to_have_text("1")


def test_without_a_network_the_pin_that_was_right_before_opens(
    kiosk: Page, expect_error: Callable[[str], None]
) -> None:
    expect_error("Failed to load resource")
    open_settings(kiosk)
    kiosk.locator("#settings-done").click()
    kiosk.route("**/api/v1/kiosks/me/*", lambda route: route.abort("connectionfailed"))
    kiosk.locator("#open-settings").click()
    kiosk.locator("#pin-digits").fill("111222")
    kiosk.locator("#pin-send").click()
    expect(kiosk.locator("#pin-trouble")).to_have_text("PIN 不对（离线核对）。")
    kiosk.locator("#pin-digits").fill("280614")
    kiosk.locator("#pin-send").click()
    expect(kiosk.locator("#settings")).to_be_visible()


@pytest.mark.parametrize(("width", "height"), [(1024, 768), (768, 1024)])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_everything_needed_is_above_the_fold(
    open_page: Callable[..., Page], activated_kiosk: StorageState, width: int, height: int, language: str
) -> None:
    page = open_page("/kiosk", width=width, height=height, locale=language, kept=activated_kiosk)
    page.locator("#kiosk-name:not(:empty)").wait_for()
    for needed in ("#camera", "#purposes", "[data-field=barcode]", "#today-good", "#typed-send"):
        assert page.locator(needed).evaluate(BOTTOM) <= height, needed


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh-CN", "这是微信付款码，这里不收款，也没有扣款。"), ("en", "This is a WeChat payment code.")],
)
def test_a_payment_code_is_called_by_its_name_and_never_sent(
    open_page: Callable[..., Page], activated_kiosk: StorageState, language: str, said: str
) -> None:
    page = open_page("/kiosk", width=1024, height=768, locale=language, kept=activated_kiosk)
    page.locator("#kiosk-name:not(:empty)").wait_for()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "/scans" in request.url else None)
    paste(page, "134567890123456789")
    expect_result(page, "bad")
    expect(page.locator("#result-lines")).to_contain_text(said)
    assert sent == []


def test_one_code_is_good_for_several_acts(open_page: Callable[..., Page], kiosk: Page) -> None:
    paste(kiosk, copied_code(signed_in(open_page, citizen=2)))
    expect(expect_result(kiosk, "good")).to_be_hidden()
    expect(kiosk.locator(".going-on__act")).to_have_text(["继续：借书", "继续：入室"])
    kiosk.get_by_role("button", name="继续：入室").click()
    expect_result(kiosk, "good")
    expect(kiosk.locator("#result-lines")).to_contain_text("入室")


def test_staff_look_somebody_up_with_a_reason(kiosk: Page) -> None:
    open_settings(kiosk)
    kiosk.locator("#open-search").click()
    kiosk.locator("#search-words").fill("李明")
    kiosk.locator("#search-reason").fill("手机没电")
    kiosk.locator("#search-send").click()
    expect(kiosk.locator(".found__one")).to_have_text(["读者 李*一号厅"])
    expect(kiosk.locator("#found")).to_contain_text("不等于本人在场")
    kiosk.locator("#search-words").fill("王五")
    kiosk.locator("#search-send").click()
    expect(kiosk.locator("#found")).to_have_text("名单里没有找到。")
    kiosk.locator("#search-back").click()
    expect(kiosk.locator("#found")).to_be_empty()


def test_a_link_activates_once_and_leaves_no_code_in_the_address(
    open_page: Callable[..., Page], city: str, expect_error: Callable[[str], None]
) -> None:
    expect_error("401")
    listing = open_page("/kiosk")
    path = (
        listing.locator("[data-activation-path]")
        .filter(has_text="阅览室门口")
        .get_attribute("data-activation-path")
    )
    code = listing.evaluate(
        "path => fetch(path, {method: 'POST'}).then(answer => answer.json()).then(made => made.activation_code)",
        path,
    )
    kiosk = open_page(f"/kiosk#activate={code}")
    expect(kiosk.locator("#kiosk-name")).to_have_text("阅览室门口")
    assert kiosk.url == f"{city}/kiosk"
    again = open_page(f"/kiosk#activate={code}")
    expect(again.locator("#activation-trouble")).not_to_be_empty()
    expect(again.locator("#reader")).to_be_hidden()


def test_an_idle_kiosk_invites_until_somebody_is_there(
    open_page: Callable[..., Page], activated_kiosk: StorageState
) -> None:
    page = open_page("about:blank", width=1024, height=768, kept=activated_kiosk)
    page.clock.install()
    page.goto("/kiosk")
    page.locator("#kiosk-name:not(:empty)").wait_for()
    page.clock.run_for(80_000)
    expect(page.locator("#attract")).to_be_hidden()
    page.clock.run_for(13_000)
    expect(page.locator("#attract")).to_be_visible()
    page.keyboard.press("KeyC")  # a scanner's first key
    expect(page.locator("#attract")).to_be_hidden()


def test_the_kiosk_page_is_installable(open_page: Callable[..., Page]) -> None:
    page = open_page("/kiosk", width=390, height=844)
    address = page.locator("link[rel=manifest]").get_attribute("href")
    manifest = page.evaluate("href => fetch(href).then(answer => answer.json())", address)
    assert (manifest["start_url"], manifest["display"], manifest["orientation"]) == (
        "/kiosk",
        "fullscreen",
        "any",
    )
    for icon in manifest["icons"]:
        draw = "async src => { const one = new Image(); one.src = src; await one.decode(); return one.naturalWidth; }"
        assert page.evaluate(draw, icon["src"]) == int(icon["sizes"].partition("x")[0]), (
            "PNG, as Android wants it"
        )
    assert {icon["sizes"] for icon in manifest["icons"]} == {"192x192", "512x512"}


def test_a_slip_says_where_and_when(open_page: Callable[..., Page], kiosk: Page) -> None:
    kiosk.evaluate(
        "() => { window.print = () => { document.body.dataset.slip = document.querySelector('#slip').textContent; }; }"
    )
    open_settings(kiosk)
    kiosk.locator("#print-on").check()
    kiosk.locator("#settings-done").click()
    place = kiosk.locator("#kiosk-place").inner_text()
    paste(kiosk, copied_code(signed_in(open_page, citizen=3)))
    says = re.compile(rf"^{re.escape(place)} · \S+日\S+ [0-2]\d:[0-5]\d$")
    expect(kiosk.locator("body")).to_have_attribute("data-slip", says)
    shown = "getComputedStyle(document.querySelector('#slip')).display"
    assert kiosk.evaluate(shown) == "none", "on paper only"
    kiosk.emulate_media(media="print")
    assert kiosk.evaluate(shown) == "block"
