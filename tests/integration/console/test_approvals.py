"""Acts that need a second person: asked for, decided once by another, expired, confirmed."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from citizen_app import clock
from citizen_app.approvals import operations
from citizen_app.approvals.models import Approval
from citizen_app.audit.models import AuditEvent
from citizen_app.codes.keys import SigningKeyRow, ensure_keys
from citizen_app.factory import CitizenFlask
from citizen_app.registry import state
from citizen_app.staff.callers import StaffCaller, held_by
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City
from citizen_app.wire.problems import Problem
from tests.integration.staff.people import Person, hire

APPROVALS = "/api/v1/admin/approvals"
ROTATE = "/api/v1/admin/issuer-keys/rotate"


@pytest.fixture
def two(app: Flask) -> tuple[Person, Person]:
    with app.app_context(), transaction():
        ensure_keys()
    return hire(app, "wang.fang", "security_admin"), hire(app, "li.lei", "security_admin")


def keys(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(SigningKeyRow)) or 0


def rotation(client: FlaskClient, headers: dict[str, str], lead: int = 10) -> str:
    """The id of a request for a new key."""
    answer = client.post(ROTATE, headers=headers, json={"lead_seconds": lead})
    assert answer.status_code == 202, answer.text
    assert answer.json["approval"]["state"] == "pending"
    return str(answer.json["approval"]["id"])


def test_a_key_is_trusted_when_another_approves(
    app: Flask, client: FlaskClient, two: tuple[Person, Person]
) -> None:
    first, second = (person.sign_in() for person in two)
    before = keys(app)
    asked = rotation(client, first)
    assert keys(app) == before
    own = client.post(f"{APPROVALS}/{asked}/approve", headers=first)
    assert own.status_code == 403
    assert keys(app) == before
    (shown,) = client.get(APPROVALS, headers=second).json["items"]
    assert (shown["asked_by"], shown["own"]) == ("wang.fang", False)
    done = client.post(f"{APPROVALS}/{asked}/approve", headers=second)
    assert (done.status_code, done.json["state"]) == (200, "approved")
    assert keys(app) == before + 1
    assert client.post(f"{APPROVALS}/{asked}/approve", headers=second).status_code == 409
    with app.app_context():
        refused = select(func.count()).where(
            AuditEvent.action == "approval.decide", AuditEvent.result == "refused"
        )
        assert db.session.scalar(refused) == 1, "that one tried to approve their own is on record"


def test_whoever_has_not_the_permission_neither_sees_nor_decides(
    app: Flask, client: FlaskClient, two: tuple[Person, Person]
) -> None:
    asked = rotation(client, two[0].sign_in())
    stranger = hire(app, "han.mei", "system_admin").sign_in()
    assert client.get(APPROVALS, headers=stranger).json["items"] == []
    assert client.post(f"{APPROVALS}/{asked}/approve", headers=stranger).status_code == 404


def test_a_request_that_is_refused_or_too_old_does_nothing(
    app: Flask, client: FlaskClient, two: tuple[Person, Person]
) -> None:
    first, second = (person.sign_in() for person in two)
    before, refused, late = keys(app), rotation(client, first), rotation(client, first, 20)
    assert client.post(f"{APPROVALS}/{refused}/refuse", headers=second).json["state"] == "refused"
    assert client.post(f"{APPROVALS}/{refused}/approve", headers=second).status_code == 409
    with time_machine.travel(clock.now() + timedelta(hours=24, seconds=1), tick=False):
        headers = two[1].sign_in()
        assert client.post(f"{APPROVALS}/{late}/approve", headers=headers).status_code == 409
        with app.app_context(), transaction():
            operations.expire()
            assert db.session.get_one(Approval, late).state == "expired"
    assert keys(app) == before


def race(app: Flask, asked: str, people: list[Person], *, locked: bool = True) -> int:
    """How often the act was done when everybody approves at once."""
    before, start = keys(app), threading.Barrier(len(people))

    def approve(person: Person) -> None:
        with app.app_context():
            caller = StaffCaller(person.id, person.username, held_by(person.id).permissions)
            db.session.rollback()
            try:
                if locked:
                    start.wait()
                    with transaction():
                        operations.decide(asked, caller, approve=True)
                else:  # the negative control: everybody looks before anybody writes
                    with transaction(reading=True):
                        waits = db.session.get_one(Approval, asked).state == "pending"
                    start.wait()
                    with transaction():
                        if waits:
                            operations.ACTS["key.trust"].execute({"use": "codes", "lead_seconds": 10})
            except Problem:
                return  # somebody was faster

    threads = [threading.Thread(target=approve, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return keys(app) - before


@pytest.mark.parametrize(("locked", "times"), [(True, 1), (False, 4)])
def test_of_several_approvals_at_once_one_counts(
    app: Flask, client: FlaskClient, two: tuple[Person, Person], locked: bool, times: int
) -> None:
    asked = rotation(client, two[0].sign_in())
    others = [two[1], *(hire(app, f"other.{number}", "security_admin") for number in range(3))]
    assert race(app, asked, others, locked=locked) == times


def test_disabling_a_key_works_at_once_and_is_confirmed(
    app: Flask, client: FlaskClient, two: tuple[Person, Person]
) -> None:
    first, second = (person.sign_in() for person in two)
    kid = client.get("/api/v1/admin/issuer-keys", headers=first).json["items"][0]["kid"]
    client.post(f"/api/v1/admin/issuer-keys/{kid}/disable", headers=first)
    with app.app_context():
        assert db.session.get_one(SigningKeyRow, bytes.fromhex(kid)).disabled_at is not None
    (waiting,) = client.get(APPROVALS, headers=second).json["items"]
    assert waiting["approval"]["state"] == "to_confirm"
    confirmed = client.post(f"{APPROVALS}/{waiting['approval']['id']}/approve", headers=second)
    assert confirmed.json["state"] == "confirmed"
    again = client.post(f"/api/v1/admin/issuer-keys/{kid}/enable", headers=first).json["approval"]
    with app.app_context():
        assert db.session.get_one(SigningKeyRow, bytes.fromhex(kid)).disabled_at is not None
    client.post(f"{APPROVALS}/{again['id']}/approve", headers=second)
    with app.app_context():
        assert db.session.get_one(SigningKeyRow, bytes.fromhex(kid)).disabled_at is None


def test_what_nobody_confirms_is_said_to_be_unconfirmed(
    app: Flask, client: FlaskClient, two: tuple[Person, Person]
) -> None:
    first = two[0].sign_in()
    kid = client.get("/api/v1/admin/issuer-keys", headers=first).json["items"][0]["kid"]
    client.post(f"/api/v1/admin/issuer-keys/{kid}/disable", headers=first)
    with time_machine.travel(clock.now() + timedelta(hours=25), tick=False), app.app_context(), transaction():
        operations.expire()
    assert client.get("/api/v1/transparency").json["last_30_days"] == {"unconfirmed": 1}


def test_a_service_sees_more_when_another_approves(app: Flask, client: FlaskClient, city: City) -> None:
    people = hire(app, "wang.fang", "system_admin"), hire(app, "li.lei", "system_admin")
    first, second = (person.sign_in() for person in people)
    enable = "/api/v1/admin/services/bus/enable"
    assert client.post(enable, headers=first).status_code == 200, "nothing new to see"
    city.grant("bus")
    answer = client.post(enable, headers=first)
    assert answer.status_code == 202
    with app.app_context():
        assert state.stored_standings()["bus"].granted == frozenset()
    client.post(f"{APPROVALS}/{answer.json['approval']['id']}/approve", headers=second)
    with app.app_context():
        assert state.stored_standings()["bus"].granted == set(answer.json["approval"]["parameters"]["scopes"])


class TestATownWithOneAdministrator:
    """The settings say whether one may act alone, and everybody can see it."""

    @pytest.fixture
    def app_settings(self) -> dict[str, str]:
        return {"CITIZEN_SECOND_PERSON": "if_there_is_one"}

    def test_one_acts_alone_until_there_are_two(self, app: CitizenFlask, client: FlaskClient) -> None:
        with app.app_context(), transaction():
            ensure_keys()
        headers = hire(app, "wang.fang", "security_admin").sign_in()
        before = keys(app)
        answer = client.post(ROTATE, headers=headers, json={})
        assert answer.json["approval"]["state"] == "alone"
        assert keys(app) == before + 1
        shown = client.get("/api/v1/transparency").json
        assert (shown["second_person"], shown["last_30_days"]) == ("if_there_is_one", {"alone": 1})
        hire(app, "li.lei", "security_admin")
        assert client.post(ROTATE, headers=headers, json={}).json["approval"]["state"] == "pending"


def test_pages_ask_and_decide(app: Flask, two: tuple[Person, Person]) -> None:
    first, second = (person.browser() for person in two)
    before = keys(app)
    asked = first.post("/console/keys/rotate", use="codes", reason="季度轮换")
    assert asked.location == "/console/keys/?done=asked"
    assert "请另一位同事审批" in first.get("/console/approvals/").text
    page = second.get("/console/approvals/").text
    assert "季度轮换" in page
    with app.app_context():
        approval = db.session.scalars(select(Approval.id)).one()
    own = first.post(f"/console/approvals/{approval}/approve")
    assert own.status_code == 403
    assert second.post(f"/console/approvals/{approval}/approve").status_code == 303
    assert keys(app) == before + 1
