"""Halls, the matters that they take numbers for on one day, and the numbers."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from citizen_app.toolkit.booking import MoveColumns
from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import Id, Model
from citizen_app.toolkit.queueing import QueueColumns, TicketColumns, WallColumns


class CounterHall(WallColumns, Model):
    """A hall; it is the unit of the service's staff."""

    __tablename__ = "counter_halls"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(40), nullable=False)
    name_en: Mapped[str] = mapped_column(String(80), nullable=False)

    @property
    def name(self) -> Text:
        """In both languages."""
        return Text(self.name_zh, self.name_en)


class CounterQueue(QueueColumns):
    """One matter of a hall on one day."""

    __tablename__ = "counter_queues"
    __table_args__ = (UniqueConstraint("hall_id", "day", "matter"),)

    hall_id: Mapped[str] = mapped_column(Id, ForeignKey("counter_halls.id"), nullable=False)
    day: Mapped[date] = mapped_column(Date, nullable=False)
    matter: Mapped[str] = mapped_column(String(40), nullable=False)


class CounterTicket(TicketColumns):
    """Somebody's number."""

    __tablename__ = "counter_tickets"
    __queue__ = "counter_queues"

    citizen_ref: Mapped[str] = mapped_column(String(22), nullable=False, index=True)
    name: Mapped[str | None] = mapped_column(String(40))


class CounterTicketMove(MoveColumns):
    """One move of a number."""

    __tablename__ = "counter_ticket_moves"
