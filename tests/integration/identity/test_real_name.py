"""A name that is proved by a document: what becomes known, what is refused, and that a refusal tells
nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from citizen_app.citizens.models import Citizen, CitizenDocument
from citizen_app.citizens.operations import suspend_citizen
from citizen_app.citizens.tokens import read_access_token
from citizen_app.demo.people import invented_number
from citizen_app.factory import CitizenFlask
from citizen_app.identity.providers.local import LocalRegister
from citizen_app.identity.providers.wire import misunderstood, unanswered
from citizen_app.identity.tries import MOST_TRIES
from citizen_app.process import logs
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City, TestCitizen
from tests.integration.citizens.test_personal_fields import everything_stored
from tests.integration.identity.conftest import BORN, NAME, NUMBER, Watched, prove

Nobody = Callable[[], TestCitizen]
Enrol = Callable[..., None]
PASSPORT = "E12345678"


def test_a_name_and_its_number_raise_the_level(city: City, nobody: Nobody, enrol: Enrol) -> None:
    enrol()
    citizen = nobody()
    answer = prove(citizen, " 张 晓明 ", f"{NUMBER[:6]} {NUMBER[6:14]}-{NUMBER[14:].lower()}")
    assert answer.status_code == 200, answer.text
    said = answer.get_json()
    assert said["assurance_level"] == 2
    assert said["documents"][0]["masked_number"] == f"329***********{NUMBER[-4:]}"
    assert answer.headers["Cache-Control"] == "no-store"
    with city.app.app_context():
        assert read_access_token(said["access_token"]).assurance_level == 2
        with transaction(reading=True):
            row = db.session.get_one(Citizen, citizen.id)
            assert (row.name, row.born) == ("张 晓明", BORN.isoformat())
            document = db.session.query(CitizenDocument).one()
            assert (document.number, document.source, document.level) == (NUMBER, "local", 2)
    me = citizen.get("/api/v1/me").get_json()
    assert (me["assurance_level"], me["documents"]) == (2, said["documents"])


def test_the_same_again_changes_nothing_and_asks_nobody(
    city: City, nobody: Nobody, enrol: Enrol, use: Any
) -> None:
    enrol()
    register = Watched(LocalRegister())
    use(register=register)
    citizen = nobody()
    answers = [prove(citizen) for _ in range(MOST_TRIES + 2)]
    assert {answer.status_code for answer in answers} == {200}
    assert len({str(answer.get_json()["documents"]) for answer in answers}) == 1
    assert len(register.asked) == 1


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1"), "逐位核对"),
        (NUMBER[:10] + "13" + NUMBER[12:], "出生日期"),
        ("1234*", "5 至 15 位"),
        (NUMBER + "1", "应为 18 位"),
        (NUMBER[:-1], "应为 18 位"),
    ],
)
def test_a_number_that_nobody_can_have_is_told_and_is_no_try(
    nobody: Nobody, use: Any, number: str, words: str
) -> None:
    register = Watched()
    use(register=register)
    citizen = nobody()
    for _ in range(MOST_TRIES + 1):
        answer = prove(citizen, number=number)
        assert answer.status_code == 422
        (fault,) = answer.get_json()["errors"]
        assert fault["pointer"] == "/id_number"
        assert words in fault["message"]
    assert register.asked == []


def test_what_is_wrong_is_not_told(nobody: Nobody, enrol: Enrol) -> None:
    enrol()
    assert prove(nobody()).status_code == 200
    other = invented_number(BORN, 102)
    enrol("李四", other)
    answers = [
        prove(nobody(), name, number)
        for name, number in [
            (NAME, NUMBER),  # has an account
            ("李四", NUMBER),  # has an account, under another name
            (NAME, other),  # another's number
            (NAME, invented_number(BORN, 103)),  # not in the register
        ]
    ]
    told = [{k: v for k, v in answer.get_json().items() if k != "request_id"} for answer in answers]
    assert {answer.status_code for answer in answers} == {409}
    assert told == [told[0]] * 4
    assert told[0]["type"] == "/problems/identity-not-confirmed"
    assert "服务窗口" in told[0]["detail"]


def test_a_taken_document_costs_the_same_work_as_a_wrong_name(
    nobody: Nobody, enrol: Enrol, use: Any, statements: Any
) -> None:
    """By what is done, not by how long it takes: the same questions to the provider, the same statements, in
    the same order."""
    enrol()
    assert prove(nobody()).status_code == 200
    register = Watched(LocalRegister())
    use(register=register)
    done = []
    for name, number in [(NAME, NUMBER), ("李四", NUMBER), (NAME, invented_number(BORN, 103))]:
        citizen = nobody()
        with statements() as seen:
            assert prove(citizen, name, number).status_code == 409
        done.append(list(seen))
    assert done[0] == done[1] == done[2]
    assert len(register.asked) == 3


def test_five_tries_a_day(nobody: Nobody, enrol: Enrol, time_travel: time_machine.Traveller) -> None:
    enrol()
    citizen = nobody()
    for _ in range(MOST_TRIES):
        assert prove(citizen, "李四").status_code == 409
    refused = prove(citizen)
    assert (refused.status_code, refused.get_json()["type"]) == (429, "/problems/too-many-requests")
    wait = int(refused.headers["Retry-After"])
    assert 0 < wait <= 24 * 3600
    time_travel.shift(timedelta(seconds=wait))
    assert prove(citizen).status_code == 200


@pytest.mark.parametrize(("failure", "status"), [(unanswered, 503), (misunderstood, 502)])
def test_a_provider_that_is_away_costs_no_try(
    nobody: Nobody, enrol: Enrol, use: Any, failure: Any, status: int
) -> None:
    enrol()
    register = Watched(LocalRegister())

    def fail() -> None:
        raise failure()

    register.before = fail
    use(register=register)
    citizen = nobody()
    for _ in range(MOST_TRIES + 1):
        answer = prove(citizen)
        assert answer.status_code == status
        assert "不计入" in answer.get_json()["detail"]
    register.before = lambda: None
    assert prove(citizen).status_code == 200


def test_where_nobody_confirms_names_the_desk_is_named(nobody: Nobody, use: Any, app: CitizenFlask) -> None:
    answer = nobody().call("POST", "/api/v1/me/eid", json={"token": "t"})
    assert answer.status_code == 404
    assert "服务窗口" in answer.get_json()["detail"]


def test_whoever_was_suspended_meanwhile_is_not_raised(
    city: City, nobody: Nobody, enrol: Enrol, use: Any
) -> None:
    enrol()
    citizen, register = nobody(), Watched(LocalRegister())

    def suspend() -> None:
        with city.app.app_context(), transaction():
            suspend_citizen(citizen.id)

    register.before = suspend
    use(register=register)
    assert prove(citizen).status_code == 401
    assert city.count("citizen_documents") == 0


def test_a_further_document_needs_a_fresh_sign_in_and_the_same_birthday(
    city: City, nobody: Nobody, enrol: Enrol, time_travel: time_machine.Traveller
) -> None:
    enrol()
    enrol("ZHANG XIAOMING", PASSPORT, BORN)
    enrol("ZHANG XIAOMING", "E00000001", date(1991, 1, 1))
    citizen = nobody()
    assert prove(citizen).status_code == 200
    assert prove(citizen, "Zhang Xiaoming", "E00000001").status_code == 409, "born on another day"
    assert prove(citizen, "Zhang Xiaoming", PASSPORT).status_code == 200
    assert len(citizen.get("/api/v1/me").get_json()["documents"]) == 2
    time_travel.shift(timedelta(hours=1))
    refused = prove(citizen, "张 晓 明 明", NUMBER)
    assert refused.status_code == 401
    assert 'error="insufficient_user_authentication"' in refused.headers["WWW-Authenticate"]
    assert 'max_age="300"' in refused.headers["WWW-Authenticate"]
    assert prove(citizen, "Zhang Xiaoming", PASSPORT).status_code == 200, "what stands may be said again"


def test_an_account_never_becomes_another_persons(nobody: Nobody, enrol: Enrol) -> None:
    enrol()
    enrol("李四", same_day := invented_number(BORN, 102))
    citizen = nobody()
    assert prove(citizen).status_code == 200
    assert prove(citizen, "李四", same_day).status_code == 409
    assert citizen.get("/api/v1/me").get_json()["masked_name"] == "张*明"


def test_a_changed_name_is_taken_over(nobody: Nobody, enrol: Enrol) -> None:
    enrol()
    citizen = nobody()
    assert prove(citizen).status_code == 200
    enrol("张小三")
    assert prove(citizen, "张小三").status_code == 200
    assert citizen.get("/api/v1/me").get_json()["masked_name"] == "张*三"


def test_no_number_and_no_name_lies_in_the_database_or_the_log(
    app: CitizenFlask, nobody: Nobody, enrol: Enrol, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure_logs(replace(app.extensions["settings"], log_level="DEBUG"))
    enrol()
    citizen = nobody()
    assert prove(citizen).status_code == 200
    assert prove(nobody()).status_code == 409
    stored, shown = everything_stored(app), capsys.readouterr()
    assert "real name set" in shown.err, "control: the log is heard"
    assert "identity not confirmed" in shown.err
    for secret in (NAME, NUMBER, BORN.isoformat()):
        assert secret.encode() not in stored
        assert secret.encode().hex().encode() not in stored
        assert secret not in shown.out + shown.err
