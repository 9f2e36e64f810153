"""A service of the kit from the kiosk to the counter: a number by citizen code, the call screen, the wall,
and one's own place."""

from __future__ import annotations

import re

import pytest

from citizen_app.toolkit.testing import City, TestCitizen, TestOperator
from tests.queueing_services.counter.tests.conftest import Hall

CALLS = "/console/services/counter/calls"
WALL = r'href="[^"]*(/services/counter/wall/[^"]+)"'
OWN_PAGE = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def clerk(city: City, hall: Hall) -> TestOperator:
    """Somebody who works in the hall."""
    return city.operator("counter", unit=hall.id)


def page(clerk: TestOperator, address: str, status: int = 200) -> str:
    """What a page of the call screen shows."""
    answer = clerk.browser().get(f"{CALLS}/{address}")
    assert answer.status_code == status, answer.text
    return answer.text


def press(clerk: TestOperator, address: str, status: int = 303, **sent: str) -> str:
    """Press a button; where it leads, or what it shows."""
    sent = {"csrf_token": clerk.form_token(), **sent}
    answer = clerk.browser().post(f"{CALLS}/{address}", data=sent, headers=OWN_PAGE)
    assert answer.status_code == status, answer.text
    return answer.headers.get("Location", answer.text)


def takes(city: City, citizen: TestCitizen, matter: str = "户籍") -> str:
    """Somebody shows their code; what the kiosk says."""
    kiosk = city.kiosk("counter", context={"matter": matter})
    shown = kiosk.scan(citizen.code(), "take_number", context={"matter": matter}).get_json()["display"]
    return " ".join([shown["title"], *shown["lines"]])


def place_of(citizen: TestCitizen) -> str:
    """What somebody reads of their place."""
    return citizen.browser().get("/services/counter/").text


def test_from_the_kiosk_to_the_counter(hall: Hall, city: City, clerk: TestOperator) -> None:
    queue, first, second = hall.queue(), city.citizen("王小明"), city.citizen("李建国")
    assert takes(city, first) == "1 号 前面还有 0 人"
    assert takes(city, second) == "2 号 前面还有 1 人"
    assert ("前面还有 1 人" in place_of(second), "您是下一位" in place_of(first)) == (True, True)
    assert "等候 2 人" in page(clerk, "")
    assert "王*明" not in page(clerk, queue)
    assert press(clerk, f"{queue}/next", room="3 号窗口").endswith("done=called")
    shown = page(clerk, f"{queue}?done=called")
    assert all(words in shown for words in ("王*明", "3 号窗口", "已叫 1 次", "开始办理", "已叫号"))
    assert "已叫到您，请到 3 号窗口" in place_of(first)
    ticket = hall.run(lambda: str(hall.ticket(queue, 1).id))
    assert press(clerk, f"{queue}/{ticket}", act="away").endswith("done=away")
    assert all(words in page(clerk, queue) for words in ("暂离", "回到队列"))
    press(clerk, f"{queue}/{ticket}", act="back")
    assert hall.order(queue) == [2, 1]
    press(clerk, f"{queue}/next", room="3 号窗口")
    press(clerk, f"{queue}/next", room="3 号窗口", finish="true")
    press(clerk, f"{queue}/{ticket}", act="done")
    assert press(clerk, f"{queue}/next", room="3 号窗口").endswith("done=nobody")
    assert "号" not in re.sub(r"(?s)^.*<main|</main>.*$", "", place_of(first)).partition("</nav>")[2]


def test_whose_name_is_shown_finds_the_look(hall: Hall, city: City, clerk: TestOperator) -> None:
    queue, citizen = hall.queue(), city.citizen("王小明")
    takes(city, citizen)
    page(clerk, queue)
    assert citizen.get("/api/v1/me/looks").get_json()["items"] == []
    press(clerk, f"{queue}/next", room="3 号窗口")
    page(clerk, queue)
    (look,) = citizen.get("/api/v1/me/looks").get_json()["items"]
    assert look["reason"] == "叫号"


def test_a_form_names_the_acts_that_are_possible(hall: Hall, clerk: TestOperator) -> None:
    queue = hall.queue()
    hall.fill(queue, 1)
    ticket = hall.run(lambda: str(hall.ticket(queue, 1).id))
    shown = page(clerk, f"{queue}/{ticket}")
    assert ("急，提前" in shown, "撤销和提前须写明" in shown, "再叫一次" in shown) == (True, True, False)
    assert "请写明原因" in press(clerk, f"{queue}/{ticket}", 422, act="urgent")
    assert press(clerk, f"{queue}/{ticket}", act="urgent", reason="抱着婴儿").endswith("done=urgent")


def test_a_queue_of_another_hall_does_not_exist(hall: Hall, city: City, clerk: TestOperator) -> None:
    other = hall.add(hall.models.CounterHall, name_zh="西大厅", name_en="West hall", wall=1)
    queue, elsewhere = hall.queue("户籍"), hall.queue("社保")
    hall.run(lambda: setattr(hall.row(elsewhere), "hall_id", other))
    assert ("户籍" in page(clerk, ""), "社保" in page(clerk, "")) == (True, False)
    hall.fill(queue, 1)
    ticket = hall.run(lambda: str(hall.ticket(queue, 1).id))
    for address in (elsewhere, f"{elsewhere}/waiting", f"{elsewhere}/{ticket}"):
        page(clerk, address, 404)
    press(clerk, f"{elsewhere}/next", 404, room="3 号窗口")
    press(clerk, f"walls/{other}", 404)


def test_the_wall_shows_who_is_called_until_its_link_is_taken_back(
    hall: Hall, city: City, clerk: TestOperator
) -> None:
    queue = hall.queue()
    for number, name in enumerate(("王*明", "李*国")):
        hall.take(queue, str(number), name=name)
    hall.call(queue, "3 号窗口")
    (link,) = re.findall(WALL, page(clerk, ""))
    wall = city.client.get(link).text
    assert all(words in wall for words in ("请 1 号王*明到3 号窗口", "<dd>2</dd>", "请准备", "东大厅"))
    assert "李*国" not in wall
    assert "给“市政务服务中心 · 东大厅”的叫号屏换链接？" in page(clerk, f"walls/{hall.id}")
    press(clerk, f"walls/{hall.id}")
    assert city.client.get(link).status_code == 404
    (renewed,) = re.findall(WALL, page(clerk, ""))
    assert city.client.get(renewed).status_code == 200
    assert city.client.get(f"{renewed}x").status_code == 404
