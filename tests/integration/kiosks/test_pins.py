"""The PIN of a kiosk: set by operators, tried on the page, five times at most."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from citizen_app import clock
from citizen_app.kiosks import pins
from citizen_app.kiosks.models import KioskPin
from citizen_app.kiosks.queries import KioskView, kiosk_of_token
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.wire.problems import Problem

PIN = "/api/v1/kiosks/me/pin"
RIGHT, WRONG = "280615", "111222"
RACERS = 12
Enrolled = Callable[..., tuple[str, str]]


def with_pin(app: Flask, enrolled: Enrolled) -> tuple[str, dict[str, str]]:
    """A kiosk with the right PIN: its id and headers."""
    kiosk_id, token = enrolled()
    with app.app_context(), transaction():
        pins.set_pin(kiosk_id, RIGHT)
    return kiosk_id, {"Authorization": f"Bearer {token}"}


def view_of(app: Flask, token: str) -> KioskView:
    with app.app_context(), transaction(reading=True):
        kiosk = kiosk_of_token(token)
    assert kiosk is not None
    return kiosk


def test_the_right_pin_opens_for_five_minutes(app: Flask, client: FlaskClient, enrolled: Enrolled) -> None:
    kiosk_id, token = enrolled()
    other, other_token = enrolled()
    kiosk = view_of(app, token)
    with time_machine.travel(clock.now(), tick=False) as moving, app.app_context():
        with transaction():
            pins.set_pin(kiosk_id, RIGHT)
            pins.set_pin(other, RIGHT)
        answer = client.post(PIN, json={"pin": RIGHT}, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200
        opens = answer.json["unlock"]
        with transaction(reading=True):
            pins.require_unlocked(kiosk, opens)
            with pytest.raises(Problem):
                pins.require_unlocked(view_of_other(other_token), opens)
            with pytest.raises(Problem):
                pins.require_unlocked(kiosk, opens + "x")
        moving.shift(301)
        with transaction(reading=True), pytest.raises(Problem):
            pins.require_unlocked(kiosk, opens)


def view_of_other(token: str) -> KioskView:
    kiosk = kiosk_of_token(token)
    assert kiosk is not None
    return kiosk


def test_a_new_pin_closes_what_the_old_one_opened(
    app: Flask, client: FlaskClient, enrolled: Enrolled
) -> None:
    kiosk_id, headers = with_pin(app, enrolled)
    opens = client.post(PIN, json={"pin": RIGHT}, headers=headers).json["unlock"]
    kiosk = view_of(app, headers["Authorization"].split()[1])
    with app.app_context():
        with transaction():
            pins.set_pin(kiosk_id)
        with transaction(reading=True), pytest.raises(Problem):
            pins.require_unlocked(kiosk, opens)
    assert client.post(PIN, json={"pin": RIGHT}, headers=headers).status_code == 403


def test_five_wrong_pins_lock_it_and_a_new_one_unlocks(
    app: Flask, client: FlaskClient, enrolled: Enrolled
) -> None:
    kiosk_id, headers = with_pin(app, enrolled)
    with time_machine.travel(clock.now(), tick=False) as moving:
        answers = [client.post(PIN, json={"pin": WRONG}, headers=headers) for _ in range(5)]
        assert [a.status_code for a in answers] == [403] * 4 + [429]
        assert [a.json["tries_left"] for a in answers[:4]] == [4, 3, 2, 1]
        assert answers[4].json["type"] == "/problems/pin-locked"
        assert answers[4].headers["Retry-After"] == "900"
        assert client.post(PIN, json={"pin": RIGHT}, headers=headers).status_code == 429
        moving.shift(901)
        assert client.post(PIN, json={"pin": RIGHT}, headers=headers).status_code == 200
        for _ in range(5):
            client.post(PIN, json={"pin": WRONG}, headers=headers)
        with app.app_context(), transaction():
            pins.set_pin(kiosk_id, RIGHT)
        assert client.post(PIN, json={"pin": RIGHT}, headers=headers).status_code == 200


def test_a_kiosk_without_a_pin_says_who_sets_one(client: FlaskClient, enrolled: Enrolled) -> None:
    _, token = enrolled()
    answer = client.post(PIN, json={"pin": RIGHT}, headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json["type"]) == (409, "/problems/conflict")
    assert "PIN" in answer.json["detail"]


@pytest.mark.parametrize("pin", ["12345", "123456789", "28061a", "111111", "123456", "987654", "112211"])
def test_what_is_no_pin_or_easily_guessed_is_refused(app: Flask, enrolled: Enrolled, pin: str) -> None:
    kiosk_id, _ = enrolled()
    with app.app_context(), transaction(), pytest.raises(Problem) as refused:
        pins.set_pin(kiosk_id, pin)
    assert refused.value.errors[0].pointer == "/pin"


def test_only_a_hash_is_stored(app: Flask, enrolled: Enrolled) -> None:
    kiosk_id, _ = with_pin(app, enrolled)
    with app.app_context():
        held = db.session.get_one(KioskPin, kiosk_id)
        assert held.pin_hash.startswith("$argon2id$")
        assert RIGHT not in held.pin_hash


def guess_at_once(app: Flask, kiosk: KioskView, judge: Callable[[KioskView, str], None]) -> int:
    """How many of many concurrent wrong guesses are judged and not merely told that it is locked."""
    start, judged = threading.Barrier(RACERS), []

    def run() -> None:
        start.wait()
        try:
            judge(kiosk, WRONG)
        except Problem as problem:
            if problem.kind.slug == "pin-refused":
                judged.append(1)

    threads = [threading.Thread(target=run) for _ in range(RACERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(judged)


def test_of_concurrent_guesses_four_are_told_that_they_were_wrong(
    app: Flask, enrolled: Enrolled, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, headers = with_pin(app, enrolled)
    kiosk = view_of(app, headers["Authorization"].split()[1])
    monkeypatch.setattr(
        pins, "verify_password", lambda stored, pin: False
    )  # takes no time, so that they meet

    def judge(at: KioskView, pin: str) -> None:
        with app.app_context():
            pins.unlock(at, pin)

    assert guess_at_once(app, kiosk, judge) == pins.TRIES - 1


def test_negative_control_counting_what_was_read_before_lets_more_guess(
    app: Flask, enrolled: Enrolled
) -> None:
    kiosk_id, headers = with_pin(app, enrolled)
    kiosk = view_of(app, headers["Authorization"].split()[1])
    everybody_has_looked = threading.Barrier(RACERS)

    def judge(at: KioskView, pin: str) -> None:
        with app.app_context():
            with transaction(reading=True):
                tries = db.session.get_one(KioskPin, kiosk_id).tries
            everybody_has_looked.wait()
            if tries < pins.TRIES:
                with transaction():
                    db.session.get_one(KioskPin, kiosk_id).tries = tries + 1
                raise Problem("pin-refused")

    assert guess_at_once(app, kiosk, judge) == RACERS


def test_operators_set_it_in_the_console_and_on_the_command_line(
    app: Flask, client: FlaskClient, enrolled: Enrolled
) -> None:
    kiosk_id, token = enrolled()
    printed = app.test_cli_runner().invoke(args=["kiosks", "pin", kiosk_id])
    assert printed.exit_code == 0, printed.output
    pin = printed.output.removeprefix("PIN: ").strip()
    headers = {"Authorization": f"Bearer {token}"}
    assert client.post(PIN, json={"pin": pin}, headers=headers).status_code == 200
    refused = app.test_cli_runner().invoke(args=["kiosks", "pin", kiosk_id, "--pin", "123456"])
    assert "--pin: too easy" in refused.output
