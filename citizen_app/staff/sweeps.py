"""Background work of the staff room."""

from __future__ import annotations

from typing import Final

from citizen_app.jobs.runner import Job
from citizen_app.staff.sessions import forget_ended_sessions


def sweep_sessions() -> None:
    """Delete sessions that ended."""
    forget_ended_sessions()


JOBS: Final = (Job("staff.sweep", every_seconds=3600, run=sweep_sessions),)
