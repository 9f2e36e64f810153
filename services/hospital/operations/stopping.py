"""停诊: a session that does not take place. It takes nobody from the same moment; those who had a number are
released, refunded and told one by one, in short units, by whoever stops it and by the job that follows.
Never a no-show."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Final

from sqlalchemy import select, update

from citizen_app.toolkit.booking import LEFT, MoveRefused
from citizen_app.toolkit.commands import audit
from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import session
from citizen_app.toolkit.jobs import Unit
from citizen_app.toolkit.notices import send
from citizen_app.toolkit.usage import note
from citizen_app.toolkit.web import Problem
from services.hospital.manifest import SERVICE
from services.hospital.models import (
    HospitalBooking,
    HospitalClosure,
    HospitalPool,
    HospitalSession,
    HospitalWait,
)
from services.hospital.operations.booking import said, told
from services.hospital.operations.paying import give_back, said_back
from services.hospital.operations.states import BOOKINGS, PLACES, SESSIONS
from services.hospital.operations.timetable import covers

AT_ONCE: Final = 50
UNDONE: Final = ("held", "booked", "checked_in")
OVER: Final = Text("这个出诊已经结束或已停诊。", "This session is over, or was stopped.")


def stop(row: HospitalSession, reason: Text | None, moment: datetime, by: str) -> HospitalSession:
    """Stop a session: nobody can book in it any more. `clear` then releases those who had. Raises a 409 for
    one that is over."""
    words = {"stopped_zh": reason.zh, "stopped_en": reason.en} if reason else {}
    try:
        stopped = SESSIONS.move(
            row.id, "stopped", by=by, reason="stopped", moment=moment, stopped_at=moment, **words
        )
    except MoveRefused as refused:
        raise Problem("conflict", OVER) from refused
    pools = session().scalars(select(HospitalPool.id).where(HospitalPool.session_id == row.id)).all()
    for pool in sorted(pools):
        PLACES.resize(pool, 0)
    audit("hospital.stop", "hospital_session", row.id)
    return stopped


def stop_closed(closure: HospitalClosure, moment: datetime) -> int:
    """Stop the sessions that a closure is about; returns how many."""
    days = (HospitalSession.day >= closure.first_day) & (HospitalSession.day <= closure.last_day)
    found = select(HospitalSession).where(
        HospitalSession.hospital_id == closure.hospital_id, days, HospitalSession.state == "open"
    )
    rows = [
        row
        for row in session().scalars(found.order_by(HospitalSession.id))
        if row.ends_at > moment and covers(closure, row, row.day, row.segment)
    ]
    for row in rows:
        stop(row, closure.reason, moment, "closure")
    closure.stopped_at = moment
    session().flush()
    return len(rows)


def clear(moment: datetime, unit: Unit, session_id: str | None = None) -> int:
    """Release everybody who still has a number in a stopped session (or in that one), some to a unit;
    returns how many. Those who wait are taken off their lists."""
    cleared = 0
    while True:
        with unit():
            found = clear_some(moment, session_id)
        cleared += found
        if found < AT_ONCE:
            return cleared


def clear_some(moment: datetime, session_id: str | None = None) -> int:
    """The same for `AT_ONCE` of them, in the present unit of work."""
    stopped = select(HospitalSession.id).where(HospitalSession.state == "stopped")
    if session_id is not None:
        stopped = stopped.where(HospitalSession.id == session_id)
    waits = (HospitalWait.session_id.in_(stopped)) & (HospitalWait.wait_state.in_(("waiting", "offered")))
    session().execute(update(HospitalWait).where(waits).values(wait_state=LEFT))
    bookings = select(HospitalBooking).where(
        HospitalBooking.session_id.in_(stopped), HospitalBooking.state.in_(UNDONE)
    )
    rows = (
        session().scalars(bookings.order_by(HospitalBooking.pool_id, HospitalBooking.id).limit(AT_ONCE)).all()
    )
    for row in rows:
        with suppress(MoveRefused):  # cancelled since the rows were read
            _release(row, moment)
    return len(rows)


def others_of(booking: HospitalBooking, moment: datetime, most: int = 3) -> list[HospitalSession]:
    """The next sessions of the department with numbers left: what whoever was stopped may choose instead."""
    found = select(HospitalSession).where(
        HospitalSession.department_id == booking.department_id,
        HospitalSession.state == "open",
        HospitalSession.starts_at > moment,
        HospitalSession.opens_at <= moment,
    )
    open_pools = select(HospitalPool.id).where(
        HospitalPool.session_id == HospitalSession.id,
        HospitalPool.channel == "app",
        HospitalPool.taken < HospitalPool.capacity,
    )
    rows = session().scalars(found.where(open_pools.exists()).order_by(HospitalSession.starts_at).limit(most))
    return list(rows)


def _release(booking: HospitalBooking, moment: datetime) -> None:
    was_held = booking.state == "held"
    PLACES.release(booking.id, moment)
    done = BOOKINGS.move(booking.id, "stopped", by="system", reason="stopped", moment=moment, ended_at=moment)
    back = give_back(done, 100)
    if not was_held:
        lines = [said(done), *said_back(back)]
        note(SERVICE.id, done.citizen_ref, "stopped", "automatic", lines, key=f"{done.id}:stopped")
        send(SERVICE.id, done.citizen_ref, "stopped", told(done), key=done.id)
