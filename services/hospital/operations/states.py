"""The life of a booking and of a session. Bookings only move forward; what undoes a move says who and why."""

from __future__ import annotations

from typing import Final

from citizen_app.toolkit.booking import Capacity, Lifecycle, Slots, WaitingList
from services.hospital.models import (
    HospitalBooking,
    HospitalMove,
    HospitalPool,
    HospitalReferral,
    HospitalReferralMove,
    HospitalSession,
    HospitalSessionMove,
    HospitalWait,
)

PLACES: Final = Capacity(HospitalPool, HospitalBooking, HospitalWait)
SLOTS: Final = Slots(PLACES, parent="session_id", main="app")
WAITS: Final = WaitingList(PLACES, HospitalWait)
BOOKINGS: Final = Lifecycle(
    HospitalBooking,
    HospitalMove,
    {
        "held": {"booked", "lapsed", "cancelled", "stopped"},
        "booked": {"checked_in", "cancelled", "moved", "no_show", "stopped"},
        "checked_in": {"called", "fulfilled", "stopped"},
        "called": {"fulfilled", "checked_in"},
        "fulfilled": {"called"},
        "no_show": {"checked_in", "fulfilled"},
    },
)
"""`fulfilled` → `called` is an undone move; `called` → `checked_in` is one, or the patient did not come to
the room, or is sent for tests. Who stands as missed was there after all: what a kiosk read offline came
later, or a desk says so."""
LETTERS: Final = Lifecycle(
    HospitalReferral,
    HospitalReferralMove,
    {
        "offered": {"accepted", "declined", "withdrawn", "expired"},
        "accepted": {"used", "declined", "withdrawn", "expired"},
        "used": {"used"},
    },
)
"""A letter of which the booking was given up is used again: `operations.letters`."""
SESSIONS: Final = Lifecycle(HospitalSession, HospitalSessionMove, {"open": {"stopped", "over"}})

OPEN: Final = ("held", "booked")
"""States from which a booking can still be given up."""
PRESENT: Final = ("checked_in", "called")
