"""Money, from the top-up at the cashier to the receipt of a ride, a debt that is repaid, and a refund at the
city's offices."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from citizen_app.jobs.outbox import send_due
from tests.browser.hands import copied_code, signed_in
from tests.browser.running import RunningCity
from tests.browser.services.conftest import sign_in

OpenPage = Callable[..., Page]
REAL_NAME, PHONE_ONLY = 0, 5


def top_up(page: Page, running: RunningCity, amount: str) -> None:
    """Through the demo's cashier, which the page offers by itself once the provider has answered."""
    page.get_by_role("link", name="充值", exact=True).click()
    page.get_by_label(amount, exact=True).check()
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("正在准备付款")
    with running.app.app_context():
        send_due()
    page.get_by_role("link", name="去付款").click()
    expect(page.locator("main")).to_contain_text("不会动用真实资金")
    page.get_by_role("button", name="确认付款").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("已到账")
    page.get_by_role("link", name="回到钱包").click()


def amount_on(page: Page) -> float:
    """The balance."""
    found = re.search(r"[\d.,]+", page.locator(".purse__amount").first.inner_text())
    assert found is not None
    return float(found[0].replace(",", ""))


def test_a_citizen_tops_up_rides_and_opens_the_receipt_from_the_log(
    open_page: OpenPage,
    bus: Callable[[str], dict[str, Any]],
    whole_city: RunningCity,
    expect_error: Callable[[str], None],
) -> None:
    expect_error("422")
    page = open_page("/mine/purse")
    sign_in(page, REAL_NAME)
    before = amount_on(page)
    top_up(page, whole_city, "50 元")
    assert amount_on(page) == before + 50
    phone = signed_in(open_page, REAL_NAME)
    told = bus(copied_code(phone))
    assert told["decision"] == "allow", told
    page.goto("/mine/uses")
    page.locator("#uses a").filter(has_text="公交乘车").first.click()
    page.locator("#paid a").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("付款")
    expect(page.locator(".purse__amount")).to_have_text("−2 元")
    number = page.locator(".details").get_by_text(re.compile("^[0-9a-f-]{36}$")).inner_text()
    page.get_by_role("link", name="查看这次使用").click()
    expect(page.locator("#paid")).to_contain_text("2 元")
    page.goto("/mine/purse/statement")
    expect(page.locator("#rows a").first).to_contain_text("−2")
    page.goto("/mine/purse")
    assert amount_on(page) == before + 48
    given_back(open_page, number)
    page.goto("/mine/purse/statement")
    expect(page.locator("#rows a").first).to_contain_text("退款")
    page.locator("#rows a").first.click()
    page.get_by_role("link", name="查看原来的付款").click()
    expect(page.locator(".details")).to_contain_text(number)
    expect(page.locator(".details")).to_contain_text("1.50 元")


def given_back(open_page: OpenPage, number: str) -> None:
    """An operator of the buses finds the payment by the number of its receipt and gives a part back."""
    office = open_page("/console/sign-in", width=1200)
    office.locator('[data-demo-staff="bus-demo"]').click()
    office.locator(".console-side").get_by_role("link", name="退款", exact=True).click()
    office.get_by_label("编号").fill(number)
    office.get_by_role("button", name="查找").click()
    office.get_by_role("link", name="查看并退款").click()
    office.get_by_label("退款金额").fill("3")
    office.get_by_label("理由").fill("多收了车费")
    office.get_by_role("button", name="退款").click()
    expect(office.get_by_role("alert")).to_contain_text("最多还可退 2 元")
    office.get_by_label("退款金额").fill("1.5")
    office.get_by_role("button", name="退款").click()
    expect(office.get_by_role("status")).to_contain_text("已退款")
    expect(office.locator("main")).to_contain_text("0.50 元")


def test_a_debt_is_seen_and_repaid_by_what_comes_in(open_page: OpenPage, whole_city: RunningCity) -> None:
    page = open_page("/mine/purse?elder=large")
    sign_in(page, PHONE_ONLY)
    expect(page.locator(".purse_owed")).to_contain_text("有 6 元待还")
    expect(page.locator("main")).not_to_contain_text("用余额还款")
    top_up(page, whole_city, "20 元")
    expect(page.locator(".purse_owed")).to_have_count(0)
    assert amount_on(page) == 14
    expect(page.locator("#newest")).to_contain_text("还款")


def test_a_difference_is_settled_with_a_reason(
    open_page: OpenPage, expect_error: Callable[[str], None]
) -> None:
    expect_error("422")
    office = open_page("/console/sign-in", width=1200)
    office.locator('[data-demo-staff="finance-demo"]').click()
    office.locator(".console-side").get_by_role("link", name="对账差异").click()
    office.get_by_role("link", name="处理", exact=True).click()
    expect(office.locator("main")).to_contain_text("原路退回付款人")
    office.get_by_role("button", name="处理", exact=True).click()
    expect(office.get_by_role("alert")).to_be_focused()
    office.get_by_label("处理结果").fill("支付机构已原路退回")
    office.get_by_role("button", name="处理", exact=True).click()
    expect(office.get_by_role("row").filter(has_text="支付机构有")).to_contain_text(
        "finance-demo：支付机构已原路退回"
    )
