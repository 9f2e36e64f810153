"""Own tables. A citizen is a `citizen_ref` here, which no other service has and which leads nowhere
outside."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from citizen_app.toolkit.booking import HoldColumns, PoolColumns, one_hold_each, pool_rules
from citizen_app.toolkit.data import Id, Model, UtcDateTime


class ParlourVisit(Model):
    """A citizen's visit on one day, however often they came in. `day` is the city's, as `2026-12-31`."""

    __tablename__ = "parlour_visits"
    __table_args__ = (UniqueConstraint("citizen_ref", "day"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    citizen_ref: Mapped[str] = mapped_column(String(22), nullable=False)
    day: Mapped[str] = mapped_column(String(10), nullable=False, index=True)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    is_senior: Mapped[bool] = mapped_column(nullable=False)
    companions: Mapped[int] = mapped_column(nullable=False)


class ParlourClosedDay(Model):
    """A day on which the room stays closed."""

    __tablename__ = "parlour_closed_days"

    day: Mapped[str] = mapped_column(String(10), primary_key=True)


class ParlourHour(PoolColumns):
    """The places of one hour, made when somebody first books it."""

    __tablename__ = "parlour_hours"
    __table_args__ = pool_rules()

    starts_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, unique=True)


class ParlourBooking(HoldColumns):
    """A citizen's places in an hour."""

    __tablename__ = "parlour_bookings"
    __pool__ = "parlour_hours"
    __table_args__ = (one_hold_each("parlour_bookings"),)
