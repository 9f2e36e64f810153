"""When a notice leaves: not in the quiet hours, and not more than a day's number; in the inbox it is at
once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from time_machine import Traveller

from citizen_app.clock import now
from citizen_app.notices import routing
from citizen_app.notices.catalogue import CODE_STOPPED, DELEGATION_ACCEPTED, DELEGATION_ENDED
from citizen_app.notices.models import NoticeTally
from citizen_app.storage.orm import db, on_sqlite
from citizen_app.storage.statements import upsert
from citizen_app.text import Text
from citizen_app.toolkit.testing import City
from tests.integration.delegations.conftest import person
from tests.integration.notices.people import INBOX, NOON, Gateway, chosen, told

Leave = Callable[[], None]
KIND = Text("照护人", "Carer")


def test_a_message_of_the_night_leaves_in_the_morning(
    city: City, gateway: Gateway, leave: Leave, time_travel: Traveller
) -> None:
    citizen = person(city)
    time_travel.move_to(NOON + timedelta(hours=11))
    told(city, citizen.id, DELEGATION_ACCEPTED, kind=KIND)
    told(city, citizen.id, CODE_STOPPED)
    leave()
    assert ["停用" in text for _, text in gateway.sent] == [True], "security does not wait"
    assert citizen.get(INBOX).get_json()["unread"] == 2
    time_travel.move_to(NOON + timedelta(hours=18, minutes=59))
    leave()
    assert len(gateway.sent) == 1
    time_travel.move_to(NOON + timedelta(hours=19, minutes=1))
    leave()
    assert len(gateway.sent) == 2


def test_who_wants_no_quiet_hours_has_none(
    city: City, gateway: Gateway, leave: Leave, time_travel: Traveller
) -> None:
    citizen = person(city)
    chosen(city, citizen.id, quiet_from=0, quiet_to=0)
    time_travel.move_to(NOON + timedelta(hours=11))
    told(city, citizen.id, DELEGATION_ACCEPTED, kind=KIND)
    leave()
    assert len(gateway.sent) == 1


def test_a_day_has_so_many_messages_and_security_is_not_counted(
    city: City, gateway: Gateway, leave: Leave, time_travel: Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routing, "MOST_PER_DAY", 2)
    citizen = person(city)
    for _ in range(4):
        told(city, citizen.id, DELEGATION_ACCEPTED, kind=KIND)
        told(city, citizen.id, CODE_STOPPED)
    leave()
    assert sum("停用" in text for _, text in gateway.sent) == 4
    assert sum("照护人" in text for _, text in gateway.sent) == 2
    assert citizen.get(INBOX).get_json()["unread"] == 8, "the inbox has them all"
    time_travel.move_to(now() + timedelta(days=1))
    told(city, citizen.id, DELEGATION_ACCEPTED, kind=KIND)
    leave()
    assert sum("照护人" in text for _, text in gateway.sent) == 3


def rush(city: City, citizen_id: str, number: int) -> None:
    gate = threading.Barrier(number)

    def one() -> None:
        gate.wait()
        told(city, citizen_id, DELEGATION_ENDED, kind=KIND, why=Text("已到期", "expired"))

    threads = [threading.Thread(target=one) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_many_at_once_are_counted_one_by_one(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routing, "MOST_PER_DAY", 3)
    citizen = person(city)
    rush(city, citizen.id, 8)
    assert city.count("outbox_messages", "kind = 'notice.sms'") == 3
    assert city.count("inbox_notices") == 8


def test_control_reading_before_counting_lets_too_many_leave(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: who reads the number first and writes it afterwards counts too few. On SQLite
    nobody reads before the other has written."""

    def careless(citizen_id: str, leaves_at: datetime) -> bool:
        found = db.session.get(NoticeTally, (citizen_id, leaves_at.date()))
        sent = 0 if found is None else found.sent
        time.sleep(0.1)
        row = upsert(NoticeTally).values(citizen_id=citizen_id, day=leaves_at.date(), sent=sent + 1)
        again = row.on_conflict_do_update(index_elements=["citizen_id", "day"], set_={"sent": sent + 1})
        db.session.execute(again)
        return sent < 3

    monkeypatch.setattr(routing, "MOST_PER_DAY", 3)
    monkeypatch.setattr(routing, "_within_day", careless)
    citizen = person(city)
    rush(city, citizen.id, 8)
    with city.app.app_context():
        one_writer = on_sqlite()
    left = city.count("outbox_messages", "kind = 'notice.sms'")
    assert left == 3 if one_writer else left > 3
