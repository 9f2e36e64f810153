"""Long work in the console: started with a file, looked at, cancelled, for whoever may."""

from __future__ import annotations

import io
import re
from typing import Any

from citizen_app.toolkit.testing import City
from tests.contract.api_tasks import feed
from tests.integration.staff.people import ConsoleBrowser, hire

TASKS = "/console/tasks/"


def begin(browser: ConsoleBrowser, task: str, content: bytes, name: str, **fields: str) -> Any:
    return browser.client.post(
        f"{TASKS}start/{task}",
        data={"csrf_token": browser.form_token, "file": (io.BytesIO(content), name), **fields},
        headers={"Sec-Fetch-Site": "same-origin"},
    )


def test_an_operator_sends_a_list_and_reads_what_became_of_it(city: City) -> None:
    city.seed("pass")
    browser = hire(city.app, "wang.fang", "service_operator:pass").browser()
    listed = browser.get(TASKS)
    assert listed.status_code == 200
    assert "导入人员名单" in listed.text
    assert "导入时刻表" not in listed.text
    form = browser.get(f"{TASKS}start/pass/import_people").text
    place = re.search(r'value="([0-9a-f-]{36})"', form)
    assert place is not None, "places are offered by name"
    people = "手机号,姓名\n13912340001,李四\n12,王五\n".encode()
    sent = begin(browser, "pass/import_people", people, "名单.csv", place_id=place[1])
    assert sent.status_code == 303, sent.text
    address = sent.location.partition("?")[0]
    assert "等待" in browser.get(sent.location).text
    assert 'data-every="2"' in browser.get(address).text
    city.run_tasks()
    shown = browser.get(address).text
    assert "新增 1，变更 0，不变 0，未采用 1" in shown
    assert "不是手机号" in shown
    assert "data-every" not in shown
    fetched = browser.get(f"{address}/file")
    assert fetched.data == people
    assert fetched.headers["Content-Disposition"].startswith("attachment;")
    english = browser.get(f"{address}?lang=en").text
    assert "is not a mobile number" in english
    over = browser.post(f"{address}/cancel")
    assert over.location.endswith("done=over")


def test_what_is_wrong_stands_on_the_form(city: City) -> None:
    browser = hire(city.app, "wang.fang", "service_operator:bus").browser()
    for content, name, said in (
        (b"MZ\x90\x00", "feed.zip", "内容不是 .zip 文件"),
        (feed(), "feed.csv", "这里不收此类文件"),
    ):
        answer = begin(browser, "bus/import_gtfs", content, name)
        assert answer.status_code == 422
        assert said in answer.text
    without = browser.post(f"{TASKS}start/bus/import_gtfs")
    assert (without.status_code, "请附上文件" in without.text) == (422, True)
    assert city.count("task_runs") == 0


def test_whoever_looks_after_the_system_sees_all_runs_and_cancels_but_reads_no_report(city: City) -> None:
    operator = hire(city.app, "wang.fang", "service_operator:bus").browser()
    address = begin(operator, "bus/import_gtfs", feed(), "feed.zip").location.partition("?")[0]
    admin = hire(city.app, "li.lei", "system_admin").browser()
    assert "wang.fang" in admin.get(TASKS).text
    assert admin.get(f"{address}/file").status_code == 404
    assert admin.post(f"{address}/cancel").status_code == 303
    assert "已取消" in operator.get(address).text
    other = hire(city.app, "han.mei", "service_operator:pass").browser()
    assert other.get(address).status_code == 404
    assert begin(other, "bus/import_gtfs", feed(), "feed.zip").status_code == 404
    auditor = hire(city.app, "zhou.yi", "auditor").browser()
    assert auditor.get(address).status_code == 200
    assert auditor.post(f"{address}/cancel").status_code == 403
