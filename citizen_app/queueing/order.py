"""The order of a queue: classes of priority, and places within them. The queue's row is held by whoever
changes it (`Calling.lock`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, Generic, TypeVar

from sqlalchemy import func, or_, select, update

from citizen_app.queueing.columns import TicketColumns
from citizen_app.storage.orm import db

Ticket = TypeVar("Ticket", bound=TicketColumns)

URGENT: Final = 0
ORDINARY: Final = 100
"""Ranks: between the two stand the claims of the rules, the first first."""


def rank_of(priorities: Iterable[str], has: Callable[[str], bool]) -> int:
    """The class of whoever has these claims; no further claim is asked for than need be."""
    ranks = (rank for rank, claim in enumerate(priorities, URGENT + 1) if has(claim))
    return min(next(ranks, ORDINARY), ORDINARY)


class Order(Generic[Ticket]):
    """The order of the tickets of a table, by queue."""

    def __init__(self, tickets: type[Ticket]) -> None:
        self.tickets = tickets

    def waiting(self, queue_id: str) -> list[Ticket]:
        """Who waits, in order, as it is now."""
        tickets = self.tickets
        found = (
            select(tickets)
            .where(tickets.queue_id == queue_id, tickets.state == "waiting")
            .order_by(tickets.rank, tickets.place, tickets.number)
        )
        return list(db.session.scalars(found.execution_options(populate_existing=True)))

    def length(self, queue_id: str) -> int:
        """How many wait."""
        tickets = self.tickets
        count = select(func.count(tickets.id)).where(tickets.queue_id == queue_id, tickets.state == "waiting")
        return db.session.scalar(count) or 0

    def before(self, ticket: Ticket) -> int:
        """How many are called before a ticket that waits."""
        tickets = self.tickets
        sooner = or_(
            tickets.rank < ticket.rank,
            (tickets.rank == ticket.rank) & (tickets.place < ticket.place),
        )
        count = select(func.count(tickets.id)).where(
            tickets.queue_id == ticket.queue_id, tickets.state == "waiting", sooner
        )
        return db.session.scalar(count) or 0

    def last_place(self, queue_id: str) -> int:
        """Behind everybody."""
        last = select(func.max(self.tickets.place)).where(self.tickets.queue_id == queue_id)
        return (db.session.scalar(last) or 0) + 1

    def behind(self, ticket: Ticket, people: int) -> dict[str, int]:
        """`rank` and `place` behind so many of those who wait, or behind all where there are fewer; those who
        stand there make room.

        Nobody overtakes a higher class. Who has to go behind people of a lower class waits in that class from
        now on: a priority is for those who come when they are called."""
        others = [one for one in self.waiting(ticket.queue_id) if one.id != ticket.id]
        higher = sum(one.rank < ticket.rank for one in others)
        at = max(min(people, len(others)), higher)
        if at > higher:
            rank, place = others[at - 1].rank, others[at - 1].place + 1
        elif at < len(others) and others[at].rank == ticket.rank:
            rank, place = ticket.rank, others[at].place - 1
        else:
            rank, place = ticket.rank, ticket.place
        self._make_room(ticket, rank, place)
        return {"rank": rank, "place": place}

    def _make_room(self, ticket: Ticket, rank: int, place: int) -> None:
        tickets = self.tickets
        db.session.execute(
            update(tickets)
            .where(
                tickets.queue_id == ticket.queue_id,
                tickets.state == "waiting",
                tickets.id != ticket.id,
                tickets.rank == rank,
                tickets.place >= place,
            )
            .values(place=tickets.place + 1)
        )
