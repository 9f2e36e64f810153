"""Background work of the desk: old searches go, and names that the version before has written are indexed."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import delete, select, update

from citizen_app.citizens.models import UNINDEXED, Citizen
from citizen_app.citizens.personal import name_index
from citizen_app.desk.findings import GOOD_FOR
from citizen_app.desk.models import DeathReport, DeskFinding, DeskPresence, DeskSearch
from citizen_app.jobs.retention_clock import retention_now
from citizen_app.jobs.runner import Job
from citizen_app.settings import current_settings
from citizen_app.storage.orm import db
from citizen_app.storage.slices import Paced

NAMES_PER_STEP: Final = 200
PHONE_KEPT: Final = timedelta(days=184)
"""How long a death that was a mistake gives the phone back."""
NO_NAME: Final = bytes(32)
"""The index of a name without a letter: nothing is searched by it."""


def sweep_desk() -> None:
    """Delete findings that are over, and what is as old as the usage log gets; forget the phones of the
    dead."""
    moment = retention_now()
    kept = timedelta(days=current_settings().usage_retention_days)
    db.session.execute(
        update(DeathReport)
        .where(DeathReport.told_at < moment - PHONE_KEPT, DeathReport.phone_sealed.is_not(None))
        .values(phone_sealed=None)
        .execution_options(synchronize_session=False)
    )
    for doomed in (
        delete(DeskPresence).where(DeskPresence.begun_at < moment - kept),
        delete(DeskFinding).where(DeskFinding.found_at < moment - GOOD_FOR),
        delete(DeskSearch).where(DeskSearch.at < moment - kept),
    ):
        db.session.execute(doomed.execution_options(synchronize_session=False))


def anything_unindexed() -> bool:
    """Whether a name has no index; a look at a small index."""
    return db.session.scalar(select(Citizen.id).where(UNINDEXED).limit(1)) is not None


def index_names() -> None:
    """Index the names that have none, some in each unit of work: at the upgrade all of them, so that no
    migration holds up a city."""
    unit = Paced()
    while True:
        with unit():
            # Locked, so that a name that is changed meanwhile keeps its own index.
            some = select(Citizen.id, Citizen.name_sealed).where(UNINDEXED).limit(NAMES_PER_STEP)
            rows = db.session.execute(some.with_for_update()).all()
            for row in rows:
                index = name_index(Citizen.name.open(row.id, row.name_sealed)) or NO_NAME
                db.session.execute(update(Citizen).where(Citizen.id == row.id).values(name_index=index))
        if len(rows) < NAMES_PER_STEP:
            return


JOBS: Final = (
    Job("desk.sweep", every_seconds=3600, run=sweep_desk),
    Job("desk.index_names", 60, index_names, own_transactions=True, has_work=anything_unindexed),
)
