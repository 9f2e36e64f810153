"""Searching for citizens: exactly, for a reason, counted and told; by nobody who should not."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update

from citizen_app.audit.models import AuditEvent
from citizen_app.citizens.documents import Source, proof_of
from citizen_app.citizens.models import Citizen
from citizen_app.citizens.operations import set_real_name
from citizen_app.clock import now
from citizen_app.desk.models import DeskSearch
from citizen_app.desk.search import ALARM_EVERY
from citizen_app.desk.sweeps import NO_NAME, anything_unindexed, index_names, sweep_desk
from citizen_app.extensions import limiter
from citizen_app.identity.documents import Document, DocumentKind
from citizen_app.process import logs, metrics
from citizen_app.staff.models import StaffSession
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City, TestCitizen
from tests.integration.desk.conftest import BORN, CITIZENS, REASON, SEARCH, Clerk, fresh_number

Hire = Callable[..., Clerk]


def named(city: City, name: str = "张晓明") -> tuple[TestCitizen, str]:
    """A citizen with a document; and its number."""
    number, citizen = fresh_number(), city.citizen(name)
    with city.app.app_context(), transaction():
        proof = proof_of(Document(DocumentKind.RESIDENT_ID, number, BORN), Source.LOCAL)
        set_real_name(citizen.id, name, proof)
    return citizen, number


def looks(citizen: TestCitizen) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = citizen.get("/api/v1/me/looks").get_json()["items"]
    return items


def audited(city: City, action: str) -> list[AuditEvent]:
    with city.app.app_context(), transaction(reading=True):
        rows = list(db.session.scalars(select(AuditEvent).where(AuditEvent.action == action)))
        db.session.expunge_all()
        return rows


def test_each_of_the_three_keys_finds_and_the_citizen_sees_by_whom_and_why(city: City, clerk: Clerk) -> None:
    citizen, number = named(city)
    keys = ({"phone": citizen.phone}, {"id_number": number}, {"name": " 张·晓明"})
    for key in keys:
        answer = clerk.search(**key)
        assert answer.status_code == 200, answer.text
        assert answer.headers["Cache-Control"] == "no-store"
        body = answer.get_json()
        assert body["too_many"] is False
        (found,) = body["items"]
        assert found["masked_name"] == "张*明"
        assert found["masked_phone"].endswith(citizen.phone[-4:]) and "****" in found["masked_phone"]
        (document,) = found["documents"]
        assert document["masked_number"] == "329***********" + number[-4:]
        assert (found["assurance_level"], found["state"]) == (2, "active")
        assert found["id"] != citizen.id
        assert number not in answer.text and citizen.phone not in answer.text
    seen = looks(citizen)
    assert len(seen) == len(keys)
    assert {(one["reason"], one["owner"], one["by"], one["service"]) for one in seen} == {
        (REASON, "市民服务窗口", "窗口工作人员", "city")
    }


def test_the_hotline_searches_too_and_is_named(city: City, hire_clerk: Hire) -> None:
    citizen = city.citizen()
    hire_clerk("hotline_clerk").find(phone=citizen.phone)
    assert looks(citizen)[0]["by"] == "热线工作人员"


@pytest.mark.parametrize(
    "body",
    [
        {"phone": "13800138000"},
        {"phone": "13800138000", "reason": " "},
        {"phone": "13800138000", "reason": "a"},
        {"reason": REASON},
        {"phone": "13800138000", "name": "张三", "reason": REASON},
        {"name": "张三", "document_kind": "passport", "reason": REASON},
        {"phone": "1380013", "reason": REASON},
        {"id_number": "329901199003070010", "reason": REASON},
        {"name": "张三", "reason": REASON, "role": "admin"},
    ],
)
def test_without_a_reason_or_with_another_than_one_key_nothing_is_searched(
    city: City, clerk: Clerk, body: dict[str, str]
) -> None:
    assert clerk.post(SEARCH, body).status_code == 422
    assert city.count("desk_searches") == 0


@pytest.mark.parametrize("part", ["张晓", "晓明", "张晓明明", "张", "%", "张_明"])
def test_a_part_of_a_name_finds_nobody(city: City, clerk: Clerk, part: str) -> None:
    citizen, _ = named(city)
    assert clerk.search(name=part).get_json() == {"items": [], "too_many": False}
    assert looks(citizen) == []


def test_of_a_name_that_many_have_none_is_shown(city: City, clerk: Clerk) -> None:
    people = [city.citizen("王芳") for _ in range(5)]
    assert len(clerk.search(name="王芳").get_json()["items"]) == 5
    people.append(city.citizen("王 芳"))
    assert clerk.search(name="王芳").get_json() == {"items": [], "too_many": True}
    assert [len(looks(one)) for one in people] == [1] * 5 + [0]


@pytest.mark.parametrize("role", ["system_admin", "security_admin", "auditor", "service_operator:probe"])
def test_administrators_and_operators_find_nobody(city: City, hire_clerk: Hire, role: str) -> None:
    citizen, other = city.citizen(), hire_clerk(role)
    assert other.search(phone=citizen.phone).status_code == 403
    assert other.get(f"{CITIZENS}/{citizen.id}").status_code == 403
    assert looks(citizen) == []


def test_nothing_that_was_searched_for_is_written_anywhere(
    city: City, clerk: Clerk, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure_logs(replace(city.app.extensions["settings"], log_level="DEBUG"))
    citizen, number = named(city)
    for key in ({"phone": citizen.phone}, {"id_number": number}, {"name": "张晓明"}, {"name": "没有这人"}):
        clerk.search(**key)
    events = audited(city, "citizens.search")
    assert [event.details["people"] for event in events] == [1, 1, 1, 0]
    said = json.dumps([event.details for event in events], ensure_ascii=False)
    with city.app.app_context(), transaction(reading=True):
        rows = [str(tuple(row)) for row in db.session.execute(text("SELECT * FROM desk_searches"))]
        rows += [str(tuple(row)) for row in db.session.execute(text("SELECT * FROM desk_findings"))]
        kept = [row.reason for row in db.session.scalars(select(DeskSearch))]
    printed = capsys.readouterr()
    for plain in (citizen.phone, citizen.phone[3:], number, "张晓明", "没有这人", REASON):
        for place in (said, *rows, printed.out, printed.err):
            assert plain not in place
    assert kept == [REASON] * 4


def test_the_id_is_for_its_finder_and_for_a_days_work(
    city: City, clerk: Clerk, second: Clerk, time_travel: Any
) -> None:
    citizen = city.citizen()
    found = clerk.find(phone=citizen.phone)
    assert clerk.get(f"{CITIZENS}/{found}").get_json()["masked_name"] == "张*三"
    assert second.get(f"{CITIZENS}/{found}").status_code == 404
    assert clerk.get(f"{CITIZENS}/{citizen.id}").status_code == 404
    assert [one["reason"] for one in looks(citizen)] == [REASON] * 2, "reading on is a look, too"
    time_travel.shift(timedelta(hours=9))
    with city.app.app_context(), transaction():
        sweep_desk()
    assert city.count("desk_findings") == 0
    assert city.count("desk_searches") == 1


def test_the_fiftieth_search_of_an_hour_raises_an_alarm_and_stops_nobody(
    city: City, clerk: Clerk, time_travel: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setattr(limiter, "enabled", False)
    logs.configure_logs(city.app.extensions["settings"])
    before = metrics.DESK_ALARMS._value.get()
    for _ in range(ALARM_EVERY - 1):
        assert clerk.search(phone="13900000000").status_code == 200
    time_travel.shift(timedelta(minutes=61))
    with city.app.app_context(), transaction():
        db.session.execute(update(StaffSession).values(last_seen_at=now()))
    for _ in range(ALARM_EVERY - 1):
        assert clerk.search(phone="13900000000").status_code == 200
    assert audited(city, "citizens.search_alarm") == [], "those of the hour before do not count"
    for _ in range(ALARM_EVERY + 1):
        assert clerk.search(phone="13900000000").status_code == 200
    alarms = audited(city, "citizens.search_alarm")
    assert [(alarm.target_id, alarm.details["searches"]) for alarm in alarms] == [
        (clerk.id, ALARM_EVERY),
        (clerk.id, 2 * ALARM_EVERY),
    ]
    assert metrics.DESK_ALARMS._value.get() == before + 2
    assert capsys.readouterr().err.count("searches many citizens") == 2


def test_an_operator_finds_whom_the_service_has_met_by_its_own_reference(
    city: City, hire_clerk: Hire
) -> None:
    citizen, number = named(city)
    path = "/api/v1/admin/services/pass/citizens/search"
    operator, other = hire_clerk("service_operator:pass"), hire_clerk("service_operator:bus")
    for key in ({"phone": citizen.phone}, {"id_number": number}, {"name": "张晓明"}):
        body = {"reason": REASON, **key}
        assert operator.post(path, body).get_json() == {"citizen_refs": [], "too_many": False}
    assert looks(citizen) == [], "who is not shown was not looked at"
    city.kiosk("pass").scan(citizen.code(), "enter")
    for key in ({"phone": citizen.phone}, {"id_number": number}, {"name": "张晓明"}):
        body = {"reason": REASON, **key}
        assert operator.post(path, body).get_json()["citizen_refs"] == [citizen.ref("pass")]
        assert other.post(path, body).status_code == 404
    assert [(one["service"], one["reason"]) for one in looks(citizen)] == [("pass", REASON)] * 3
    everywhere = hire_clerk("service_operator")
    assert everywhere.post(path, {"reason": REASON, "name": "张晓明"}).status_code == 403


def test_names_of_the_version_before_are_indexed_by_a_job(city: City, clerk: Clerk) -> None:
    citizen = city.citizen("李秀英")
    with city.app.app_context(), transaction():
        db.session.execute(update(Citizen).values(name_index=None))
    assert clerk.search(name="李秀英").get_json()["items"] == []
    with city.app.app_context():
        with transaction(reading=True):
            assert anything_unindexed()
        index_names()
        with transaction(reading=True):
            assert not anything_unindexed()
            assert db.session.get_one(Citizen, citizen.id).name_index != NO_NAME
    clerk.find(name="李秀英")


def test_a_name_that_the_version_before_has_changed_is_not_found_under_the_old_one(
    city: City, clerk: Clerk
) -> None:
    citizen = city.citizen("李秀英")
    with city.app.app_context(), transaction():
        sealed = Citizen.name.seal(citizen.id, "李新名")
        db.session.execute(update(Citizen).where(Citizen.id == citizen.id).values(name_sealed=sealed))
    assert clerk.search(name="李秀英").get_json()["items"] == []
    assert looks(citizen) == []


@pytest.mark.large
def test_a_hundred_records_read_are_a_hundred_looks(
    city: City, clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Threat "insider browses citizens": each of them sees it, at once."""
    monkeypatch.setattr(limiter, "enabled", False)
    people = [city.citizen() for _ in range(100)]
    for one in people:
        clerk.get(f"{CITIZENS}/{clerk.find(phone=one.phone)}")
    assert [len(looks(one)) for one in people] == [2] * 100
