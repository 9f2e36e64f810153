"""Operators of the services in the console: axe, and a list with errors that is mended."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from citizen_app import clock
from citizen_app.demo.people import STAFF
from citizen_app.tasks.runner import run_waiting_tasks
from tests.browser.access import AXE, OVERFLOW, RUN_AXE
from tests.browser.running import RunningCity
from tests.browser.test_console import sign_in

PAGES = {
    "bus-demo": (
        "/console/services/bus",
        "/console/services/bus/feeds/",
        "/console/services/bus/feeds/1",
        "/console/services/bus/fares/",
        "/console/tasks/start/bus/import_gtfs",
    ),
    "pass-demo": (
        "/console/services/pass/places/",
        "/console/services/pass/places/new",
        "/console/services/pass/places/{place}",
        "/console/services/pass/places/{place}/hours",
        "/console/services/pass/places/{place}/hours/new",
        "/console/services/pass/places/{place}/hours/days/new",
        "/console/posters/",
        "/console/posters/new",
        "/console/tasks/",
        "/console/tasks/start/pass/import_people",
    ),
}
MOST_STOPS = 60
FOCUS = """() => {
  const one = document.activeElement, box = one.getBoundingClientRect(), style = getComputedStyle(one);
  const first = globalThis.focusedBefore?.isConnected ? globalThis.focusedBefore : document.body;
  globalThis.focusedBefore = one;
  return {
    what: one.outerHTML.slice(0, 120),
    outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    in_sight: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    in_order: one.tabIndex <= 0 && Boolean(first.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING),
  };
}"""
WRONG = (
    "手机号,姓名,单元,身份\n13900000001,赵一,1-101,住户\n1390,钱二,1-102,住户\n13900000003,孙三,1-103,客人\n"
)
RIGHT = "手机号,姓名,单元,身份\n13900000001,赵一,1-101,住户\n13900000002,钱二,1-102,住户\n13900000003,孙三,1-103,住户\n"


@pytest.fixture(scope="module")
def staff_pages(browser: Browser, city: str) -> dict[str, object]:
    """What a browser keeps in which an operator is signed in, by name; signed in once."""
    kept: dict[str, object] = {}
    for name in PAGES:
        context = browser.new_context(base_url=city, locale="zh-CN")
        sign_in(context.new_page(), name)
        kept[name] = context.storage_state()
        context.close()
    return kept


@pytest.mark.parametrize("name", list(PAGES))
@pytest.mark.parametrize(("language", "look"), [("zh", "light"), ("zh", "dark"), ("en", "light")])
def test_axe_finds_nothing_and_nothing_is_too_wide(
    open_page: Callable[..., Page], staff_pages: dict[str, object], name: str, language: str, look: str
) -> None:
    page = open_page(f"/console/?lang={language}&look={look}", width=1200, kept=staff_pages[name])
    place = ""
    for path in PAGES[name]:
        page.goto(path.format(place=place))
        if path == "/console/services/pass/places/":
            first = page.get_by_role("rowheader").get_by_role("link").first
            place = (first.get_attribute("href") or "").rpartition("/")[2]
        page.evaluate(AXE.read_text(encoding="utf-8"))
        assert page.evaluate(RUN_AXE) == [], path
        page.set_viewport_size({"width": 375, "height": 800})
        assert page.evaluate(OVERFLOW) <= 0, path
        page.set_viewport_size({"width": 1200, "height": 800})


def test_a_list_with_errors_is_mended_without_a_mouse(
    open_page: Callable[..., Page],
    staff_pages: dict[str, object],
    whole_city: RunningCity,
    tmp_path: Path,
) -> None:
    """From the sign-in on, by keys alone."""
    assert staff_pages, "what is shown by the authenticator now is used already"
    page = open_page("/console/sign-in?next=/console/services/pass/places/", width=1200)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    person = next(one for one in STAFF if one.username == "pass-demo")
    digits = pyotp.TOTP(person.totp_secret).at(clock.timestamp() + 30)
    for typed in (person.username, person.password, digits):
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUS)["outlined"]
        page.keyboard.type(typed)
    page.keyboard.press("Enter")
    _tab_to(page, page.get_by_role("link", name="导入人员名单"))
    page.keyboard.press("Enter")
    _import(page, whole_city, tmp_path / "wrong.csv", WRONG)
    rejects = page.get_by_role("table").filter(has_text="原因")
    expect(rejects.locator("tbody tr")).to_have_count(2)
    expect(rejects).to_contain_text("3")
    _tab_to(page, page.get_by_role("link", name="返回"))
    page.keyboard.press("Enter")
    _tab_to(page, page.locator("#page").get_by_role("link", name="导入人员名单").first)
    page.keyboard.press("Enter")
    _import(page, whole_city, tmp_path / "right.csv", RIGHT)
    expect(page.get_by_role("table").filter(has_text="原因")).to_have_count(0)
    expect(page.locator("#page")).to_contain_text("新增 2")


def _tab_to(page: Page, wanted: Locator) -> None:
    """Go on by Tab until it has the focus: each stop on the way is in sight and can be seen to have it, and
    what comes later on the page comes later."""
    expect(wanted).to_be_visible()
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS)
        assert stop["outlined"] and stop["in_sight"] and stop["in_order"], stop
        if wanted.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"{MOST_STOPS} stops do not reach it")


def _import(page: Page, running: RunningCity, file: Path, rows: str) -> None:
    """Send a list for the compound and wait until it was taken."""
    file.write_text(rows, encoding="utf-8")
    place = page.get_by_label("骆马湖花园")
    _tab_to(page, page.get_by_role("radio").first)
    page.keyboard.press("Space")
    for _ in range(5):
        if place.is_checked():
            break
        page.keyboard.press("ArrowDown")
    expect(place).to_be_checked()
    _tab_to(page, page.locator("input[type=file]"))
    with page.expect_file_chooser() as chosen:
        page.keyboard.press("Space")
    chosen.value.set_files(file)
    _tab_to(page, page.get_by_role("button", name="发起"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("正在后台处理")
    with running.app.app_context():
        run_waiting_tasks()
    page.reload()
    expect(page.locator("#page")).to_contain_text("完成")
