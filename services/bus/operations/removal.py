"""Which feeds and boardings are kept no longer, and their removal in short units."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from sqlalchemy import delete, select, update

from citizen_app.toolkit.data import first_id_at, session, table_of
from citizen_app.toolkit.jobs import Unit, delete_in_slices
from citizen_app.toolkit.time import retention_now
from services.bus.models import (
    BusBoarding,
    BusCalendar,
    BusCalendarDate,
    BusDirection,
    BusFeedActivation,
    BusFeedVersion,
    BusLineStop,
    BusRider,
    BusRoute,
    BusStop,
    BusStopTime,
    BusTransfer,
    BusTrip,
)

VERSIONS: Final = table_of(BusFeedVersion)
ACTIVATIONS: Final = table_of(BusFeedActivation)
ROWS_OF_A_VERSION: Final = (
    BusStopTime,
    BusLineStop,
    BusDirection,
    BusTrip,
    BusRoute,
    BusTransfer,
    BusStop,
    BusCalendarDate,
    BusCalendar,
)
LONGEST_IMPORT: Final = timedelta(days=1)
LAST_TAPS_KEPT: Final = timedelta(days=1)
"""Longer than any window for a second tap."""


def sweep(unit: Unit) -> int:
    """Remove the rows of discarded versions; returns how many versions went."""
    with unit():
        gone = session().scalars(select(VERSIONS.c.id).where(VERSIONS.c.status == "discarded")).all()
    for version_id in gone:
        for model in ROWS_OF_A_VERSION:
            table = table_of(model)
            pinned = table.c.version_id
            delete_in_slices(table, pinned == version_id, unit, pinned=(pinned,))
        with unit():
            session().execute(delete(VERSIONS).where(VERSIONS.c.id == version_id))
    return len(gone)


def give_up_what_is_past(keep: timedelta) -> None:
    """Discard what nobody needs any more: retired feeds and refusals after `keep`, imports that were left
    half done.

    The feed retired last always stays, so that there is one to go back to.
    """
    limit = retention_now() - keep
    ended = _ends()
    retired = session().execute(
        select(VERSIONS.c.id, VERSIONS.c.created_at).where(VERSIONS.c.status == "retired")
    )
    in_order = sorted((ended.get(row.id, row.created_at), row.id) for row in retired)
    past = [version_id for end, version_id in in_order[:-1] if end <= limit]
    left = (VERSIONS.c.status == "staged") & (VERSIONS.c.created_at < retention_now() - LONGEST_IMPORT)
    session().execute(
        update(VERSIONS)
        .where(VERSIONS.c.id.in_(past) & (VERSIONS.c.status == "retired") | left)
        .values(status="discarded")
    )
    refused = (VERSIONS.c.status == "refused") & (VERSIONS.c.created_at < limit)
    session().execute(delete(VERSIONS).where(refused))
    session().execute(
        delete(ACTIVATIONS).where(
            ACTIVATIONS.c.version_id.not_in(select(VERSIONS.c.id)), ACTIVATIONS.c.since < limit
        )
    )


def forget_boardings(keep: timedelta, unit: Unit) -> int:
    """Delete boardings recorded longer ago than `keep`, and last taps that no second tap can follow; returns
    how many boardings."""
    boardings, riders = table_of(BusBoarding), table_of(BusRider)
    with unit():
        moment = retention_now()
    delete_in_slices(riders, riders.c.tapped_at < moment - LAST_TAPS_KEPT, unit)
    return delete_in_slices(boardings, boardings.c.id < first_id_at(moment - keep), unit)


def _ends() -> dict[int, datetime]:
    """When each feed was replaced last; nothing for the one in force now."""
    rows = session().execute(select(ACTIVATIONS).order_by(ACTIVATIONS.c.since, ACTIVATIONS.c.id)).all()
    return {row.version_id: later.since for row, later in pairwise(rows)}
