"""The stops that a citizen keeps at hand."""

from __future__ import annotations

from typing import Final

from sqlalchemy import delete, func, select

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import session, table_of, upsert
from citizen_app.toolkit.notices import may_be_told
from citizen_app.toolkit.people import lock_caller
from citizen_app.toolkit.time import now
from citizen_app.toolkit.web import Problem
from services.bus.manifest import SERVICE
from services.bus.models import BusSavedStop
from services.bus.operations.timetable.stored_network import pole_of
from services.bus.snapshot import ActiveFeed

SAVED: Final = table_of(BusSavedStop)
MOST_SAVED: Final = 30
TOO_MANY: Final = Text(
    "收藏的站点已达 {most} 个，请先取消几个。", "You keep {most} stops already; take some away first."
)


def save_stop(feed: ActiveFeed | None, citizen_ref: str, stop_id: str) -> None:
    """Keep a stop at hand; once more changes nothing. Raises a 404 for a stop that the timetable does not
    have, a 409 when there are too many."""
    pole = pole_of(feed, stop_id) if feed is not None else None
    if pole is None:
        raise Problem("not-found")
    lock_caller()
    may_be_told(SERVICE.id)
    kept = saved_stops(citizen_ref)
    if pole.gtfs_id not in kept and len(kept) >= MOST_SAVED:
        raise Problem("conflict", TOO_MANY.fill(most=MOST_SAVED))
    row = upsert(SAVED).values(citizen_ref=citizen_ref, stop_gtfs_id=pole.gtfs_id, saved_at=now())
    session().execute(row.on_conflict_do_nothing())


def drop_stop(citizen_ref: str, stop_id: str) -> bool:
    """Keep it no longer; False when it was not kept."""
    mine = delete(SAVED).where(SAVED.c.citizen_ref == citizen_ref, SAVED.c.stop_gtfs_id == stop_id)
    return session().scalar(mine.returning(SAVED.c.stop_gtfs_id)) is not None


def drop_all(citizen_ref: str) -> None:
    """Nothing is kept of somebody who leaves, or has died."""
    session().execute(delete(SAVED).where(SAVED.c.citizen_ref == citizen_ref))


def saved_stops(citizen_ref: str) -> list[str]:
    """The GTFS ids of a citizen's stops, the one saved last first."""
    mine = select(SAVED.c.stop_gtfs_id).where(SAVED.c.citizen_ref == citizen_ref)
    newest_first = mine.order_by(SAVED.c.saved_at.desc(), SAVED.c.stop_gtfs_id)
    return list(session().scalars(newest_first))


def is_saved(citizen_ref: str, stop_id: str) -> bool:
    """Whether a stop is among them."""
    mine = select(func.count()).where(SAVED.c.citizen_ref == citizen_ref, SAVED.c.stop_gtfs_id == stop_id)
    return bool(session().scalar(mine))
