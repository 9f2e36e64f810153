"""Counts of the usage log per day of the city's calendar: rolled up each minute, and exact at any moment.

`usage_days` holds every event up to the watermark; the few above it are counted when someone asks. The
watermark stays two minutes behind, because an event gets its id before its transaction commits and must not
appear below a watermark that has passed it. An event that asked for input and the event that answered it are
two events here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import Row, and_, select, true, update
from sqlalchemy.orm import InstrumentedAttribute

from citizen_app import clock
from citizen_app.ids import first_id_at
from citizen_app.settings import current_settings
from citizen_app.storage.orm import db, table_of
from citizen_app.storage.statements import upsert
from citizen_app.storage.transactions import transaction
from citizen_app.usage.models import UsageDay, UsageEvent, UsageRollup

LAG: Final = timedelta(minutes=2)
"""Longer than any transaction lives: locks and statements are given up after 20 and 60 s
(`citizen_app.storage.dialects`).
"""
CHUNK: Final = 5000
ROLLUP: Final = "usage_days"
BEGINNING: Final = "00000000-0000-0000-0000-000000000000"

Dimension = Literal["day", "service", "purpose", "decision", "reason"]
DIMENSIONS: Final[tuple[Dimension, ...]] = ("day", "service", "purpose", "decision", "reason")

Key = tuple[date, str, str, str, str]

_DAYS: Final = table_of(UsageDay)
_ROLLUPS: Final = table_of(UsageRollup)
_COUNTED: Final[tuple[InstrumentedAttribute[Any], ...]] = (
    UsageEvent.occurred_at,
    UsageEvent.service,
    UsageEvent.purpose,
    UsageEvent.decision,
    UsageEvent.reason,
)


@dataclass(frozen=True, slots=True)
class Count:
    """So many events; dimensions that were not asked for are None."""

    events: int
    day: date | None = None
    service: str | None = None
    purpose: str | None = None
    decision: str | None = None
    reason: str | None = None


def start_of_day(day: date) -> datetime:
    """When a day of the city's calendar begins."""
    return datetime.combine(day, time(), current_settings().timezone)


def today() -> date:
    """The city's date."""
    return clock.now().astimezone(current_settings().timezone).date()


def roll_up(chunk: int = CHUNK) -> int:
    """Bring the daily counts up to date, in transactions of its own; returns how many events were counted."""
    counted = 0
    while True:
        with transaction():
            step = count_next(chunk)
        counted += step
        if step < chunk:
            return counted


def is_behind() -> bool:
    """Whether an event waits to be counted: a cheap look."""
    return oldest_uncounted() is not None


def oldest_uncounted() -> str | None:
    """The id of the oldest event that the daily counts should hold and do not; one index look-up."""
    reached = select(UsageRollup.counted_to).where(UsageRollup.name == ROLLUP)
    after = db.session.scalar(reached) or BEGINNING
    query = (
        select(UsageEvent.id)
        .where(UsageEvent.id > after, UsageEvent.id < first_id_at(clock.now() - LAG))
        .order_by(UsageEvent.id)
        .limit(1)
    )
    return db.session.scalar(query)


def count_next(chunk: int = CHUNK) -> int:
    """Add the next events to the daily counts and move the watermark, in the present transaction; returns how
    many.

    The watermark's row is locked first, so a second runner waits and then goes on from where the first has
    committed.
    """
    after = locked_watermark()
    query = (
        select(*_COUNTED, UsageEvent.id)
        .where(UsageEvent.id > after, UsageEvent.id < first_id_at(clock.now() - LAG))
        .order_by(UsageEvent.id)
        .limit(chunk)
    )
    rows = db.session.execute(query).all()
    if rows:
        _add(_counter(rows))
        db.session.execute(update(_ROLLUPS).where(_ROLLUPS.c.name == ROLLUP).values(counted_to=rows[-1].id))
    return len(rows)


def locked_watermark() -> str:
    """How far the daily counts reach, locked until the end of the transaction."""
    db.session.execute(
        upsert(_ROLLUPS)
        .values(name=ROLLUP, counted_to=BEGINNING)
        .on_conflict_do_nothing(index_elements=["name"])
    )
    reached: str = db.session.execute(
        select(_ROLLUPS.c.counted_to).where(_ROLLUPS.c.name == ROLLUP).with_for_update()
    ).scalar_one()
    return reached


def counted_to() -> str:
    """How far the daily counts reach: every event up to that id is in them."""
    return db.session.scalar(select(UsageRollup.counted_to).where(UsageRollup.name == ROLLUP)) or BEGINNING


def statistics(
    *,
    first_day: date,
    last_day: date,
    services: Collection[str] | None = None,
    group: Sequence[Dimension] = ("service",),
) -> list[Count]:
    """How many events occurred from `first_day` to `last_day` (both included, the city's calendar), grouped
    and in order.

    `services` narrows (None: all). Equal to counting the log itself, whatever the rollup has reached.
    """
    reached, days = _rolled_up(first_day, last_day, services)
    total = days + _above(reached, first_day, last_day, services)
    positions = [DIMENSIONS.index(name) for name in DIMENSIONS if name in group]
    grouped: Counter[tuple[Any, ...]] = Counter()
    for key, events in total.items():
        grouped[tuple(key[position] for position in positions)] += events
    names = [DIMENSIONS[position] for position in positions]
    return [Count(events, **dict(zip(names, key, strict=True))) for key, events in sorted(grouped.items())]


def events_between(first_day: date, last_day: date, services: Collection[str] | None = None) -> int:
    """The number of events that occurred in those days."""
    return sum(
        count.events
        for count in statistics(first_day=first_day, last_day=last_day, services=services, group=())
    )


def _rolled_up(first_day: date, last_day: date, services: Collection[str] | None) -> tuple[str, Counter[Key]]:
    """The watermark and the daily counts in one statement, hence from one snapshot: a rollup may commit at
    any time."""
    wanted = and_(
        _DAYS.c.day.between(first_day, last_day),
        _DAYS.c.service.in_(services) if services is not None else true(),
    )
    query = (
        select(_ROLLUPS.c.counted_to, _DAYS)
        .select_from(_ROLLUPS.outerjoin(_DAYS, wanted))
        .where(_ROLLUPS.c.name == ROLLUP)
    )
    reached, counts = BEGINNING, Counter[Key]()
    for row in db.session.execute(query):
        reached = row.counted_to
        if row.day is not None:
            counts[(row.day, row.service, row.purpose, row.decision, row.reason)] = row.events
    return reached, counts


def _above(reached: str, first_day: date, last_day: date, services: Collection[str] | None) -> Counter[Key]:
    query = select(*_COUNTED).where(
        UsageEvent.id > reached,
        UsageEvent.occurred_at >= start_of_day(first_day),
        UsageEvent.occurred_at < start_of_day(last_day + timedelta(days=1)),
    )
    if services is not None:
        query = query.where(UsageEvent.service.in_(services))
    # Streamed: the tail is a few minutes long, unless the jobs have stood still.
    return _counter(db.session.execute(query.execution_options(yield_per=CHUNK)))


def _counter(rows: Iterable[Row[*tuple[Any, ...]]]) -> Counter[Key]:
    zone: ZoneInfo = current_settings().timezone
    return Counter((row[0].astimezone(zone).date(), row[1], row[2], row[3], row[4]) for row in rows)


def _add(counts: Counter[Key]) -> None:
    statement = upsert(_DAYS)
    statement = statement.on_conflict_do_update(
        index_elements=list(DIMENSIONS), set_={"events": _DAYS.c.events + statement.excluded.events}
    )
    rows = [
        dict(zip(DIMENSIONS, key, strict=True)) | {"events": events} for key, events in sorted(counts.items())
    ]
    db.session.execute(statement, rows)
