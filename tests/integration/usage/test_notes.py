"""Acts without a scan stand in the citizen's own log, and corrections beside the events that they correct."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, select

from citizen_app import clock
from citizen_app.citizens.models import Citizen
from citizen_app.factory import CitizenFlask
from citizen_app.ids import new_id
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.text import Text
from citizen_app.toolkit import usage
from citizen_app.usage.details import forget_service
from citizen_app.usage.export import Selection, export
from citizen_app.usage.lines import UsageLine
from citizen_app.usage.models import NO_KIOSK, UsageDetail, UsageEvent, UsageMark
from citizen_app.usage.operations import dispute
from citizen_app.usage.queries import usage_of_citizen, usage_of_ref
from citizen_app.usage.recounting import recount
from citizen_app.usage.statistics import roll_up, statistics, today
from citizen_app.usage.sweeps import forget_old_details
from citizen_app.wire.problems import Problem
from tests.integration.usage.filling import Person, citizen, event, stand, write

RIDE = Text("12 路，人民广场", "Line 12, People's Square")
FARE = Text("应为 1.00 元", "1.00 yuan is right")
REASON = Text("学生卡当日生效", "The student fare was valid that day")


def noted(app: Flask, person: Person, ref: str | None = None, **more: Any) -> str | None:
    with app.app_context(), transaction():
        ref = ref or person.ref("bus")
        return usage.note("bus", ref, more.pop("purpose", "board"), more.pop("channel", "desk"), **more)


def log_of(app: Flask, person: Person) -> list[UsageLine]:
    with app.app_context(), transaction(reading=True):
        return list(usage_of_citizen(person.id, limit=50).items)


def rows(app: Flask, model: type[Any]) -> list[Any]:
    with app.app_context(), transaction(reading=True):
        return list(db.session.scalars(select(model)))


def test_an_act_stands_in_the_log_beside_the_scans(app: Flask) -> None:
    person, kiosk = citizen(app, "bus"), stand(app)
    write(app, event(person.log_key, kiosk_id=kiosk.kiosk_id, placement_id=kiosk.placement_id))
    event_id = noted(app, person, lines=[RIDE], disclosed=["student"])
    act, scan = log_of(app, person)
    with app.app_context():
        assert act.title == act.purpose_title == scan.purpose_title
    assert (act.id, act.channel, act.channel_title.en) == (event_id, "desk", "At a desk")
    assert act.lines == (RIDE,)
    assert (act.decision, act.reason, act.code_kind, act.late) == ("allow", "ok", "none", False)
    assert (act.place, act.kiosk, [one.name for one in act.disclosed]) == (None, None, ["student"])
    assert (scan.channel, scan.kiosk) == ("scan", "12 路 3 号车")
    with app.app_context(), transaction(reading=True):
        assert [line.id for line in usage_of_ref("bus", person.ref("bus"), limit=1).items] == [event_id]


def test_what_was_said_is_sealed(app: Flask) -> None:
    noted(app, citizen(app, "bus"), lines=[RIDE], key="booking-4711")
    (stored,) = rows(app, UsageDetail)
    assert "人民广场".encode() not in stored.said_sealed
    assert b"4711" not in stored.said_sealed + stored.key_index
    assert rows(app, UsageEvent)[0].kiosk_id == NO_KIOSK


def test_nobody_is_noted_whom_the_service_has_not_met(app: Flask) -> None:
    known_to_pass, gone = citizen(app, "pass"), citizen(app, "bus")
    with app.app_context(), transaction():
        db.session.delete(db.session.get_one(Citizen, gone.id))
    with app.app_context():
        of_another_service = known_to_pass.ref("pass")
    for person, ref in (
        (known_to_pass, None),
        (known_to_pass, of_another_service),
        (gone, None),
        (gone, "nobody"),
    ):
        assert noted(app, person, ref, lines=[RIDE]) is None
    assert rows(app, UsageEvent) == rows(app, UsageDetail) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"purpose": "fly"},
        {"channel": "letter"},
        {"disclosed": ["contact_ref"]},
        {"lines": ["words in one language"]},
        {"lines": [RIDE] * 13},
    ],
)
def test_only_what_is_declared_is_noted(app: Flask, wrong: dict[str, Any]) -> None:
    person = citizen(app, "bus")
    with pytest.raises(ValueError):
        noted(app, person, **wrong)
    assert log_of(app, person) == []


def test_an_act_is_undone_with_the_deed(app: Flask) -> None:
    person = citizen(app, "bus")

    def deed() -> None:
        with transaction():
            assert usage.note("bus", person.ref("bus"), "board", "app") is not None
            raise RuntimeError("the deed failed")

    with app.app_context(), pytest.raises(RuntimeError, match="the deed failed"):
        deed()
    assert rows(app, UsageEvent) == rows(app, UsageDetail) == []


def test_the_same_key_is_the_same_act(app: Flask) -> None:
    one, other = citizen(app, "bus"), citizen(app, "bus")
    first = noted(app, one, lines=[RIDE], key="booking-1")
    assert noted(app, one, lines=[FARE], key="booking-1") == first
    assert noted(app, other, lines=[RIDE], key="booking-1") != first, "another's log"
    assert [line.lines for line in log_of(app, one)] == [(RIDE,)]
    assert noted(app, one, key=None) != noted(app, one, key=None)


def _at_once(app: Flask, act: Callable[[], str | None], times: int = 4) -> list[str | None]:
    gate, found = threading.Barrier(times), []

    def run() -> None:
        with app.app_context():
            gate.wait()
            found.append(act())

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_concurrent_repetitions_write_one_act(app: Flask) -> None:
    person = citizen(app, "bus")
    found = _at_once(app, lambda: noted(app, person, lines=[RIDE], key="once"))
    assert len(found) == 4
    assert {line.id for line in log_of(app, person)} == set(found)
    assert len(log_of(app, person)) == 1
    without = _at_once(app, lambda: noted(app, person, lines=[RIDE]))
    assert len(set(without)) == 4, "the negative control: without a key each is an act of its own"


def test_an_account_that_goes_meanwhile_leaves_nothing_behind(app: CitizenFlask) -> None:
    """The note holds the account, so erasing it comes before or after as a whole."""
    person = citizen(app, "bus")
    began, noting = threading.Event(), threading.Event()

    def erase() -> None:
        with app.app_context():
            began.wait()
            with transaction():
                noting.set()
                db.session.execute(delete(Citizen).where(Citizen.id == person.id))

    eraser = threading.Thread(target=erase)
    eraser.start()
    with app.app_context(), transaction():
        assert usage.note("bus", person.ref("bus"), "board", "app", [RIDE]) is not None
        began.set()
        noting.wait(0.2)  # on SQLite the eraser waits for its turn and has not got so far
    eraser.join()
    assert [row.subject_key for row in rows(app, UsageEvent)] == [person.log_key]
    assert rows(app, UsageDetail) == []


def test_corrections_stand_beside_the_event(app: Flask) -> None:
    person, kiosk = citizen(app, "bus"), stand(app)
    scan = event(person.log_key, kiosk_id=kiosk.kiosk_id, placement_id=kiosk.placement_id)
    write(app, scan)
    with app.app_context(), transaction():
        first = usage.correct("bus", scan.id, [FARE], REASON, key="review-1")
        assert usage.correct("bus", scan.id, [RIDE], REASON, key="review-1") == first
        usage.correct("bus", scan.id, [RIDE], REASON)
        dispute(person.id, scan.id)
    (line,) = log_of(app, person)
    assert [(mark.kind, mark.lines, mark.reason) for mark in line.marks] == [
        ("corrected", (FARE,), REASON),
        ("corrected", (RIDE,), REASON),
        ("disputed", (), None),
    ]
    assert (line.lines, line.shown) == ((), None), "the event is as it was"


def test_a_service_corrects_its_own_events_only(app: Flask) -> None:
    person = citizen(app, "bus", "pass")
    event_id = noted(app, person)
    assert event_id is not None
    for service, wrong in (("pass", event_id), ("bus", new_id())):
        with app.app_context(), pytest.raises(Problem, match="not-found"), transaction():
            usage.correct(service, wrong, [FARE], REASON)
    with app.app_context(), transaction():
        db.session.delete(db.session.get_one(Citizen, person.id))
    with app.app_context(), transaction():
        assert usage.correct("bus", event_id, [FARE], REASON) is None
    assert rows(app, UsageMark) == []


def test_acts_are_counted_and_exported(app: Flask, time_travel: time_machine.Traveller) -> None:
    person = citizen(app, "bus")
    write(app, event(person.log_key, clock.now() - timedelta(days=9)))
    event_id = noted(app, person, channel="hotline")
    assert event_id is not None
    time_travel.shift(timedelta(minutes=5))
    with app.app_context():
        assert roll_up() == 2
        assert list(recount()) == [], "days since the first are judged"
        with transaction(reading=True):
            (count,) = statistics(first_day=today(), last_day=today(), group=("purpose", "decision"))
        assert (count.purpose, count.decision, count.events) == ("board", "allow", 1)
        told = b"".join(export(Selection(today() - timedelta(days=1), today()), "csv", "en")).decode()
    titles, line = told.strip("\ufeff").splitlines()
    assert titles.endswith(",Marks,Done")
    assert event_id in line
    assert ",Without a code," in line
    assert line.endswith(",By the hotline")


def test_words_go_after_their_time_and_the_line_stays(
    app: Flask, time_travel: time_machine.Traveller
) -> None:
    person = citizen(app, "bus")
    event_id = noted(app, person, lines=[RIDE], key="once")
    assert event_id is not None
    time_travel.shift(timedelta(days=20))
    with app.app_context(), transaction():
        usage.correct("bus", event_id, [FARE], REASON)
    time_travel.shift(timedelta(days=1_080))
    with app.app_context(), transaction():
        forget_old_details()
    (line,) = log_of(app, person)
    with app.app_context():
        assert (line.lines, line.title) == ((), line.purpose_title)
    assert [(mark.kind, mark.reason) for mark in line.marks] == [("corrected", None)]


def test_words_of_a_retired_service_go_with_it(app: Flask) -> None:
    noted(app, citizen(app, "bus"), lines=[RIDE])
    with app.app_context(), transaction():
        forget_service("pass")
    assert len(rows(app, UsageDetail)) == 1
    with app.app_context(), transaction():
        forget_service("bus")
    assert rows(app, UsageDetail) == []
    assert len(rows(app, UsageEvent)) == 1
