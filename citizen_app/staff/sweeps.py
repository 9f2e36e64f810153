"""What this room throws away: sessions that are over."""

from __future__ import annotations

from typing import Final

from citizen_app.jobs.runner import Job
from citizen_app.staff.sessions import forget_ended_sessions


def sweep_sessions() -> None:
    """Delete sessions that are over."""
    forget_ended_sessions()


JOBS: Final = (Job("staff.sweep", every_seconds=600, run=sweep_sessions),)
