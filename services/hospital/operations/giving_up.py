"""Cancelling and moving a booking: the rules are those of the version that it was made under."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select

from citizen_app.toolkit.booking import MoveRefused
from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import guarded_update, lock_row, session
from citizen_app.toolkit.notices import send
from citizen_app.toolkit.usage import note
from citizen_app.toolkit.web import Problem
from services.hospital.manifest import ADDED, SERVICE
from services.hospital.models import (
    HospitalBooking,
    HospitalPatient,
    HospitalPool,
    HospitalSession,
    HospitalWait,
)
from services.hospital.operations import letters, strikes
from services.hospital.operations.booking import (
    NOT_HELD,
    OF_DESK,
    By,
    check_limits,
    columns_of,
    said,
    told,
)
from services.hospital.operations.patients import locked_person
from services.hospital.operations.paying import give_back, said_back
from services.hospital.operations.states import BOOKINGS, OPEN, PLACES
from services.hospital.operations.waiting import offer
from services.hospital.snapshot import rules_in_force, rules_of

BEGUN: Final = Text("就诊时间已到，不能再退号。", "The time has come: it cannot be cancelled any more.")
TOO_LATE: Final = Text("已过改期时间，只能退号。", "It is too late to move it; it can only be cancelled.")
MOVED_ENOUGH: Final = Text("这个预约已经改期 {most} 次。", "This booking was moved {most} times already.")
OTHER_PLACE: Final = Text(
    "只能改到同一科室、同样费用的号。", "Choose a number of the same department at the same fee."
)
SAME: Final = Text("这就是现在的时段。", "That is the time you have.")


def cancel(booking: HospitalBooking, moment: datetime, by: By) -> HospitalBooking:
    """Give a number up. Until the deadline all that was paid comes back; later what the rules say, and it
    counts. Raises a 409 once the time has come."""
    if booking.state not in OPEN:
        raise MoveRefused(booking.state, "cancelled")
    rules = rules_of(booking.policy_id)
    was_booked = booking.state == "booked"
    if was_booked and moment >= booking.starts_at:
        raise Problem("conflict", BEGUN)
    in_time = moment <= rules.cancel_by(booking.day, booking.starts_at)
    release(booking, moment)
    done = BOOKINGS.move(booking.id, "cancelled", by=by.name, reason=by.kind, moment=moment, ended_at=moment)
    if was_booked:
        back = give_back(done, 100 if in_time else rules.late_refund_percent)
        strikes.add(done, "cancel" if in_time else "late_cancel", moment)
        lines = [said(done), *said_back(back)]
        note(SERVICE.id, done.citizen_ref, "cancel", by.channel, lines, key=f"{done.id}:cancel")
    return done


def move(booking: HospitalBooking, pool_id: str, moment: datetime, by: By) -> HospitalBooking:
    """Move a booking to another number, in one unit of work: nobody gets the old one before the new one is
    won, and where it is not, everything is as it was. What was paid goes along.

    Raises `Full`, `NotOpen` and a 409 with words.
    """
    if booking.state != "booked":
        raise MoveRefused(booking.state, "moved")
    own = rules_of(booking.policy_id)
    if moment > own.cancel_by(booking.day, booking.starts_at):
        raise Problem("conflict", TOO_LATE)
    if booking.moves >= own.most_moves:
        raise Problem("conflict", MOVED_ENOUGH.fill(most=own.most_moves))
    pool, row = _wanted(booking, pool_id)
    version = rules_in_force(row.hospital_id, row.department_id, row.kind, moment)
    patient = session().get_one(HospitalPatient, booking.patient_id)
    locked_person(patient.holder_ref, moment)
    check_limits(patient.holder_ref, pool, row, version.rules, moment, without=booking.id)
    for one in sorted({booking.pool_id, pool_id}):
        lock_row(HospitalPool, one)
    release(booking, moment, settles=False)
    columns = columns_of(patient, pool, row, by, version.id, version.rules)
    columns |= {
        "number": booking.number,
        "pays": booking.pays,
        "paid": booking.paid,
        "refunded": booking.refunded,
        "charge_id": booking.charge_id,
        "moves": booking.moves + 1,
    }
    old_id, old_pool = booking.id, booking.pool_id
    _keep_number(booking)
    made = PLACES.hold(
        pool_id, patient.holder_ref, moment, seconds=None, state="booked", made_at=moment, **columns
    )
    BOOKINGS.move(
        old_id,
        "moved",
        by=by.name,
        reason=f"to {made.id}",
        moment=moment,
        ended_at=moment,
        charge_id=None,
        paid=0,
        refunded=0,
    )
    letters.follow(old_id, made.id)
    offer(old_pool, moment)
    note(SERVICE.id, made.citizen_ref, "move", by.channel, [said(made)], key=made.id)
    send(SERVICE.id, made.citizen_ref, "booked", told(made), key=made.id)
    return made


def release(booking: HospitalBooking, moment: datetime, *, settles: bool = True) -> None:
    """Give the place back: to whoever waits at once, otherwise after a chance delay, against those who trade
    in returned places."""
    waited = select(HospitalWait.id).where(
        HospitalWait.pool_id == booking.pool_id, HospitalWait.wait_state == "waiting"
    )
    back_at = None
    if booking.state == "booked" and session().scalar(waited.limit(1)) is None:
        back_at = rules_of(booking.policy_id).back_at(moment, booking.starts_at)
    if PLACES.release(booking.id, moment, back_at=back_at) is not None:
        guarded_update(HospitalBooking, HospitalBooking.id == booking.id, back_at=back_at or moment)
    if settles:
        offer(booking.pool_id, moment)


def _wanted(booking: HospitalBooking, pool_id: str) -> tuple[HospitalPool, HospitalSession]:
    pool = session().get(HospitalPool, pool_id)
    row = session().get(HospitalSession, pool.session_id) if pool is not None else None
    if pool is None or row is None:
        raise Problem("not-found")
    if pool_id == booking.pool_id:
        raise Problem("conflict", SAME)
    if row.state != "open":
        raise Problem("conflict", NOT_HELD)
    if pool.channel not in ("app", booking.channel) or pool.channel == ADDED:
        raise Problem("conflict", OF_DESK)
    if (row.department_id, row.fee) != (booking.department_id, booking.fee):
        raise Problem("conflict", OTHER_PLACE)
    return pool, row


def _keep_number(booking: HospitalBooking) -> None:
    """What a desk is told stays the same when the time changes: the old row takes another."""
    booking.number = f"M{booking.id.replace('-', '')[-9:]}"
    session().flush()
