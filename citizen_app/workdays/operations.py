"""Decisions of the city about single days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import delete, select

from citizen_app.storage.cached_values import invalidate
from citizen_app.storage.orm import db
from citizen_app.storage.statements import upsert
from citizen_app.workdays.calendar import TOPIC
from citizen_app.workdays.models import WorkdayOverride


def decide(day: date, is_workday: bool, why: str) -> None:
    """Make a day a workday or a day off; a later decision replaces an earlier one."""
    row = upsert(WorkdayOverride).values(day=day, is_workday=is_workday, why=why)
    changed = {"is_workday": row.excluded.is_workday, "why": row.excluded.why}
    db.session.execute(row.on_conflict_do_update(index_elements=["day"], set_=changed))
    invalidate(TOPIC)


def undo(day: date) -> bool:
    """Leave a day to the calendar again; False when nothing was decided about it."""
    gone = db.session.scalar(
        delete(WorkdayOverride).where(WorkdayOverride.day == day).returning(WorkdayOverride.day)
    )
    invalidate(TOPIC)
    return gone is not None


def decisions(first: date, last: date) -> Sequence[WorkdayOverride]:
    """What was decided about the days between two, both counted."""
    found = select(WorkdayOverride).where(WorkdayOverride.day.between(first, last))
    return db.session.scalars(found.order_by(WorkdayOverride.day)).all()
