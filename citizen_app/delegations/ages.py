"""Ages that the law knows, judged on a day of the city's calendar by the sealed date of birth.

Civil Code of the PRC, articles 17 and 18: at eighteen a person is an adult. From fourteen, whoever is a minor
is asked too (Personal Information Protection Law, article 31: below fourteen a guardian consents alone).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from citizen_app.settings import current_settings

ADULT: Final = 18
ASKED_TOO: Final = 14


def birthday(born: date, years: int) -> date:
    """The day on which somebody turns so many years old; one of 29 February counts on 1 March."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


def is_minor(born: str | None, moment: datetime) -> bool:
    """Whether somebody born on that day (`2001-02-03`) is under eighteen; unknown is no."""
    return born is not None and day_of(moment) < birthday(date.fromisoformat(born), ADULT)


def is_asked_too(born: str | None, moment: datetime) -> bool:
    """Whether somebody is old enough to be asked before another acts for them; unknown is yes."""
    return born is None or day_of(moment) >= birthday(date.fromisoformat(born), ASKED_TOO)


def comes_of_age(born: str) -> datetime:
    """The first moment of the eighteenth birthday in the city."""
    day = birthday(date.fromisoformat(born), ADULT)
    return datetime(day.year, day.month, day.day, tzinfo=current_settings().timezone)


def day_of(moment: datetime) -> date:
    """The day of the city's calendar."""
    return moment.astimezone(current_settings().timezone).date()
