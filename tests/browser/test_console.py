"""The console in a browser: from the set-up token to a kiosk that reads, a lock, a second person, and who
needs to read it otherwise."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from citizen_app import clock
from citizen_app.citizens.models import Citizen
from citizen_app.codes.issuing import issue_online_code
from citizen_app.codes.keys import issuing_key
from citizen_app.demo.people import STAFF, invented_number
from citizen_app.staff.invitations import set_up_token
from citizen_app.staff.models import Staff
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from tests.browser.access import AXE, RUN_AXE
from tests.browser.hands import expect_result, paste
from tests.browser.running import running_city

PASSWORD = "quiet-lantern-river"
PAGES = {
    "system-demo": (
        "/console/",
        "/console/dashboard/",
        "/console/services/",
        "/console/services/reading_room",
        "/console/kiosks/",
        "/console/kiosks/new",
        "/console/partners/",
        "/console/partners/new",
        "/console/posters/",
        "/console/posters/new",
        "/console/tasks/",
        "/console/jobs/",
    ),
    "security-demo": ("/console/people/", "/console/people/new", "/console/keys/", "/console/approvals/"),
    "finance-demo": ("/console/takings/", "/console/refunds/?number=none", "/console/differences/"),
    "auditor-demo": ("/console/audit/", "/console/statistics/", "/console/jobs/"),
    "desk-demo": ("/console/citizens/", "/console/desk/", "/console/claims/"),
}
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def sign_in(page: Page, name: str) -> None:
    """As one of the demo staff, by one press."""
    page.goto("/console/sign-in")
    page.locator(f'[data-demo-staff="{name}"]').click()
    expect(page.locator(".console-top__name")).to_have_text(name)


@pytest.fixture(scope="module")
def staff_pages(browser: Browser, city: str) -> dict[str, object]:
    """What a browser keeps in which a member of staff is signed in, by name; signed in once."""
    kept = {}
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
    for path in PAGES[name]:
        page.goto(path)
        page.evaluate(AXE.read_text(encoding="utf-8"))
        assert page.evaluate(RUN_AXE) == [], path
        page.set_viewport_size({"width": 375, "height": 800})
        assert page.evaluate(OVERFLOW) <= 0, path
        page.set_viewport_size({"width": 1200, "height": 800})


def test_the_charts_are_drawn_and_their_table_says_the_same(
    open_page: Callable[..., Page], staff_pages: dict[str, object]
) -> None:
    page = open_page("/console/dashboard/", width=1200, kept=staff_pages["system-demo"])
    expect(page.locator("#by-minute canvas")).to_be_visible()
    page.get_by_text("数据表").click()
    expect(page.locator("details table tbody tr")).to_have_count(30)


def test_a_service_is_checked_at_one_press(
    open_page: Callable[..., Page], staff_pages: dict[str, object]
) -> None:
    page = open_page("/console/services/reading_room?look=dark", width=1200, kept=staff_pages["system-demo"])
    page.get_by_role("button", name="立即检查").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("检查结果")
    expect(page.locator("#page")).to_contain_text("条规则")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert page.evaluate(RUN_AXE) == []
    page.set_viewport_size({"width": 375, "height": 800})
    assert page.evaluate(OVERFLOW) <= 0


def test_on_a_phone_the_navigation_opens_and_escape_closes_it(
    open_page: Callable[..., Page], staff_pages: dict[str, object]
) -> None:
    page = open_page("/console/services/", width=390, kept=staff_pages["system-demo"])
    link = page.get_by_role("link", name="扫码设备")
    expect(link).to_be_hidden()
    page.get_by_role("button", name="菜单").focus()
    page.keyboard.press("Enter")
    expect(link).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(link).to_be_hidden()
    expect(page.get_by_role("button", name="菜单")).to_be_focused()
    plain = open_page(
        "/console/services/", width=390, kept=staff_pages["system-demo"], java_script_enabled=False
    )
    expect(plain.get_by_role("link", name="扫码设备")).to_be_visible()


def test_the_first_page_is_light(open_page: Callable[..., Page], staff_pages: dict[str, object]) -> None:
    sizes: dict[str, int] = {}
    page = open_page("/console/sign-in", width=1200, kept=staff_pages["system-demo"])
    page.on("response", lambda answer: sizes.update({answer.url: len(gzip.compress(answer.body()))}))
    page.goto("/console/dashboard/")
    expect(page.locator("#by-minute canvas")).to_be_visible()
    assert 100_000 < sum(sizes.values()) <= 250 * 1024, sizes


def test_five_wrong_passwords_lock_and_staff_see_it(
    open_page: Callable[..., Page],
    staff_pages: dict[str, object],
    expect_error: Callable[[str], None],
) -> None:
    expect_error("401")
    page = open_page("/console/sign-in", width=1200)
    for _ in range(5):
        page.get_by_label("用户名").fill("hotline-demo")
        page.get_by_label("密码").fill("wrong lantern river")
        page.get_by_label("身份验证器").fill("000000")
        page.get_by_role("button", name="登录", exact=True).click()
        expect(page.get_by_role("alert")).to_be_focused()
    person = next(one for one in STAFF if one.username == "hotline-demo")
    page.get_by_label("用户名").fill(person.username)
    page.get_by_label("密码").fill(person.password)
    page.get_by_label("身份验证器").fill(pyotp.TOTP(person.totp_secret).at(clock.timestamp()))
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    seen = open_page("/console/people/", width=1200, kept=staff_pages["security-demo"])
    expect(seen.get_by_role("row").filter(has_text="hotline-demo")).to_contain_text("已锁定至")


def test_a_second_person_approves(open_page: Callable[..., Page], staff_pages: dict[str, object]) -> None:
    first = open_page("/console/keys/rotate", width=1200, kept=staff_pages["security-demo"])
    first.get_by_label("理由").fill("季度轮换")
    first.get_by_role("button", name="提交申请").click()
    expect(first.get_by_role("status")).to_contain_text("等待另一人批准")
    first.goto("/console/approvals/")
    row = first.get_by_role("row").filter(has_text="季度轮换")
    expect(row).to_contain_text("请另一位同事审批")
    second = open_page("/console/sign-in", width=1200)
    sign_in(second, "security2-demo")
    second.goto("/console/approvals/")
    second.get_by_role("row").filter(has_text="季度轮换").get_by_role(
        "button", name="批准", exact=True
    ).click()
    expect(second.get_by_role("status")).to_contain_text("已生效")


def test_from_the_set_up_token_to_a_kiosk_that_reads(browser: Browser, tmp_path: Path) -> None:
    services = str(Path(__file__).parent / "city_services")
    with running_city(tmp_path, CITIZEN_SERVICES_DIR=services) as running:
        with running.app.app_context(), transaction():
            _nobody_works_here()
            token = set_up_token()
        context = browser.new_context(base_url=running.address, locale="zh-CN")
        page = context.new_page()
        _take_up(page, token, "zhao.min")
        page.goto("/console/people/new")
        page.get_by_label("用户名").fill("li.lei")
        page.get_by_label("角色").select_option("system_admin")
        page.get_by_role("button", name="生成令牌").click()
        invitation = page.locator("#token").inner_text()
        page.get_by_role("button", name="退出登录").click()
        _take_up(page, invitation, None)
        page.goto("/console/kiosks/new/reading_room")
        page.get_by_label("名称").fill("东门")
        page.get_by_label("入室").check()
        page.get_by_label("地点（中文）").fill("东门")
        page.get_by_label("地点（英文）").fill("East gate")
        page.get_by_role("button", name="登记").click()
        code = page.locator("#activation-code").inner_text()
        kiosk = context.new_page()
        kiosk.goto("/kiosk")
        kiosk.locator("#activation-code, input[name=activation_code], form input").first.fill(code)
        kiosk.locator("#activation-send").click()
        expect(kiosk.locator("#kiosk-name")).to_have_text(re.compile("东门"))
        kiosk.locator("#settings-done").click()
        with running.app.app_context(), transaction():
            citizen = db.session.scalars(select(Citizen).order_by(Citizen.id)).first()
            assert citizen is not None
            code = issue_online_code(citizen.subject_number, issuing_key(), clock.timestamp()).text
        paste(kiosk, code)
        expect_result(kiosk, "good")
        context.close()


def test_a_clerk_helps_somebody_without_a_phone(
    browser: Browser, open_page: Callable[..., Page], staff_pages: dict[str, object]
) -> None:
    number = invented_number(date(1948, 3, 5), 777)
    clerk = open_page("/console/citizens/", width=1280, kept=staff_pages["desk-demo"])
    _find(clerk, number)
    expect(clerk.get_by_text("没有查到")).to_be_visible()
    clerk.get_by_role("status").get_by_role("link", name="凭证件开户").click()
    clerk.get_by_label("姓名").fill("王秀兰")
    clerk.get_by_label("证件号码").fill(number)
    clerk.get_by_label("证件原件在手").check()
    clerk.get_by_label("理由").fill("无手机，到窗口开户")
    clerk.get_by_role("button", name="开户").click()
    expect(clerk.get_by_role("heading", level=1)).to_contain_text("王*兰")
    expect(clerk.locator("#page")).to_contain_text("无手机号")
    clerk.get_by_role("link", name="看证件").click()
    _confirm_document(clerk, number)
    expect(clerk.locator("#page")).to_contain_text("等待另一位工作人员")
    second = open_page("/console/sign-in", width=1280)
    sign_in(second, "desk2-demo")
    second.goto("/console/citizens/")
    _find(second, number)
    second.get_by_role("table").get_by_role("link").click()
    second.get_by_role("link", name="我也核对了证件").click()
    _confirm_document(second, number)
    clerk.reload()
    clerk.get_by_role("button", name="代为办理").click()
    expect(clerk.get_by_role("heading", level=1)).to_have_text("代 王*兰 办理")
    clerk.evaluate(AXE.read_text(encoding="utf-8"))
    assert clerk.evaluate(RUN_AXE) == []
    with clerk.context.expect_page() as opened:
        clerk.locator("#acting-here").click()
    served = opened.value
    expect(served.locator("body")).to_contain_text("王*兰")
    clerk.get_by_role("button", name="办完").click()
    expect(clerk.get_by_role("status")).to_contain_text("代办随即失效")
    served.reload()
    expect(served.locator("body")).not_to_contain_text("王*兰")


def _find(page: Page, number: str) -> None:
    page.get_by_label("证件号码").fill(number)
    page.get_by_label("理由").fill("到窗口办理")
    page.get_by_role("button", name="查找", exact=True).click()


def _confirm_document(page: Page, number: str) -> None:
    page.get_by_label("证件号码").fill(number)
    page.get_by_role("button", name="确认").click()


def _nobody_works_here() -> None:
    """As if the demo had brought no staff."""
    for person in db.session.scalars(select(Staff)):
        person.state = "disabled"


def _take_up(page: Page, token: str, username: str | None) -> None:
    """Make one's account with a token."""
    page.goto("/console/set-up")
    page.get_by_label("一次性令牌").fill(token)
    page.get_by_role("button", name="下一步").click()
    secret = page.locator("#secret").inner_text()
    if username is not None:
        page.get_by_label("用户名").fill(username)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_label("再输入一次").fill(PASSWORD)
    page.get_by_label("身份验证器").fill(pyotp.TOTP(secret).at(clock.timestamp()))
    page.get_by_role("button", name="完成并登录").click()
    expect(page.get_by_role("heading", name="您可以办理")).to_be_visible()
