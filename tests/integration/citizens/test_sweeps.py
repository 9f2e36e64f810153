"""What is thrown away, and what is not yet."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from citizen_app.citizens.challenges import OTP_LIFETIME
from citizen_app.citizens.models import OtpChallenge, RevokedSession, SignInSession
from citizen_app.citizens.sessions import IDLE
from citizen_app.citizens.sweeps import CHALLENGES_KEPT, SESSIONS_KEPT, sweep_sign_in
from citizen_app.clock import now
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction


def left(app: Flask) -> tuple[int, int, int]:
    with app.app_context():
        with transaction():
            sweep_sign_in()
        with transaction(reading=True):
            counts = [
                db.session.scalar(select(func.count()).select_from(table)) or 0
                for table in (OtpChallenge, SignInSession, RevokedSession)
            ]
    return counts[0], counts[1], counts[2]


def test_rows_go_when_their_time_is_up(app: Flask, client: FlaskClient, sign_in: Any) -> None:
    start = now()
    with time_machine.travel(start, tick=False) as clock:
        for _ in range(2):
            tokens = sign_in()
        client.post("/api/v1/auth/logout", json={"refresh_token": tokens.refresh_token})
        assert left(app) == (2, 2, 1)
        clock.move_to(start + timedelta(minutes=7))
        assert left(app) == (2, 2, 0)
        clock.move_to(start + OTP_LIFETIME + CHALLENGES_KEPT + timedelta(seconds=1))
        assert left(app) == (0, 2, 0)
        clock.move_to(start + IDLE + SESSIONS_KEPT + timedelta(seconds=1))
        assert left(app) == (0, 2, 0), "when the account was used last is still asked for"
        clock.move_to(start + timedelta(days=90, seconds=1))
        assert left(app) == (0, 0, 0)
        for _ in range(2):
            tokens = sign_in()
        for day in (29, 58, 87, 116):  # one device is used on and on
            clock.move_to(start + timedelta(days=90 + day))
            answer = client.post("/api/v1/auth/tokens", json={"refresh_token": tokens.refresh_token})
            tokens = replace(tokens, refresh_token=answer.get_json()["refresh_token"])
        assert left(app)[1] == 1, "the other one goes"
