"""A citizen finds a way, keeps a stop, rides, and reads what it cost."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.hands import copied_code, signed_in
from tests.browser.services.test_journeys import SCRIPT

OpenPage = Callable[..., Page]


@SCRIPT
def test_a_citizen_finds_a_way_rides_and_sees_the_fare(
    open_page: OpenPage, bus: Callable[[str], dict[str, Any]], script: bool
) -> None:
    page = open_page("/services/bus/", java_script_enabled=script)
    page.get_by_role("link", name="怎么坐车").click()
    page.get_by_label("从哪个站").fill("suqianzhan")
    page.get_by_label("到哪个站").fill("市政府")
    page.get_by_role("button", name="查怎么坐").click()
    while page.get_by_role("heading", name=re.compile("哪个站.*？|哪个站？")).count():
        page.locator("#rows a").first.click()
    journey = page.locator(".journeys > li").first
    expect(journey).to_contain_text("上车")
    expect(journey).to_contain_text("下车")
    expect(page.get_by_label("到哪个站")).to_have_value("市政府")
    journey.locator(".timeline a").first.click()
    expect(page.locator("#leaving")).to_be_visible()
    page.get_by_role("link", name="收藏这个站").click()
    number = 1 if script else 4
    page.locator("[data-demo-phone]").nth(number).click()
    page.get_by_label("短信验证码").fill("000000")
    page.locator("main button[type=submit]").click()
    page.get_by_role("button", name="收藏这个站").click()
    expect(page.get_by_role("status")).to_have_text("已收藏")
    expect(page.locator("[id^=leaving]").first).to_contain_text("开往")
    phone = signed_in(open_page, number)
    told = bus(copied_code(phone))
    assert told["decision"] == "allow", told
    expect(phone.locator("#face-used")).to_be_visible()
    page.goto("/services/bus/trips")
    page.locator("#rows a").first.click()
    fare = page.locator(".details")
    expect(page.get_by_role("heading", level=1)).to_have_text("1路")
    expect(fare).to_contain_text("免费")  # a senior, and a citizen with a disability
    expect(page.locator(".panel-card")).to_contain_text("0%")
    page.get_by_role("link", name="为什么不是优惠票？").click()
    expect(page.locator("main")).to_contain_text("怎样享受优惠")


def test_saved_stops_and_journeys_go_away_with_the_service(
    open_page: OpenPage, switch: Callable[[str, bool], None], expect_error: Callable[[str], None]
) -> None:
    expect_error("503")
    page = open_page("/services/bus/saved/SQZ-1")
    page.locator("[data-demo-phone]").nth(2).click()
    page.get_by_label("短信验证码").fill("000000")
    page.locator("main button[type=submit]").click()
    page.get_by_role("button", name="收藏这个站").click()
    expect(page.locator("#saved")).to_be_visible()
    page.wait_for_load_state("load")
    switch("bus", False)
    page.locator("#saved").dispatch_event("look")
    expect(page.get_by_role("heading", level=1)).to_have_text("公交乘车暂停服务")
    page.goto("/services/bus/journeys?start_words=宿迁站&end_words=市政府")
    expect(page.get_by_role("heading", level=1)).to_have_text("公交乘车暂停服务")
    switch("bus", True)
    page.goto("/services/bus/saved")
    expect(page.locator("#saved")).to_be_visible()
