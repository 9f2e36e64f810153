"""Forms: only from our own pages, in one unit of work, with words for what is wrong."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from citizen_app.citizens.page_sessions import form_token
from citizen_app.clock import now
from citizen_app.factory import CitizenFlask
from citizen_app.ids import new_id
from citizen_app.toolkit.testing import City
from tests.integration.pages.conftest import Browser

NEW = "/services/pass/guests/new"
GUESTS = "pass_invitations"


@pytest.fixture
def host(app: CitizenFlask, city: City) -> Browser:
    """Somebody who may invite guests: they belong to a compound."""
    browser = Browser(app, city.citizen())
    operator = city.operator("pass")
    base = "/api/v1/services/pass/operator/places"
    body = {"kind": "compound", "name": {"zh": "骆马湖花园", "en": "Lake Gardens"}}
    place = operator.call("POST", base, json=body).get_json()
    member = {"phone": browser.citizen.phone, "name": "张三", "unit": "3-2-1201", "role": "resident"}
    assert operator.call("POST", f"{base}/{place['id']}/members", json=member).status_code == 201
    browser.place = place["id"]  # type: ignore[attr-defined]
    return browser


def wanted(host: Browser, **more: Any) -> dict[str, Any]:
    """What a form sends: texts, and times as the city's clocks show them."""
    begins = now() + timedelta(hours=9)
    return {
        "invitation_id": new_id(),
        "place_id": host.place,  # type: ignore[attr-defined]
        "phone": "139 1234 5678",
        "guest": "王客人",
        "purpose": "探亲",
        "starts_at": f"{begins:%Y-%m-%dT%H:%M}",
        "ends_at": f"{begins + timedelta(hours=2):%Y-%m-%dT%H:%M}",
        "entries": "1",
        "plate": "",
        **more,
    }


FROM_OUR_PAGE = [
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"},
    {"Sec-Fetch-Site": "", "Origin": "http://localhost"},
]
FROM_ELSEWHERE = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Sec-Fetch-Site": "", "Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "", "Origin": "null"},
    {"Sec-Fetch-Site": "", "Origin": "http://localhost.evil.example"},
    {"Sec-Fetch-Site": "", "Origin": "https://localhost"},
    {"Sec-Fetch-Site": ""},
]


def post(host: Browser, values: dict[str, Any], headers: dict[str, str]) -> Any:
    """Send without the header that is empty here."""
    said = {name: value for name, value in headers.items() if value}
    return host.client.post(NEW, data=values, headers={"Accept": "text/html", **said})


@pytest.mark.parametrize("headers", FROM_OUR_PAGE)
def test_a_form_of_our_own_page_is_taken(host: Browser, city: City, headers: dict[str, str]) -> None:
    values = {**wanted(host), "csrf_token": host.form_token(NEW)}
    assert post(host, values, headers).status_code == 303
    assert city.count(GUESTS) == 1


@pytest.mark.parametrize("headers", FROM_ELSEWHERE)
def test_a_form_from_elsewhere_is_refused_even_with_our_token(
    host: Browser, city: City, headers: dict[str, str]
) -> None:
    values = {**wanted(host), "csrf_token": host.form_token(NEW)}
    answer = post(host, values, headers)
    assert answer.status_code == 403
    assert "跨站" in answer.text
    assert city.count(GUESTS) == 0


def test_a_form_without_the_session_s_own_token_is_refused(
    host: Browser, city: City, app: CitizenFlask
) -> None:
    other = Browser(app, host.citizen)  # the same person in another browser: another session
    tokens = ["", "x", host.cookie, other.form_token(NEW)]
    for token in tokens:
        answer = host.send(NEW, wanted(host), token=token)
        assert answer.status_code == 403, token
        assert "不是从您现在登录的页面" in answer.text
    assert city.count(GUESTS) == 0
    assert host.send(NEW, wanted(host)).status_code == 303


def test_nobody_who_is_not_signed_in_sends_a_form(host: Browser, city: City) -> None:
    values, token = wanted(host), host.form_token(NEW)
    host.client.delete_cookie("citizen-page")
    answer = host.send(NEW, values, token=token)
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=%2Fservices%2Fpass%2Fguests%2Fnew")
    assert city.count(GUESTS) == 0


def test_pages_say_where_their_forms_come_from_and_are_framed_by_nobody(host: Browser) -> None:
    for answer in (host.get(NEW), host.get("/services/bus/"), host.get("/services/nowhere/")):
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
    assert host.get("/api/v1/services").headers["Referrer-Policy"] == "no-referrer"


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_is_kept(host: Browser, city: City) -> None:
    answer = host.send(NEW, wanted(host, phone="123", guest="", purpose="<b>探亲</b>", entries="lots"))
    assert answer.status_code == 422
    page = answer.text
    assert city.count(GUESTS) == 0
    assert 'role="alert" tabindex="-1" data-focus' in page
    for name, value in (("phone", "123"), ("entries", "lots")):
        tag = re.search(rf'<input[^>]*id="field-{name}"[^>]*>', page)
        assert tag is not None
        assert f'value="{value}"' in tag[0]
        assert 'aria-invalid="true"' in tag[0]
        assert f"field-{name}-error" in tag[0]
        assert f'id="field-{name}-error"' in page
        assert f'<a href="#field-{name}">' in page
    assert "应为整数" in page
    assert "缺少必填项" in page
    assert 'value="&lt;b&gt;探亲&lt;/b&gt;"' in page
    assert "<b>探亲" not in page


def test_what_an_operation_has_against_it_becomes_words(host: Browser) -> None:
    late = host.send(NEW, wanted(host, ends_at="2020-01-01T08:00"))
    assert late.status_code == 422
    assert re.search(r'id="field-ends_at-error">[^<]*应晚于开始时间', late.text)
    for _ in range(5):
        assert host.send(NEW, wanted(host)).status_code == 303
    full = host.send(NEW, wanted(host))
    assert full.status_code == 409
    assert "有效的邀请已达上限。" in full.text
    assert 'value="王客人"' in full.text


def test_english_pages_speak_english_to_the_end(host: Browser) -> None:
    host.client.set_cookie("lang", "en")
    page = host.send(NEW, wanted(host, phone="", ends_at="2020-01-01T08:00")).text
    assert "send either phone or id_number" in page
    assert 'lang="en"' in page
    assert "Phone number" in page


def test_sent_twice_it_happens_once(host: Browser, city: City) -> None:
    values = wanted(host)
    first, second = host.send(NEW, values), host.send(NEW, values)
    assert first.status_code == second.status_code == 303
    assert first.location == second.location
    assert city.count(GUESTS) == 1


def test_a_field_that_is_not_asked_for_is_refused(host: Browser, city: City) -> None:
    answer = host.send(NEW, wanted(host, host_id=new_id()))
    assert answer.status_code == 422
    assert "没有这一项" in answer.text
    data = MultiDict([*wanted(host).items(), ("csrf_token", host.form_token(NEW)), ("guest", "李四")])
    twice = host.client.post(NEW, data=data, headers=FROM_OUR_PAGE[0])
    assert twice.status_code == 422
    assert "只能填写一次" in twice.text
    assert city.count(GUESTS) == 0


def test_a_place_of_others_is_not_there(host: Browser, app: CitizenFlask, city: City) -> None:
    assert host.send(NEW, wanted(host)).status_code == 303
    stranger = Browser(app, city.citizen())
    assert stranger.get(NEW).status_code == 404
    listed = host.get("/services/pass/guests").text
    guest = re.search(r'href="(/services/pass/guests/[0-9a-f-]{36})"', listed)
    assert guest is not None
    assert host.get(guest[1]).status_code == 200
    for path in (guest[1], f"{guest[1]}/end"):
        assert stranger.get(path).status_code == 404
    with app.app_context():
        token = form_token(stranger.session_id)
    assert stranger.send(f"{guest[1]}/end", token=token).status_code == 404
    assert city.count(GUESTS, "revoked_at IS NOT NULL") == 0
    ended = host.send(f"{guest[1]}/end")
    assert ended.location == f"{guest[1]}?done=ended"
    assert city.count(GUESTS, "revoked_at IS NOT NULL") == 1
    assert "邀请已结束" in host.get(ended.location).text


def test_a_get_writes_nothing(host: Browser, city: City) -> None:
    before = {table: city.count(table) for table in (GUESTS, "pass_claims", "audit_events")}
    for path in ("", "places", "applications", "guests", "guests/new", "visits", "passages"):
        assert host.get(f"/services/pass/{path}").status_code == 200
    assert {table: city.count(table) for table in before} == before


def test_the_same_rules_as_the_api(host: Browser, city: City) -> None:
    """What a page has made the API shows, and the reverse: one truth."""
    made = host.send(NEW, wanted(host, entries="", plate="苏N12345"))
    (listed,) = host.citizen.get("/api/v1/services/pass/my/invitations").get_json()["items"]
    assert made.location.endswith(f"{listed['id']}?done=invited")
    assert (listed["entries"], listed["plate"], listed["masked_phone"]) == (None, "苏N12345", "139****5678")
    assert listed["starts_at"].endswith(":00.000Z")
