"""When bookings of a day open."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

_CHANCE: Final = random.SystemRandom()


def opens_at(day: date, days_before: int, at: time, zone: ZoneInfo) -> datetime:
    """The moment at which bookings of `day` open: so many days before, at a time of the city's day. A time
    that a clock change leaves out means the moment after it; one that comes twice, the first."""
    return datetime.combine(day - timedelta(days=days_before), at, zone).astimezone(UTC)


def back_at(moment: datetime, least: timedelta, most: timedelta) -> datetime:
    """A moment between two delays, by chance: when a returned place is bookable again, so that nobody can
    hand it to a buyer by cancelling and booking at once."""
    if not timedelta(0) <= least <= most:
        raise ValueError("0 ≤ least ≤ most")
    return moment + timedelta(seconds=_CHANCE.uniform(least.total_seconds(), most.total_seconds()))
