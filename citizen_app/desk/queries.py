"""How far somebody is who stands at the counter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from citizen_app.clock import now
from citizen_app.desk.models import DeskFinding, DeskPresence
from citizen_app.staff.callers import StaffCaller
from citizen_app.storage.orm import db


@dataclass(frozen=True, slots=True)
class AtCounter:
    """Until when somebody counts as present; until when an OTP is waited for, and until when a second clerk
    is, and whether that is the caller's to be."""

    present_until: datetime | None = None
    otp_until: datetime | None = None
    second_until: datetime | None = None
    is_second: bool = False


def at_counter(caller: StaffCaller, finding: DeskFinding) -> AtCounter:
    """What holds for whom the caller has found; a session of theirs has one presence at a time."""
    open_ones = select(DeskPresence).where(
        DeskPresence.citizen_id == finding.citizen_id,
        DeskPresence.ended_at.is_(None),
        DeskPresence.ends_at > now(),
    )
    found = AtCounter()
    for row in db.session.scalars(open_ones.order_by(DeskPresence.id.desc())):
        mine = row.session_id == caller.session_id
        if mine and row.confirmed_at is not None:
            return AtCounter(present_until=row.ends_at)
        if row.confirmed_at is None and row.method == "document":
            other = row.staff_id != caller.staff_id
            if mine or other:
                found = AtCounter(second_until=row.ends_at, is_second=other)
        elif mine and row.confirmed_at is None and row.method == "phone":
            found = AtCounter(otp_until=row.ends_at)
    return found
