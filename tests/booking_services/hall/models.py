"""Every table of the kit."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from citizen_app.toolkit.booking import (
    AppealColumns,
    Capacity,
    HoldColumns,
    Lifecycle,
    MoveColumns,
    PolicyColumns,
    PoolColumns,
    SlotColumns,
    Slots,
    StrikeColumns,
    WaitingColumns,
    WaitingList,
    one_hold_each,
    one_wait_each,
)
from citizen_app.toolkit.data import Id


class HallPool(PoolColumns):
    """Seats of one evening."""

    __tablename__ = "hall_pools"


class HallSeat(HoldColumns):
    """Who has some."""

    __tablename__ = "hall_seats"
    __pool__ = "hall_pools"
    __table_args__ = (one_hold_each("hall_seats"),)

    state: Mapped[str] = mapped_column(String(24), nullable=False, default="booked")


class HallSlot(SlotColumns):
    """Seats of one hour of an evening, by channel."""

    __tablename__ = "hall_slots"

    evening_id: Mapped[str] = mapped_column(Id, nullable=False)


class HallSlotSeat(HoldColumns):
    """Who has some of those."""

    __tablename__ = "hall_slot_seats"
    __pool__ = "hall_slots"
    __table_args__ = (one_hold_each("hall_slot_seats"),)


class HallWait(WaitingColumns):
    """Who waits."""

    __tablename__ = "hall_waits"
    __pool__ = "hall_pools"
    __table_args__ = (one_wait_each("hall_waits"),)


class HallStrike(StrikeColumns):
    """Who did not come, to which wing."""

    __tablename__ = "hall_strikes"

    wing: Mapped[str] = mapped_column(String(8), nullable=False, default="west")


class HallAppeal(AppealColumns):
    """Who says that they did."""

    __tablename__ = "hall_appeals"

    wing: Mapped[str] = mapped_column(String(8), nullable=False)


class HallPolicy(PolicyColumns):
    """Rules."""

    __tablename__ = "hall_policies"


class HallMove(MoveColumns):
    """Moves of seats."""

    __tablename__ = "hall_moves"


SEATS = Capacity(HallPool, HallSeat, HallWait)
WAITS = WaitingList(SEATS, HallWait)
SLOT_SEATS = Capacity(HallSlot, HallSlotSeat)
SLOTS = Slots(SLOT_SEATS, parent="evening_id", main="app")
LIFE = Lifecycle(HallSeat, HallMove, {"booked": {"arrived", "cancelled"}, "arrived": {"done"}})
