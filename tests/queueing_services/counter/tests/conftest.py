"""The hall of tests/queueing_services: its queues of today, and who comes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest
from time_machine import Traveller

from citizen_app.clock import now
from citizen_app.ids import new_id
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
STAFF = "staff li"
Result = TypeVar("Result")


@dataclass
class Hall:
    """The service as the application has loaded it, and its hall."""

    city: City
    models: Any
    queues: Any
    id: str = ""

    def run(self, work: Callable[[], Result]) -> Result:
        """In a unit of work of its own."""
        with self.city.app.app_context(), transaction():
            return work()

    def add(self, model: type[Any], **columns: Any) -> str:
        """A row; its id."""
        row_id = new_id()
        self.run(lambda: db.session.add(model(id=row_id, **columns)))
        return row_id

    def queue(self, matter: str = "户籍", room: str | None = None) -> str:
        """A queue of today; its id."""
        day = NOON.date()
        return self.add(self.models.CounterQueue, hall_id=self.id, day=day, matter=matter, room=room)

    def take(self, queue_id: str, who: str = "somebody", **columns: Any) -> int:
        """Somebody takes a number."""

        def work() -> int:
            ticket = self.queues.take(self.queues.lock(queue_id), now(), citizen_ref=who, **columns)
            return int(ticket.number)

        return self.run(work)

    def fill(self, queue_id: str, people: int) -> None:
        """So many come, each once."""
        for number in range(people):
            self.take(queue_id, f"{queue_id[-8:]}-{number}")

    def call(self, queue_id: str, room: str = "1 号窗口", *, finish: bool = False) -> int | None:
        """Call the next; their number."""

        def work() -> int | None:
            called = self.queues.call_next(queue_id, room, now(), STAFF, finish=finish)
            return None if called is None else int(called.number)

        return self.run(work)

    def ticket(self, queue_id: str, number: int) -> Any:
        """A ticket, in the present unit of work."""
        return db.session.query(self.models.CounterTicket).filter_by(queue_id=queue_id, number=number).one()

    def act(self, queue_id: str, number: int, wanted: str, reason: str | None = None) -> str:
        """Do something with a number; its state."""
        return self.run(
            lambda: str(self.queues.act(self.ticket(queue_id, number), wanted, now(), STAFF, reason).state)
        )

    def row(self, queue_id: str) -> Any:
        """A queue, in the present unit of work."""
        return db.session.get_one(self.models.CounterQueue, queue_id)

    def order(self, queue_id: str) -> list[int]:
        """The numbers that wait, in order."""
        return self.run(lambda: [one.number for one in self.queues.order.waiting(queue_id)])


@pytest.fixture
def noon(time_travel: Traveller) -> None:
    """Before there is a city it is noon, less five minutes."""
    time_travel.move_to(NOON - timedelta(minutes=5))


@pytest.fixture
def hall(noon: None, city: City) -> Hall:
    """The hall, open."""
    made = Hall(city, sys.modules["counter.models"], sys.modules["counter.operations"].QUEUES)
    made.id = made.add(made.models.CounterHall, name_zh="东大厅", name_en="East hall", wall=1)
    return made
