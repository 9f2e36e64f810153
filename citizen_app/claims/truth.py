"""What is true of a citizen at a moment. Pure.

A claim holds while one of its periods lasts; those by age hold as the date of birth says. Who asks about a
moment that is over, for a scan that was uploaded late, asks what counted then: an end never reaches back
before the moment at which it was recorded (`operations.end_claim`), so that what was rated stays right.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from citizen_app.claims.catalogue import CLAIMS, Claim

CARRIED_OVER: Final = "carried_over"


class Period(NamedTuple):
    """A time for which something was granted; the end is not part of it, None is no end.

    One that was carried over from the version before counts for ages even where the date of birth says
    otherwise: nobody lost a fare by the change.
    """

    type: str
    valid_from: datetime
    valid_to: datetime | None
    carried_over: bool = False

    def covers(self, moment: datetime) -> bool:
        """Whether the moment lies in it."""
        return self.valid_from <= moment and (self.valid_to is None or moment < self.valid_to)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one citizen: periods granted, the date of birth, and the city's time zone."""

    periods: Sequence[Period]
    born: date | None
    zone: ZoneInfo

    def has(self, name: str, moment: datetime) -> bool:
        """Whether a claim of the catalogue is true at a moment. Raises `KeyError` for one that does not
        exist."""
        claim = CLAIMS[name]
        if claim.by_age and self.born is not None and self._is_of_age(claim, self.born, moment):
            return True
        believed = not claim.by_age or self.born is None
        return any(
            period.type == name and (believed or period.carried_over) and period.covers(moment)
            for period in self.periods
        )

    def _is_of_age(self, claim: Claim, born: date, moment: datetime) -> bool:
        first, last = age_days(claim, born)
        day = moment.astimezone(self.zone).date()
        return first <= day and (last is None or day < last)


def age_days(claim: Claim, born: date) -> tuple[date, date | None]:
    """From which day on somebody born then has a claim by age, and the day on which they have it no more."""
    first = born if claim.from_age is None else birthday(born, claim.from_age)
    return first, None if claim.below_age is None else birthday(born, claim.below_age)


def birthday(born: date, years: int) -> date:
    """The day on which so many years are completed; that of 29 February counts on 1 March."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


def beginning_of(day: date, zone: ZoneInfo) -> datetime:
    """The moment at which a day of the city begins, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def periods_in(text: str | None) -> list[Period]:
    """Periods from the JSON that `queries.periods_column` reads with a citizen."""
    return [
        Period(kind, _moment(valid_from), valid_to and _moment(valid_to), source == CARRIED_OVER)
        for kind, valid_from, valid_to, source in (json.loads(text) if text else ())
    ]


def _moment(text: str) -> datetime:
    """A moment as either database writes it: SQLite in UTC without a zone, PostgreSQL with the session's."""
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
