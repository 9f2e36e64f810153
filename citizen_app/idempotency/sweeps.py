"""What this room throws away."""

from __future__ import annotations

from typing import Final

from citizen_app.idempotency.operations import sweep
from citizen_app.jobs.runner import Job

JOBS: Final = (Job("idempotency.sweep", every_seconds=3600, run=sweep),)
