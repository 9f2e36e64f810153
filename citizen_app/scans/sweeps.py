"""Retention jobs of the scans."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from citizen_app.ids import first_id_at
from citizen_app.jobs.retention_clock import retention_now
from citizen_app.jobs.runner import Job
from citizen_app.registry.modules import current_registry
from citizen_app.scans.answers import forget_before
from citizen_app.scans.replay import forget_old_claims
from citizen_app.settings import current_settings


def forget_old_answers() -> None:
    """Delete what was shown for scans once the service's retention, or that of the log, is over; what a
    service left behind that is not installed any more, once the log's is."""
    most = current_settings().usage_retention_days
    forget_before(first_id_at(retention_now() - timedelta(days=most)))
    for module in current_registry():
        if module.descriptor.retention_days < most:
            kept = timedelta(days=module.descriptor.retention_days)
            forget_before(first_id_at(retention_now() - kept), module.id)


JOBS: Final = (
    Job("scans.forget_claims", every_seconds=6 * 3600, run=forget_old_claims),
    Job("scans.forget_answers", every_seconds=6 * 3600, run=forget_old_answers),
)
