"""The waiting room: its wall reads at five metres, the call screen works without a script of its own, and axe
finds nothing on either."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from citizen_app.clock import now
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.links import shared_link
from citizen_app.toolkit.time import city_zone
from citizen_app.web.pages.walls import LINK
from services.hospital.models import (
    HospitalBooking,
    HospitalDepartment,
    HospitalPatient,
    HospitalPool,
    HospitalSession,
    HospitalTicket,
)
from services.hospital.operations.arriving import check_in
from services.hospital.operations.booking import By, hold
from services.hospital.operations.calling import QUEUES
from services.hospital.operations.patients import patient_at_desk
from services.hospital.operations.paying import confirm
from tests.browser.access import AXE, LANGUAGES, MODES, OVERFLOW, RUN_AXE, in_its_modes, what_is_wrong
from tests.browser.running import RunningCity
from tests.browser.test_console import sign_in

LEAST = 72
"""Pixels of type on a screen of 1080 lines: capitals of 25 mm on one of 43 inches, a two-hundredth of five
metres."""
SIZE = "(element) => parseFloat(getComputedStyle(element).fontSize)"
LINES = """(element) => {
  const words = document.createRange();
  words.selectNodeContents(element);
  return new Set([...words.getClientRects()].map(({ top }) => top)).size;
}"""
OFFICE = "/console/services/hospital"
CALLS = f"{OFFICE}/calls"


@pytest.fixture(scope="module")
def clinic(whole_city: RunningCity) -> str:
    """The evening clinic of today, in which one patient is called and one waits."""
    with whole_city.app.test_request_context(), transaction():
        of = db.session.scalars(
            select(HospitalSession)
            .join(HospitalDepartment, HospitalDepartment.id == HospitalSession.department_id)
            .where(HospitalDepartment.code == "gp", HospitalSession.state == "open")
            .order_by(HospitalSession.starts_at, HospitalSession.id)
        ).first()
        assert of is not None
        of.day = now().astimezone(city_zone()).date()  # late in the evening the next is tomorrow's
        free = (HospitalPool.session_id == of.id) & (HospitalPool.taken < HospitalPool.capacity)
        online = select(HospitalPool).where(free, HospitalPool.channel == "app")
        pools = db.session.scalars(online.order_by(HospitalPool.starts_at.desc()).limit(2)).all()
        for name, pool in zip(("王小明", "李建国"), pools, strict=True):
            moment, by = pool.starts_at - timedelta(hours=1), By("staff", "staff demo")
            patient = patient_at_desk(of.hospital_id, name, None, moment)
            check_in(confirm(hold(patient, pool.id, moment, by), "purse", moment, by), moment)
        QUEUES.call_next(of.id, of.room, now(), "staff demo")
        return of.id


@pytest.fixture(scope="module")
def letters(whole_city: RunningCity, clinic: str) -> tuple[str, str]:
    """Where a letter is written for who is in the room, as if they had an account: from the call screen, and
    from the office."""
    with whole_city.app.app_context(), transaction():
        called = select(HospitalTicket).where(
            HospitalTicket.queue_id == clinic, HospitalTicket.state == "called"
        )
        ticket = db.session.scalars(called).one()
        booking = db.session.get_one(HospitalBooking, ticket.booking_id)
        patient = db.session.get_one(HospitalPatient, booking.patient_id)
        patient.citizen_ref = patient.holder_ref
        return f"{CALLS}/{clinic}/{ticket.id}/letter", f"{OFFICE}/letters/new/{patient.id}"


@pytest.fixture(scope="module")
def nurse(browser: Browser, city: str) -> object:
    """What a browser keeps in which the hospital's operator is signed in."""
    context = browser.new_context(base_url=city, locale="zh-CN")
    sign_in(context.new_page(), "hospital-demo")
    kept = context.storage_state()
    context.close()
    return kept


def wall_of(whole_city: RunningCity, session_id: str) -> str:
    """The address of the wall of a session's department."""
    with whole_city.app.test_request_context(), transaction(reading=True):
        place = db.session.get_one(HospitalSession, session_id).department_id
        until = now().astimezone(city_zone()).date().isoformat()
        link = shared_link("hospital", "hospital_pages_wall.wall", LINK, f"{place} {until} 1")
    return "/" + link.partition("://")[2].partition("/")[2]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_wall_reads_at_five_metres_and_axe_finds_nothing(
    open_page: Callable[..., Page], whole_city: RunningCity, clinic: str, language: str
) -> None:
    page = open_page(f"/?lang={language}", width=1920, height=1080)
    page.goto(wall_of(whole_city, clinic))
    row = page.locator(".wall__row").first
    row.wait_for()
    assert "王*明" in row.inner_text()
    assert min(row.locator("td").evaluate_all(f"(cells) => cells.map({SIZE})")) >= LEAST
    assert page.locator(".wall__next dd").first.evaluate(SIZE) >= 0.6 * LEAST
    assert page.locator(".wall__hint").evaluate(SIZE) >= 30
    sound = page.locator(".wall__sound")
    expect(sound).to_be_visible()
    assert sound.evaluate(LINES) == 1, "beside a heading of two lines"
    assert page.evaluate(OVERFLOW) <= 0
    seen = [name for name, mode in MODES.items() if mode.size == "standard"]
    assert what_is_wrong(in_its_modes(page, "the wall", seen)) == {}


@pytest.mark.parametrize(("language", "look"), [("zh", "light"), ("zh", "dark"), ("en", "light")])
def test_axe_finds_nothing_on_the_call_screen_and_in_the_office(
    open_page: Callable[..., Page],
    nurse: object,
    clinic: str,
    letters: tuple[str, str],
    language: str,
    look: str,
) -> None:
    page = open_page(f"/console/?lang={language}&look={look}", width=1200, kept=nurse)
    page.goto(f"{OFFICE}/rules/")
    rules = page.locator("main form[action]").last.get_attribute("action")
    for path in (
        f"{CALLS}/", f"{CALLS}/{clinic}", f"{CALLS}/{clinic}/add", f"{OFFICE}/rules/", rules or "", f"{OFFICE}/missed/",
        f"{OFFICE}/missed/list", f"{OFFICE}/missed/suspended", f"{OFFICE}/watch/", f"{OFFICE}/figures/",
        f"{OFFICE}/letters/", f"{OFFICE}/letters/new", f"{OFFICE}/templates/", f"{OFFICE}/templates/new",
        f"{OFFICE}/closures/new", f"{OFFICE}/doctors/new", "/console/tasks/start/hospital/import_timetable", *letters,
    ):  # fmt: skip
        shown = page.goto(path)
        assert shown is not None and shown.ok, path
        page.evaluate(AXE.read_text(encoding="utf-8"))
        assert page.evaluate(RUN_AXE) == [], path
        page.set_viewport_size({"width": 375, "height": 800})
        assert page.evaluate(OVERFLOW) <= 0, path
        page.set_viewport_size({"width": 1200, "height": 800})


def test_who_waits_is_called_by_one_press(open_page: Callable[..., Page], nurse: object, clinic: str) -> None:
    page = open_page(f"{CALLS}/{clinic}", width=1200, height=900, kept=nurse)
    expect(page.locator("main .display-4")).to_have_text("1")
    page.keyboard.press("Enter")
    expect(page.locator("main .display-4")).to_have_text("2")
    expect(page.locator("main")).to_contain_text("李*国")


def test_rules_are_changed_after_their_effect_was_seen(open_page: Callable[..., Page], nurse: object) -> None:
    page = open_page("/console/services/hospital/rules/", width=1200, kept=nurse)
    page.get_by_role("button", name="修改规则").click()
    page.get_by_label("每人每天最多").fill("4")
    page.get_by_role("button", name="查看影响").click()
    expect(page.locator("main")).to_contain_text("这样改的影响")
    expect(page.get_by_role("row").filter(has_text="每人每天最多")).to_contain_text("4")
    page.get_by_role("button", name="返回修改").click()
    expect(page.get_by_label("每人每天最多")).to_have_value("4")
    page.get_by_role("button", name="查看影响").click()
    page.get_by_role("button", name="发布为新版本").click()
    expect(page.locator("main")).to_contain_text("已发布为新版本")
