"""A family on the product as it is started: a father opens his child's account and shows the child's code on
the bus; he cares for an elder, until it is taken back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from citizen_app.demo.people import invented_number
from tests.functional.test_main_job import NEVER_IN_LOGS, DemoCity
from tests.server import Server

pytestmark = pytest.mark.processes

FATHER, ELDER = "13800000001", "13800000002"
CHILD, BORN = "张小宇", date(2018, 5, 20)
PATH = "/api/v1/me/delegations"
Headers = dict[str, str]


@pytest.fixture
def city(database_url: str, app_environment: dict[str, str], tmp_path: Path) -> Iterator[DemoCity]:
    """A server with the demo city loaded, whose register knows the child."""
    server = Server({**app_environment, "CITIZEN_LOG_LEVEL": "DEBUG"}, tmp_path / "server.log")
    server.start()
    known = tmp_path / "register.csv"
    known.write_text(f"姓名,证件号码\n{CHILD},{invented_number(BORN, 77)}\n", encoding="utf-8")
    server.command("identity", "import", str(known))
    yield DemoCity(server)
    server.stop()


def call(city: DemoCity, who: Headers, method: str, path: str, status: int = 200, **body: Any) -> Any:
    """What the API answers."""
    answer = city.http.request(method, path, headers=who, **({"json": body} if body else {}))
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


def acting(city: DemoCity, agent: Headers, delegation_id: str) -> Headers:
    """Headers of an agent who acts."""
    token = call(city, agent, "POST", f"{PATH}/{delegation_id}/token")["access_token"]
    return {"Authorization": f"Bearer {token}"}


def test_a_child_and_an_elder_are_looked_after(city: DemoCity, tmp_path: Path) -> None:
    kiosk = next(one for one in city.loaded["kiosks"] if one["service"] == "bus")
    father = city.sign_in(FATHER, "000000")

    opened = call(
        city, father, "POST", "/api/v1/me/wards", 201, name=CHILD, id_number=invented_number(BORN, 77)
    )
    for_child = acting(city, father, opened["id"])
    shown = call(city, for_child, "GET", "/api/v1/me/code")
    assert shown["kind"] == "delegate"
    decision = city.scan(kiosk, shown["code"])
    assert (decision["decision"], decision["reason"]) == ("allow", "ok")
    (of_child,) = call(city, for_child, "GET", "/api/v1/me/usage")["items"]
    (of_father,) = call(city, father, "GET", "/api/v1/me/usage?service=bus")["items"]
    assert of_child["id"] == of_father["id"] == decision["usage_id"]
    assert (of_child["by"]["kind"], of_father["done_for"]) == ("guardian", "张*宇")
    call(city, for_child, "GET", "/api/v1/me", 403)

    elder = city.sign_in(ELDER, "000000")
    asked = call(city, elder, "POST", PATH, 201, role="ward", kind="carer", phone=FATHER, services=["bus"])
    waiting = call(city, father, "GET", PATH)["items"]
    assert [one["id"] for one in waiting if one["answer_needed"]] == [asked["id"]]
    call(city, father, "POST", f"{PATH}/{asked['id']}/acceptance")
    for_elder = acting(city, father, asked["id"])
    code = call(city, for_elder, "GET", "/api/v1/me/code")["code"]
    assert city.scan(kiosk, code)["decision"] == "allow"
    assert len(call(city, for_elder, "GET", "/api/v1/services/bus/trips")["items"]) == 1

    late = call(city, for_elder, "GET", "/api/v1/me/code")["code"]
    call(city, elder, "DELETE", f"{PATH}/{asked['id']}", 204)
    assert city.scan(kiosk, late)["reason"] == "delegation_invalid"
    time.sleep(1)
    for _ in range(20):  # whichever process answers
        call(city, for_elder, "GET", "/api/v1/services/bus/trips", 401)
    call(city, father, "POST", f"{PATH}/{asked['id']}/token", 410)
    call(city, for_child, "GET", "/api/v1/services/bus/trips")
    reasons = [one["reason"] for one in call(city, elder, "GET", "/api/v1/me/usage")["items"]]
    assert reasons == ["delegation_invalid", "ok"]
    log = city.server.log.read_text()
    for what, pattern in NEVER_IN_LOGS.items():
        assert not [line for line in log.splitlines() if pattern.search(line)], what
    assert CHILD not in log
