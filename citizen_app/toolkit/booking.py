"""Booking of what is scarce, for tables of the service's own.

    class ParlourHour(PoolColumns):                     # places of one thing at one time
        __tablename__ = "parlour_hours"
        starts_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    class ParlourBooking(HoldColumns):                  # who has them: a hold that expires, or a booking
        __tablename__ = "parlour_bookings"
        __pool__ = "parlour_hours"
        __table_args__ = (one_hold_each("parlour_bookings"),)

    HOURS = Capacity(ParlourHour, ParlourBooking)
    booking = HOURS.hold(hour_id, ref, now(), seconds=600)      # seconds=None books at once
    HOURS.confirm(booking.id, now())
    HOURS.release(booking.id, now())
    HOURS.sweep(now(), Paced())                                 # in a job, each minute

`Full`, `NotOpen`, `AlreadyHeld`, `HoldExpired`, `MoveRefused` and `Suspended` are problems: a route that lets
them pass answers in words. Times are given, not read: a scan that was uploaded late is judged at its own.

    WaitingList   places that come back are offered in order, for a time: join, settle, leave
    strikes       who does not come is suspended, the longer the more often, by kinds and by place: add,
                  forgive, refuse_suspended, suspended (everybody), free_again
    appeals       against strikes, once: make, decide, strikes_of
    Rulebook      rules as versions that a booking carries, in memory, the most particular first: in_force,
                  of, publish; `policies.scopes_of` says which may speak, `policies` does it for one scope
    Lifecycle     states and the moves between them, each with who and why
    timetable     lines of the week (`LineColumns`) over workdays and closures (`ClosureColumns`) become slots
                  with places by channel: days_of, covers, slots_of, places_of
    Slots         their pools (`SlotColumns`): fit them to a changed line, give back what was not sold
    windows       opens_at: when bookings of a day open; back_at: a chance delay of returned places
    workdays      is_workday, add, between: with 调休, and what the city decided
"""

from citizen_app.booking import appeals, policies, strikes, timetable, windows
from citizen_app.booking.capacity import Capacity
from citizen_app.booking.columns import (
    CONFIRMED,
    EXPIRED,
    HELD,
    LAPSED,
    LEFT,
    OFFERED,
    RELEASED,
    RETURNING,
    TAKEN,
    WAITING,
    AppealColumns,
    ClosureColumns,
    HoldColumns,
    LineColumns,
    MoveColumns,
    PolicyColumns,
    PoolColumns,
    SlotColumns,
    StrikeColumns,
    WaitingColumns,
    one_hold_each,
    one_wait_each,
    pool_rules,
)
from citizen_app.booking.lifecycle import Lifecycle
from citizen_app.booking.policies import Rulebook, Version
from citizen_app.booking.refusals import AlreadyHeld, Full, HoldExpired, MoveRefused, NotOpen, Suspended
from citizen_app.booking.strikes import Step
from citizen_app.booking.timetable import Slots
from citizen_app.booking.waiting import WaitingList
from citizen_app.workdays import calendar as workdays

__all__ = [
    "CONFIRMED",
    "EXPIRED",
    "HELD",
    "LAPSED",
    "LEFT",
    "OFFERED",
    "RELEASED",
    "RETURNING",
    "TAKEN",
    "WAITING",
    "AlreadyHeld",
    "AppealColumns",
    "Capacity",
    "ClosureColumns",
    "Full",
    "HoldColumns",
    "HoldExpired",
    "Lifecycle",
    "LineColumns",
    "MoveColumns",
    "MoveRefused",
    "NotOpen",
    "PolicyColumns",
    "PoolColumns",
    "Rulebook",
    "SlotColumns",
    "Slots",
    "Step",
    "StrikeColumns",
    "Suspended",
    "Version",
    "WaitingColumns",
    "WaitingList",
    "appeals",
    "one_hold_each",
    "one_wait_each",
    "policies",
    "pool_rules",
    "strikes",
    "timetable",
    "windows",
    "workdays",
]
