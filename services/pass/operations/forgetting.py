"""Forgetting: the trail and all that was written about people goes when the place's own time is over. A
bounded slice at a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, literal, or_, select

from citizen_app.toolkit.commands import transaction
from citizen_app.toolkit.data import Model, session, table_of
from citizen_app.toolkit.jobs import ROWS_PER_SLICE, Unit, delete_in_slices
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


def forget(unit: Unit, rows: int = ROWS_PER_SLICE) -> int:
    """Delete what no place may keep any more, `rows` to a unit; returns how many went. Where nothing is over,
    nothing waits to write."""
    with transaction(reading=True):
        places = session().execute(select(PassPlace.id, PassPlace.trail_days)).all()
        moment = retention_now()
    gone = 0
    for place_id, trail_days in places:
        for model, old in _old_rows(place_id, moment - timedelta(days=trail_days)):
            if _any(model, old):
                gone += delete_in_slices(table_of(model), old, unit, rows)
    return gone


def _any(model: type[Model], old: ColumnElement[bool]) -> bool:
    with transaction(reading=True):
        one = select(literal(1)).select_from(table_of(model)).where(old).limit(1)
        return session().scalar(one) is not None


def _old_rows(place_id: str, oldest: datetime) -> Iterator[tuple[type[Model], ColumnElement[bool]]]:
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
