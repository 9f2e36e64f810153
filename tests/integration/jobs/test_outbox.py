"""The outbox: after the commit, at least once, sealed, and given up in the end."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import time_machine
from flask import Flask
from sqlalchemy import func, select

from citizen_app.citizens.challenges import OTP_LIFETIME
from citizen_app.clock import now
from citizen_app.jobs.dead_letters import dead_letters, send_again
from citizen_app.jobs.models import OutboxMessage
from citizen_app.jobs.outbox import (
    BATCH,
    CLAIM,
    GIVE_UP_AFTER,
    KEPT,
    add_sender,
    anything_due,
    enqueue,
    send_due,
    sweep_outbox,
)
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction

Read = Callable[[str], OutboxMessage]


class Recorder:
    """A sender that keeps what it was given, and fails as long as told to."""

    def __init__(self, app: Flask) -> None:
        self.sent: list[tuple[str, Mapping[str, Any]]] = []
        self.failure: BaseException | None = None
        add_sender(app, "test", self)

    def __call__(self, message_id: str, payload: Mapping[str, Any]) -> None:
        self.sent.append((message_id, payload))
        if self.failure is not None:
            raise self.failure


def put(app: Flask, payload: Mapping[str, Any], **options: Any) -> str:
    with app.app_context(), transaction():
        return enqueue("test", payload, **options)


def send(app: Flask) -> None:
    with app.app_context():
        send_due()


def is_due(app: Flask) -> bool:
    with app.app_context(), transaction(reading=True):
        return anything_due()


def test_a_message_is_sent_once_and_its_content_erased(app: Flask, message: Read) -> None:
    recorder = Recorder(app)
    message_id = put(app, {"otp": "123456"})
    waiting = message(message_id)
    assert waiting.payload_sealed is not None
    assert b"123456" not in waiting.payload_sealed
    assert is_due(app)
    send(app)
    send(app)
    assert recorder.sent == [(message_id, {"otp": "123456"})]
    done = message(message_id)
    assert (done.state, done.attempts, done.payload_sealed) == ("sent", 1, None)
    assert done.sent_at is not None
    assert not is_due(app)


def test_a_message_of_a_rolled_back_transaction_never_leaves(app: Flask) -> None:
    recorder = Recorder(app)
    with app.app_context(), contextlib.suppress(ZeroDivisionError), transaction():
        enqueue("test", {})
        raise ZeroDivisionError
    send(app)
    assert recorder.sent == []


def test_a_failed_message_waits_longer_each_time(app: Flask, message: Read) -> None:
    recorder = Recorder(app)
    recorder.failure = OSError("secret of the payload")
    start = now()
    with time_machine.travel(start, tick=False) as clock:
        message_id = put(app, {})
        for attempts, wait in ((1, 2), (2, 4), (3, 8)):
            send(app)
            failed = message(message_id)
            assert (failed.state, failed.attempts, failed.last_error) == ("waiting", attempts, "OSError")
            clock.move_to(now() + timedelta(seconds=wait - 1))
            assert not is_due(app)
            clock.shift(1)
        recorder.failure = None
        send(app)
    assert message(message_id).state == "sent"
    assert len(recorder.sent) == 4


def test_after_a_day_a_message_is_a_dead_letter_that_can_be_sent_again(app: Flask, message: Read) -> None:
    recorder = Recorder(app)
    recorder.failure = OSError()
    start = now()
    with time_machine.travel(start, tick=False) as clock:
        message_id = put(app, {})
        while message(message_id).state == "waiting":
            assert now() <= start + GIVE_UP_AFTER
            send(app)
            clock.move_to(message(message_id).next_attempt_at)
    given_up = message(message_id)
    assert given_up.state == "given_up"
    recorder.failure = None
    recorder.sent.clear()
    with app.app_context(), transaction():
        assert [one.id for one in dead_letters(10).items] == [message_id]
        assert send_again(["00000000-0000-0000-0000-000000000001"]) == []
        assert send_again([message_id]) == [message_id]
    send(app)
    assert [one for one, _ in recorder.sent] == [message_id]
    assert (message(message_id).state, message(message_id).payload_sealed) == ("sent", None)
    with app.app_context(), transaction():
        assert send_again() == []


def test_a_message_found_too_late_is_not_sent(app: Flask, message: Read) -> None:
    recorder = Recorder(app)
    with time_machine.travel(now() - OTP_LIFETIME, tick=True):
        message_id = put(app, {}, give_up_after=OTP_LIFETIME)
    send(app)
    assert recorder.sent == []
    assert message(message_id).state == "given_up"
    assert message(message_id).payload_sealed is None, "an OTP is erased, and never sent again"
    with app.app_context(), transaction():
        assert send_again() == []


def test_a_crash_between_sending_and_marking_sends_again_with_the_same_id(app: Flask, message: Read) -> None:
    class Killed(BaseException):
        """As good as kill -9: nothing after it runs."""

    recorder = Recorder(app)
    recorder.failure = Killed()
    start = now()
    with time_machine.travel(start, tick=False) as clock:
        message_id = put(app, {})
        with contextlib.suppress(Killed):
            send(app)
        assert message(message_id).state == "waiting"
        recorder.failure = None
        send(app)
        assert len(recorder.sent) == 1, "nobody else sends it while the claim stands"
        clock.move_to(start + CLAIM + timedelta(seconds=1))
        send(app)
    assert [one for one, _ in recorder.sent] == [message_id, message_id]
    assert message(message_id).state == "sent"


def test_sending_happens_outside_of_any_transaction(app: Flask) -> None:
    """A sender that waits must not keep others from writing; on SQLite it would hold the only write lock."""
    written = threading.Event()

    def write() -> None:
        with app.app_context(), transaction():
            enqueue("nobody's", {})
        written.set()

    def slow(message_id: str, payload: Mapping[str, Any]) -> None:
        writer = threading.Thread(target=write, daemon=True)
        writer.start()
        assert written.wait(5), "the sender is inside a transaction"

    add_sender(app, "test", slow)
    put(app, {})
    send(app)
    assert written.is_set()


def test_two_runners_share_the_messages_without_sending_any_twice(app: Flask, other_worker: Flask) -> None:
    recorders = [Recorder(app), Recorder(other_worker)]
    with app.app_context(), transaction():
        ids = {enqueue("test", {"number": number}) for number in range(BATCH + 20)}
    runners = [threading.Thread(target=send, args=(one,)) for one in (app, other_worker)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    sent = [message_id for recorder in recorders for message_id, _ in recorder.sent]
    assert len(sent) == len(ids)
    assert set(sent) == ids


def test_a_message_that_cannot_be_opened_does_not_stop_the_others(app: Flask, message: Read) -> None:
    recorder = Recorder(app)
    broken, whole = put(app, {}), put(app, {})
    with app.app_context(), transaction():
        row = db.session.get_one(OutboxMessage, broken)
        assert row.payload_sealed is not None
        row.payload_sealed = row.payload_sealed[:-1] + bytes([row.payload_sealed[-1] ^ 1])
    send(app)
    assert [one for one, _ in recorder.sent] == [whole]
    assert message(broken).last_error == "SealBroken"


def test_a_kind_without_sender_waits(app: Flask, message: Read) -> None:
    with app.app_context(), transaction():
        message_id = enqueue("nobody's", {})
    send(app)
    assert (message(message_id).state, message(message_id).last_error) == ("waiting", "no sender")


def test_old_messages_are_swept_but_waiting_ones_stay(app: Flask) -> None:
    Recorder(app)
    with time_machine.travel(now() - KEPT - timedelta(hours=1), tick=True):
        put(app, {})
        send(app)
        with app.app_context(), transaction():
            kept = enqueue("nobody's", {})
    with app.app_context():
        with transaction():
            sweep_outbox()
        with transaction(reading=True):
            assert db.session.scalars(select(OutboxMessage.id)).all() == [kept]
            assert db.session.scalar(select(func.count()).select_from(OutboxMessage)) == 1
