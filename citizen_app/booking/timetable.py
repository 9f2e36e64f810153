"""Timetables: lines of the week over workdays, validity and closures become slots with places by channel.

for day in timetable.days_of(line, first, last):
    slots = timetable.slots_of(*timetable.times_of(line, day, city_zone()), line.slot_minutes)
    wanted = timetable.places_of(slots, {"app": 8, "window": 2}, main="app", gives_back=timedelta(hours=24))

SLOTS = Slots(PLACES, parent="session_id", main="app")      # over a table of `SlotColumns`
pools = SLOTS.locked(session_id)
if not SLOTS.are_used(pools, now()):
    missing = SLOTS.fit(pools, wanted)                      # to be inserted with the service's own columns
SLOTS.give_back(now(), Paced(), freed)                      # in a job, each minute
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, Generic, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import and_, bindparam, select, update
from sqlalchemy.orm import aliased

from citizen_app.booking.capacity import Capacity, Hold
from citizen_app.booking.columns import (
    OFFERED,
    WAITING,
    ClosureColumns,
    LineColumns,
    SlotColumns,
)
from citizen_app.storage.locking import lock_rows
from citizen_app.storage.orm import db, table_of
from citizen_app.storage.slices import Unit
from citizen_app.workdays.calendar import is_workday

Pool = TypeVar("Pool", bound=SlotColumns)
Slot = tuple[datetime, datetime]
Key = tuple[datetime, str]
"""When a slot begins, and the channel."""
Wanted = Mapping[Key, Mapping[str, Any]]

POOLS_PER_SLICE: Final = 100


def holds_on(line: LineColumns, day: date) -> bool:
    """Whether a line of a timetable is about a day, closures aside."""
    if line.closed or line.weekday != day.weekday() or day < line.valid_from:
        return False
    if line.valid_until is not None and day > line.valid_until:
        return False
    return line.days == "always" or is_workday(day) is (line.days == "workdays")


def days_of(line: LineColumns, first: date, last: date) -> Iterator[date]:
    """The days from the first to the last that a line is about."""
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return (day for day in days if holds_on(line, day))


def covers(closure: ClosureColumns, of: Any, day: date, *respects: str) -> bool:
    """Whether a closure that stands is about a row on a day: in each of these respects, columns of both, it
    says nothing or the same."""
    return (
        not closure.closed
        and closure.first_day <= day <= closure.last_day
        and all(getattr(closure, name) in (None, getattr(of, name)) for name in respects)
    )


def times_of(line: LineColumns, day: date, zone: ZoneInfo) -> Slot:
    """From when to when a line is about a day, by the clock of the city."""
    return datetime.combine(day, line.starts, zone), datetime.combine(day, line.ends, zone)


def slots_of(starts_at: datetime, ends_at: datetime, minutes: int) -> Iterator[Slot]:
    """The slots between two moments; the last may be shorter."""
    step = timedelta(minutes=minutes)
    while starts_at < ends_at:
        yield starts_at, min(starts_at + step, ends_at)
        starts_at += step


def places_of(
    slots: Iterable[Slot], places: Mapping[str, int], *, main: str, gives_back: timedelta
) -> dict[Key, dict[str, Any]]:
    """Places by slot and channel, each channel's spread evenly, the earlier slots first. The main channel has
    a pool in each slot, if only for what others give back, so long before the slot begins."""
    slots = list(slots)
    found: dict[Key, dict[str, Any]] = {}
    for channel, number in {main: 0, **places}.items():
        for place, (starts_at, ends_at) in enumerate(slots):
            capacity = number // len(slots) + (place < number % len(slots))
            if capacity or channel == main:
                back = None if channel == main else starts_at - gives_back
                found[starts_at, channel] = {"ends_at": ends_at, "capacity": capacity, "gives_back_at": back}
    return found


class Slots(Generic[Pool, Hold]):
    """The pools of a `Capacity` by slot and channel. `parent` is the column for what they are slots of."""

    def __init__(self, capacity: Capacity[Pool, Hold], *, parent: str, main: str) -> None:
        self.capacity, self.pools, self.main = capacity, capacity.pools, main
        self._parent = parent

    def locked(self, parent_id: str) -> list[Pool]:
        """The pools of one parent, each locked until the end of the unit of work, in the order in which all
        take them."""
        ids = db.session.scalars(select(self.pools.id).filter_by(**{self._parent: parent_id}))
        return lock_rows(self.pools, ids)

    def are_used(self, pools: Iterable[Pool], moment: datetime) -> bool:
        """Whether somebody has a place in one of these pools, or waits for one; they are locked."""
        pools = list(pools)
        for pool in pools:
            if pool.taken:
                self.capacity.expire(pool.id, moment)
        return any(pool.taken for pool in pools) or self._is_waited_for(pools)

    def fit(self, pools: Iterable[Pool], wanted: Wanted) -> dict[Key, Mapping[str, Any]]:
        """Change pools that nobody uses into those that are wanted, and return what is not there yet. What
        is not wanted goes; where somebody once booked it stays, without places."""
        missing = dict(wanted)
        for pool in pools:
            columns = missing.pop((pool.starts_at, pool.channel), None)
            if columns is not None:
                for name, value in columns.items():
                    setattr(pool, name, value)
            elif self._is_named(pool.id):
                pool.capacity = 0
            else:
                db.session.delete(pool)
        db.session.flush()
        return missing

    def give_back(self, moment: datetime, unit: Unit, freed: Callable[[str], object] | None = None) -> int:
        """Move what other channels did not sell in time to the main one's pool of the same slot, once, some
        pools to a unit; returns how many places. `freed` is called for each pool that got some, in the same
        unit."""
        moved = 0
        while True:
            with unit():
                due = select(self.pools.id).where(self.pools.gives_back_at <= moment).order_by(self.pools.id)
                ids = db.session.scalars(due.limit(POOLS_PER_SLICE)).all()
                gained = self._give_back(ids, moment)
                for main_id, places in gained:
                    moved += places
                    if freed is not None:
                        freed(main_id)
            if len(ids) < POOLS_PER_SLICE:
                return moved

    def _give_back(self, ids: Sequence[str], moment: datetime) -> list[tuple[str, int]]:
        """What main pools got from these pools, which are locked with them and give back once."""
        mains = self._mains_of(ids)
        locked = {pool.id: pool for pool in lock_rows(self.pools, {*mains, *filter(None, mains.values())})}
        due = [
            one for one in map(locked.get, ids) if one and one.gives_back_at and one.gives_back_at <= moment
        ]
        for pool in due:
            if pool.taken:
                self.capacity.expire(pool.id, moment)
        given = [
            (pool.id, main, free)
            for pool in due
            if (main := mains[pool.id]) in locked and (free := pool.capacity - pool.taken) > 0
        ]
        ended = update(self.pools).where(self.pools.id.in_([pool.id for pool in due]))
        db.session.execute(ended.values(gives_back_at=None).execution_options(synchronize_session=False))
        self._move(given)
        for pool in locked.values():
            db.session.expire(pool)
        return [(str(main), free) for _, main, free in given]

    def _move(self, given: Iterable[tuple[str, str | None, int]]) -> None:
        changes = [
            {"pool": pool, "change": change}
            for giver, main, free in given
            for pool, change in ((giver, -free), (main, free))
        ]
        if changes:
            table = table_of(self.pools)
            moved = update(table).where(table.c.id == bindparam("pool"))
            capacity = table.c.capacity + bindparam("change")
            db.session.connection().execute(moved.values(capacity=capacity), changes)

    def _mains_of(self, ids: Sequence[str]) -> dict[str, str | None]:
        """The main channel's pool of the same slot, by pool."""
        pools, main = self.pools, aliased(self.pools)
        same = [getattr(main, name) == getattr(pools, name) for name in (self._parent, "starts_at")]
        found = select(pools.id, main.id).outerjoin(main, and_(main.channel == self.main, *same))
        return dict(db.session.execute(found.where(pools.id.in_(ids))).all())

    def _is_waited_for(self, pools: list[Pool]) -> bool:
        waiting = self.capacity.waiting
        if waiting is None:
            return False
        active = waiting.wait_state.in_((WAITING, OFFERED))
        found = select(waiting.id).where(waiting.pool_id.in_([pool.id for pool in pools]), active).limit(1)
        return db.session.scalar(found) is not None

    def _is_named(self, pool_id: str) -> bool:
        tables = (self.capacity.holds, self.capacity.waiting)
        named = (select(one.id).where(one.pool_id == pool_id).limit(1) for one in tables if one is not None)
        return any(db.session.scalar(one) is not None for one in named)
