"""The three text sizes: nothing is cut off, nothing falls to one character a line, the kiosk's answer fits
its screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, StorageState, expect

from tests.browser.hands import copied_code, expect_result, paste, signed_in

SIZES = ("standard", "large", "largest")
CUT_OFF = """
() => [...document.querySelectorAll("body *")]
  .filter((shown) => shown.checkVisibility() && !shown.closest(".unseen, .skip, svg, .purpose__radio"))
  .filter((shown) => {
    const box = shown.getBoundingClientRect();
    const inner = getComputedStyle(shown).display !== "inline" && shown.scrollWidth > shown.clientWidth + 1;
    return box.width > 0 && (inner || box.left < -1 || box.right > document.documentElement.clientWidth + 1);
  })
  .map((shown) => `${shown.tagName}.${shown.className}#${shown.id}`)
"""
LINES = """
(shown) => {
  const words = document.createRange();
  words.selectNodeContents(shown);
  return new Set([...words.getClientRects()].map((box) => Math.round(box.top))).size;
}
"""
ROOM = "shown => shown.clientWidth / parseFloat(getComputedStyle(shown).fontSize)"
LONG_ANSWER = """
(module) => import(module).then(({ showDecision }) => showDecision({ display: {
  tone: "good", title: "通过 Accepted", speak: "",
  lines: ["王*明 · 老年卡 Senior card", "票价 0.80 元，原价 2.00 元 Fare 0.80 yuan", "余额 23.40 元 Balance 23.40 yuan"],
} }))
"""


def letters_per_line(shown: Locator) -> float:
    room = shown.evaluate(ROOM)
    assert isinstance(room, float | int)
    return float(room)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", SIZES)
def test_nothing_is_cut_off_on_a_phone(open_page: Callable[..., Page], language: str, size: str) -> None:
    page = open_page(f"/?lang={language}")
    for path in ("/", "/kiosk", "/code"):
        page.goto(f"{path}?elder={size}")
        expect(page.locator("#page")).to_be_visible()
        assert page.evaluate(CUT_OFF) == [], path
    page.locator("[data-demo-phone]").first.click()
    expect(page.locator("#qr path")).to_have_count(1)
    assert page.evaluate(CUT_OFF) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_words_have_room_at_the_largest_size(open_page: Callable[..., Page], language: str) -> None:
    page = open_page(f"/?lang={language}")
    page.goto("/?elder=largest")
    assert letters_per_line(page.locator(".show__words")) >= 7
    for words in page.locator(".service__words, .door__words").all():
        assert letters_per_line(words) >= 7
    page.goto("/code")
    expect(page.locator(".whole")).not_to_have_count(0)
    for phone in page.locator(".whole").all():
        assert phone.evaluate(LINES) == 1


def test_a_use_has_room_at_the_largest_size(open_page: Callable[..., Page], kiosk: Page) -> None:
    citizen = signed_in(open_page, citizen=5)
    paste(kiosk, copied_code(citizen))
    expect_result(kiosk, "good")
    expect(citizen.locator("#face-used")).to_be_visible()
    citizen.goto("/code?elder=largest")
    expect(citizen.locator(".use")).not_to_have_count(0)
    assert letters_per_line(citizen.locator(".use__what").first) >= 6
    assert citizen.evaluate(CUT_OFF) == []


@pytest.mark.parametrize("size", SIZES)
def test_the_kiosks_answer_fits_its_screen(
    open_page: Callable[..., Page], activated_kiosk: StorageState, size: str
) -> None:
    kiosk = open_page(f"/kiosk?elder={size}", width=1024, height=768, kept=activated_kiosk)
    expect(kiosk.locator("#kiosk-name")).not_to_be_empty()
    kiosk.evaluate(LONG_ANSWER, "/static/js/kiosk-result.js")
    assert kiosk.locator("#result").evaluate("shown => shown.scrollHeight - shown.clientHeight") <= 0
    close = kiosk.locator("#close-result").bounding_box()
    assert close is not None
    assert close["y"] + close["height"] <= 768
    mark = kiosk.locator(".result__mark_good").bounding_box()
    assert mark is not None
    assert mark["width"] == pytest.approx(mark["height"], abs=1)
    assert mark["width"] >= 100


@pytest.mark.parametrize("size", SIZES)
def test_a_short_page_is_no_taller_than_the_screen(
    open_page: Callable[..., Page], expect_error: Callable[[str], None], size: str
) -> None:
    expect_error("404")
    page = open_page(f"/nowhere?elder={size}", width=1024, height=1400)
    assert page.evaluate("document.documentElement.getBoundingClientRect().height") <= 1401


def test_the_english_header_is_one_row_on_a_phone(open_page: Callable[..., Page]) -> None:
    page = open_page("/?lang=en")
    header = page.locator(".top").bounding_box()
    assert header is not None
    assert header["height"] <= 60
    assert page.locator(".top__name").evaluate(LINES) == 1
