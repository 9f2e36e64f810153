"""What this room does by itself: sessions that are over go, and so do accounts that nobody uses."""

from __future__ import annotations

from typing import Final

from citizen_app.jobs.runner import Job
from citizen_app.staff.inactivity import disable_inactive
from citizen_app.staff.invitations import forget_old_invitations
from citizen_app.staff.sessions import forget_ended_sessions


def sweep_sessions() -> None:
    """Delete sessions that are over, and invitations that nobody can use any more."""
    forget_ended_sessions()
    forget_old_invitations()


JOBS: Final = (
    Job("staff.sweep", every_seconds=600, run=sweep_sessions),
    Job("staff.disable_inactive", every_seconds=3600, run=disable_inactive),
)
