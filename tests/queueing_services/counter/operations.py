"""Taking a number; somebody with numbers for two matters is at one counter at a time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, delete, select

from citizen_app.toolkit.data import lock_row, session
from citizen_app.toolkit.queueing import Calling, QueueRules, rank_of
from citizen_app.toolkit.scan import CitizenView
from citizen_app.toolkit.time import city_zone

from .models import CounterQueue, CounterTicket, CounterTicketMove


class _Counters(Calling[CounterQueue, CounterTicket]):
    def rules(self, ticket: CounterTicket) -> QueueRules:
        return QueueRules(pass_behind=2, pass_most=2, back_behind=1)

    def is_over(self, queue: CounterQueue, moment: datetime) -> bool:
        return queue.day < moment.astimezone(city_zone()).date()

    def of_same_person(self, ticket: CounterTicket) -> ColumnElement[bool]:
        return CounterTicket.citizen_ref == ticket.citizen_ref

    def hold_person(self, ticket: CounterTicket) -> None:
        theirs = CounterTicket.citizen_ref == ticket.citizen_ref
        first = select(CounterTicket.id).where(theirs).order_by(CounterTicket.id).limit(1)
        lock_row(CounterTicket, session().scalar(first))


QUEUES = _Counters("counter", CounterQueue, CounterTicket, CounterTicketMove)


def take(queue_id: str, citizen: CitizenView, moment: datetime, known_at: datetime) -> CounterTicket:
    """The next number of a queue for somebody who came at a moment."""
    queue, rank = QUEUES.lock(queue_id), rank_of(("veteran",), citizen.has)
    columns = {"citizen_ref": citizen.ref, "name": citizen.masked_name}
    return QUEUES.take(queue, moment, rank=rank, known_at=known_at, **columns)


def forget(ref: str) -> None:
    """Delete somebody's numbers, and every move of them."""
    theirs = CounterTicket.citizen_ref == ref
    ids = select(CounterTicket.id).where(theirs)
    session().execute(delete(CounterTicketMove).where(CounterTicketMove.subject_id.in_(ids)))
    session().execute(delete(CounterTicket).where(theirs))
