"""我的: its start page leads to pages that exist; its settings are kept by the browser."""

from __future__ import annotations

import pytest

from citizen_app.factory import CitizenFlask
from citizen_app.web.pages.mine.entries import SECTIONS
from tests.integration.pages.conftest import Browser

ADDRESSES = [entry.address for section in SECTIONS for entry in section.entries]


def test_it_is_for_who_is_signed_in(app: CitizenFlask, browser: Browser) -> None:
    asked = app.test_client().get("/mine", headers={"Accept": "text/html"})
    assert (asked.status_code, asked.location) == (303, "/sign-in?next=%2Fmine")
    shown = browser.get("/mine")
    assert shown.status_code == 200
    assert browser.citizen.phone not in shown.text


@pytest.mark.parametrize("address", ADDRESSES)
def test_each_entry_leads_to_a_page(browser: Browser, address: str) -> None:
    assert f'href="{address}"' in browser.get("/mine").text
    shown = browser.get(address)
    assert shown.status_code == 200
    assert 'class="tabs"' in shown.text


def test_the_look_is_chosen_once_and_kept(browser: Browser) -> None:
    assert "data-look" not in browser.get("/").text
    assert 'data-look="dark"' in browser.get("/mine/settings?look=dark").text
    assert 'data-look="dark"' in browser.get("/").text
    assert "data-look" not in browser.get("/mine/settings?look=system").text
    assert "data-look" not in browser.get("/?look=<script>").text
