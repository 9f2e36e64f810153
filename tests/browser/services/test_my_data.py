"""我的数据 in a browser: the page waits by itself until the copy is there, and the file opens."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable

from playwright.sync_api import Page, expect

from citizen_app.rights.asking import make_copies
from tests.browser.running import RunningCity
from tests.browser.services.conftest import sign_in

REAL_NAME = 0


def test_a_copy_is_waited_for_and_downloaded(open_page: Callable[..., Page], whole_city: RunningCity) -> None:
    page = open_page("/mine/data")
    sign_in(page, REAL_NAME)
    page.get_by_role("button", name="要一份副本").click()
    expect(page.locator("#copy")).to_contain_text("副本正在准备")
    with whole_city.app.app_context():
        make_copies()
    fetch = page.get_by_role("link", name="下载副本")
    expect(fetch).to_be_visible()
    with page.expect_download() as coming:
        fetch.click()
    with zipfile.ZipFile(coming.value.path()) as copy:
        assert json.loads(copy.read("manifest.json"))["missing"] == []
    page.goto("/mine/leave")
    expect(page.locator("#against")).to_contain_text("唯一的监护人或照护人")
    expect(page.get_by_role("button", name="注销账户")).to_have_count(0)
