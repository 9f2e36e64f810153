"""What citizens do on the pages of services, with JavaScript and without."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from citizen_app.clock import now
from tests.browser.hands import copied_code, signed_in
from tests.browser.services.conftest import sign_in

OpenPage = Callable[..., Page]
SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])


@SCRIPT
def test_a_citizen_finds_a_departure(open_page: OpenPage, script: bool) -> None:
    page = open_page("/", java_script_enabled=script)
    page.get_by_role("link", name=re.compile("公交乘车")).click()
    page.get_by_label("站名或站牌号").fill("市政府")
    page.get_by_role("button", name="查站点").click()
    page.get_by_role("link", name=re.compile("^市政府")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("市政府")
    leaving = page.locator("#leaving > li")
    expect(leaving.first).to_contain_text("开往")
    assert leaving.count() > 3
    leaving.first.get_by_role("link").click()
    expect(page.locator(".timeline")).to_have_count(2)
    page.get_by_role("link", name="市政府").first.click()
    expect(page.locator("#leaving")).to_be_visible()


def test_departures_follow_the_clock(open_page: OpenPage) -> None:
    page = open_page("/services/bus/stops?q=市政府")
    page.get_by_role("link", name=re.compile("^市政府")).first.click()
    expect(page).to_have_url(re.compile("/stops/[^?]"))
    page.wait_for_load_state("load")  # until then nobody listens to the clock
    first = page.locator("#leaving > li").first
    first.evaluate("(row) => row.dataset.old = 'yes'")
    with page.expect_response(lambda answer: "/services/bus/stops/" in answer.url):
        page.locator("#departures").dispatch_event("look")
    expect(page.locator("#leaving > li[data-old]")).to_have_count(0)
    expect(page.locator("#departures #departures")).to_have_count(0)
    expect(first).to_contain_text("开往")


@SCRIPT
def test_a_host_invites_a_guest_and_ends_it(
    open_page: OpenPage, script: bool, expect_error: Callable[[str], None]
) -> None:
    expect_error("422")
    page = open_page("/", java_script_enabled=script)
    page.get_by_role("link", name=re.compile("通行凭证")).click()
    expect(page).to_have_url(re.compile(r"/sign-in\?next="))
    sign_in(page)
    expect(page.get_by_text("骆马湖花园")).to_be_visible()
    page.get_by_role("link", name="邀请访客").click()
    page.get_by_label(re.compile(r"^手机号")).fill("12345")
    page.get_by_label("事由").fill("探亲")
    page.get_by_role("button", name="发出邀请").click()
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("还没有提交")
    if script:
        expect(summary).to_be_focused()
    phone = page.get_by_label(re.compile(r"^手机号"))
    expect(phone).to_have_value("12345")
    expect(phone).to_have_attribute("aria-invalid", "true")
    expect(phone).to_have_accessible_description(re.compile("没有手机的人.*不是电话号码", re.DOTALL))
    expect(page.get_by_label("事由")).to_have_value("探亲")
    phone.fill("139 1234 5678")
    page.get_by_label("访客称呼").fill("王客人")
    page.get_by_role("button", name="发出邀请").click()
    expect(page.get_by_role("status")).to_have_text("邀请已生效")
    expect(page.get_by_text("139****5678")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("王客人")
    page.get_by_role("link", name="结束邀请").click()
    page.get_by_role("button", name="结束邀请").click()
    expect(page.get_by_role("status")).to_contain_text("邀请已结束")
    expect(page.locator(".details")).to_contain_text("已结束")


@SCRIPT
def test_a_citizen_applies_to_a_place_and_takes_it_back(open_page: OpenPage, script: bool) -> None:
    page = open_page("/services/pass/places", java_script_enabled=script)
    sign_in(page, 3 if script else 4)
    page.get_by_role("link", name=re.compile("骆马湖花园")).click()
    page.get_by_label("住户").check()
    page.get_by_label("楼栋房号或部门").fill("5-1-302")
    page.get_by_label("姓名").fill("陈乐乐")
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_role("status")).to_have_text("申请已提交")
    page.get_by_role("link", name=re.compile("骆马湖花园")).first.click()
    page.get_by_role("button", name="撤回申请").click()
    expect(page.locator("#rows > li").first).to_contain_text("已撤回")


def test_a_sign_out_in_one_tab_ends_the_pages_of_the_other(open_page: OpenPage) -> None:
    one = open_page("/services/bus/trips")
    sign_in(one, 1)
    other = one.context.new_page()
    other.goto("/code")
    expect(other.locator("#qr path")).to_have_count(1)
    one.reload()
    expect(one.get_by_role("heading", level=1)).to_have_text("我的乘车记录")
    held = one.context.cookies()
    other.locator("#sign-out").click()
    expect(other.locator("#sign-in")).to_be_visible()
    one.reload()
    expect(one).to_have_url(re.compile(r"/sign-in\?next="))
    one.context.add_cookies(held)  # a copy that somebody kept
    one.goto("/services/bus/trips")
    expect(one).to_have_url(re.compile(r"/sign-in\?next="))


def test_a_phone_that_is_open_follows_what_is_switched(
    open_page: OpenPage, switch: Callable[[str, bool], None], expect_error: Callable[[str], None]
) -> None:
    expect_error("503")
    entry = open_page("/")
    stop = open_page("/services/bus/stops?q=市政府")
    stop.get_by_role("link", name=re.compile("^市政府")).first.click()
    bus = entry.locator('[data-service="bus"]')
    expect(bus).to_be_visible()
    switch("bus", False)
    expect(bus).to_have_count(0, timeout=10_000)
    stop.locator("#departures").dispatch_event("look")
    expect(stop.get_by_role("heading", level=1)).to_have_text("公交乘车暂停服务")
    switch("bus", True)
    switched = time.monotonic()
    expect(bus).to_be_visible(timeout=10_000)
    assert time.monotonic() - switched < 10
    stop.reload()
    expect(stop.locator("#leaving")).to_be_visible()


def test_a_page_of_another_site_cannot_send_or_frame(
    open_page: OpenPage, city: str, expect_error: Callable[[str], None]
) -> None:
    for words in ("403", "frame", "Refused", "violates"):
        expect_error(words)
    page = open_page("/services/pass/guests/new")
    sign_in(page)
    other = page.context.new_page()
    form = f'<form method="post" action="{city}/services/pass/guests/new"><button>send</button></form>'
    frame = f'<iframe src="{city}/services/pass/" title="x"></iframe>'
    with elsewhere(f"<!doctype html><title>x</title>{form}{frame}") as address:
        with other.expect_response(re.compile("/services/pass/$")):
            other.goto(address)
        assert other.frames[1].url.startswith("chrome-error:")
        with other.expect_response(re.compile("/guests/new$")) as answer:
            other.get_by_role("button").click()
    assert answer.value.status == 403


@contextmanager
def elsewhere(page: str) -> Iterator[str]:
    """A page on another site: `localhost` is one to the browser."""

    def answer(environ: object, start: Callable[..., object]) -> list[bytes]:
        start("200 OK", [("Content-Type", "text/html")])
        return [page.encode()]

    server = make_server("127.0.0.1", 0, answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    thread.join()


@SCRIPT
def test_a_manager_lets_an_applicant_in(
    open_page: OpenPage, script: bool, expect_error: Callable[[str], None]
) -> None:
    expect_error("409")
    citizen = open_page("/services/pass/places", java_script_enabled=script)
    sign_in(citizen, 2)
    citizen.get_by_role("link", name=re.compile("骆马湖花园")).click()
    citizen.get_by_label("住户").check()
    citizen.get_by_label("楼栋房号或部门").fill("5-1-302")
    citizen.get_by_label("姓名").fill("王子涵")
    citizen.get_by_role("button", name="提交申请").click()
    manager = open_page("/services/pass/", java_script_enabled=script)
    sign_in(manager)
    manager.get_by_role("link", name=re.compile("骆马湖花园")).click()
    manager.get_by_role("link", name="加入申请").click()
    manager.get_by_role("link", name=re.compile("王\\*涵")).first.click()
    other = manager.context.new_page()
    other.goto(manager.url)
    if script:
        manager.get_by_role("button", name="同意加入").click()
        expect(manager.get_by_role("status")).to_contain_text("已同意")
        other.get_by_role("button", name="同意加入").click()
        expect(other.get_by_role("alert")).to_contain_text("该申请已处理")
        citizen.reload()
        expect(citizen.locator("#rows > li").first).to_contain_text("已通过")
    else:
        manager.get_by_role("link", name="不同意").click()
        manager.get_by_label("原因").fill("该户未登记")
        manager.get_by_role("button", name="不同意").click()
        expect(manager.get_by_role("status")).to_contain_text("已回复申请人")
        citizen.reload()
        expect(citizen.locator("#rows > li").first).to_contain_text("原因：该户未登记")


@SCRIPT
def test_a_citizen_invites_a_guest_who_enters(
    open_page: OpenPage, guard: Callable[[str], dict[str, Any]], script: bool
) -> None:
    host = open_page("/services/pass/guests/new", java_script_enabled=script)
    sign_in(host, 1)
    guest_phone, guest_number = ("13800000004", 3) if script else ("13800000005", 4)
    host.get_by_label(re.compile("^手机号")).fill(guest_phone)
    host.get_by_label("访客称呼").fill("陈客人")
    host.get_by_label("事由").fill("探亲")
    today = (
        now().astimezone(ZoneInfo("Asia/Shanghai")).date()
    )  # the form offers the next hour, late at night tomorrow's
    host.get_by_label("从何时").fill(f"{today}T00:00")
    host.get_by_label("到何时").fill(f"{today}T23:59")
    host.get_by_role("button", name="发出邀请").click()
    expect(host.get_by_role("status")).to_have_text("邀请已生效")
    link = host.get_by_label("邀请链接").input_value()
    message = host.get_by_role("link", name="用短信发送").get_attribute("href") or ""
    assert message.startswith("sms:?&body=") and "invited" in message
    if script:
        host.get_by_role("button", name="复制邀请").click()
        expect(host.get_by_role("button", name="已复制")).to_be_visible()
    guest = open_page(urlsplit(link).path, java_script_enabled=script)
    expect(guest.get_by_role("heading", level=1)).to_have_text("邀请您来访")
    expect(guest.locator(".details")).to_contain_text("骆马湖花园")
    expect(guest.locator("main")).not_to_contain_text("3-2-1202")
    phone = signed_in(open_page, guest_number)
    told = guard(copied_code(phone))
    assert told["decision"] == "allow", told
    expect(phone.locator("#face-used")).to_be_visible()
    host.goto("/services/pass/guests")
    host.get_by_role("link", name=re.compile("陈客人")).first.click()
    expect(host.locator(".details")).to_contain_text("1/1 次")
