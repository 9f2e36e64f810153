"""No default account: one-time tokens with which people make theirs, and accounts that nobody uses."""

from __future__ import annotations

import threading
from datetime import timedelta
from unittest.mock import patch

import pyotp
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from citizen_app import clock
from citizen_app.extensions import limiter
from citizen_app.factory import CitizenFlask
from citizen_app.staff import inactivity, invitations, operations
from citizen_app.staff.callers import permissions_of
from citizen_app.staff.models import Staff
from citizen_app.staff.operations import Grant
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.wire.problems import Problem
from tests.integration.staff.people import PASSWORD, hire

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


def first_token(app: Flask) -> str:
    with app.app_context(), transaction():
        return invitations.set_up_token()


def digits(app: Flask, token: str) -> str:
    with app.app_context():
        return str(pyotp.TOTP(invitations.secret_of(token)).at(clock.timestamp()))


def accepted(app: Flask, token: str, username: str = "zhao.min", **changed: str) -> str:
    """The id of the account, or the kind of refusal."""
    try:
        with app.app_context(), transaction():
            totp = changed.get("totp") or digits(app, token)
            return invitations.accept(token, username, changed.get("password", PASSWORD), totp).id
    except Problem as problem:
        return problem.kind.slug


def test_a_new_installation_has_no_account_and_prints_one_token(app: CitizenFlask) -> None:
    with app.app_context(), transaction(reading=True):
        assert db.session.scalars(select(Staff)).all() == []
        assert invitations.is_new_installation()
    shown = app.test_cli_runner().invoke(args=["staff", "setup-token"]).output
    assert "/console/set-up" in shown
    with app.app_context(), transaction(reading=True):
        assert not invitations.is_new_installation(), "it is printed once"


def test_the_token_makes_a_security_administrator_once(app: Flask) -> None:
    token = first_token(app)
    staff_id = accepted(app, token)
    with app.app_context():
        assert permissions_of(staff_id).keys() >= {"staff.manage", "keys.manage"}
    assert accepted(app, token, "li.lei") == "not-permitted"
    with pytest.raises(Problem) as refused:
        first_token(app)
    assert refused.value.kind.slug == "conflict"


def test_a_token_expires_and_a_new_one_voids_it(app: Flask) -> None:
    old = first_token(app)
    token = first_token(app)
    assert accepted(app, old) == "not-permitted"
    with time_machine.travel(clock.now() + timedelta(hours=24, seconds=1), tick=False):
        assert accepted(app, token) == "not-permitted"
    assert accepted(app, token[:-1] + ("A" if token[-1] != "A" else "B")) == "not-permitted"
    assert len(accepted(app, token)) == 36


@pytest.mark.parametrize("wrong", [{"totp": "000000"}, {"password": "short"}])
def test_a_mistake_does_not_use_it_up(app: Flask, wrong: dict[str, str]) -> None:
    token = first_token(app)
    assert accepted(app, token, **wrong) == "invalid-input"
    assert len(accepted(app, token)) == 36


def test_two_at_once_make_one_account(app: Flask) -> None:
    token, start = first_token(app), threading.Barrier(4)
    totp, results = digits(app, token), []

    def go(name: str) -> None:
        start.wait()
        results.append(accepted(app, token, name, totp=totp))

    threads = [threading.Thread(target=go, args=(f"zhao.{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(len(result) == 36 for result in results) == [False, False, False, True]
    with app.app_context():
        assert len(db.session.scalars(select(Staff)).all()) == 1


def test_whoever_is_invited_gets_the_roles_and_nobody_else_the_secret(app: Flask) -> None:
    hire(app, "wang.fang", "security_admin")
    with app.app_context(), transaction():
        token = invitations.invite("Li.Lei", [Grant("service_operator", "bus", "north")])
        with pytest.raises(Problem):
            invitations.invite("han.mei", [Grant("auditor"), Grant("system_admin")])
        with pytest.raises(Problem):
            invitations.invite("wang.fang", [Grant("auditor")])
    staff_id = accepted(app, token, "somebody.else")
    with app.app_context():
        made = db.session.get_one(Staff, staff_id)
        assert made.username == "li.lei"
        assert permissions_of(staff_id) == {"services.read": {"bus"}}


def test_a_lost_phone_is_replaced_and_sessions_end(app: Flask, client: FlaskClient) -> None:
    person = hire(app, "wang.fang", "security_admin")
    headers = person.sign_in()
    with app.app_context(), transaction():
        token = invitations.invite_again(person.id)
    assert client.get("/api/v1/staff/sessions/current", headers=headers).status_code == 200
    assert accepted(app, token, password="another-lantern-river") == person.id
    assert client.get("/api/v1/staff/sessions/current", headers=headers).status_code == 401
    old = client.post("/api/v1/staff/sessions", json=person.body(password="another-lantern-river"))
    assert old.status_code == 401, "the lost phone's digits are of no use"


def test_the_pages_lead_from_the_token_into_the_console(app: Flask, client: FlaskClient) -> None:
    token = first_token(app)
    limiter.reset()
    wrong = client.post("/console/set-up", data={"token": "nothing"}, headers=SAME_SITE)
    assert wrong.status_code == 403
    assert client.get("/console/set-up/account").location == "/console/set-up"
    started = client.post("/console/set-up", data={"token": f" {token} "}, headers=SAME_SITE)
    assert (started.status_code, token in started.location) == (303, False)
    page = client.get(started.location).text
    assert "data:image/svg+xml;base64," in page
    fields = {"username": "zhao.min", "password": PASSWORD, "repeated": "other", "totp": digits(app, token)}
    differs = client.post(started.location, data=fields, headers=SAME_SITE)
    assert differs.status_code == 422
    assert PASSWORD not in differs.text
    done = client.post(started.location, data={**fields, "repeated": PASSWORD}, headers=SAME_SITE)
    assert (done.status_code, done.location) == (303, "/console/")
    assert "zhao.min" in client.get("/console/").text
    assert client.get("/console/set-up/account").status_code == 303


def test_the_last_one_who_can_manage_staff_stays(app: Flask) -> None:
    first, second = hire(app, "wang.fang", "security_admin"), hire(app, "li.lei", "security_admin")
    start, results = threading.Barrier(2), []

    def disable(staff_id: str) -> None:
        start.wait()
        try:
            with app.app_context(), transaction():
                operations.disable(staff_id)
            results.append("disabled")
        except Problem as problem:
            results.append(problem.kind.slug)

    threads = [threading.Thread(target=disable, args=(person.id,)) for person in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["conflict", "disabled"]


def unused(app: Flask, days: float) -> dict[str, str]:
    """States by name after so many days."""
    with (
        time_machine.travel(clock.now() + timedelta(days=days), tick=False),
        patch.object(inactivity, "retention_now", clock.now),
        app.app_context(),
        transaction(),
    ):
        inactivity.disable_inactive()
        return {one.username: one.disabled_because or one.state for one in db.session.scalars(select(Staff))}


def test_ninety_days_without_use_disable_an_account(app: Flask) -> None:
    hire(app, "wang.fang", "auditor").sign_in()
    assert unused(app, 89.9) == {"wang.fang": "active"}
    assert unused(app, 90.1) == {"wang.fang": "inactive"}
    with time_machine.travel(clock.now() + timedelta(days=91), tick=False), app.app_context(), transaction():
        operations.enable(db.session.scalars(select(Staff.id)).one())
    assert unused(app, 180.9) == {"wang.fang": "active"}
    assert unused(app, 181.1) == {"wang.fang": "inactive"}


def test_a_clock_that_jumps_disables_nobody(app: Flask) -> None:
    hire(app, "wang.fang", "auditor")
    with app.app_context():
        jobs = {job.name: job for job in app.extensions["jobs"]}
        with transaction():
            jobs["jobs.settle"].run()
    with time_machine.travel(clock.now() + timedelta(days=400), tick=False), app.app_context():
        for name in ("jobs.settle", "staff.disable_inactive"):
            with transaction():
                jobs[name].run()
        assert db.session.scalars(select(Staff.state)).one() == "active"
