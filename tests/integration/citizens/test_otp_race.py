"""Concurrent right answers open one session. With a negative control that must let two through."""

from __future__ import annotations

import threading
from typing import Any

from flask import Flask
from sqlalchemy import func, select, update

from citizen_app.citizens.challenges import MOST_TRIES
from citizen_app.citizens.models import OtpChallenge, SignInSession
from citizen_app.clock import now
from citizen_app.secrecy.vault import current_vault
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction

CONCURRENT = 8


def wrong(otp: str) -> str:
    return f"{(int(otp) + 1) % 10**6:06d}"


def test_one_otp_opens_exactly_one_session(app: Flask, ask: Any, newest_otp: Any, concurrently: Any) -> None:
    challenge_id = ask()
    body = {"challenge_id": challenge_id, "otp": newest_otp()}
    statuses = concurrently(lambda: app.test_client().post("/api/v1/auth/tokens", json=body).status_code)
    assert sorted(statuses) == [200] + [401] * (CONCURRENT - 1)
    with app.app_context(), transaction(reading=True):
        assert db.session.scalar(select(func.count()).select_from(SignInSession)) == 1


def test_concurrent_guesses_are_all_counted(app: Flask, ask: Any, newest_otp: Any, concurrently: Any) -> None:
    challenge_id = ask()
    otp = newest_otp()
    body = {"challenge_id": challenge_id, "otp": wrong(otp)}
    concurrently(lambda: app.test_client().post("/api/v1/auth/tokens", json=body), MOST_TRIES)
    right = app.test_client().post("/api/v1/auth/tokens", json={"challenge_id": challenge_id, "otp": otp})
    assert right.status_code == 401


def test_concurrent_first_sign_ins_make_one_citizen(
    app: Flask, ask: Any, newest_otp: Any, concurrently: Any
) -> None:
    bodies = [{"challenge_id": ask(), "otp": newest_otp()} for _ in range(4)]
    waiting = iter(bodies)
    guard = threading.Lock()

    def open_next() -> Any:
        with guard:
            body = next(waiting)
        return app.test_client().post("/api/v1/auth/tokens", json=body).status_code

    assert concurrently(open_next, 4) == [200] * 4
    with app.app_context(), transaction(reading=True):
        assert db.session.scalar(select(func.count(SignInSession.citizen_id.distinct()))) == 1


def test_negative_control_without_the_guard_two_get_through(
    app: Flask, ask: Any, newest_otp: Any, concurrently: Any
) -> None:
    challenge_id, otp = ask(), newest_otp()
    both_have_looked = threading.Barrier(2)

    def look_then_use() -> bool:
        with app.app_context():
            with transaction(reading=True):
                row = db.session.get_one(OtpChallenge, challenge_id)
                right = row.otp_hash == current_vault().short_secret_hash(challenge_id, otp)
                unused = row.used_at is None and row.attempts < MOST_TRIES
            both_have_looked.wait()
            with transaction():
                db.session.execute(
                    update(OtpChallenge).where(OtpChallenge.id == challenge_id).values(used_at=now())
                )
            return right and unused

    assert concurrently(look_then_use, 2) == [True, True]
