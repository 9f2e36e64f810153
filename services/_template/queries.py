"""Reads."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, func, select

from citizen_app.toolkit.data import session
from citizen_app.toolkit.web import Page, page, page_of_rows
from services._template.models import ParlourVisit


def visits_of(citizen_ref: str, limit: int, cursor: str | None) -> Page[ParlourVisit]:
    """A citizen's visits, the one recorded last first."""
    mine = select(ParlourVisit).where(ParlourVisit.citizen_ref == citizen_ref)
    return page(mine, ParlourVisit.id, limit, cursor)


def days(limit: int, cursor: str | None) -> Page[Row[*tuple[Any, ...]]]:
    """Days with `visitors`, citizens and companions together; the latest day first."""
    day, companions = ParlourVisit.day, func.sum(ParlourVisit.companions)
    by_day = select(day, (func.count() + companions).label("visitors")).group_by(day)
    return page_of_rows(by_day, day, limit, cursor)


def visits_on(day: str) -> int:
    """How many citizens came on a day."""
    found = select(func.count(ParlourVisit.id)).where(ParlourVisit.day == day)
    return session().scalar(found) or 0
