"""Background work of the bus: timetables and boardings are kept as long as staff decided, and no longer."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from citizen_app.toolkit.commands import transaction
from citizen_app.toolkit.jobs import Job, Paced
from citizen_app.toolkit.settings import service_settings
from services.bus.manifest import KEEP_BOARDINGS, KEEP_FEEDS, SERVICE
from services.bus.operations import changes, removal, versions


def clear_timetables() -> None:
    """Remove feeds that no late tap can need and what broken imports left, in short units."""
    unit = Paced()
    with unit():
        removal.give_up_what_is_past(_days(KEEP_FEEDS))
    removal.sweep(unit)


def settle_versions() -> None:
    """Write down that a timetable which waited is in force, for whoever reads the list; workers know by the
    clock."""
    with transaction(reading=True):
        due = versions.is_due()
    if due:
        with transaction():
            versions.settle()


def tell_riders() -> None:
    """Tell riders what a timetable that has come into force changes at their stops, some at a time."""
    with transaction():
        changes.tell_some()


def forget_boardings() -> None:
    """Delete boardings past their time, in short units."""
    removal.forget_boardings(_days(KEEP_BOARDINGS), Paced())


def _days(setting: str) -> timedelta:
    return timedelta(days=service_settings(SERVICE.id)[setting])


JOBS: Final = (
    Job("bus.in_force", every_seconds=60, run=settle_versions, own_transactions=True),
    Job("bus.tell", every_seconds=10, run=tell_riders, own_transactions=True, has_work=changes.untold),
    Job("bus.timetables", every_seconds=3_600, run=clear_timetables, own_transactions=True),
    Job("bus.boardings", every_seconds=86_400, run=forget_boardings, own_transactions=True),
)
