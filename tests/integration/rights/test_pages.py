"""The pages 我的数据 and 注销账户: each says how it stands, and does what the API does."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest

from citizen_app.citizens.acting import ActingKind
from citizen_app.citizens.models import Citizen
from citizen_app.factory import CitizenFlask
from citizen_app.ids import new_id
from citizen_app.payments import purses, transfers
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City
from tests.integration.delegations.conftest import delegate, person
from tests.integration.pages.conftest import Browser
from tests.integration.rights.conftest import work


@pytest.fixture
def browser(app: CitizenFlask, city: City) -> Browser:
    """Somebody in a browser."""
    return Browser(app, person(city))


def test_a_copy_is_asked_for_waited_for_and_fetched(browser: Browser, city: City) -> None:
    assert "要一份副本" in browser.get("/mine/data").text
    assert browser.send("/mine/data").location == "/mine/data"
    waiting = browser.get("/mine/data").text
    assert "副本正在准备" in waiting
    assert 'data-every="2"' in waiting
    work(city)
    ready = browser.get("/mine/data").text
    assert "副本已备好" in ready
    assert "data-every" not in ready
    fetched = browser.get("/mine/data/copy.zip")
    assert fetched.headers["Cache-Control"] == "no-store"
    assert zipfile.ZipFile(io.BytesIO(fetched.data)).testzip() is None


def test_whoever_has_not_just_proved_themselves_is_led_there(
    browser: Browser, city: City, time_travel: Any
) -> None:
    token = browser.form_token("/mine/data")
    browser.send("/mine/data")
    work(city)
    time_travel.shift(301)
    assert "短信验证后继续" in browser.get("/mine/data").text
    for sent in (browser.get("/mine/data/copy.zip"), browser.send("/mine/data", token=token)):
        assert (sent.status_code, sent.location) == (303, "/mine/confirm?next=/mine/data")
    shown = browser.get("/mine/leave").text
    assert "短信验证后继续" in shown
    assert "understood" not in shown
    refused = browser.send("/mine/leave", {"understood": "true"}, token=token)
    assert refused.status_code == 401
    assert city.count("rights_requests", "kind = 'erasure'") == 0


def test_an_account_is_closed_with_a_tick(browser: Browser, city: City) -> None:
    shown = browser.get("/mine/leave").text
    assert "依法保留" in shown
    unticked = browser.send("/mine/leave")
    assert unticked.status_code == 422
    assert "请先勾选" in unticked.text
    gone = browser.send("/mine/leave", {"understood": "true"})
    assert (gone.status_code, gone.location) == (303, "/left")
    assert "账户已注销" in browser.get("/left").text
    assert browser.get("/mine").status_code == 303
    with city.app.app_context(), transaction(reading=True):
        assert db.session.get(Citizen, browser.citizen.id) is None


def test_what_stands_against_it_is_said_with_where_it_is_settled(browser: Browser, city: City) -> None:
    with city.app.app_context(), transaction():
        purse = purses.opened(browser.citizen.id)
        transfers.receive(purse.id, 900, provider="simulated", key=new_id())
    shown = browser.get("/mine/leave").text
    assert "钱包里还有余额" in shown
    assert 'href="/mine/purse"' in shown
    assert "understood" not in shown
    assert (
        browser.send(
            "/mine/leave", {"understood": "true"}, token=browser.form_token("/mine/data")
        ).status_code
        == 409
    )


def test_a_guardian_does_both_for_a_child(browser: Browser, city: City) -> None:
    child, teenager = person(city, 9, "周小宝", phone=False), person(city, 15, "周大宝", phone=False)
    of_child = delegate(city, browser.citizen, child, ActingKind.GUARDIAN)
    of_teenager = delegate(city, browser.citizen, teenager, ActingKind.GUARDIAN)
    place = f"/mine/family/{of_child}"
    assert f'href="{place}/leave"' in browser.get(place).text
    assert "/leave" not in browser.get(f"/mine/family/{of_teenager}").text
    assert browser.get(f"/mine/family/{of_teenager}/data").status_code == 403
    assert browser.get(f"/mine/family/{new_id()}/data").status_code == 404
    assert browser.send(f"{place}/data").location == f"{place}/data"
    work(city)
    assert browser.get(f"{place}/data/copy.zip").status_code == 200
    assert "周*宝的数据" in browser.get(f"{place}/data").text
    gone = browser.send(f"{place}/leave", {"understood": "true"})
    assert gone.location == "/mine/family?done=ward_left"
    assert "账户已注销" in browser.get(gone.location).text
    assert city.count("rights_requests", "kind = 'erasure' AND asked_by = 'guardian'") == 1
