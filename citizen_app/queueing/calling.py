"""Numbers and calls: who is called next, and what becomes of them.

    class Counters(Calling[CounterQueue, CounterTicket]):
        def rules(self, ticket: CounterTicket) -> QueueRules:
            return QueueRules(pass_behind=2)

    QUEUES = Counters("counter", CounterQueue, CounterTicket, CounterTicketMove)
    ticket = QUEUES.take(QUEUES.lock(queue_id), now(), citizen_ref=scan.citizen.ref)
    QUEUES.call_next(queue_id, "3 号窗口", now(), "staff li")     # the ticket that was called, or None
    QUEUES.act(ticket, "pass", now(), "staff li")

Whatever changes a queue holds its row, so numbers are unique and calls take turns; somebody who waits in two
queues is held, too, and is called to one room at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final, Generic, TypeVar

from sqlalchemy import ColumnElement, select

from citizen_app.audit.operations import record as audit
from citizen_app.booking.columns import MoveColumns
from citizen_app.booking.lifecycle import Lifecycle
from citizen_app.ids import new_id
from citizen_app.queueing.columns import BESIDE, IN_ROOM, QueueColumns
from citizen_app.queueing.order import ORDINARY, URGENT, Order, Ticket
from citizen_app.storage.locking import guarded_update, lock_row
from citizen_app.storage.orm import db
from citizen_app.text import Text
from citizen_app.wire.problems import Problem, invalid_input

Queue = TypeVar("Queue", bound=QueueColumns)

MOVES: Final[Mapping[str, Collection[str]]] = {
    "waiting": {"waiting", "called", "left"},
    "called": {"called", "seeing", "done", "away", "waiting", "missed"},
    "seeing": {"done", "away", "called"},
    "away": {"waiting", "called", "left"},
    "missed": {"waiting", "left"},
    "done": {"called"},
}
"""What each act may start from is stricter. From itself to itself: called again, put forward."""
ACTS: Final[Mapping[str, Collection[str]]] = {
    "again": ("called",),
    "pass": ("called",),
    "start": ("called",),
    "done": IN_ROOM,
    "away": IN_ROOM,
    "back": BESIDE,
    "urgent": ("waiting",),
    "undo": (*IN_ROOM, "done", "away"),
}
"""What is done with a ticket, and from which states."""
LEADS_TO: Final = {"start": "seeing", "done": "done", "away": "away"}
NEED_REASON: Final = ("urgent", "undo")
NOT_NOW: Final = Text("现在的状态不能这样做。", "This cannot be done in the present state.")
WHY: Final = Text("请写明原因", "say why")


@dataclass(frozen=True, slots=True)
class QueueRules:
    """Who does not come when called (过号) goes behind `pass_behind` people, and after `pass_most` times out
    of the queue, until they ask for it; who was away and comes back goes behind `back_behind`."""

    pass_behind: int = 3
    pass_most: int = 3
    back_behind: int = 0


class Calling(Generic[Queue, Ticket]):
    """The queues of one table and the tickets of another, with their moves. A service derives from it to say
    what is its own: rules, who is the same person, what goes along with a ticket, and its words."""

    still_here: ClassVar = Text(
        "{number} 号还在窗口，请先结束或过号。",
        "Number {number} is still at the counter: finish or pass it first.",
    )
    in_another: ClassVar = Text("此人正在别的窗口。", "They are at another counter.")
    no_room: ClassVar = Text("请填写窗口", "say which counter")

    def __init__(
        self, service: str, queues: type[Queue], tickets: type[Ticket], moves: type[MoveColumns]
    ) -> None:
        self.service, self.queues, self.tickets = service, queues, tickets
        self.order = Order(tickets)
        self.life = Lifecycle(tickets, moves, MOVES)

    def rules(self, ticket: Ticket) -> QueueRules:
        """The rules that hold for a ticket."""
        return QueueRules()

    def refuse_closed(self, queue: Queue) -> None:
        """Raise a `Problem` for a queue in which nobody is called any more."""

    def is_over(self, queue: Queue, moment: datetime) -> bool:
        """Whether the day of a queue is over: who comes then has been there, and waits for nothing."""
        return False

    def gone(self, ticket: Ticket) -> str | None:
        """Why somebody who waits is not called any more, as its move says (`left`); None for everybody
        else."""
        return None

    def of_same_person(self, ticket: Ticket) -> ColumnElement[bool] | None:
        """Which tickets are the same person's. None where nobody waits twice, or nobody is known."""
        return None

    def hold_person(self, ticket: Ticket) -> None:
        """Hold the person until the unit of work ends: of two queues that call them at once the second sees
        the first."""

    def moved(self, ticket: Ticket, by: str, reason: str, moment: datetime) -> None:
        """What goes along with a ticket that has moved (but for `left`)."""

    def lock(self, queue_id: str) -> Queue:
        """Hold a queue until the unit of work ends. Raises a 404."""
        row = lock_row(self.queues, queue_id)
        if row is None:
            raise Problem("not-found")
        return row

    def take(
        self,
        queue: Queue,
        moment: datetime,
        *,
        rank: int = ORDINARY,
        known_at: datetime | None = None,
        **columns: Any,
    ) -> Ticket:
        """The next number of a queue that is held (`lock`), behind those of its class; `columns` are the
        service's own. `moment` is when they came and `known_at` when that became known, where it was later
        (a kiosk was offline): once the queue `is_over` the number is on record, and does not wait."""
        number = self._next_number(queue.id)
        ticket = self.tickets(
            id=new_id(),
            queue_id=queue.id,
            number=number,
            rank=rank,
            place=max(number, self.order.last_place(queue.id)),
            state="waiting",
            calls=0,
            missed=0,
            arrived_at=moment,
            **columns,
        )
        db.session.add(ticket)
        db.session.flush()
        if self.is_over(queue, known_at or moment):
            return self._leave(ticket, known_at or moment)
        return ticket

    def end(self, queue_id: str, moment: datetime) -> int:
        """When the day of a queue is over: whoever still waits, is away or was called in vain leaves it;
        returns how many. Repeated, it changes nothing."""
        self.lock(queue_id)
        tickets = self.tickets
        found = select(tickets).where(tickets.queue_id == queue_id, tickets.state.in_(("waiting", *BESIDE)))
        left = db.session.scalars(found.order_by(tickets.number)).all()
        for ticket in left:
            self._leave(ticket, moment)
        return len(left)

    def call_next(
        self, queue_id: str, room: str | None, moment: datetime, by: str, *, finish: bool = False
    ) -> Ticket | None:
        """Call the next of a queue to a room; None where nobody waits. Raises a 409 while somebody is in the
        room, unless whoever is there is to `finish` with this, and a 422 where no room is known."""
        queue = self.lock(queue_id)
        self.refuse_closed(queue)
        room = room or queue.room
        if not room:
            raise invalid_input("/room", self.no_room)
        for one in self.in_room(queue_id, room):
            if not finish:
                raise Problem("conflict", self.still_here.fill(number=one.number))
            self._move(one, "done", by, "next", moment)
        for ticket in self.order.waiting(queue_id):
            gone = self.gone(ticket)
            if gone is not None:
                self.life.move(ticket.id, "left", by=by, reason=gone, moment=moment)
            elif not self._is_elsewhere(ticket):
                called: dict[str, Any] = {"room": room, "calls": ticket.calls + 1, "called_at": moment}
                return self._move(ticket, "called", by, "next", moment, **called)
        return None

    def act(
        self, ticket: Ticket, wanted: str, moment: datetime, by: str, reason: str | None = None
    ) -> Ticket:
        """Do one of `ACTS` with a ticket. Raises a 409 where its state does not allow it, a 422 where a
        reason is missing."""
        if wanted in NEED_REASON and not reason:
            raise invalid_input("/reason", WHY)
        self.lock(ticket.queue_id)
        row = lock_row(self.tickets, ticket.id)
        if row is None:
            raise Problem("not-found")
        if row.state not in ACTS[wanted]:
            raise Problem("conflict", NOT_NOW)
        why = reason or wanted
        match wanted:
            case "undo":
                return self._undo(row, moment, by, why)
            case "again":
                return self._move(row, "called", by, why, moment, calls=row.calls + 1, called_at=moment)
            case "urgent":
                return self._put_first(row, moment, by, why)
            case "pass":
                return self._pass(row, moment, by, why)
            case "back":
                rules = self.rules(row)
                people = rules.back_behind if row.state == "away" else rules.pass_behind
                return self._line_up(row, people, by, why, moment)
        return self._move(row, LEADS_TO[wanted], by, why, moment)

    def in_room(self, queue_id: str, room: str) -> list[Ticket]:
        """Who of a queue is called to a room, or is in it."""
        tickets = self.tickets
        found = select(tickets).where(
            tickets.queue_id == queue_id, tickets.room == room, tickets.state.in_(IN_ROOM)
        )
        return list(db.session.scalars(found.execution_options(populate_existing=True)))

    def _next_number(self, queue_id: str) -> int:
        """By a counter that two never read alike."""
        queues = self.queues
        row = guarded_update(queues, queues.id == queue_id, last_number=queues.last_number + 1)
        assert row is not None
        return row.last_number

    def _put_first(self, row: Ticket, moment: datetime, by: str, why: str) -> Ticket:
        audit(f"{self.service}.urgent", f"{self.service}_ticket", row.id)
        place = self.order.last_place(row.queue_id)
        return self._move(row, "waiting", by, why, moment, rank=URGENT, place=place)

    def _pass(self, row: Ticket, moment: datetime, by: str, why: str) -> Ticket:
        rules, times = self.rules(row), row.missed + 1
        if times >= rules.pass_most:
            return self._move(row, "missed", by, why, moment, missed=times, room=None)
        return self._line_up(row, rules.pass_behind, by, why, moment, missed=times)

    def _undo(self, row: Ticket, moment: datetime, by: str, why: str) -> Ticket:
        """Back to before the last act; the move says who undid it and why."""
        audit(f"{self.service}.undo", f"{self.service}_ticket", row.id, state=row.state)
        if row.state == "called":
            return self._line_up(row, 0, by, why, moment)
        if row.state != "seeing":
            self._refuse_taken_room(row)
        return self._move(row, "called", by, why, moment)

    def _refuse_taken_room(self, row: Ticket) -> None:
        assert row.room is not None
        others = self.in_room(row.queue_id, row.room)
        if others:
            raise Problem("conflict", self.still_here.fill(number=others[0].number))
        if self._is_elsewhere(row):
            raise Problem("conflict", self.in_another)

    def _is_elsewhere(self, ticket: Ticket) -> bool:
        """Whether the person is in another room now; whoever is not stays held. Who is passed over is not
        held: two queues with the same people in another order would wait for each other."""
        theirs = self.of_same_person(ticket)
        if theirs is None:
            return False
        if self._is_in_room(ticket, theirs):
            return True
        self.hold_person(ticket)
        return self._is_in_room(ticket, theirs)

    def _is_in_room(self, ticket: Ticket, theirs: ColumnElement[bool]) -> bool:
        tickets = self.tickets
        there = select(tickets.id).where(theirs, tickets.id != ticket.id, tickets.state.in_(IN_ROOM))
        return db.session.scalar(there.limit(1)) is not None

    def _leave(self, row: Ticket, moment: datetime) -> Ticket:
        return self.life.move(row.id, "left", by="system", reason="over", moment=moment)

    def _line_up(
        self, row: Ticket, people: int, by: str, why: str, moment: datetime, **columns: Any
    ) -> Ticket:
        behind = self.order.behind(row, people)
        return self._move(row, "waiting", by, why, moment, room=None, **behind, **columns)

    def _move(
        self, ticket: Ticket, to: str, by: str, reason: str, moment: datetime, **columns: Any
    ) -> Ticket:
        row = self.life.move(ticket.id, to, by=by, reason=reason, moment=moment, **columns)
        self.moved(row, by, reason, moment)
        return row
