"""Clerks in the console: a search that is told, somebody without a phone, presence, acting, deaths."""

from __future__ import annotations

import re
from datetime import date

import pytest
from werkzeug.test import TestResponse

from citizen_app.toolkit.testing import City
from tests.integration.staff.people import ConsoleBrowser, hire

CITIZENS = "/console/citizens/"
DESK = "/console/desk"
REASON = "市民到窗口咨询"


@pytest.fixture
def clerk(city: City) -> ConsoleBrowser:
    return hire(city.app, "wang.fang", "desk_clerk").browser()


def found_by(browser: ConsoleBrowser, **key: str) -> str:
    """The id under which a search has found somebody."""
    page = browser.post(CITIZENS, reason=REASON, **key)
    assert page.status_code == 200, page.text
    found = re.search(rf'href="{CITIZENS}([0-9a-f-]{{36}})"', page.text)
    assert found, page.text
    return found[1]


def present(browser: ConsoleBrowser, city: City) -> tuple[str, str]:
    """Somebody who stands there and has shown their code: their phone, and the finding."""
    citizen = city.citizen("李小明")
    finding = found_by(browser, phone=citizen.phone)
    answer = browser.post(f"{DESK}/{finding}/code", code=citizen.code())
    assert (answer.status_code, answer.location) == (303, f"{CITIZENS}{finding}?done=present")
    return citizen.id, finding


def acting_link(page: TestResponse) -> str:
    link = re.search(r'href="/self-service#acting=([^"]+)"', page.text)
    assert link, page.text
    return link[1]


def test_a_search_needs_a_reason_and_is_told(clerk: ConsoleBrowser, city: City) -> None:
    citizen = city.citizen("李小明")
    refused = clerk.post(CITIZENS, phone=citizen.phone, reason="")
    assert refused.status_code == 422
    assert 'id="field-reason-error"' in refused.text
    both = clerk.post(CITIZENS, phone=citizen.phone, name="李小明", reason=REASON)
    assert both.status_code == 422
    finding = found_by(clerk, phone=citizen.phone)
    page = clerk.get(f"{CITIZENS}{finding}")
    assert "李*明" in page.text
    assert "李小明" not in page.text
    assert citizen.phone not in page.text
    looks = citizen.get("/api/v1/me/looks").get_json()["items"]
    assert {look["reason"] for look in looks} == {REASON}
    assert len(looks) == 2
    nobody = clerk.post(CITIZENS, phone="13900009999", reason=REASON)
    assert "没有查到" in nobody.text


def test_what_one_clerk_found_another_has_not(clerk: ConsoleBrowser, city: City) -> None:
    finding = found_by(clerk, phone=city.citizen().phone)
    other = hire(city.app, "li.lei", "desk_clerk").browser()
    assert other.get(f"{CITIZENS}{finding}").status_code == 404
    assert other.get(f"{DESK}/{finding}/code").status_code == 404


def test_without_a_phone_two_clerks_and_a_document_are_enough(clerk: ConsoleBrowser, city: City) -> None:
    number = city.unused_id_number(date(1948, 3, 5))
    opened = clerk.post(
        f"{DESK}/", name="王秀兰", id_number=number, document_seen="true", reason="无手机，来窗口开户"
    )
    assert opened.status_code == 303, opened.text
    page = clerk.get(opened.location)
    assert "已开户" in page.text
    assert "无手机号" in page.text
    finding = opened.location.removeprefix(CITIZENS).partition("?")[0]
    assert clerk.post(f"{DESK}/{finding}/acting").status_code == 403, "nobody is known to stand there"
    wrong = clerk.post(f"{DESK}/{finding}/document", id_number=city.unused_id_number())
    assert (wrong.status_code, "账户没有这份证件" in wrong.text) == (409, True)
    assert clerk.post(f"{DESK}/{finding}/document", id_number=number).status_code == 303
    assert clerk.post(f"{DESK}/{finding}/document/confirm", id_number=number).status_code == 409
    second = hire(city.app, "li.lei", "desk_clerk").browser()
    theirs = found_by(second, id_number=number)
    assert "我也核对了证件" in second.get(f"{CITIZENS}{theirs}").text
    assert second.post(f"{DESK}/{theirs}/document/confirm", id_number=number).status_code == 303
    token = acting_link(clerk.post(f"{DESK}/{finding}/acting"))
    served = city.app.test_client()
    own_page = {"Sec-Fetch-Site": "same-origin"}
    assert served.post("/self-service", data={"acting": token}, headers=own_page).status_code == 303
    assert "王*兰" in served.get("/self-service").text


def test_done_ends_acting_at_once(clerk: ConsoleBrowser, city: City) -> None:
    _, finding = present(clerk, city)
    token = acting_link(clerk.post(f"{DESK}/{finding}/acting"))
    bearer = {"Authorization": f"Bearer {token}"}
    assert city.client.get("/api/v1/me/cards", headers=bearer).status_code == 200
    assert clerk.post(f"{DESK}/{finding}/done").location.endswith("done=gone")
    assert city.client.get("/api/v1/me/cards", headers=bearer).status_code == 401
    assert clerk.post(f"{DESK}/{finding}/acting").status_code == 403


def test_a_stolen_code_is_stopped_by_the_hotline_and_goes_on_at_the_counter(
    clerk: ConsoleBrowser, city: City
) -> None:
    hotline = hire(city.app, "li.lei", "hotline_clerk").browser()
    citizen = city.citizen("李小明")
    heard = found_by(hotline, phone=citizen.phone)
    page = hotline.get(f"{CITIZENS}{heard}").text
    assert DESK not in page.replace(f'{DESK}/"', ""), "the hotline serves nobody"
    code = citizen.code()
    assert hotline.post(f"{CITIZENS}{heard}/freeze").status_code == 303
    assert citizen.get("/api/v1/me").status_code == 401
    finding = found_by(clerk, phone=citizen.phone)
    assert "市民码已停用" in clerk.get(f"{CITIZENS}{finding}").text
    assert clerk.post(f"{DESK}/{finding}/unfreeze").status_code == 403
    assert clerk.post(f"{DESK}/{finding}/code", code=code).status_code == 303
    assert clerk.post(f"{DESK}/{finding}/unfreeze").status_code == 303
    assert "停用市民码" in clerk.get(f"{CITIZENS}{finding}").text


def test_a_death_is_taken_back_by_another_clerk(clerk: ConsoleBrowser, city: City) -> None:
    citizen = city.card_holder(with_phone=True)
    finding = found_by(clerk, id_number=citizen.id_number)
    refused = clerk.post(f"{DESK}/{finding}/death", proof="hearsay", reference="")
    assert refused.status_code == 422
    paper = {"proof": "cremation_certificate", "reference": "320000-2026-00417"}
    assert clerk.post(f"{DESK}/{finding}/death", **paper).status_code == 303
    assert "已故" in clerk.get(f"{CITIZENS}{finding}").text
    assert clerk.post(f"{DESK}/{finding}/death/correct").status_code == 403
    second = hire(city.app, "li.lei", "desk_clerk").browser()
    theirs = found_by(second, id_number=citizen.id_number)
    assert second.post(f"{DESK}/{theirs}/death/correct").status_code == 303
    assert "正常" in second.get(f"{CITIZENS}{theirs}").text
