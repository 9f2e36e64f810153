"""What this room throws away."""

from __future__ import annotations

from typing import Final

from citizen_app.files.operations import forget_expired_files
from citizen_app.jobs.runner import Job

JOBS: Final = (Job("files.sweep", every_seconds=600, run=forget_expired_files, own_transactions=True),)
