"""The columns that a service's own tables of queues have. A service derives its tables from these, adds what
is its own, and writes the migration as for any table."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Final

from sqlalchemy import ForeignKey, Index, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from citizen_app.storage.columns import Id, UtcDateTime
from citizen_app.storage.orm import Model

IN_ROOM: Final = ("called", "seeing")
BESIDE: Final = ("away", "missed")
OVER: Final = ("done", "left")
"""States of a ticket that is called to a room or in it, that stands beside the queue, that is over; there is
`waiting` besides."""


class QueueColumns(Model):
    """A queue: one matter of a hall on one day, a doctor's morning. Its numbers begin at 1, so what shall
    begin anew each day has a row for each day.

    `last_number` is the number that was given last, changed by guarded updates only. `room` is where its
    people are called to (a window, a consulting room); without it whoever calls says which.
    """

    __abstract__ = True

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    room: Mapped[str | None] = mapped_column(String(40))
    last_number: Mapped[int] = mapped_column(nullable=False, default=0)


class TicketColumns(Model):
    """A place in a queue of the table `__queue__`; whose it is stands in columns of the service.

    `number` is unique and increasing in its queue. `rank` is the class of priority, the least first; `place`
    is the order within it. `state`: waiting, called (to `room`), seeing, away (and expected back), missed
    (called in vain too often), done or left. `calls` and `missed` count calls, and those in vain.
    """

    __abstract__ = True
    __queue__: ClassVar[str]

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    number: Mapped[int] = mapped_column(nullable=False)
    rank: Mapped[int] = mapped_column(SmallInteger, nullable=False, default=0)
    place: Mapped[int] = mapped_column(nullable=False)
    state: Mapped[str] = mapped_column(String(24), nullable=False)
    room: Mapped[str | None] = mapped_column(String(40))
    calls: Mapped[int] = mapped_column(SmallInteger, nullable=False, default=0)
    missed: Mapped[int] = mapped_column(SmallInteger, nullable=False, default=0)
    arrived_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    called_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @declared_attr
    def queue_id(cls) -> Mapped[str]:
        """The queue in which it is."""
        return mapped_column(Id, ForeignKey(f"{cls.__queue__}.id"), nullable=False)

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:
        return ticket_rules()


def ticket_rules(queue: str = "queue_id") -> tuple[UniqueConstraint | Index, ...]:
    """Constraints of a table of tickets; a table with arguments of its own adds them. `queue` is the column
    of the queue, where it is called otherwise."""
    return UniqueConstraint(queue, "number"), Index(None, queue, "state", "rank", "place")


class WallColumns:
    """`wall` numbers the link of a place's wall: links with another number show nothing."""

    wall: Mapped[int] = mapped_column(nullable=False, default=1, server_default="1")
