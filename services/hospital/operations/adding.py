"""加号: a number beyond what there is, given by hand by a doctor or a desk, with a reason. Such numbers have
pools of their own, which nobody else books in, so no channel is ever oversold by them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select

from citizen_app.toolkit.commands import audit
from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import guarded_update, lock_row, new_id, session, upsert
from citizen_app.toolkit.web import Problem
from services.hospital.manifest import ADDED
from services.hospital.models import HospitalBooking, HospitalPatient, HospitalPool, HospitalSession
from services.hospital.operations.booking import NOT_HELD, By, booked, columns_of, refuse_overlap
from services.hospital.operations.patients import locked_person
from services.hospital.operations.states import PLACES
from services.hospital.snapshot import rules_in_force

FREE: Final = Text(
    "这个时段窗口或线上还有号，不用加号。", "There are numbers left at this time: none needs to be added."
)


def add(
    row: HospitalSession, patient: HospitalPatient, reason: str, moment: datetime, by: By
) -> HospitalBooking:
    """Give a patient a number of the slot that is under way, or the next one (of a session to come the
    first). Raises `AlreadyHeld`, and a 409 with words: where numbers are left, for a session that is over
    or stopped, and for whoever has to be elsewhere. Limits of a person and suspensions do not bind the
    doctor."""
    if patient.hospital_id != row.hospital_id:
        raise Problem("not-found")
    if row.state != "open" or row.ends_at <= moment:
        raise Problem("conflict", NOT_HELD)
    version = rules_in_force(row.hospital_id, row.department_id, row.kind, moment)
    locked_person(patient.holder_ref, moment)
    pool = _pool(row, moment)
    refuse_overlap(patient.holder_ref, pool, moment)
    if pool.taken >= pool.capacity:
        guarded_update(HospitalPool, HospitalPool.id == pool.id, capacity=HospitalPool.capacity + 1)
    columns = columns_of(patient, pool, row, by, version.id, version.rules)
    seconds = version.rules.hold_minutes * 60
    held = PLACES.hold(
        pool.id, patient.holder_ref, moment, seconds=seconds, state="held", made_at=moment, **columns
    )
    done = booked(held.id, moment, by, why=reason)
    audit("hospital.add", "hospital_booking", done.id, hospital=row.hospital_id)
    return done


def _pool(row: HospitalSession, moment: datetime) -> HospitalPool:
    """The pool of added numbers of a slot, held; made where there is none."""
    found = select(HospitalPool).where(HospitalPool.session_id == row.id, HospitalPool.channel != ADDED)
    slots = session().scalars(found.order_by(HospitalPool.starts_at)).all()
    if not slots:
        raise Problem("conflict", NOT_HELD)
    slot = next((one for one in slots if one.ends_at > moment), slots[-1])
    same = [one.id for one in slots if one.starts_at == slot.starts_at and one.channel in ("app", "window")]
    if any(PLACES.left_in(same, moment).values()):
        raise Problem("conflict", FREE)
    new = upsert(HospitalPool).values(
        id=new_id(),
        session_id=row.id,
        channel=ADDED,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        capacity=0,
        taken=0,
    )
    session().execute(new.on_conflict_do_nothing())
    mine = select(HospitalPool.id).where(
        HospitalPool.session_id == row.id,
        HospitalPool.channel == ADDED,
        HospitalPool.starts_at == slot.starts_at,
    )
    PLACES.expire(session().scalars(mine).one(), moment)
    pool = lock_row(HospitalPool, session().scalars(mine).one())
    assert pool is not None
    return pool
