"""What happens in the city before every kind of page is there: rides, visits, applications, an emergency."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page

from citizen_app.payments import orders
from tests.browser.hands import copied_code, signed_in
from tests.browser.running import RunningCity
from tests.browser.services.conftest import sign_in
from tests.browser.services.walking import Walk

OpenPage = Callable[..., Page]
Scan = Callable[[str], dict[str, Any]]


def a_life(walk: Walk, open_page: OpenPage, guard: Scan, bus: Scan) -> None:
    """The first citizen rides, goes in with a child, and is signed in elsewhere; another applies to the place
    that the first one manages, and invites the first one to act for them."""
    phone = signed_in(open_page)
    phone.locator(".whose__one", has_text=re.compile("监护人")).first.click()
    phone.locator("#showing:not([hidden])").wait_for()
    phone.locator("#qr path").wait_for(state="attached")
    bus(copied_code(phone))
    for scan in (bus, guard):
        phone.goto("/code")
        phone.locator("#qr path").wait_for(state="attached")
        scan(copied_code(phone))
    walk.go("/services/bus/trips", "/mine/purse", "/mine/sign-ins", "/mine/uses")
    walk.page.goto("/mine/family")
    family = [link.get_attribute("href") or "" for link in walk.page.locator("#family a").all()]
    walk.go("/mine/sign-ins/end-others", f"{family[0]}/looks", *family, *(f"{one}/uses" for one in family))
    walk.page.goto("/mine/notices/email")
    walk.page.locator("[name=address]").fill("somebody@example.org")
    walk.page.locator("main button[type=submit]").click()
    walk.page.wait_for_url(re.compile("/email/code"))
    walk.look("the code of an e-mail address")
    other = open_page("/services/pass/places")
    sign_in(other, 5)
    other.get_by_role("link", name=re.compile("骆马湖花园")).click()
    other.locator("main [type=radio]").first.check()
    other.locator("[name=unit]").fill("5-1-302")
    other.locator("[name=name]").fill("陈乐乐")
    other.locator("main button[type=submit]").click()
    other.wait_for_url(re.compile("done="))
    its = Walk(other, walk.app)
    its.seen, its.found = walk.seen, walk.found
    its.go("/services/pass/applications")
    other.goto("/mine/family/new")
    other.locator("[name=phone]").fill("13800000001")
    other.locator("main button[type=submit]").click()
    other.wait_for_url(re.compile("done=invited"))
    walk.page.goto("/mine/family")
    asked = walk.page.locator("#family a").first.get_attribute("href")
    walk.go(f"{asked}/accept")


def a_wards_code(walk: Walk) -> None:
    page = walk.page
    page.goto("/code")
    page.locator(".whose__one").nth(1).click()
    page.locator("#showing:not([hidden])").wait_for()
    page.locator("#kinds .kind").nth(1).click()
    page.locator("#kind-panel:not(:empty)").wait_for()
    page.locator("#qr path").wait_for(state="attached")
    walk.look("a ward's code")


def a_guest(walk: Walk) -> None:
    page = walk.page
    page.goto("/services/pass/guests/new")
    page.locator("main button[type=submit]").click()
    page.locator("[aria-invalid]").first.wait_for()
    walk.look("a refused form")
    for name, value in (("phone", "13912345678"), ("guest", "王客人"), ("purpose", "探亲")):
        page.locator(f"[name={name}]").fill(value)
    page.locator("main button[type=submit]").click()
    page.wait_for_url(re.compile("done=invited"))
    walk.look("a guest")
    asked = page.url
    page.goto(urlsplit(page.get_by_label(re.compile("^(邀请链接|Link)")).input_value()).path)
    walk.look("what a guest opens")
    page.goto(asked)
    page.locator("main a.weui-btn[href$='/end']").click()
    walk.look("a question")
    page.locator("main button[type=submit]").click()


def a_top_up(walk: Walk, running: RunningCity) -> None:
    """Asked of the demo's provider by the outbox, which no process sends here."""
    page = walk.page
    page.goto("/mine/purse/top-up")
    listed = page.locator("select[name=amount]")
    if listed.count():
        listed.select_option(index=1)
    else:
        page.locator("[name=amount]").first.check()
    page.locator("main button[type=submit]").click()
    page.wait_for_url(re.compile("/mine/purse/orders/"))
    path = urlsplit(page.url).path
    with running.app.app_context():
        orders.send("", {"order_id": path.rpartition("/")[2]})
    walk.go(path)


def an_emergency(walk: Walk) -> None:
    """The manager opens all gates, takes the muster, suspends a member and ends it."""
    page = walk.page
    page.goto("/services/pass/")
    desk = page.locator("main a[href*='/managed/']").first.get_attribute("href") or ""
    page.goto(f"{desk}/emergency/new")
    page.locator("[name=reason]").fill("演练")
    page.locator("main button[type=submit]").click()
    page.wait_for_url(re.compile(r"/muster\?done="))
    found_safe = page.locator("form.one-tap").first.get_attribute("action") or ""
    walk.go(found_safe, desk, f"{desk}/inside", f"{desk}/muster", f"{desk}/applications?status=waiting")
    page.goto(f"{desk}/members")
    member = page.locator("#rows a").first.get_attribute("href") or ""
    page.goto(f"{member}/suspend")
    page.locator("main button[type=submit]").click()
    walk.go(f"{member}/restore")
    page.goto(f"{member}/restore")
    page.locator("main button[type=submit]").click()
    page.goto(f"{desk}/emergency/end")
    page.locator("main button[type=submit]").click()
