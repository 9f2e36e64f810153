"""A citizen scans a poster: the phone's camera opens its address, and one tap on the page does the rest."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from citizen_app.kiosks import posters
from citizen_app.kiosks.models import Kiosk, PlaceCode
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from tests.browser.access import LANGUAGES, Mode, in_its_modes, opened, what_is_wrong
from tests.browser.running import RunningCity
from tests.browser.services.conftest import sign_in

OpenPage = Callable[..., Page]
SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])


def path_of(running: RunningCity, service: str, purpose: str = "sign_in") -> str:
    """Where a demo poster of a service leads on this city's port: its only one, or the one for a purpose."""
    with running.app.app_context(), transaction(reading=True):
        hanging = (
            select(PlaceCode)
            .join(PlaceCode.kiosk)
            .where(Kiosk.service == service, PlaceCode.voided_at.is_(None))
        )
        found = db.session.scalars(hanging).all()
        (hangs,) = found if len(found) == 1 else [one for one in found if purpose in one.kiosk.purposes]
        return f"/p/{hangs.token}"


@SCRIPT
def test_a_citizen_scans_a_poster(open_page: OpenPage, whole_city: RunningCity, script: bool) -> None:
    page = open_page(path_of(whole_city, "pass"), java_script_enabled=script)
    expect(page.get_by_role("heading", level=1)).to_have_text("到访登记（不开门）")
    expect(page.locator("main")).to_contain_text("市图书馆一楼服务台")
    expect(page.locator(".true-address")).to_contain_text("假海报")
    page.get_by_role("link", name="登录后确认").click()
    sign_in(page)
    expect(page).to_have_url(re.compile("/p/"))
    expect(page.get_by_label(re.compile("本人"))).to_be_checked()
    page.get_by_role("button", name="确认").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("到访已登记")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("到访已登记")
    page.get_by_role("link", name="返回这张海报").click()
    page.get_by_label(re.compile(r"^张\*宇")).check()  # a child of theirs
    page.get_by_role("button", name="确认").click()
    expect(page.locator(".verdict")).to_be_visible()


def test_a_visitor_signs_in_and_out_at_two_posters(open_page: OpenPage, whole_city: RunningCity) -> None:
    page = open_page(f"/sign-in?next={path_of(whole_city, 'pass')}")
    sign_in(page, 2)
    page.get_by_role("button", name="确认").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("到访已登记")
    page.goto(path_of(whole_city, "pass", "sign_out"))
    expect(page.get_by_role("heading", level=1)).to_have_text("离开登记（不开门）")
    page.get_by_role("button", name="确认").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("离开已登记")


def test_a_missing_consent_is_given_and_the_poster_goes_on(
    open_page: OpenPage, whole_city: RunningCity
) -> None:
    poster = path_of(whole_city, "pass")
    page = open_page(f"/sign-in?next={poster}")
    sign_in(page, 4)
    page.goto("/mine/consents/pass")
    for tick in page.locator("main [type=checkbox]").all():
        tick.uncheck()
    page.get_by_role("button", name="保存").click()
    page.goto(poster)
    page.get_by_role("button", name="确认").click()
    page.get_by_role("link", name="去看看，再决定是否同意").click()
    expect(page).to_have_url(re.compile(r"/mine/consents/pass\?next="))
    for tick in page.locator("main [type=checkbox]").all():
        tick.check()
    page.get_by_role("button", name="保存").click()
    expect(page).to_have_url(re.compile(f"{poster}$"))
    page.get_by_role("button", name="确认").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("到访已登记")


def test_a_rider_scans_the_poster_at_the_stop(open_page: OpenPage, whole_city: RunningCity) -> None:
    page = open_page(path_of(whole_city, "bus"))
    expect(page).to_have_url(re.compile("/services/bus/stops/"))
    expect(page.locator("#leaving > li").first).to_contain_text("开往")


def test_a_void_poster_says_so(
    open_page: OpenPage, whole_city: RunningCity, expect_error: Callable[[str], None]
) -> None:
    expect_error("410")
    path = path_of(whole_city, "pass")
    page = open_page(path)
    page.goto(f"/sign-in?next={path}")
    sign_in(page)
    with whole_city.app.app_context(), transaction():
        hanging = db.session.scalars(select(PlaceCode).where(PlaceCode.token == path[3:])).one()
        posters.print_anew(hanging.kiosk_id)
    page.get_by_role("button", name="确认").click()
    expect(page.locator("main")).to_contain_text("这张海报已作废")


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_on_a_poster(open_page: OpenPage, whole_city: RunningCity, language: str) -> None:
    page, path = opened(open_page, Mode(language)), path_of(whole_city, "pass")
    found: dict[str, list[Any]] = {}
    for address in (path, f"{path}/poster"):
        page.goto(address)
        found |= in_its_modes(page, address)
    page.goto(f"/sign-in?next={path}")
    sign_in(page)
    found |= in_its_modes(page, "signed in")
    page.locator("main button[type=submit]").click()
    page.locator(".verdict").wait_for()
    found |= in_its_modes(page, "result")
    assert what_is_wrong(found) == {}


def test_the_poster_prints_on_one_sheet(open_page: OpenPage, whole_city: RunningCity) -> None:
    page = open_page(f"{path_of(whole_city, 'pass')}/poster")
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
