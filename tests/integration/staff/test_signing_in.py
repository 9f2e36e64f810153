"""Signing in: two factors, one refusal for every fault, a lock after five."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import time_machine
from argon2 import Parameters, PasswordHasher, extract_parameters
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from citizen_app import clock
from citizen_app.audit.models import AuditEvent
from citizen_app.extensions import limiter
from citizen_app.staff import operations, passwords, second_factor, sessions
from citizen_app.staff.models import Staff, StaffSession
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.wire.problems import Problem
from tests.integration.staff.people import PASSWORD, Person, hire

SESSIONS = "/api/v1/staff/sessions"
CURRENT = "/api/v1/staff/sessions/current"


def attempt(app: Flask, username: str, password: str, totp: str) -> str:
    """`ok`, or the slug of the refusal."""
    try:
        with app.app_context(), transaction():
            sessions.sign_in(username, password, totp)
        return "ok"
    except Problem as problem:
        return problem.kind.slug


def test_password_and_second_factor_open_a_session(app: Flask, client: FlaskClient) -> None:
    person = hire(app, "wang.fang", "system_admin")
    answer = client.post(SESSIONS, json=person.body())
    assert answer.status_code == 201
    assert answer.json.keys() == {"token", "token_type", "expires_at"}
    headers = {"Authorization": f"Bearer {answer.json['token']}"}
    shown = client.get(CURRENT, headers=headers).json
    assert shown["username"] == "wang.fang"
    assert {"permission": "kiosks.manage", "services": None} in shown["permissions"]
    with app.app_context():
        stored = db.session.scalars(select(StaffSession)).one()
        assert answer.json["token"].encode() not in stored.token_hash
        assert PASSWORD not in db.session.get_one(Staff, person.id).password_hash
        assert person.totp_secret.encode() not in db.session.get_one(Staff, person.id).totp_sealed


def test_every_wrong_sign_in_looks_the_same(app: Flask, client: FlaskClient) -> None:
    person, shut = hire(app, "wang.fang"), hire(app, "li.lei")
    with app.app_context(), transaction():
        operations.disable(shut.id)
    wrong = [
        person.body(password="wrong-lantern-river"),
        person.body(totp="000000"),
        person.body(username="nobody.here"),
        shut.body(),
    ]
    answers = [client.post(SESSIONS, json=body) for body in wrong]
    assert {answer.status_code for answer in answers} == {401}
    bodies = [{k: v for k, v in answer.json.items() if k != "request_id"} for answer in answers]
    assert all(body == bodies[0] for body in bodies)
    assert bodies[0]["type"] == "/problems/sign-in-refused"


def test_a_second_factor_is_required(app: Flask, client: FlaskClient) -> None:
    body = hire(app, "wang.fang").body()
    del body["totp"]
    assert client.post(SESSIONS, json=body).status_code == 422


def test_unknown_names_cost_the_same_work_as_known_ones(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """One verification each, of hashes with equal parameters: what takes all the time, whatever a machine
    makes of it."""
    hire(app, "wang.fang")
    attempt(app, "nobody", PASSWORD, "000000")  # a process makes nobody's hash once
    work = Work(passwords._hasher)
    monkeypatch.setattr(passwords, "_hasher", work)
    done = {}
    for name in ("wang.fang", "nobody"):
        work.done.clear()
        assert attempt(app, name, "wrong-lantern-river", "000000") == "sign-in-refused"
        done[name] = list(work.done)
    assert done["nobody"] == done["wang.fang"]
    assert [what for what, _ in done["nobody"]] == ["verify"]


class Work:
    """A hasher that remembers what it was asked for, and how much work each asked for."""

    def __init__(self, hasher: PasswordHasher) -> None:
        self._hasher = hasher
        self.done: list[tuple[str, Parameters | None]] = []

    def verify(self, stored: str, password: str) -> bool:
        self.done.append(("verify", extract_parameters(stored)))
        return self._hasher.verify(stored, password)

    def hash(self, password: str) -> str:
        self.done.append(("hash", None))
        return self._hasher.hash(password)


def test_five_failures_lock_for_fifteen_minutes_and_nobody_else(app: Flask, client: FlaskClient) -> None:
    victim, other = hire(app, "wang.fang", "auditor"), hire(app, "li.lei", "auditor")
    with time_machine.travel(clock.now(), tick=False) as moving:
        session = victim.sign_in()
        moving.shift(60)
        for _ in range(5):
            assert attempt(app, victim.username, "wrong-lantern-river", "000000") == "sign-in-refused"
        assert attempt(app, victim.username, PASSWORD, victim.one_time_password()) == "sign-in-refused"
        assert attempt(app, other.username, PASSWORD, other.one_time_password()) == "ok"
        assert client.get(CURRENT, headers=session).status_code == 200
        moving.shift(15 * 60 - 61)
        assert attempt(app, victim.username, PASSWORD, victim.one_time_password()) == "sign-in-refused"
        moving.shift(62)
        assert attempt(app, victim.username, PASSWORD, victim.one_time_password()) == "ok"


def test_the_count_of_failures_survives_the_refusal_and_a_success_clears_it(app: Flask) -> None:
    person = hire(app, "wang.fang")
    for _ in range(4):
        attempt(app, person.username, "wrong-lantern-river", "000000")
    with app.app_context():
        assert db.session.get_one(Staff, person.id).failed_attempts == 4
    assert attempt(app, person.username, PASSWORD, person.one_time_password()) == "ok"
    with app.app_context():
        assert db.session.get_one(Staff, person.id).failed_attempts == 0


def test_staff_management_unlocks_before_the_time(app: Flask) -> None:
    person = hire(app, "wang.fang")
    for _ in range(5):
        attempt(app, person.username, PASSWORD, "000000")
    assert attempt(app, person.username, PASSWORD, person.one_time_password()) == "sign-in-refused"
    with app.app_context(), transaction():
        operations.unlock(person.id)
    assert attempt(app, person.username, PASSWORD, person.one_time_password()) == "ok"


def test_a_one_time_password_works_once_and_for_one_step_either_way(app: Flask) -> None:
    person = hire(app, "wang.fang")
    with time_machine.travel(clock.now(), tick=False) as moving:
        digits = person.one_time_password()
        assert attempt(app, person.username, PASSWORD, digits) == "ok"
        assert attempt(app, person.username, PASSWORD, digits) == "sign-in-refused"
        assert attempt(app, person.username, PASSWORD, person.one_time_password(-1)) == "sign-in-refused"
        assert attempt(app, person.username, PASSWORD, person.one_time_password(1)) == "ok"
        moving.shift(300)
        assert attempt(app, person.username, PASSWORD, person.one_time_password(-2)) == "sign-in-refused"
        assert attempt(app, person.username, PASSWORD, person.one_time_password(2)) == "sign-in-refused"
        assert attempt(app, person.username, PASSWORD, person.one_time_password(-1)) == "ok"


def race(app: Flask, person: Person, work) -> int:
    """How many of six concurrent runs of `work` succeed."""
    start, won = threading.Barrier(6), []

    def run() -> None:
        start.wait()
        if work(app, person.username, PASSWORD, digits) == "ok":
            won.append(1)

    digits = person.one_time_password()
    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(won)


def test_of_concurrent_uses_of_a_one_time_password_one_wins(app: Flask, monkeypatch) -> None:
    monkeypatch.setattr(sessions, "verify_password", lambda stored, password: True)
    assert race(app, hire(app, "wang.fang"), attempt) == 1


def test_negative_control_without_the_row_lock_several_win(app: Flask, monkeypatch) -> None:
    """The same race with a reader that looks before it takes its turn."""
    person, together = hire(app, "wang.fang"), threading.Barrier(6)

    def naive(app: Flask, username: str, password: str, totp: str) -> str:
        with app.app_context():
            with transaction(reading=True):
                staff = db.session.get_one(Staff, person.id)
                db.session.expunge(staff)
                right = second_factor.use_one_time_password(staff, totp)
            together.wait()
            with transaction():
                db.session.get_one(Staff, person.id).totp_last_step = staff.totp_last_step
        return "ok" if right else "sign-in-refused"

    assert race(app, person, naive) > 1


def test_a_session_ends_after_fifteen_idle_minutes(app: Flask, client: FlaskClient) -> None:
    person = hire(app, "wang.fang")
    with time_machine.travel(clock.now(), tick=False) as moving:
        headers = person.sign_in()
        for _ in range(3):
            moving.shift(14 * 60)
            assert client.get(CURRENT, headers=headers).status_code == 200
        moving.shift(15 * 60)
        assert client.get(CURRENT, headers=headers).status_code == 401


def test_a_session_ends_after_eight_hours_however_busy(app: Flask, client: FlaskClient) -> None:
    person = hire(app, "wang.fang")
    with time_machine.travel(clock.now(), tick=False) as moving:
        headers = person.sign_in()
        for _ in range(47):
            moving.shift(10 * 60)
            assert client.get(CURRENT, headers=headers).status_code == 200
        moving.shift(10 * 60)
        assert client.get(CURRENT, headers=headers).status_code == 401
        with app.app_context(), transaction():
            assert sessions.forget_ended_sessions() == 1


@pytest.mark.parametrize("end", ["sign out", "disable", "reset password"])
def test_what_ends_a_session_ends_it_at_once(app: Flask, client: FlaskClient, end: str) -> None:
    person = hire(app, "wang.fang")
    headers = person.sign_in()
    if end == "sign out":
        assert client.delete(CURRENT, headers=headers).status_code == 204
    else:
        with app.app_context(), transaction():
            if end == "disable":
                operations.disable(person.id)
            else:
                operations.reset_password(person.id, "another-lantern-river")
    assert client.get(CURRENT, headers=headers).status_code == 401


def test_garbage_reads_no_table(app: Flask, client: FlaskClient, monkeypatch) -> None:
    def forbidden(*args: object) -> None:
        raise AssertionError("a table was read")

    monkeypatch.setattr(sessions, "_of_session", forbidden)
    monkeypatch.setattr(sessions, "_of_personal_token", forbidden)
    for token in ("x", "x" * 55, "A" * 43 + "é" * 12, "x" * 5000):
        answer = client.get(CURRENT, headers={"Authorization": f"Bearer {token}".encode().decode("latin-1")})
        assert answer.status_code == 401


def test_attempts_are_limited_before_anything_is_hashed(app: Flask, client: FlaskClient, monkeypatch) -> None:
    limiter.reset()
    hashed = []
    monkeypatch.setattr(sessions, "verify_password", lambda stored, password: bool(hashed.append(1)))
    body = {"username": "nobody", "password": "wrong-lantern-river", "totp": "000000"}
    answers = [client.post(SESSIONS, json=body) for _ in range(12)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429] * 2
    assert len(hashed) == 10
    assert "Retry-After" in answers[-1].headers
    limiter.reset()


def test_each_attempt_is_in_the_audit_log_without_what_was_typed(app: Flask, client: FlaskClient) -> None:
    person = hire(app, "wang.fang")
    client.post(SESSIONS, json=person.body(password="my-secret-typing"))
    client.post(SESSIONS, json=person.body(username="my-secret-typing"))
    client.post(SESSIONS, json=person.body())
    with app.app_context():
        query = select(AuditEvent).where(AuditEvent.action == "staff.sign_in").order_by(AuditEvent.id)
        events = list(db.session.scalars(query))
    assert [(e.result, e.target_id, e.details.get("reason")) for e in events] == [
        ("refused", person.id, "password"),
        ("refused", None, "unknown"),
        ("ok", person.id, None),
    ]
    assert all(e.address == "127.0.0.1" for e in events)
    assert "my-secret-typing" not in repr([vars(e) for e in events])


def test_a_lock_does_not_outlive_its_time(app: Flask) -> None:
    person = hire(app, "wang.fang")
    with app.app_context(), transaction():
        staff = db.session.get_one(Staff, person.id)
        staff.locked_until = clock.now() - timedelta(seconds=1)
    assert attempt(app, person.username, PASSWORD, person.one_time_password()) == "ok"
