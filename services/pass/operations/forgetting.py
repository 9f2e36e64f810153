"""Forgetting: the trail and all that was written about people goes when the place's own time is over. A bounded slice at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select

from citizen_app.toolkit.data import session
from citizen_app.toolkit.time import retention_now

from ..models import (
    PassAccounted,
    PassClaim,
    PassEmergency,
    PassInvitation,
    PassMember,
    PassPassage,
    PassPlace,
    PassPresence,
)

ROWS_PER_STEP: Final = 500
Unit = Callable[[], AbstractContextManager[None]]
"""Opens one unit of work."""


def forget(unit: Unit, rows_per_step: int = ROWS_PER_STEP) -> int:
    """Delete what no place may keep any more; returns how many rows went."""
    with unit():
        places = session().execute(select(PassPlace.id, PassPlace.trail_days)).all()
        moment = retention_now()
    gone = 0
    for place_id, trail_days in places:
        for model, old in _old_rows(place_id, moment - timedelta(days=trail_days)):
            gone += _delete(model, old, unit, rows_per_step)
    return gone


def _old_rows(place_id: str, oldest: datetime) -> Iterator[tuple[Any, ColumnElement[bool]]]:
    """What of a place is older than it may be. Guests go before the hosts they name."""
    yield PassPassage, and_(PassPassage.place_id == place_id, PassPassage.occurred_at < oldest)
    yield PassPresence, and_(PassPresence.place_id == place_id, PassPresence.since < oldest)
    of_place = select(PassEmergency.id).where(PassEmergency.place_id == place_id)
    yield PassAccounted, and_(PassAccounted.emergency_id.in_(of_place), PassAccounted.at < oldest)
    over = or_(PassInvitation.ends_at < oldest, PassInvitation.revoked_at < oldest)
    yield PassInvitation, and_(PassInvitation.place_id == place_id, over)
    yield PassClaim, and_(PassClaim.place_id == place_id, PassClaim.decided_at < oldest)
    ended = or_(PassMember.revoked_at < oldest, PassMember.valid_until < oldest)
    hosts = exists().where(PassInvitation.host_id == PassMember.id)
    yield PassMember, and_(PassMember.place_id == place_id, ended, ~hosts)


def _delete(model: Any, old: ColumnElement[bool], unit: Unit, rows_per_step: int) -> int:
    key = model.person_id if model is PassAccounted else model.id
    gone = 0
    while True:
        with unit():
            slice_ = session().scalars(select(key).where(old).limit(rows_per_step)).all()
            if slice_:
                session().execute(
                    delete(model).where(key.in_(slice_), old).execution_options(synchronize_session=False)
                )
        gone += len(slice_)
        if len(slice_) < rows_per_step:
            return gone
