"""What this room throws away: acting sessions that are long over."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import delete

from citizen_app.citizens.models import ActingSession
from citizen_app.delegations.models import Delegation
from citizen_app.jobs.retention_clock import retention_now
from citizen_app.jobs.runner import Job
from citizen_app.storage.orm import db

SESSIONS_KEPT: Final = timedelta(days=180)
"""Half a year in which a question who acted that day finds its answer, beside the usage log."""
DELEGATIONS_KEPT: Final = timedelta(days=3 * 365)
"""After their end: as long as a claim under civil law runs (Civil Code of the PRC, article 188)."""


def sweep() -> None:
    """Delete what is over for long enough."""
    moment = retention_now()
    for doomed in (
        delete(ActingSession).where(ActingSession.ends_at < moment - SESSIONS_KEPT),
        delete(Delegation).where(Delegation.ended_at < moment - DELEGATIONS_KEPT),
    ):
        db.session.execute(doomed.execution_options(synchronize_session=False))


JOBS: Final = (Job("delegations.sweep", every_seconds=3600, run=sweep),)
