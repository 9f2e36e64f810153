"""The home page: today's cards, what a failing service does to it, answers to questions, and the shelf."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from citizen_app.clock import now
from citizen_app.factory import CitizenFlask
from citizen_app.process.breaker import FAILURES_TO_OPEN
from citizen_app.registry.behaviour import Card, CitizenView
from citizen_app.registry.modules import InstalledModule, current_registry
from citizen_app.storage.orm import db
from citizen_app.text import Text
from citizen_app.toolkit.testing import City, TestCitizen
from tests.integration.pages.conftest import SAME_SITE, Browser

CARDS = "/api/v1/me/cards"
Answer = Callable[[CitizenView], Any]


@pytest.fixture
def answers(app: CitizenFlask, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Answer], InstalledModule]:
    """Let the cards of a service come from a function of the test."""

    def put(service: str, answer: Answer) -> InstalledModule:
        with app.app_context():
            module = current_registry().get(service)
        assert module is not None
        monkeypatch.setattr(module.hooks, "cards_for", answer, raising=False)
        return module

    return put


def say(zh: str, **more: Any) -> Card:
    return Card(Text(zh, f"in English: {len(zh)}"), **more)


def titles(citizen: TestCitizen) -> list[str]:
    return [card["title"] for card in citizen.call("GET", CARDS).get_json()["items"]]


def test_cards_come_by_their_moment_and_lead_to_pages(
    city: City, answers: Callable[[str, Answer], InstalledModule]
) -> None:
    citizen, soon = city.citizen(), now() + timedelta(hours=1)
    answers(
        "bus", lambda view: [say("无时刻", link="no-such-page"), say("较晚", at=soon + timedelta(hours=1))]
    )
    answers("pass", lambda view: [say("最早", lines=(Text("一行", "a line"),), link="guests", at=soon)])
    found = citizen.call("GET", CARDS).get_json()["items"]
    assert [card["title"] for card in found] == ["最早", "较晚", "无时刻"]
    assert [card["link"] for card in found] == ["/services/pass/guests", "/services/bus/", "/services/bus/"]
    assert (found[0]["lines"], found[2]["at"]) == (["一行"], None)


def test_a_service_sees_of_a_citizen_what_it_may(
    city: City, answers: Callable[[str, Answer], InstalledModule]
) -> None:
    answers("pass", lambda view: [say("认识")] if view.contact_ref else [])
    answers("bus", lambda view: [])
    assert titles(city.citizen()) == ["认识"]
    assert titles(city.citizen(consents=False)) == []


def crash(view: CitizenView) -> Any:
    raise RuntimeError("a bug with the number 13800000001 in its message")


def broken_statement(view: CitizenView) -> Any:
    db.session.execute(text("SELECT no_such_column FROM citizens"))


@pytest.mark.parametrize(
    "failure",
    [crash, broken_statement, lambda view: ["text"], lambda view: [Card("欢迎")], lambda view: None],  # type: ignore[arg-type]
)
def test_a_service_that_fails_is_left_out(
    browser: Browser, answers: Callable[[str, Answer], InstalledModule], failure: Answer
) -> None:
    answers("bus", failure)
    answers("pass", lambda view: [say("照常")])
    assert titles(browser.citizen) == ["照常"]
    shown = browser.get("/")
    assert shown.status_code == 200
    assert "照常" in shown.text


def test_its_breaker_opens_and_leaves_scans_alone(
    city: City, answers: Callable[[str, Answer], InstalledModule]
) -> None:
    asked: list[str] = []

    def count_and_crash(view: CitizenView) -> Any:
        asked.append(view.ref)
        raise RuntimeError

    module, citizen = answers("bus", count_and_crash), city.citizen()
    answers("pass", lambda view: [])
    for _ in range(FAILURES_TO_OPEN + 3):
        titles(citizen)
    assert len(asked) == FAILURES_TO_OPEN
    assert (module.cards_breaker.is_open, module.breaker.is_open) == (True, False)


def test_an_agent_sees_the_cards_of_the_delegation(
    city: City, answers: Callable[[str, Answer], InstalledModule]
) -> None:
    answers("bus", lambda view: [say("公交")])
    answers("pass", lambda view: [say("通行")])
    agent, ward = city.citizen(), city.citizen()
    assert titles(city.acting(agent, ward, "carer", "bus")) == ["公交"]


def test_a_card_goes_with_its_service(city: City, answers: Callable[[str, Answer], InstalledModule]) -> None:
    answers("bus", lambda view: [say("公交")])
    citizen, staff = city.citizen(), city.operator(None, "system_admin")
    assert titles(citizen) == ["公交"]
    assert staff.call("POST", "/api/v1/admin/services/bus/disable").status_code == 200
    assert titles(citizen) == []


def test_home_answers_questions_and_offers_the_desk(browser: Browser) -> None:
    assert "哪些人坐公交免费或优惠" in browser.get("/?q=老人坐车要钱吗").text
    nothing = browser.get("/?q=怎么修水管").text
    assert "找人工服务" in nothing
    assert "没有找到相符的服务" in nothing


def test_home_says_only_what_has_changed(browser: Browser) -> None:
    seen = browser.get("/parts/cards").text.split('name="seen" value="')[1].split('"')[0]
    assert browser.get(f"/parts/cards?seen={seen}").status_code == 204
    assert browser.get("/parts/cards?seen=other").status_code == 200


def test_the_shelf_holds_what_was_kept_and_opened(browser: Browser) -> None:
    shelf = 'class="shortcut"'
    assert shelf not in browser.get("/").text
    browser.get("/services/bus/")
    assert f'{shelf} href="/services/bus/"' in browser.get("/").text
    keep = {"service": "pass", "keep": "yes"}
    sent = browser.client.post("/favourites", data=keep, headers=SAME_SITE)
    assert (sent.status_code, sent.location) == (303, "/#service-pass")
    page = browser.get("/").text
    assert page.index(f'{shelf} href="/services/pass/"') < page.index(f'{shelf} href="/services/bus/"')
    browser.client.post("/favourites", data={**keep, "keep": "no"}, headers=SAME_SITE)
    browser.send("/sign-out", token=browser.form_token("/mine"))
    assert shelf not in browser.get("/").text


@pytest.mark.parametrize(
    ("service", "headers", "status"),
    [("bus", {"Sec-Fetch-Site": "cross-site"}, 403), ("no_such", SAME_SITE, 404)],
)
def test_the_shelf_takes_nothing_else(
    browser: Browser, service: str, headers: dict[str, str], status: int
) -> None:
    sent = browser.client.post("/favourites", data={"service": service, "keep": "yes"}, headers=headers)
    assert sent.status_code == status
    browser.client.set_cookie("favourites", '["bus"]')
    assert 'class="shortcut"' not in browser.get("/").text
