"""Strikes: who books and does not come is suspended after some time, the longer the more often.

LADDER = (Step(strikes=3, within_days=180, suspend_days=30), Step(6, 180, 90))
add(ParlourStrike, ref, booking.id, "no_show", moment)
refuse_suspended(ParlourStrike, ref, LADDER, now())
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import select

from citizen_app.booking.columns import StrikeColumns
from citizen_app.booking.refusals import Suspended
from citizen_app.ids import new_id
from citizen_app.storage.locking import guarded_update
from citizen_app.storage.orm import db
from citizen_app.storage.statements import upsert

Strike = TypeVar("Strike", bound=StrikeColumns)


@dataclass(frozen=True, slots=True)
class Step:
    """So many strikes within so many days suspend for so many days, from the last of them on."""

    strikes: int
    within_days: int
    suspend_days: int


def suspended_until(
    occurred: Iterable[datetime], ladder: Iterable[Step], moment: datetime
) -> datetime | None:
    """The end of the longest suspension that strikes of these moments cause; None when it is over, or never
    began."""
    times = sorted(occurred)
    ends = [
        at + timedelta(days=step.suspend_days)
        for step in ladder
        for number, at in enumerate(times)
        if number + 1 - bisect_left(times, at - timedelta(days=step.within_days)) >= step.strikes
    ]
    latest = max(ends, default=moment)
    return latest if latest > moment else None


def add(strikes: type[Strike], citizen_ref: str, subject_id: str, kind: str, occurred_at: datetime) -> bool:
    """Write down a strike for what was booked; False when there is one for it already."""
    made = upsert(strikes).values(
        id=new_id(), citizen_ref=citizen_ref, subject_id=subject_id, kind=kind, occurred_at=occurred_at
    )
    return db.session.scalar(made.on_conflict_do_nothing().returning(strikes.id)) is not None


def forgive(strikes: type[Strike], strike_id: str, moment: datetime, by: str, why: str) -> Strike | None:
    """An appeal was granted: the strike counts no more. None for none, or one forgiven before."""
    return guarded_update(
        strikes,
        strikes.id == strike_id,
        strikes.forgiven_at.is_(None),
        forgiven_at=moment,
        forgiven_by=by,
        forgiven_why=why,
    )


def suspension_of(
    strikes: type[Strike], citizen_ref: str, ladder: Iterable[Step], moment: datetime
) -> datetime | None:
    """Until when a citizen is suspended; None when they may book."""
    counted = select(strikes.occurred_at).where(
        strikes.citizen_ref == citizen_ref, strikes.forgiven_at.is_(None), strikes.occurred_at <= moment
    )
    return suspended_until(db.session.scalars(counted), ladder, moment)


def refuse_suspended(
    strikes: type[Strike], citizen_ref: str, ladder: Iterable[Step], moment: datetime
) -> None:
    """Raise `Suspended` for whoever may not book."""
    until = suspension_of(strikes, citizen_ref, ladder, moment)
    if until is not None:
        raise Suspended(until)
