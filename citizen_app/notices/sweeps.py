"""Background work of notices."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, delete

from citizen_app.ids import first_id_at
from citizen_app.jobs.retention_clock import retention_now
from citizen_app.jobs.runner import Job
from citizen_app.notices.models import InboxNotice, NoticeTally
from citizen_app.registry.modules import current_registry
from citizen_app.storage.orm import db, table_of
from citizen_app.storage.slices import Paced, delete_in_slices
from citizen_app.storage.transactions import transaction

KEPT: Final = timedelta(days=365)
"""How long a notice stays in an inbox; that of a service no longer than its details in the log."""
TALLIES_KEPT: Final = timedelta(days=7)
_INBOX: Final = table_of(InboxNotice)


def forget_old_notices() -> None:
    """Delete notices whose time is over."""
    with transaction(reading=True):
        moment = retention_now()
    kept = {module.id: timedelta(days=module.descriptor.retention_days) for module in current_registry()}
    conditions: list[ColumnElement[bool]] = [_INBOX.c.id < first_id_at(moment - KEPT)]
    conditions += [
        (_INBOX.c.service == service) & (_INBOX.c.id < first_id_at(moment - time))
        for service, time in kept.items()
        if time < KEPT
    ]
    for condition in conditions:
        delete_in_slices(_INBOX, condition, Paced())


def forget_old_tallies() -> None:
    """Delete the day's numbers of days that are over."""
    oldest = (retention_now() - TALLIES_KEPT).date()
    db.session.execute(delete(NoticeTally).where(NoticeTally.day < oldest))


JOBS: Final = (
    Job("notices.forget", every_seconds=6 * 3600, run=forget_old_notices, own_transactions=True),
    Job("notices.forget_tallies", every_seconds=86_400, run=forget_old_tallies),
)
