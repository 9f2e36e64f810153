"""Waiting lists: places that come back are offered to whoever is next, for a time.

WAITING = WaitingList(HOURS, ParlourWaiting)
WAITING.join(hour_id, ref, now())
for entry in WAITING.settle(hour_id, now(), seconds=1_800):     # after whatever may have freed a place
    notices.send(…)                                             # each was offered a hold: confirm it
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import func, literal, select, tuple_

from citizen_app.booking.capacity import Capacity, Hold, Pool
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
    WaitingColumns,
)
from citizen_app.booking.refusals import AlreadyHeld, Full, NotOpen
from citizen_app.ids import new_id
from citizen_app.storage.locking import guarded_update, lock_row
from citizen_app.storage.orm import db
from citizen_app.storage.statements import upsert

Entry = TypeVar("Entry", bound=WaitingColumns)

AFTER_HOLD: Final = {CONFIRMED: TAKEN, RELEASED: LEFT, RETURNING: LEFT, EXPIRED: LAPSED}
"""What becomes of an entry by what became of the hold that it was offered."""


class WaitingList(Generic[Pool, Hold, Entry]):
    """The waiting lists of the pools of a `Capacity`, in a table of their own."""

    def __init__(self, capacity: Capacity[Pool, Hold], entries: type[Entry]) -> None:
        self.capacity, self.entries = capacity, entries

    def join(
        self,
        pool_id: str,
        citizen_ref: str,
        moment: datetime,
        *,
        places: int = 1,
        rank: int = 0,
        **columns: Any,
    ) -> Entry:
        """Put somebody on the list. Call `settle` afterwards: a place may be free. Raises `AlreadyHeld` for
        whoever waits, or has an active hold."""
        holds = self.capacity.holds
        has_hold = select(holds.id).where(
            holds.pool_id == pool_id,
            holds.citizen_ref == citizen_ref,
            holds.hold_state.in_((HELD, CONFIRMED)),
        )
        if db.session.scalar(has_hold.limit(1)) is not None:
            raise AlreadyHeld
        made = {
            **columns,
            "id": new_id(),
            "pool_id": pool_id,
            "citizen_ref": citizen_ref,
            "places": places,
            "rank": rank,
            "wait_state": WAITING,
            "joined_at": moment,
        }
        insert = upsert(self.entries).values(made).on_conflict_do_nothing().returning(self.entries.id)
        if db.session.scalar(insert) is None:
            raise AlreadyHeld
        entry = db.session.get(self.entries, made["id"])
        assert entry is not None
        return entry

    def leave(self, entry_id: str, moment: datetime) -> Entry | None:
        """Take somebody off the list; an offer that they have is given back. None when they do not wait. Call
        `settle` afterwards."""
        entry = db.session.get(self.entries, entry_id, populate_existing=True)
        if entry is None or lock_row(self.capacity.pools, entry.pool_id) is None:
            return None
        entries = self.entries
        left = guarded_update(
            entries, entries.id == entry_id, entries.wait_state.in_((WAITING, OFFERED)), wait_state=LEFT
        )
        if left is not None and left.hold_id is not None:
            self.capacity.release(left.hold_id, moment)
        return left

    def settle(
        self,
        pool_id: str,
        moment: datetime,
        *,
        seconds: float,
        columns_of: Callable[[Entry], Mapping[str, Any]] | None = None,
        **columns: Any,
    ) -> list[Entry]:
        """Write down what became of earlier offers, then offer free places in the order of the list, each for
        a time; returns the entries that have an offer now and had none before. `columns` are the service's
        own of the new holds, `columns_of` those that differ by entry; it may raise `AlreadyHeld` for somebody
        who cannot have the place, and takes them off the list."""
        if lock_row(self.capacity.pools, pool_id) is None:
            return []
        self.capacity.expire(pool_id, moment)
        self._close_offers(pool_id)
        offered = []
        while (entry := self._next(pool_id)) is not None:
            try:
                hold = self.capacity.hold(
                    pool_id,
                    entry.citizen_ref,
                    moment,
                    seconds=seconds,
                    places=entry.places,
                    from_list=True,
                    **columns,
                    **(columns_of(entry) if columns_of is not None else {}),
                )
            except AlreadyHeld:
                guarded_update(self.entries, self.entries.id == entry.id, wait_state=LEFT)
            except (Full, NotOpen):
                break
            else:
                guarded_update(self.entries, self.entries.id == entry.id, wait_state=OFFERED, hold_id=hold.id)
                offered.append(entry)
        return offered

    def ahead_of(self, entry: Entry) -> int:
        """How many wait before an entry."""
        entries = self.entries
        earlier = tuple_(entries.joined_at, entries.id) < tuple_(
            literal(entry.joined_at, entries.joined_at.type), literal(entry.id, entries.id.type)
        )
        before = (entries.rank > entry.rank) | ((entries.rank == entry.rank) & earlier)
        waiting = select(func.count()).where(
            entries.pool_id == entry.pool_id, entries.wait_state == WAITING, before
        )
        return db.session.scalar(waiting) or 0

    def _next(self, pool_id: str) -> Entry | None:
        entries = self.entries
        order = select(entries).where(entries.pool_id == pool_id, entries.wait_state == WAITING)
        first = order.order_by(entries.rank.desc(), entries.joined_at, entries.id).limit(1)
        return db.session.scalar(first.execution_options(populate_existing=True))

    def _close_offers(self, pool_id: str) -> None:
        entries, holds = self.entries, self.capacity.holds
        ended = select(entries.id, holds.hold_state).where(
            entries.pool_id == pool_id,
            entries.wait_state == OFFERED,
            entries.hold_id == holds.id,
            holds.hold_state != HELD,
        )
        for entry_id, state in db.session.execute(ended).all():
            guarded_update(self.entries, self.entries.id == entry_id, wait_state=AFTER_HOLD[state])
