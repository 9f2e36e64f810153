"""Quiet hours are those of the city's clock, over midnight too."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from citizen_app.notices.preferences import Preferences, quiet_until

CITY = ZoneInfo("Asia/Shanghai")


def at(hour: int, minute: int = 0, day: int = 4) -> datetime:
    """That time in the city."""
    return datetime(2026, 5, day, hour, minute, tzinfo=CITY).astimezone(UTC)


@pytest.mark.parametrize(
    ("hours", "moment", "end"),
    [
        ((22, 7), at(12), None),
        ((22, 7), at(21, 59), None),
        ((22, 7), at(22), at(7, day=5)),
        ((22, 7), at(6, 59), at(7)),
        ((22, 7), at(7), None),
        ((12, 14), at(13), at(14)),
        ((12, 14), at(14), None),
        ((0, 6), at(0), at(6)),
        ((22, 0), at(23), at(0, day=5)),
        ((22, 0), at(0), None),
        ((8, 8), at(8), None),
    ],
)
def test_a_message_waits_for_the_end_of_the_quiet_hours(
    hours: tuple[int, int], moment: datetime, end: datetime | None
) -> None:
    chosen = Preferences(quiet_from=hours[0], quiet_to=hours[1])
    assert quiet_until(chosen, moment, CITY) == end


def test_in_spring_the_clock_has_no_two_and_the_message_leaves_at_three() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    moment = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    end = quiet_until(Preferences(quiet_from=22, quiet_to=3), moment, berlin)
    assert end == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
