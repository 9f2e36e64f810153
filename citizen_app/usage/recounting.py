"""Counting the log anew, day by day, against the daily counts: to verify them, and to mend them.

Only days that the log still covers as a whole are judged; the counts of older days are all that is left of
them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Select, and_, delete, func, insert, or_, select

from citizen_app.ids import first_id_at, moment_of
from citizen_app.settings import current_settings
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.usage.models import UsageDay, UsageEvent
from citizen_app.usage.recording import PUNCTUAL
from citizen_app.usage.statistics import locked_watermark, start_of_day, today

_DAYS: Final[Any] = UsageDay.__table__
_DIMENSIONS: Final = (UsageEvent.service, UsageEvent.purpose, UsageEvent.decision, UsageEvent.reason)

Counts = dict[tuple[str, str, str, str], int]


@dataclass(frozen=True, slots=True)
class Difference:
    """A day whose counts are not what the log says, in events altogether."""

    day: date
    counted: int
    in_log: int


def first_whole_day() -> date | None:
    """The first day (the city's calendar) whose events are all still there; None for an empty log."""
    oldest = db.session.scalar(select(UsageEvent.id).order_by(UsageEvent.id).limit(1))
    if oldest is None:
        return None
    return moment_of(oldest).astimezone(current_settings().timezone).date() + timedelta(days=1)


def recount(first_day: date | None = None, *, repair: bool = False) -> Iterator[Difference]:
    """Compare each day from `first_day`, or from the first that can be judged, to today; `repair` writes what
    the log says.

    One short transaction a day, behind the rollup's own lock, so that it may run while the city does.
    """
    with transaction(reading=True):
        possible = first_whole_day()
    if possible is None:
        return
    day = max(possible, first_day) if first_day is not None else possible
    while day <= today():
        with transaction():
            difference = _recount_day(day, repair)
        if difference is not None:
            yield difference
        day += timedelta(days=1)


def _recount_day(day: date, repair: bool) -> Difference | None:
    reached = locked_watermark()
    counted = _stored(day)
    in_log: Counts = {}
    for query in _queries(day, reached):
        for *key, events in db.session.execute(query):
            name = (key[0], key[1], key[2], key[3])
            in_log[name] = in_log.get(name, 0) + events
    if counted == in_log:
        return None
    if repair:
        db.session.execute(delete(_DAYS).where(_DAYS.c.day == day))
        names = ("service", "purpose", "decision", "reason")
        rows = [
            {"day": day, **dict(zip(names, key, strict=True)), "events": events}
            for key, events in in_log.items()
        ]
        if rows:
            db.session.execute(insert(_DAYS), rows)
    return Difference(day, sum(counted.values()), sum(in_log.values()))


def _stored(day: date) -> Counts:
    rows = db.session.execute(select(_DAYS).where(_DAYS.c.day == day))
    return {(row.service, row.purpose, row.decision, row.reason): row.events for row in rows}


def _queries(day: date, reached: str) -> tuple[Select[*tuple[Any, ...]], Select[*tuple[Any, ...]]]:
    """The day's events by their ids, and the few that were uploaded later, which an index of their own
    finds."""
    start, end = start_of_day(day), start_of_day(day + timedelta(days=1))
    low, high = first_id_at(start - PUNCTUAL), first_id_at(end + PUNCTUAL)
    query = (
        select(*_DIMENSIONS, func.count())
        .where(UsageEvent.id <= reached, UsageEvent.occurred_at >= start, UsageEvent.occurred_at < end)
        .group_by(*_DIMENSIONS)
    )
    elsewhere = and_(UsageEvent.late, or_(UsageEvent.id < low, UsageEvent.id >= high))
    return query.where(UsageEvent.id >= low, UsageEvent.id < high), query.where(elsewhere)
