"""Accounts that nobody uses are disabled after ninety days (GB/T 22239-2019 §8.1.4.2 c)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import func, select

from citizen_app.audit.operations import record
from citizen_app.citizens.acting_sessions import end_acting_sessions
from citizen_app.citizens.models import ActingSession
from citizen_app.jobs.retention_clock import retention_now
from citizen_app.staff.models import Staff, StaffToken
from citizen_app.staff.operations import end_everything
from citizen_app.storage.locking import guarded_update
from citizen_app.storage.orm import db

UNUSED: Final = timedelta(days=90)
INACTIVE: Final = "inactive"
AT_ONCE: Final = 100


def disable_inactive() -> None:
    """Disable accounts by which nobody has signed in and no token was used for ninety days. A clock that
    jumps disables nobody."""
    since = retention_now() - UNUSED
    used = select(StaffToken.id).where(StaffToken.staff_id == Staff.id, StaffToken.last_used_at > since)
    begun = func.coalesce(Staff.enabled_at, Staff.created_at)
    unused = (
        (Staff.state == "active")
        & (begun <= since)
        & (Staff.last_signed_in_at.is_(None) | (Staff.last_signed_in_at <= since))
        & ~used.exists()
    )
    for staff_id in db.session.scalars(select(Staff.id).where(unused).limit(AT_ONCE)).all():
        guards = (Staff.id == staff_id, unused)
        if guarded_update(Staff, *guards, state="disabled", disabled_because=INACTIVE) is None:
            continue
        end_everything(staff_id)
        end_acting_sessions(ActingSession.staff_id == staff_id, why="revoked")
        record("staff.disable", "staff", staff_id, because=INACTIVE)
