"""Lists of claims in the console: sent, followed, and the rows that were not taken."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from citizen_app.toolkit.testing import City
from tests.integration.staff.people import ConsoleBrowser, hire

CLAIMS = "/console/claims/"
HEADER = "证件号码,姓名,身份属性,有效期起,有效期止,备注\n"


def send(browser: ConsoleBrowser, content: str, name: str = "学生.csv", **fields: str) -> Any:
    return browser.client.post(
        CLAIMS,
        data={"csrf_token": browser.form_token, "file": (io.BytesIO(content.encode()), name), **fields},
        headers={"Sec-Fetch-Site": "same-origin"},
    )


def test_a_list_is_sent_mended_and_sent_again(city: City) -> None:
    browser = hire(city.app, "wang.fang", "desk_clerk").browser()
    empty = browser.get(CLAIMS)
    assert "还没有导入过名单" in empty.text
    assert "残疾人" in empty.text, "the claims that a list may hold"
    number = city.unused_id_number(date(2008, 3, 1))
    right = f"{number},李小明,学生,2026-09-01,2027-08-31,\n"
    wrong = f"{number},李小明,学霸,2026-09-01,2027-08-31,x\n"
    sent = send(browser, HEADER + right + wrong)
    assert sent.status_code == 303, sent.text
    run = sent.location.partition("?")[0]
    waiting = browser.get(sent.location).text
    assert "正在后台处理" in waiting
    assert 'data-every="2"' in waiting
    city.run_tasks()
    shown = browser.get(run).text
    for words in (
        "新增 1，变更 0，不变 0，未采用 1",
        "不是可登记的身份属性",
        "改好这些行",
        "没有用到的列：备注",
        CLAIMS,
    ):
        assert words in shown
    send(browser, HEADER + right + wrong.replace("学霸", "残疾人"))
    city.run_tasks()
    history = browser.get(CLAIMS).text
    assert "新增 1，变更 0，不变 1，未采用 0" in history
    assert "未采用 1" in history
    assert history.count(f'href="{CLAIMS}0') == 2
    assert "Lists taken before" in browser.get(f"{CLAIMS}?lang=en").text


def test_a_list_may_only_be_tried_and_what_is_no_list_is_said_on_the_form(city: City) -> None:
    browser = hire(city.app, "wang.fang", "desk_clerk").browser()
    number = city.unused_id_number(date(2008, 3, 1))
    tried = send(browser, f"{HEADER}{number},李小明,残疾人,2026-09-01,,\n", dry_run="true")
    city.run_tasks()
    assert "仅试行：新增 1" in browser.get(tried.location).text
    assert city.count("citizen_claims") == 0
    refused = send(browser, "x", "list.pdf")
    assert (refused.status_code, "这里不收此类文件" in refused.text) == (422, True)


def test_lists_are_for_those_who_may_manage_claims(city: City) -> None:
    clerk = hire(city.app, "wang.fang", "desk_clerk").browser()
    run = send(clerk, HEADER).location.partition("?")[0]
    operator = hire(city.app, "li.lei", "service_operator:bus").browser()
    assert [
        operator.get(CLAIMS).status_code,
        operator.get(run).status_code,
        send(operator, HEADER).status_code,
    ] == [403] * 3
    assert CLAIMS not in operator.get("/console/").text
    assert clerk.get(f"{CLAIMS}01932c07-0000-7000-8000-000000000000").status_code == 404
