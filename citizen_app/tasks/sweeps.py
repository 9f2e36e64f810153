"""What this room throws away."""

from __future__ import annotations

from typing import Final

from citizen_app.jobs.runner import Job
from citizen_app.tasks.operations import sweep_runs

JOBS: Final = (Job("tasks.sweep", every_seconds=86_400, run=sweep_runs),)
