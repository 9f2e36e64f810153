"""Background work of the scans: what is kept no longer than needed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import delete

from citizen_app.ids import first_id_at
from citizen_app.jobs.runner import Job
from citizen_app.jobs.settled import settled
from citizen_app.registry.modules import current_registry
from citizen_app.scans.answers import ScanAnswer
from citizen_app.scans.replay import forget_old_claims
from citizen_app.settings import current_settings
from citizen_app.storage.orm import db

_ANSWERS: Final[Any] = ScanAnswer.__table__


def forget_old_answers() -> None:
    """Delete what was shown for scans once the service's retention, or that of the log, is over.

    Usage ids are in order of arrival, so the index on them finds the old ones.
    """
    for module in current_registry():
        kept = min(module.descriptor.retention_days, current_settings().usage_retention_days)
        oldest = first_id_at(settled() - timedelta(days=kept))
        db.session.execute(
            delete(_ANSWERS).where(_ANSWERS.c.usage_id < oldest, _ANSWERS.c.service == module.id)
        )


JOBS: Final = (
    Job("scans.forget_claims", every_seconds=6 * 3600, run=forget_old_claims),
    Job("scans.forget_answers", every_seconds=6 * 3600, run=forget_old_answers),
)
