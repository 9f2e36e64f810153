"""Languages, sizes, the entry, the API document, and the small modules under the pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

PAGES = ("/", "/code", "/kiosk", "/notice")
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", ["standard", "large", "largest"])
def test_no_page_is_wider_than_a_phone(open_page: Callable[..., Page], language: str, size: str) -> None:
    page = open_page(f"/?lang={language}")
    page.goto(f"/?elder={size}")
    for path in PAGES:
        page.goto(path)
        assert page.evaluate(OVERFLOW) <= 0, path
        assert (page.get_attribute("html", "data-elder") or "standard") == size
        assert page.get_attribute("html", "lang") == {"zh": "zh-CN", "en": "en"}[language]
    page.goto("/code")
    page.locator("[data-demo-phone]").first.click()
    expect(page.locator("#qr path")).to_have_count(1)
    assert page.evaluate(OVERFLOW) <= 0


def test_large_targets_in_the_elder_view(open_page: Callable[..., Page]) -> None:
    page = open_page("/code?elder=large")
    page.locator("[data-demo-phone]").first.click()
    expect(page.locator("#qr path")).to_have_count(1)
    box = page.locator("#refresh").bounding_box()
    assert box is not None
    assert box["height"] >= 60


def test_english_speaks_english_throughout(open_page: Callable[..., Page]) -> None:
    page = open_page("/code?lang=en")
    page.locator("[data-demo-phone]").first.click()
    expect(page.locator("#countdown")).to_contain_text("Renews in")
    expect(page.locator("#refresh")).to_have_text("Refresh")


def test_a_browser_asking_for_english_gets_english(open_page: Callable[..., Page]) -> None:
    page = open_page("/", locale="en-GB")
    assert page.get_attribute("html", "lang") == "en"


def test_the_entry_lists_the_open_services(open_page: Callable[..., Page]) -> None:
    page = open_page("/")
    listed = page.request.get("/api/v1/services").json()["items"]
    assert len(listed) >= 1
    expect(page.locator(".service")).to_have_count(len(listed))


@pytest.mark.parametrize("words", ["阅览", "yuelan", "yls", "READING"])
def test_services_are_found_as_they_are_typed(open_page: Callable[..., Page], words: str) -> None:
    page = open_page("/")
    field = page.get_by_role("searchbox", name="查找服务")
    field.fill(words)
    expect(page.get_by_role("status")).to_have_text("找到 1 项服务")
    expect(page.locator(".service:visible")).to_contain_text(["阅览室"])
    field.fill("no such thing")
    expect(page.get_by_role("status")).to_have_text("没有找到相符的服务，请换个词试试。")
    expect(page.locator(".service:visible")).to_have_count(0)
    field.fill("")
    expect(page.get_by_role("status")).to_be_empty()
    expect(page.locator(".service:visible")).not_to_have_count(0)


def test_services_are_found_without_script(browser: Browser, city: str) -> None:
    context = browser.new_context(base_url=city, java_script_enabled=False, locale="en")
    page = context.new_page()
    page.goto("/")
    page.get_by_role("searchbox").fill("yuelan")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#found")).to_have_text("Services found: 1")
    expect(page.locator(".service:visible")).to_have_count(1)
    page.goto("/?q=nothing-like-it")
    expect(page.locator(".service:visible")).to_have_count(0)
    expect(page.locator("#found")).to_have_text("No service matches. Try another word.")
    context.close()


def test_the_error_page_helps(open_page: Callable[..., Page], expect_error: Callable[[str], None]) -> None:
    expect_error("404")
    page = open_page("/nowhere?lang=en")
    expect(page.locator("h1")).to_have_text("Not found")
    expect(page.locator(".error__request")).to_be_visible()
    page.get_by_role("link", name="Back to the home page").click()
    expect(page.locator(".entry")).to_be_visible()


def test_the_api_document_draws(open_page: Callable[..., Page]) -> None:
    page = open_page("/api/docs", width=1280, height=900)
    expect(page.locator(".opblock").first).to_be_visible()


def test_scan_ids_are_uuid7(open_page: Callable[..., Page]) -> None:
    page = open_page("/kiosk")
    made = page.evaluate(
        "import('/static/js/uuid7.js').then(({ uuid7 }) => [uuid7(0x0192abcdef01), uuid7(), uuid7()])"
    )
    assert made[0].startswith("0192abcd-ef01-7")
    assert made[0][19] in "89ab"
    assert made[1] != made[2]


def test_keys_are_read_by_their_place(open_page: Callable[..., Page]) -> None:
    page = open_page("/kiosk")
    read = (
        "(keys) => import('/static/js/scanner-keyboard.js')"
        ".then((m) => keys.map(([code, shiftKey]) => m.characterOf({ code, shiftKey })))"
    )
    cases: list[tuple[str, bool, str]] = [
        ("KeyA", True, "A"),
        ("KeyA", False, "A"),
        ("Digit4", True, "$"),
        ("Digit4", False, "4"),
        ("Semicolon", True, ":"),
        ("Semicolon", False, ""),
        ("Space", False, " "),
        ("Slash", False, "/"),
        ("Numpad7", False, "7"),
        ("F5", False, ""),
    ]
    keys = [[code, shift] for code, shift, _ in cases]
    assert page.evaluate(read, keys) == [character for _, _, character in cases]
