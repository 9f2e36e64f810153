"""我的: each page shows what the API knows, and each form does what the API does."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from citizen_app.citizens.models import SignInSession
from citizen_app.clock import now
from citizen_app.factory import CitizenFlask
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City
from tests.integration.pages.conftest import Browser


def go(browser: Browser, sent: TestResponse) -> str:
    """The page that a form leads to."""
    assert sent.status_code == 303, sent.text
    return browser.get(sent.location).text


def used(browser: Browser, city: City) -> str:
    """Let the citizen's code be used once; the id of the use."""
    city.kiosk("pass").scan(browser.citizen.code(), "enter")
    return str(browser.citizen.usage()[0]["id"])


def test_a_use_is_shown_and_disputed(browser: Browser, city: City) -> None:
    event = used(browser, city)
    listed = browser.get("/mine/uses").text
    assert f'href="/mine/uses/{event}"' in listed
    shown = browser.get(f"/mine/uses/{event}").text
    assert "看到了" in shown
    after = go(browser, browser.send(f"/mine/uses/{event}/dispute"))
    assert "已记下：这次不是您" in after
    assert f'href="/mine/uses/{event}/dispute"' not in after
    assert [mark["kind"] for mark in browser.citizen.usage()[0]["marks"]] == ["disputed"]


def test_nobody_sees_or_disputes_the_use_of_another(app: CitizenFlask, browser: Browser, city: City) -> None:
    event, other = used(browser, city), Browser(app, city.citizen())
    assert other.get(f"/mine/uses/{event}").status_code == 404
    assert other.send(f"/mine/uses/{event}/dispute", token=other.form_token("/mine")).status_code == 404
    assert browser.citizen.usage()[0]["marks"] == []


def test_uses_come_in_pages(browser: Browser, city: City) -> None:
    for _ in range(3):
        used(browser, city)
    first = browser.get("/mine/uses?limit=2").text
    further = re.search(r'<a [^>]*href="([^"]+)" rel="next"', first)
    assert further is not None
    second = browser.get(further[1].replace("&amp;", "&")).text
    assert (first.count('href="/mine/uses/'), second.count('href="/mine/uses/')) == (2, 1)
    assert browser.get("/mine/uses?cursor=foreign").status_code == 422


def consent(browser: Browser, service: str) -> dict[str, str]:
    items = browser.citizen.call("GET", "/api/v1/me/consents?limit=100").get_json()["items"]
    found = next(one for one in items if one["service"] == service)
    return {scope["name"]: scope["state"] for scope in found["scopes"]}


def test_consent_is_given_and_taken_back_field_by_field(browser: Browser) -> None:
    page = "/mine/consents/pass"
    assert set(consent(browser, "pass").values()) == {"agreed"}
    assert "已保存" in go(browser, browser.send(page, {"scopes": ["contact_ref"]}))
    assert consent(browser, "pass") == {"contact_ref": "agreed", "identity_ref": "withheld"}
    go(browser, browser.send(page))
    assert set(consent(browser, "pass").values()) == {"withheld"}
    refused = browser.send(page, {"scopes": ["masked_name"]})
    assert refused.status_code == 422
    assert browser.get("/mine/consents/no_such").status_code == 404


def test_the_notice_is_taken_back_and_accepted(browser: Browser) -> None:
    go(browser, browser.send("/mine/consents/notice/withdraw"))
    assert set(consent(browser, "pass").values()) == {"withheld"}
    page = browser.get("/mine/consents/notice").text
    version = re.search(r'name="version" value="([^"]+)"', page)
    assert version is not None
    assert "已同意" in go(browser, browser.send("/mine/consents/notice", {"version": version[1]}))
    stale = browser.send(
        "/mine/consents/notice", {"version": "1-00000000"}, token=browser.form_token("/mine")
    )
    assert stale.status_code == 409


def test_sign_ins_are_shown_and_ended(app: CitizenFlask, browser: Browser) -> None:
    other = Browser(app, browser.citizen)
    page = browser.get("/mine/sign-ins").text
    assert f'href="/mine/sign-ins/{other.session_id}/end"' in page
    assert f"/mine/sign-ins/{browser.session_id}/end" not in page
    assert "已退出登录" in go(browser, browser.send(f"/mine/sign-ins/{other.session_id}/end"))
    assert other.get("/mine").status_code == 303
    again = browser.send(f"/mine/sign-ins/{other.session_id}/end", token=browser.form_token("/mine"))
    assert again.status_code == 404
    third = Browser(app, browser.citizen)
    go(browser, browser.send("/mine/sign-ins/end-others"))
    assert (third.get("/mine").status_code, browser.get("/mine").status_code) == (303, 200)


def test_the_api_knows_the_same_sign_ins(app: CitizenFlask, browser: Browser, city: City) -> None:
    other = Browser(app, browser.citizen)
    stranger = Browser(app, city.citizen())
    call = browser.citizen.call
    ids = {one["id"]: one["is_this"] for one in call("GET", "/api/v1/me/sessions").get_json()["items"]}
    assert set(ids) >= {browser.session_id, other.session_id}
    assert list(ids.values()).count(True) == 1
    assert call("DELETE", f"/api/v1/me/sessions/{stranger.session_id}").status_code == 404
    assert call("DELETE", f"/api/v1/me/sessions/{other.session_id}").status_code == 204
    assert call("DELETE", "/api/v1/me/sessions").status_code == 204
    assert browser.get("/mine").status_code == 303, "it was not the session that called"
    left = call("GET", "/api/v1/me/sessions").get_json()["items"]
    assert [one["is_this"] for one in left] == [True]


def invitation(number: str, **more: Any) -> dict[str, Any]:
    return {"role": "ward", "kind": "carer", "valid_to": "", "phone": number} | more


def test_an_invitation_is_sent_accepted_and_ended(app: CitizenFlask, browser: Browser, city: City) -> None:
    helper = Browser(app, city.citizen())
    waiting = go(browser, browser.send("/mine/family/new", invitation(helper.citizen.phone)))
    assert "等对方答复" in waiting
    listed = helper.get("/mine/family").text
    assert "等您答复" in listed
    found = re.search(r'href="(/mine/family/[0-9a-f-]{36})"', listed)
    assert found is not None
    assert "已同意，现在起有效" in go(helper, helper.send(f"{found[1]}/accept"))
    assert 'href="/code?for=' in helper.get(found[1]).text
    go(browser, browser.send(f"{found[1]}/end"))
    assert "已结束" in helper.get(found[1]).text
    assert 'href="/code?for=' not in helper.get(found[1]).text


def test_an_invitation_is_declined(app: CitizenFlask, browser: Browser, city: City) -> None:
    helper = Browser(app, city.citizen())
    browser.send("/mine/family/new", invitation(helper.citizen.phone))
    found = re.search(r'href="(/mine/family/[0-9a-f-]{36})"', helper.get("/mine/family").text)
    assert found is not None
    go(helper, helper.send(f"{found[1]}/end"))
    assert "已结束" in browser.get(found[1]).text


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"kind": "agent"}, "代办人须由本人邀请"),
        ({"phone": "not a phone"}, "不是电话号码"),
        ({"kind": "pilot"}, ""),
    ],
)
def test_a_wrong_invitation_comes_back_with_words(
    browser: Browser, city: City, more: dict[str, str], words: str
) -> None:
    refused = browser.send("/mine/family/new", invitation("13912345678", **more))
    assert refused.status_code == 422
    assert words in refused.text
    assert city.count("delegations") == 0


def test_what_gives_power_over_oneself_needs_a_fresh_proof(
    app: CitizenFlask, browser: Browser, city: City
) -> None:
    with app.app_context(), transaction():
        age(browser.session_id)
    asked = browser.get("/mine/family/new")
    assert (asked.status_code, asked.location) == (303, "/mine/confirm?next=/mine/family/new")
    token = browser.form_token("/mine")
    sent = browser.send("/mine/family/new", invitation("13912345678"), token=token)
    assert sent.location.startswith("/mine/confirm")
    assert city.count("delegations") == 0


def age(session_id: str) -> None:
    """Let a sign-in be older than what counts as fresh."""
    db.session.get_one(SignInSession, session_id).authenticated_at = now() - timedelta(minutes=6)


def test_claims_are_shown_to_their_holder(app: CitizenFlask, city: City) -> None:
    holder = Browser(app, city.citizen("王秀兰", "disabled"))
    shown = holder.get("/mine/claims").text
    assert "残疾" in shown
    assert "有效" in shown


@pytest.mark.parametrize("page", ["uses", "looks", "consents", "family", "claims", "sign-ins", "settings"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_speaks_both_languages(browser: Browser, page: str, language: str) -> None:
    shown = browser.get(f"/mine/{page}?lang={language}")
    assert shown.status_code == 200
    main = shown.text.partition("<main")[2].partition("</main>")[0]
    assert bool(re.search(r"[\u4e00-\u9fff]", re.sub(r'lang="zh-CN"[^<]*<', "", main))) == (language == "zh")
