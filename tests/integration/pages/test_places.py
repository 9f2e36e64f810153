"""`/p/<token>`: a camera opens it, a tap runs the walk, a page tells what came of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from citizen_app.kiosks import posters
from citizen_app.registry import state
from citizen_app.storage.cached_values import current_watch
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City, TestPoster
from tests.integration.pages.conftest import SAME_SITE, Browser

HIDDEN = re.compile(r'type="hidden" name="(\w+)" value="([^"]*)"')
CODE_KEPT = ("usage_events", "scan_answers", "probe_entries", "audit_events")


@pytest.fixture
def services_dir() -> Path | None:
    """The sample services instead of the product's."""
    return Path(__file__).parents[2] / "sample_services"


@pytest.fixture
def poster(city: City) -> TestPoster:
    """A poster at which everybody is welcome."""
    return city.poster("probe", "by_poster")


@pytest.fixture
def browser(city: City) -> Browser:
    """Somebody who is signed in."""
    return Browser(city.app, city.citizen("李秀英"))


def tap(browser: Browser, poster: TestPoster, **more: str):
    """The one tap on the page that the camera opened."""
    path = f"/p/{poster.token}"
    hidden = dict(HIDDEN.findall(browser.get(path).text.partition("<main")[2]))
    return browser.client.post(path, data={**hidden, **more}, headers={"Accept": "text/html", **SAME_SITE})


def test_opening_says_who_asks_what_and_writes_nothing(
    city: City, browser: Browser, poster: TestPoster
) -> None:
    before = [city.count(table) for table in CODE_KEPT]
    for client in (browser.client, city.app.test_client()):
        opened = client.get(f"/p/{poster.token}", headers={"Accept": "text/html", "Host": "evil.example"})
        assert opened.status_code == 200
        assert opened.headers["Cache-Control"] == "no-store"
        host = city.app.extensions["settings"].public_url.partition("//")[2]
        for told in ("探针请您确认", "试验 by_poster", "服务台", "测试处", f"这里的网址是 {host}", "核对"):
            assert told in opened.text, told
        assert "evil.example" not in opened.text
    assert [city.count(table) for table in CODE_KEPT] == before


def test_whoever_is_not_signed_in_is_offered_to_and_comes_back(city: City, poster: TestPoster) -> None:
    stranger = city.app.test_client()
    path = f"/p/{poster.token}"
    assert f'href="/sign-in?next={path}"' in stranger.get(path).text
    sent = stranger.post(path, data={}, headers=SAME_SITE)
    assert (sent.status_code, sent.headers["Location"]) == (303, f"/sign-in?next=%2Fp%2F{poster.token}")


def test_one_tap_runs_the_walk_and_a_second_tap_changes_nothing(
    city: City, browser: Browser, poster: TestPoster
) -> None:
    path = f"/p/{poster.token}"
    hidden = dict(HIDDEN.findall(browser.get(path).text.partition("<main")[2]))
    headers = {"Accept": "text/html", **SAME_SITE}
    first, second = (browser.client.post(path, data=hidden, headers=headers) for _ in range(2))
    assert first.status_code == 303
    assert first.headers["Location"] == second.headers["Location"]
    told = browser.get(first.headers["Location"])
    assert 'class="verdict verdict_good"' in told.text
    assert "欢迎" in told.text
    assert city.count("probe_entries") == 1
    assert Browser(city.app, city.citizen()).get(first.headers["Location"]).status_code == 404
    assert city.app.test_client().get(first.headers["Location"]).status_code == 303


def test_a_form_from_another_site_is_refused(city: City, browser: Browser, poster: TestPoster) -> None:
    path = f"/p/{poster.token}"
    hidden = dict(HIDDEN.findall(browser.get(path).text.partition("<main")[2]))
    assert browser.client.post(path, data=hidden, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    stolen = browser.client.post(path, data={**hidden, "csrf_token": "x"}, headers=SAME_SITE)
    assert stolen.status_code == 403
    assert city.count("usage_events") == 0


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_refusal_says_what_to_do(city: City, browser: Browser, language: str) -> None:
    sent = tap(browser, city.poster("probe", "poster_refuses"))
    told = browser.client.get(f"{sent.headers['Location']}?lang={language}", headers={"Accept": "text/html"})
    if told.status_code == 303:
        told = browser.get(told.headers["Location"])
    assert 'class="verdict verdict_bad"' in told.text
    assert ("今天不行" if language == "zh" else "Not today") in told.text


def test_input_is_asked_on_the_page(city: City, browser: Browser) -> None:
    place = tap(browser, city.poster("probe", "poster_asks")).headers["Location"]
    asked = browser.get(place)
    assert 'class="verdict verdict_ask"' in asked.text
    token = dict(HIDDEN.findall(asked.text.partition("<main")[2]))
    headers = {"Accept": "text/html", **SAME_SITE}
    wrong = browser.client.post(place, data={**token, "last_four": "12345"}, headers=headers)
    assert wrong.status_code == 422
    assert 'aria-invalid="true"' in wrong.text
    right = browser.client.post(place, data={**token, "last_four": "1234"}, headers=headers)
    assert right.headers["Location"] == place
    assert "verdict_good" in browser.get(place).text


def test_for_a_ward(city: City, poster: TestPoster) -> None:
    agent, ward, outside = city.citizen("王丽华"), city.citizen("李秀英"), city.citizen("赵六")
    city.acting(agent, ward, "carer", "probe")
    other = city.acting(agent, outside, "carer", "bus").signed_in.acting
    assert other is not None
    browser = Browser(city.app, agent)
    opened = browser.get(f"/p/{poster.token}").text
    assert "李*英" in opened
    assert "赵*" not in opened
    (chosen,) = re.findall(r'name="who" value="([0-9a-f-]{36})"', opened)
    told = browser.get(tap(browser, poster, who=chosen).headers["Location"])
    assert "verdict_good" in told.text
    assert [line["by"]["kind"] for line in ward.usage()] == ["carer"]
    tap(browser, poster, who=other.delegation_id or "")
    assert [line["reason"] for line in outside.usage()] == ["delegation_invalid"]
    stranger = Browser(city.app, city.citizen())
    assert tap(stranger, poster, who=chosen).status_code == 404


def test_a_void_poster_and_a_service_that_is_switched_off(
    city: City, browser: Browser, poster: TestPoster
) -> None:
    path = f"/p/{poster.token}"
    hidden = dict(HIDDEN.findall(browser.get(path).text.partition("<main")[2]))
    with city.app.app_context(), transaction():
        posters.print_anew(poster.kiosk_id)
    for answer in (browser.get(path), browser.client.post(path, data=hidden, headers=SAME_SITE)):
        assert answer.status_code == 410
    assert "这张海报已作废" in browser.get(path).text
    assert browser.get(f"{path}/poster").status_code == 410
    assert browser.get(f"/p/{'x' * 22}").status_code == 404
    fresh = city.poster("probe", "by_poster")
    with city.app.app_context(), transaction():
        state.disable("probe")
    with city.app.app_context():
        current_watch().check_versions()
    assert browser.get(f"/p/{fresh.token}").status_code == 503


def test_the_poster_can_be_printed_from_a_page(city: City, poster: TestPoster) -> None:
    page = city.app.test_client().get(f"/p/{poster.token}/poster", headers={"Host": "evil.example"})
    assert page.status_code == 200
    for told in (
        "<svg",
        "试验 by_poster",
        "Counter",
        city.app.extensions["settings"].public_url.partition("//")[2],
    ):
        assert told in page.text
    assert "style=" not in page.text
    assert "evil.example" not in page.text
