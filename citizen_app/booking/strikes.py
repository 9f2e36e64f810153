"""Strikes: who books and does not come is suspended after some time, the longer the more often.

LADDER = (Step(3, within_days=180, suspend_days=30), Step(6, 180, 90), Step(3, 30, 30, ("late_cancel",)))
strikes.add(ParlourStrike, ref, booking.id, "no_show", moment)
strikes.refuse_suspended(ParlourStrike, ref, LADDER, now())

A suspension is computed, never stored. Where strikes count by place, the table has a column for it, and every
function takes it by name: `strikes.suspension_of(HospitalStrike, ref, ladder, now(), hospital_id=one)`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, func, select, update

from citizen_app.booking.columns import StrikeColumns
from citizen_app.booking.refusals import Suspended
from citizen_app.ids import new_id
from citizen_app.storage.locking import guarded_update
from citizen_app.storage.orm import db
from citizen_app.storage.statements import upsert

Strike = TypeVar("Strike", bound=StrikeColumns)


@dataclass(frozen=True, slots=True)
class Step:
    """So many strikes of these kinds (of any, where none is named) within so many days suspend for so many
    days, from the last of them on."""

    strikes: int
    within_days: int
    suspend_days: int
    kinds: tuple[str, ...] = ()

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Step:
        """From the document of a policy."""
        return cls(**{**stored, "kinds": tuple(stored.get("kinds", ()))})

    def ends_of(self, counted: Iterable[tuple[str, datetime]]) -> list[datetime]:
        """The ends of all suspensions that strikes, each a kind and a moment, cause by this step."""
        times = sorted(at for kind, at in counted if not self.kinds or kind in self.kinds)
        within, suspended = timedelta(days=self.within_days), timedelta(days=self.suspend_days)
        return [
            at + suspended
            for number, at in enumerate(times, 1)
            if number - bisect_left(times, at - within) >= self.strikes
        ]


def suspended_until(
    counted: Collection[tuple[str, datetime]], ladder: Iterable[Step], moment: datetime
) -> datetime | None:
    """The end of the longest suspension that strikes, each a kind and a moment, cause; None when it is over,
    or never began."""
    latest = max((end for step in ladder for end in step.ends_of(counted)), default=moment)
    return latest if latest > moment else None


def add(
    strikes: type[Strike], citizen_ref: str, subject_id: str, kind: str, occurred_at: datetime, **place: Any
) -> bool:
    """Write down a strike for what was booked; False when there is one for it already."""
    made = upsert(strikes).values(
        id=new_id(),
        citizen_ref=citizen_ref,
        subject_id=subject_id,
        kind=kind,
        occurred_at=occurred_at,
        **place,
    )
    return db.session.scalar(made.on_conflict_do_nothing().returning(strikes.id)) is not None


def forgive(strikes: type[Strike], strike_id: str, moment: datetime, by: str, why: str) -> Strike | None:
    """An appeal was granted: the strike counts no more. None for none, or one forgiven before."""
    return _forgive(strikes, strikes.id == strike_id, moment, by, why)


def forgive_subject(
    strikes: type[Strike], subject_id: str, kind: str, moment: datetime, by: str, why: str
) -> Strike | None:
    """What was written down for a booking counts no more, where it is of this kind: they were there."""
    of = (strikes.subject_id == subject_id) & (strikes.kind == kind)
    return _forgive(strikes, of, moment, by, why)


def free_again(
    strikes: type[Strike], citizen_ref: str, moment: datetime, by: str, why: str, **place: Any
) -> None:
    """End a suspension early: what has counted until now counts no more."""
    mine = update(strikes).where(strikes.citizen_ref == citizen_ref, *_counted(strikes, moment))
    db.session.execute(
        mine.filter_by(**place).values(forgiven_at=moment, forgiven_by=by[:64], forgiven_why=why)
    )


def suspension_of(
    strikes: type[Strike], citizen_ref: str, ladder: Iterable[Step], moment: datetime, **place: Any
) -> datetime | None:
    """Until when a citizen is suspended; None when they may book."""
    counted = select(strikes.kind, strikes.occurred_at).where(
        strikes.citizen_ref == citizen_ref, *_counted(strikes, moment)
    )
    rows = db.session.execute(counted.filter_by(**place))
    return suspended_until([(kind, at) for kind, at in rows], ladder, moment)


def refuse_suspended(
    strikes: type[Strike], citizen_ref: str, ladder: Iterable[Step], moment: datetime, **place: Any
) -> None:
    """Raise `Suspended` for whoever may not book."""
    until = suspension_of(strikes, citizen_ref, ladder, moment, **place)
    if until is not None:
        raise Suspended(until)


def suspended(
    strikes: type[Strike], ladder: Collection[Step], moment: datetime, **place: Any
) -> dict[str, datetime]:
    """Everybody who may not book under a ladder, each until when; the first to be free again first."""
    if not ladder:
        return {}
    longest = max(step.within_days + step.suspend_days for step in ladder)
    recent = [*_counted(strikes, moment), strikes.occurred_at > moment - timedelta(days=longest)]
    if all(step.kinds for step in ladder):
        recent.append(strikes.kind.in_({kind for step in ladder for kind in step.kinds}))
    often = select(strikes.citizen_ref).where(*recent).filter_by(**place).group_by(strikes.citizen_ref)
    often = often.having(func.count() >= min(step.strikes for step in ladder))
    rows = select(strikes.citizen_ref, strikes.kind, strikes.occurred_at).where(
        *recent, strikes.citizen_ref.in_(often)
    )
    of: dict[str, list[tuple[str, datetime]]] = {}
    for ref, kind, at in db.session.execute(rows.filter_by(**place)):
        of.setdefault(ref, []).append((kind, at))
    ends = {ref: suspended_until(counted, ladder, moment) for ref, counted in of.items()}
    still = [(until, ref) for ref, until in ends.items() if until is not None]
    return {ref: until for until, ref in sorted(still)}


def _counted(strikes: type[Strike], moment: datetime) -> list[ColumnElement[bool]]:
    return [strikes.forgiven_at.is_(None), strikes.occurred_at <= moment]


def _forgive(
    strikes: type[Strike], which: ColumnElement[bool], moment: datetime, by: str, why: str
) -> Strike | None:
    return guarded_update(
        strikes,
        which,
        strikes.forgiven_at.is_(None),
        forgiven_at=moment,
        forgiven_by=by[:64],
        forgiven_why=why,
    )
