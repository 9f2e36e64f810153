"""Retention jobs of the scans."""

from __future__ import annotations

from typing import Final

from citizen_app.jobs.runner import Job
from citizen_app.scans.answers import forget_before
from citizen_app.scans.replay import forget_old_claims
from citizen_app.usage.retention import detail_bounds


def forget_old_answers() -> None:
    """Delete what was shown for scans once its time is over."""
    for bound, service in detail_bounds():
        forget_before(bound, service)


JOBS: Final = (
    Job("scans.forget_claims", every_seconds=6 * 3600, run=forget_old_claims),
    Job("scans.forget_answers", every_seconds=6 * 3600, run=forget_old_answers),
)
