"""Times on the pages are the city's, not those of the browser's zone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, StorageState, expect

from citizen_app.clock import now
from tests.browser.hands import copied_code, expect_result, paste, signed_in

ELSEWHERE = "America/New_York"
CITY = ZoneInfo("Asia/Shanghai")  # the default of CITIZEN_TIMEZONE


def lately(form: str) -> re.Pattern[str]:
    """The city's time in a form, at some moment of the last two minutes."""
    moments = {(now() - timedelta(seconds=ago)).astimezone(CITY).strftime(form) for ago in range(120)}
    return re.compile("|".join(sorted(moments)))


def test_the_kiosk_tells_the_citys_time(
    open_page: Callable[..., Page], activated_kiosk: StorageState
) -> None:
    kiosk = open_page("/kiosk", width=1024, height=768, kept=activated_kiosk, time_zone=ELSEWHERE)
    expect(kiosk.locator("#kiosk-name")).not_to_be_empty()
    expect(kiosk.locator("#last-heartbeat")).to_have_text(lately("%H:%M:%S"))


def test_a_use_happened_at_the_citys_time(open_page: Callable[..., Page], kiosk: Page) -> None:
    citizen = signed_in(open_page, citizen=5, time_zone=ELSEWHERE)
    paste(kiosk, copied_code(citizen))
    expect_result(kiosk, "good")
    expect(citizen.locator("#used-when")).to_have_text(lately("%H:%M"))
    expect(citizen.locator(".use__time").first).to_have_text(lately("%H:%M"))
    expect(citizen.locator(".uses__day").first).to_contain_text(lately("%-m月%-d日"))
