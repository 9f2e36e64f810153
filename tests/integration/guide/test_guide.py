"""The guide over HTTP: answers in the caller's language by what is switched on; the desk of this city; pages
that this site has."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from citizen_app.factory import CitizenFlask
from citizen_app.registry import state
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City

GUIDE = "/api/v1/guide"
HOME_BY_BUS = "哪趟公交车到火车站"


def ask(client: FlaskClient, question: str, language: str = "zh-CN") -> list[dict[str, Any]]:
    """The answers."""
    answer = client.get(GUIDE, query_string={"q": question}, headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.get_json()["items"]
    return items


def services_of(items: list[dict[str, Any]]) -> list[str]:
    return [item["service"] for item in items]


def switch(app: CitizenFlask, service: str, on: bool) -> None:
    with app.app_context(), transaction():
        (state.enable if on else state.disable)(service)


def test_a_question_is_answered_in_the_language_of_whoever_asks(city: City, client: FlaskClient) -> None:
    for question in ("学生票怎么办", "xuesheng piao", "student fare"):
        best, *others = ask(client, question)
        assert set(best) == {"service", "title", "answer", "link"}
        assert best["service"] == "bus"
        assert "哪些人坐公交免费或优惠？" in [item["title"] for item in (best, *others[:2])]
        told = [item["title"] for item in ask(client, question, "en")[:3]]
        assert "Who rides free or at a reduced fare?" in told
    assert len(ask(client, "公交")) == 5


def test_the_core_answers_for_the_code_and_the_family(city: City, client: FlaskClient) -> None:
    assert ask(client, "二维码过期")[0]["service"] == "code"
    assert ask(client, "add my grandmother to the family")[0]["service"] == "family"


def test_services_answer_as_long_as_they_are_switched_on(
    app: CitizenFlask, city: City, client: FlaskClient, other_worker: CitizenFlask
) -> None:
    elsewhere = other_worker.test_client()
    assert services_of(ask(client, HOME_BY_BUS))[0] == services_of(ask(elsewhere, HOME_BY_BUS))[0] == "bus"
    switch(app, "bus", False)
    assert "bus" not in services_of(ask(client, HOME_BY_BUS))
    with other_worker.app_context():
        other_worker.extensions["watch"].check_versions()  # as its thread does each second
    assert "bus" not in services_of(ask(elsewhere, HOME_BY_BUS))
    assert ask(client, HOME_BY_BUS)[0]["title"] == "找人工服务", "nobody else knows"
    switch(app, "bus", True)
    assert services_of(ask(client, HOME_BY_BUS))[0] == "bus"


@pytest.mark.parametrize(
    "question", ["公积金怎么提取", "vaccination against flu", "qwertz", "？？？", "骆马湖水温"]
)
def test_where_nothing_fits_the_desk_is_offered(city: City, client: FlaskClient, question: str) -> None:
    offered = [item for item in ask(client, question, "en")[:3] if item["title"] == "Ask a person"]
    assert len(offered) == 1
    assert "12345" in offered[0]["answer"]


class TestTheDeskOfThisCity:
    """What it is called is a setting."""

    @pytest.fixture
    def app_settings(self) -> dict[str, str]:
        return {
            "CITIZEN_COUNTER_ZH": "洪泽湖路 1 号",
            "CITIZEN_COUNTER_EN": "1 Hongze Lake Road",
            "CITIZEN_HOTLINE": "0527-12345",
        }

    def test_it_is_told_as_it_is_set(self, city: City, client: FlaskClient) -> None:
        (desk,) = ask(client, "qwertz", "en")
        assert "1 Hongze Lake Road" in desk["answer"]
        assert "0527-12345" in desk["answer"]
        assert "洪泽湖路 1 号" in ask(client, "qwertz")[0]["answer"]


def test_links_lead_to_pages_of_this_site(city: City, client: FlaskClient) -> None:
    links = {item["link"] for q in ("", "公交票价", "邀请客人", "亮码", "qwertz") for item in ask(client, q)}
    for link in links:
        answer = client.get(link)
        assert answer.status_code in (200, 302, 303), link
    assert "/code" in links


def test_without_a_question_each_shows_what_it_is_about(city: City, client: FlaskClient) -> None:
    opening = ask(client, "")
    assert services_of(opening) == services_of(ask(client, "   "))
    assert set(services_of(opening)) == {"code", "family", "bus", "pass", "hospital"}
    assert len(opening) == 5


@pytest.mark.parametrize("query", ["q=" + "长" * 101, "q=a&q=b", "colour=red"])
def test_a_malformed_question_is_refused(client: FlaskClient, query: str) -> None:
    assert client.get(f"{GUIDE}?{query}").status_code == 422


def test_the_entry_finds_services_by_words_in_part_and_by_questions(city: City, client: FlaskClient) -> None:
    def found(words: str) -> list[str]:
        answer = client.get("/api/v1/services", query_string={"q": words})
        return [service["id"] for service in answer.get_json()["items"]]

    for words in ("公", "gongj", "gjcc", "Bus", "上车"):
        assert "bus" in found(words), words
    assert found("我想搭车去学校")[:1] == ["bus"]
    assert found("客人怎么进小区大门")[:1] == ["pass"]
    assert found("水费") == []
    in_health = client.get("/api/v1/services", query_string={"q": "搭车", "category": "health"})
    assert in_health.get_json()["items"] == []
