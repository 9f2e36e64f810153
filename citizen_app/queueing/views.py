"""What staff, walls and people see of queues. Names are partly hidden, and stand only where somebody has to
be told apart: in the room, and on the wall once they are called.

A service derives from `QueueViews` to say which queues there are for whom, and what they are called; the call
screen and the wall are drawn from it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Generic

from sqlalchemy import select

from citizen_app.queueing.calling import Calling, Queue
from citizen_app.queueing.columns import BESIDE, IN_ROOM
from citizen_app.queueing.order import Ticket
from citizen_app.staff.officers import Officer
from citizen_app.storage.orm import db
from citizen_app.text import Text
from citizen_app.wire.problems import Problem

NEXT_ON_WALL: Final = 4


@dataclass(frozen=True, slots=True)
class QueueName:
    """What a queue is called: `title` in short (its room), `heading` above its screen, `line` in a list of
    queues."""

    title: Text
    heading: Text
    line: Text


@dataclass(frozen=True, slots=True)
class Notes:
    """What a service adds to a queue's screen: a word for single tickets, by id, and sentences below."""

    of_tickets: Mapping[str, Text] = field(default_factory=dict)
    below: Sequence[Text] = ()


@dataclass(frozen=True, slots=True)
class Called(Generic[Ticket]):
    """Somebody on the list: the ticket, the name partly hidden, and by what the service knows them; both are
    None for whoever has only a number."""

    ticket: Ticket
    name: str | None
    ref: str | None


@dataclass(frozen=True, slots=True)
class QueueView(Generic[Queue]):
    """A queue: what it is called, and how many wait."""

    row: Queue
    name: QueueName
    waiting: int


@dataclass(frozen=True, slots=True)
class WallPlace:
    """Where a wall hangs: a hall, a floor, a department. `of` is what it is part of; `wall` as of
    `WallColumns`."""

    id: str
    name: Text
    of: Text
    wall: int


@dataclass(frozen=True, slots=True)
class OnWall(Generic[Queue, Ticket]):
    """A queue on the wall: who is called, and the numbers that are next."""

    row: Queue
    called: list[Called[Ticket]]
    next: list[int]


@dataclass(frozen=True, slots=True)
class Position(Generic[Queue, Ticket]):
    """Somebody's own place: the ticket, its queue, and how many are before while it waits."""

    ticket: Ticket
    queue: Queue
    before: int | None

    @property
    def room(self) -> str | None:
        """Where to wait, or to go when called."""
        return self.ticket.room or self.queue.room


class QueueViews(Generic[Queue, Ticket]):
    """The queues of a `Calling`, as they are seen."""

    def __init__(self, calling: Calling[Queue, Ticket]) -> None:
        self.calling = calling

    def queues_of(self, officer: Officer, moment: datetime) -> Sequence[Queue]:
        """The queues of the moment that somebody may call for, in the order of a list."""
        raise NotImplementedError

    def may_call(self, officer: Officer, queue: Queue) -> bool:
        """Whether a queue is somebody's to call for; to others it does not exist."""
        raise NotImplementedError

    def name_of(self, queue: Queue) -> QueueName:
        """What a queue is called."""
        raise NotImplementedError

    def called(self, tickets: Sequence[Ticket]) -> list[Called[Ticket]]:
        """Whose the tickets are, in their order."""
        return [Called(ticket, None, None) for ticket in tickets]

    def notes(self, queue: Queue) -> Notes:
        """What else its screen says."""
        return Notes()

    def wall_place(self, place_id: str) -> WallPlace | None:
        """A place that has a wall."""
        return None

    def queues_at(self, place_id: str, moment: datetime) -> Sequence[Queue]:
        """The queues that a place's wall shows, in its order."""
        return []

    def walls_of(self, officer: Officer, queues: Collection[Queue]) -> Sequence[WallPlace]:
        """The walls of these queues that somebody may open."""
        return []

    def has_wall(self, officer: Officer, place: WallPlace) -> bool:
        """Whether somebody may take the link of a wall back."""
        return False

    def renew_wall(self, place: WallPlace) -> None:
        """Count on the place's `wall`, so that its links show nothing any more."""
        raise NotImplementedError

    def view(self, queue: Queue) -> QueueView[Queue]:
        """A queue as a list has it."""
        return QueueView(queue, self.name_of(queue), self.calling.order.length(queue.id))

    def queue_or_404(self, officer: Officer, queue_id: str) -> Queue:
        """A queue that somebody may call for."""
        row = db.session.get(self.calling.queues, queue_id)
        if row is None or not self.may_call(officer, row):
            raise Problem("not-found")
        return row

    def ticket_or_404(self, queue_id: str, ticket_id: str) -> Ticket:
        """A ticket of a queue."""
        found = db.session.get(self.calling.tickets, ticket_id)
        if found is None or found.queue_id != queue_id:
            raise Problem("not-found")
        return found

    def in_rooms(self, queue_id: str) -> list[Called[Ticket]]:
        """Who is called, or in a room, whoever was called last first."""
        return self._in(queue_id, IN_ROOM)

    def beside(self, queue_id: str) -> list[Called[Ticket]]:
        """Who is away, or was called in vain."""
        return self._in(queue_id, BESIDE)

    def last_done(self, queue_id: str) -> Ticket | None:
        """Who ended last: what `undo` takes back."""
        tickets = self.calling.tickets
        done = select(tickets).where(tickets.queue_id == queue_id, tickets.state == "done")
        return db.session.scalars(done.order_by(tickets.called_at.desc())).first()

    def wall(self, place_id: str, moment: datetime) -> list[OnWall[Queue, Ticket]]:
        """What a place's wall shows: numbers and names, and never what for."""
        waiting = self.calling.order.waiting
        return [
            OnWall(row, self.in_rooms(row.id), [one.number for one in waiting(row.id)[:NEXT_ON_WALL]])
            for row in self.queues_at(place_id, moment)
        ]

    def position(self, ticket: Ticket, queue: Queue) -> Position[Queue, Ticket]:
        """Where somebody stands."""
        before = self.calling.order.before(ticket) if ticket.state == "waiting" else None
        return Position(ticket, queue, before)

    def _in(self, queue_id: str, states: Collection[str]) -> list[Called[Ticket]]:
        tickets = self.calling.tickets
        found = (
            select(tickets)
            .where(tickets.queue_id == queue_id, tickets.state.in_(states))
            .order_by(tickets.called_at.desc(), tickets.number)
        )
        rows = db.session.scalars(found).all()
        return self.called(rows) if rows else []


def line_of(*parts: Text | str | None) -> Text:
    """Parts of a line in both languages, those that are missing left out."""
    said = [Text(one, one) if isinstance(one, str) else one for one in parts if one]
    return Text(" · ".join(one.zh for one in said), " · ".join(one.en for one in said))
