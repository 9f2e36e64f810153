"""Looks: a list is one look that each person on it finds, met or not, and nobody else; without the look there
is no answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import g
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DBAPIError

from citizen_app import clock
from citizen_app.audit.models import AuditEvent
from citizen_app.audit.operations import Actor
from citizen_app.citizens.models import Citizen
from citizen_app.citizens.tokens import read_access_token
from citizen_app.factory import CitizenFlask
from citizen_app.ids import first_id_at, new_id
from citizen_app.kiosks.models import Kiosk
from citizen_app.kiosks.queries import kiosk_of_token
from citizen_app.secrecy.vault import current_vault
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction, write_after_read
from citizen_app.text import Text
from citizen_app.toolkit.looks import looked
from citizen_app.toolkit.people import identity_ref
from citizen_app.toolkit.testing import City, TestCitizen
from citizen_app.usage import looks, retention
from citizen_app.usage.looks import Reading, note_look, note_look_of_city
from citizen_app.usage.models import UsageLook, UsageLookSeen
from citizen_app.usage.offices import CITY

ROLL = Text("名册", "Roll")
STAFF = "01932c07-0000-7000-8000-000000000000"


def look(app: CitizenFlask, *refs: str, reason: str | Text = ROLL, role: Text | None = None) -> None:
    """Somebody of the gates reads of these people, in a unit that only reads."""
    reader = Actor("staff", STAFF, "zhang.wei") if role is None else Actor("citizen", "ref", "citizen")
    with app.app_context(), transaction(reading=True):
        note_look(Reading("pass", reason, reader, role), refs, "pass.look")


def found_by(citizen: TestCitizen, language: str = "zh-CN") -> list[dict[str, Any]]:
    """What the citizen finds."""
    answer = citizen.get("/api/v1/me/looks?limit=100", **{"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.get_json()["items"]
    return items


def number_of(city: City, phone: str) -> str:
    """How the gates know a phone number."""
    with city.app.app_context():
        return current_vault().contact_ref("pass", phone)


def met(city: City, citizen: TestCitizen) -> TestCitizen:
    """The citizen has been scanned at a gate."""
    assert city.kiosk("pass").scan(citizen.code(), "enter").get_json()["reason"] == "service_refused"
    return citizen


def soon(city: City, waiting: int) -> bool:
    """Whether so many wait, after the watch has had its turn."""
    patience = time.monotonic() + 20
    while city.count("usage_looks_waiting") != waiting and time.monotonic() < patience:
        time.sleep(0.05)
    return city.count("usage_looks_waiting") == waiting


def test_a_list_is_one_look_that_each_person_on_it_finds(app: CitizenFlask, city: City) -> None:
    known, alone, listed, elsewhere = (
        met(city, city.citizen()),
        city.citizen(),
        city.citizen(),
        city.citizen(),
    )
    refs = [known.ref("pass"), alone.ref("pass"), number_of(city, listed.phone)]
    look(app, *refs, refs[0], number_of(city, known.phone), number_of(city, "+8613800009999"))
    assert city.count("usage_looks") == 1
    told = [found_by(person) for person in (known, alone, listed)]
    assert [[one["id"] for one in looks_] for looks_ in told] == [[told[0][0]["id"]]] * 3
    assert found_by(elsewhere) == []
    with app.app_context(), transaction(reading=True):
        (event,) = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "pass.look"))
        assert (event.actor_name, event.details) == ("zhang.wei", {"people": 5, "look": told[0][0]["id"]})


def test_a_citizen_reads_office_role_and_reason_in_their_language_and_no_name(
    app: CitizenFlask, city: City
) -> None:
    citizen = city.citizen()
    ref = citizen.ref("pass")
    look(app, ref)
    look(app, ref, reason="投诉 2026-118")
    look(app, ref, role=Text("甲站站长", "A manager of Stop A"))
    told = [[(one["by"], one["reason"]) for one in found_by(citizen, said)] for said in ("zh-CN", "en")]
    assert told == [
        [("甲站站长", "名册"), ("该服务的工作人员", "投诉 2026-118"), ("该服务的工作人员", "名册")],
        [
            ("A manager of Stop A", "Roll"),
            ("Staff of the service", "投诉 2026-118"),
            ("Staff of the service", "Roll"),
        ],
    ]
    assert "zhang.wei" not in str(found_by(citizen))
    with app.app_context(), transaction(reading=True):
        stored = str(db.session.execute(select(UsageLook.reason_sealed, UsageLook.reader_sealed)).all())
    assert "Stop A" not in stored
    assert "2026-118" not in stored


def test_the_citys_own_office_knows_citizens_by_their_ids(app: CitizenFlask, city: City) -> None:
    """A desk of the core searches: whom no service has met finds the look at once, and nobody else does."""
    one, other, stranger = city.citizen(), city.citizen(), city.citizen()
    reading = Reading(CITY, "市民来电找回账号", Actor("staff", STAFF, "zhang.wei"))
    with app.app_context(), transaction(reading=True):
        note_look_of_city(reading, [one.id, other.id, one.id], "citizens.search", hits=2)
    for seen in (one, other):
        (look,) = found_by(seen)
        assert (look["service"], look["service_title"]) == ("city", "市民服务")
        assert (look["owner"], look["by"]) == ("市民服务窗口", "服务窗口或热线的工作人员")
        assert look["reason"] == "市民来电找回账号"
    assert found_by(stranger) == []
    assert city.count("usage_looks_waiting") == 0
    with app.app_context(), transaction(reading=True):
        (noted,) = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "citizens.search"))
        assert (noted.target_kind, noted.target_id, noted.details["people"]) == ("office", "city", 2)


def test_an_office_may_know_by_a_reference_too(app: CitizenFlask, city: City) -> None:
    citizen = city.citizen()
    with app.app_context(), transaction(reading=True):
        ref = current_vault().citizen_ref(CITY, citizen.id)
        note_look(Reading(CITY, "核对证件", Actor("staff", STAFF, "zhang.wei")), [ref], "citizens.look")
    for _ in range(2):
        assert [look["reason"] for look in found_by(citizen)] == ["核对证件"]


def test_whoever_has_the_number_later_finds_nothing(app: CitizenFlask, city: City) -> None:
    """What waited for a number is its holder's from the first meeting on, or once they have asked."""
    scanned, asked = city.citizen(), city.citizen()
    for person in (scanned, asked):
        look(app, number_of(city, person.phone), person.ref("pass"))
    assert city.count("usage_looks_waiting") == 4
    met(city, scanned)
    assert soon(city, 2)
    assert len(found_by(asked)) == 1
    assert city.count("usage_looks_waiting") == 0
    for person in (scanned, asked):
        number = person.phone
        city.change_phone(person)
        heir = city.citizen()
        city.change_phone(heir, number)
        assert found_by(heir) == []
        assert len(found_by(person)) == 1


def test_a_look_waits_under_a_document_too(app: CitizenFlask, city: City) -> None:
    """It is found by its holder, who may have proved it since, and by the first meeting; whoever has no such
    document finds nothing."""
    asked, scanned, other = city.card_holder(), city.card_holder(), city.card_holder()
    with app.app_context():
        refs = [identity_ref("pass", None, one.id_number) for one in (asked, scanned)]
        elsewhere = identity_ref("bus", None, other.id_number)
    look(app, *refs, elsewhere)
    assert city.count("usage_looks_waiting") == 3
    met(city, scanned)
    assert soon(city, 2)
    assert len(found_by(asked)) == len(found_by(scanned)) == 1
    assert found_by(other) == []
    assert city.count("usage_looks_waiting") == 1
    city.give_document(other, scanned.id_number)
    assert found_by(other) == []


def test_an_erased_citizens_looks_lead_to_nobody(app: CitizenFlask, city: City) -> None:
    """No row of a look names who was seen but by the key of the log, which goes with the account."""
    citizen = met(city, city.citizen())
    look(app, citizen.ref("pass"), city.citizen().ref("pass"))
    with app.app_context(), transaction():
        key = db.session.get_one(Citizen, citizen.id).log_key
        held = {str(db.session.execute(select(model)).all()) for model in (UsageLook, UsageLookSeen)}
        assert citizen.ref("pass") not in str(held)
        assert citizen.id not in str(held)
        assert db.session.scalars(select(UsageLookSeen.subject_key)).all() == [key]
        db.session.execute(delete(Citizen).where(Citizen.id == citizen.id))
    assert citizen.get("/api/v1/me/looks").status_code == 404
    assert city.count("usage_looks_seen") == 1


@pytest.mark.parametrize("change", [update(UsageLookSeen).values(look_id=new_id()), delete(UsageLookSeen)])
def test_who_was_seen_stays_written(app: CitizenFlask, city: City, change: Any) -> None:
    look(app, *(met(city, city.citizen()).ref("pass") for _ in range(2)))
    with app.app_context(), pytest.raises(DBAPIError, match="append-only"), transaction():
        db.session.execute(change.execution_options(synchronize_session=False))
    assert city.count("usage_looks_seen") == 2


def test_looks_leave_with_the_log(app: CitizenFlask, city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    people, waiting = [met(city, city.citizen()) for _ in range(2)], city.citizen()
    refs = [person.ref("pass") for person in (*people, waiting)]
    with pytest.MonkeyPatch.context() as then:
        then.setattr(looks, "new_id", lambda: first_id_at(clock.now() - timedelta(days=1200)))
        look(app, *refs)
    look(app, *refs)
    monkeypatch.setattr("citizen_app.usage.look_retention.LOOKS_PER_STEP", 1)
    with app.app_context():
        with transaction(reading=True):
            assert retention.anything_past()
        retention.purge(200)
        with transaction(reading=True):
            assert not retention.anything_past()
    for table, rows in (("usage_looks", 1), ("usage_looks_seen", 2), ("usage_looks_waiting", 1)):
        assert city.count(table) == rows, table
    assert [len(found_by(person)) for person in (*people, waiting)] == [1, 1, 1]
    assert city.count("audit_events", "action = 'usage.purge'") == 1
    for table in ("usage_looks", "usage_looks_seen"):
        with app.app_context(), pytest.raises(DBAPIError, match="append-only"), transaction():
            db.session.execute(text(f"DELETE FROM {table}"))


def test_nothing_is_written_for_a_reading_that_failed_and_nothing_answered_without_the_writing(
    app: CitizenFlask, city: City
) -> None:
    ref = city.citizen().ref("pass")

    def read_and(then: Callable[[], object]) -> None:
        with app.app_context(), transaction(reading=True):
            note_look(Reading("pass", ROLL, Actor("staff", STAFF, "zhang.wei")), [ref], "pass.look")
            then()

    with pytest.raises(ZeroDivisionError):
        read_and(lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        read_and(lambda: write_after_read(lambda: 1 / 0))
    assert city.count("usage_looks") == city.count("audit_events", "action = 'pass.look'") == 0
    read_and(lambda: None)
    assert city.count("usage_looks") == city.count("audit_events", "action = 'pass.look'") == 1


def test_who_reads_an_empty_list_is_audited_and_no_look_is_made(app: CitizenFlask, city: City) -> None:
    look(app)
    assert city.count("usage_looks") == 0
    assert city.count("audit_events", "action = 'pass.look'") == 1


def test_pages_of_looks_hold_each_once(app: CitizenFlask, city: City) -> None:
    """Looks at one person, at lists, and those that waited, in one order."""
    citizen = city.citizen()
    look(app, number_of(city, citizen.phone))
    met(city, citizen)
    for others in ([], [city.citizen().ref("pass")], []):
        look(app, citizen.ref("pass"), number_of(city, citizen.phone), *others)
        look(app, citizen.ref("pass"), *others)
    ids, cursor = [], ""
    while cursor is not None:
        answer = citizen.get(f"/api/v1/me/looks?limit=2{cursor and '&cursor=' + cursor}").get_json()
        ids += [one["id"] for one in answer["items"]]
        cursor = answer["next_cursor"]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) == len(set(ids)) == 7 == city.count("usage_looks")
    with app.app_context(), transaction(reading=True):
        assert db.session.scalar(select(func.min(UsageLook.at))) <= clock.now() + timedelta(seconds=1)


def test_staff_at_a_kiosk_are_told_of_by_its_name_and_a_citizen_says_in_which_role(
    app: CitizenFlask, city: City
) -> None:
    citizen, kiosk = city.citizen(), city.kiosk("pass", name="东门 1 号")
    with app.test_request_context():
        with transaction(reading=True):
            g.caller = kiosk_of_token(kiosk.token)
            looked("pass", [citizen.ref("pass")], ROLL)
        g.caller = read_access_token(citizen.access_token)
        with pytest.raises(TypeError, match="in which role"), transaction(reading=True):
            looked("pass", [citizen.ref("pass")], ROLL)
    assert [one["by"] for one in found_by(citizen)] == ["设备“东门 1 号”前的工作人员"]
    assert city.count("audit_events", f"action = 'pass.look' AND actor_name = 'kiosk {_number(city)}'") == 1


def _number(city: City) -> int:
    with city.app.app_context(), transaction(reading=True):
        return db.session.scalars(select(Kiosk.number)).one()
