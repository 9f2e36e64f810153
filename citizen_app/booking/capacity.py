"""Places that are never oversold: holds with expiry, bookings, places that come back.

    HOURS = Capacity(ParlourHour, ParlourBooking)
    booking = HOURS.hold(hour_id, ref, now(), seconds=600)      # or raises Full, NotOpen, AlreadyHeld
    HOURS.confirm(booking.id, now())                            # or raises HoldExpired
    HOURS.release(booking.id, now())

The counter of the pool is changed by a guarded UPDATE in the transaction of the hold, so of any number of
concurrent requests as many succeed as there are places. A pool's row is locked before its holds and its
waiting list, by everything here, so no two transactions wait for each other. An expired hold counts as
expired from its moment on, whether or not it was swept: it cannot be confirmed, and a full pool is looked
through for expired holds before anybody is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import ColumnElement, case, delete, func, or_, select, update

from citizen_app.booking.columns import (
    CONFIRMED,
    EXPIRED,
    HELD,
    RELEASED,
    RETURNING,
    WAITING,
    HoldColumns,
    PoolColumns,
    WaitingColumns,
)
from citizen_app.booking.refusals import AlreadyHeld, Full, HoldExpired, NotOpen
from citizen_app.ids import new_id
from citizen_app.storage.locking import guarded_update, lock_row
from citizen_app.storage.orm import db
from citizen_app.storage.slices import Unit
from citizen_app.storage.statements import upsert
from citizen_app.wire.problems import Problem

Pool = TypeVar("Pool", bound=PoolColumns)
Hold = TypeVar("Hold", bound=HoldColumns)

POOLS_PER_SLICE: Final = 200


class Capacity(Generic[Pool, Hold]):
    """The pools of one table and the holds of another; with `waiting`, nobody is served before those who
    wait."""

    def __init__(
        self, pool: type[Pool], hold: type[Hold], waiting: type[WaitingColumns] | None = None
    ) -> None:
        self.pools, self.holds, self.waiting = pool, hold, waiting

    def hold(
        self,
        pool_id: str,
        citizen_ref: str,
        moment: datetime,
        *,
        seconds: float | None,
        places: int = 1,
        from_list: bool = False,
        **columns: Any,
    ) -> Hold:
        """Hold places for a time, or book them at once (`seconds=None`); `columns` are the service's own.

        `from_list`: the places are offered to whoever is next on the waiting list. Raises `Full`, `NotOpen`,
        `AlreadyHeld`, and a 404 for a pool that does not exist; after none of them anything is left behind.
        """
        if places < 1:
            raise ValueError("a hold is for one place at least")
        if not self._take(pool_id, moment, places, from_list):
            is_freed = self._has_overdue(pool_id, moment) and self.expire(pool_id, moment)
            if not is_freed or not self._take(pool_id, moment, places, from_list):
                raise self._refusal(pool_id, moment)
        made = {
            **columns,
            "id": new_id(),
            "pool_id": pool_id,
            "citizen_ref": citizen_ref,
            "places": places,
            "hold_state": CONFIRMED if seconds is None else HELD,
            "expires_at": None if seconds is None else moment + timedelta(seconds=seconds),
            "held_at": moment,
        }
        if not self._insert(made) and not (self.expire(pool_id, moment) and self._insert(made)):
            self._change_taken(pool_id, -places)
            raise AlreadyHeld
        return self._get(made["id"])

    def confirm(self, hold_id: str, moment: datetime) -> Hold:
        """Make a hold a booking; one that is a booking already stays. Raises `HoldExpired`."""
        holds = self.holds
        confirmed = guarded_update(
            holds,
            holds.id == hold_id,
            or_(holds.hold_state == CONFIRMED, (holds.hold_state == HELD) & (holds.expires_at > moment)),
            hold_state=CONFIRMED,
            expires_at=None,
        )
        if confirmed is None:
            raise HoldExpired
        return confirmed

    def release(self, hold_id: str, moment: datetime, *, back_at: datetime | None = None) -> Hold | None:
        """Give a hold or a booking back; its places are free now, or from `back_at` on (against those who
        trade in returned places). None when it takes no place any more."""
        pool_id = db.session.scalar(select(self.holds.pool_id).where(self.holds.id == hold_id))
        if pool_id is None or lock_row(self.pools, pool_id) is None:
            return None
        released = guarded_update(
            self.holds,
            self.holds.id == hold_id,
            self._is_active(moment),
            hold_state=RELEASED if back_at is None else RETURNING,
            expires_at=back_at,
        )
        if released is not None and back_at is None:
            self._change_taken(pool_id, -released.places)
        return released

    def forget(self, citizen_ref: str) -> list[str]:
        """Delete what somebody holds, held or waits for, when they are erased; what it took is free at once.
        Returns the pools in which places came free."""
        if self.waiting is not None:
            db.session.execute(delete(self.waiting).where(self.waiting.citizen_ref == citizen_ref))
        holds, freed = self.holds, []
        theirs = select(holds.pool_id).where(holds.citizen_ref == citizen_ref).distinct()
        for pool_id in sorted(db.session.scalars(theirs)):
            lock_row(self.pools, pool_id)
            mine = delete(holds).where(holds.pool_id == pool_id, holds.citizen_ref == citizen_ref)
            gone = db.session.execute(mine.returning(holds.hold_state, holds.places)).all()
            places = sum(one.places for one in gone if one.hold_state in (HELD, CONFIRMED, RETURNING))
            if places:
                self._change_taken(pool_id, -places)
                freed.append(pool_id)
        return freed

    def may_have_left(self, pool: Pool, moment: datetime) -> bool:
        """Whether a place may be left in a pool as it was read: to refuse a crowd cheaply, before `hold` says
        for certain."""
        return pool.taken < pool.capacity or self._has_overdue(pool.id, moment)

    def left(self, pool_id: str, moment: datetime) -> int:
        """Places that can be booked now."""
        return self.left_in([pool_id], moment).get(pool_id, 0)

    def left_in(self, pool_ids: Iterable[str], moment: datetime) -> dict[str, int]:
        """Places that can be booked now, by pool. What is overdue counts as free."""
        wanted = list(pool_ids)
        free = select(self.pools.id, self.pools.capacity - self.pools.taken).where(self.pools.id.in_(wanted))
        overdue = (
            select(self.holds.pool_id, func.sum(self.holds.places))
            .where(self.holds.pool_id.in_(wanted), self._is_overdue(moment))
            .group_by(self.holds.pool_id)
        )
        back = {pool: int(places) for pool, places in db.session.execute(overdue)}
        return {pool: max(0, places + back.get(pool, 0)) for pool, places in db.session.execute(free)}

    def resize(self, pool_id: str, capacity: int) -> Pool:
        """Give a pool another number of places. What is taken stays taken, even if it is more."""
        if capacity < 0:
            raise ValueError("a capacity is 0 or more")
        return self._existing(guarded_update(self.pools, self.pools.id == pool_id, capacity=capacity))

    def close(self, pool_id: str, moment: datetime) -> list[Hold]:
        """Take all places away (a doctor does not come, a room is closed) and release every hold and booking;
        returns those that were active, each to be told and refunded by the service."""
        self._existing(guarded_update(self.pools, self.pools.id == pool_id, capacity=0))
        holds = self.holds
        ended = update(holds).where(holds.pool_id == pool_id)
        active = db.session.scalars(
            ended.where(self._is_active(moment))
            .values(hold_state=RELEASED, expires_at=None)
            .returning(holds.id)
        ).all()
        db.session.execute(
            ended.where(holds.hold_state.in_((HELD, RETURNING))).values(hold_state=EXPIRED, expires_at=None)
        )
        guarded_update(self.pools, self.pools.id == pool_id, taken=0)
        found = select(holds).where(holds.id.in_(active)).order_by(holds.id)
        return list(db.session.scalars(found.execution_options(populate_existing=True)))

    def expire(self, pool_id: str, moment: datetime) -> int:
        """End what is overdue in a pool; returns how many places came back."""
        if lock_row(self.pools, pool_id) is None:
            return 0
        holds = self.holds
        ended = (
            update(holds)
            .where(holds.pool_id == pool_id, self._is_overdue(moment))
            .values(hold_state=case((holds.hold_state == HELD, EXPIRED), else_=RELEASED), expires_at=None)
            .returning(holds.places)
            .execution_options(synchronize_session=False)
        )
        freed = sum(db.session.scalars(ended))
        if freed:
            self._change_taken(pool_id, -freed)
        return freed

    def sweep(self, moment: datetime, unit: Unit, freed: Callable[[str], object] | None = None) -> int:
        """End what is overdue in all pools, some pools to a unit; returns how many places came back. `freed`
        is called for each pool that has some, in the same unit: to offer them to whoever waits."""
        places = 0
        while True:
            with unit():
                overdue = (
                    select(self.holds.pool_id)
                    .where(self._is_overdue(moment))
                    .distinct()
                    .limit(POOLS_PER_SLICE)
                )
                pools = sorted(db.session.scalars(overdue))
                for pool_id in pools:
                    back = self.expire(pool_id, moment)
                    places += back
                    if back and freed is not None:
                        freed(pool_id)
            if len(pools) < POOLS_PER_SLICE:
                return places

    def _take(self, pool_id: str, moment: datetime, places: int, from_list: bool) -> bool:
        pools = self.pools
        guards = [
            pools.id == pool_id,
            pools.taken + places <= pools.capacity,
            or_(pools.opens_at.is_(None), pools.opens_at <= moment),
            or_(pools.closes_at.is_(None), pools.closes_at > moment),
        ]
        if self.waiting is not None and not from_list:
            guards.append(
                ~select(self.waiting.id)
                .where(self.waiting.pool_id == pool_id, self.waiting.wait_state == WAITING)
                .exists()
            )
        return guarded_update(pools, *guards, taken=pools.taken + places) is not None

    def _insert(self, made: dict[str, Any]) -> bool:
        """False where the citizen has an active hold in that pool."""
        insert = upsert(self.holds).values(made).on_conflict_do_nothing().returning(self.holds.id)
        return db.session.scalar(insert) is not None

    def _change_taken(self, pool_id: str, places: int) -> None:
        guarded_update(self.pools, self.pools.id == pool_id, taken=self.pools.taken + places)

    def _is_active(self, moment: datetime) -> ColumnElement[bool]:
        holds = self.holds
        return or_(holds.hold_state == CONFIRMED, (holds.hold_state == HELD) & (holds.expires_at > moment))

    def _is_overdue(self, moment: datetime) -> ColumnElement[bool]:
        return self.holds.hold_state.in_((HELD, RETURNING)) & (self.holds.expires_at <= moment)

    def _has_overdue(self, pool_id: str, moment: datetime) -> bool:
        found = select(self.holds.id).where(self.holds.pool_id == pool_id, self._is_overdue(moment)).limit(1)
        return db.session.scalar(found) is not None

    def _refusal(self, pool_id: str, moment: datetime) -> Problem:
        pool = self._existing(db.session.get(self.pools, pool_id, populate_existing=True))
        if pool.opens_at is not None and pool.opens_at > moment:
            return NotOpen(pool.opens_at)
        if pool.closes_at is not None and pool.closes_at <= moment:
            return NotOpen()
        return Full()

    def _get(self, hold_id: str) -> Hold:
        row = db.session.get(self.holds, hold_id)
        assert row is not None
        return row

    @staticmethod
    def _existing(pool: Pool | None) -> Pool:
        if pool is None:
            raise Problem("not-found")
        return pool
