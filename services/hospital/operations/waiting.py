"""候补: who waits for a session stands on the list of each of its slots. The first offer is the one they
get, and it lasts for a time; another slot's list drops whoever has one when their turn comes there."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select

from citizen_app.toolkit.booking import AlreadyHeld, NotOpen
from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import session
from citizen_app.toolkit.notices import send
from citizen_app.toolkit.usage import note
from citizen_app.toolkit.web import Problem
from services.hospital.manifest import SERVICE
from services.hospital.models import (
    HospitalBooking,
    HospitalPatient,
    HospitalPool,
    HospitalSession,
    HospitalWait,
)
from services.hospital.operations.booking import (
    CLOSED,
    NOT_HELD,
    SAID,
    By,
    columns_of,
    is_active,
    told,
)
from services.hospital.operations.patients import locked_person
from services.hospital.operations.states import PLACES, WAITS
from services.hospital.operations.strikes import refuse_suspended
from services.hospital.snapshot import rules_in_force, structure

WAITING: Final = ("waiting", "offered")
FREE: Final = Text("现在还有号，请直接预约。", "There are numbers left: book one.")
TOO_MANY: Final = Text("最多同时候补 {most} 个。", "At most {most} waiting lists at once.")


def join(patient: HospitalPatient, session_id: str, moment: datetime, by: By) -> list[HospitalWait]:
    """Wait for a number of a session that is full. Raises `NotOpen`, `AlreadyHeld`, `Suspended`, and a 409
    with words."""
    row = session().get(HospitalSession, session_id)
    if row is None or row.hospital_id != patient.hospital_id:
        raise Problem("not-found")
    if row.state != "open" or row.ends_at <= moment:
        raise Problem("conflict", NOT_HELD)
    if not structure().is_open(row.department_id, row.doctor_id):
        raise Problem("conflict", CLOSED)
    if row.opens_at > moment:
        raise NotOpen(row.opens_at)
    rules = rules_in_force(row.hospital_id, row.department_id, row.kind, moment).rules
    locked_person(patient.holder_ref, moment)
    refuse_suspended(patient.holder_ref, row.hospital_id, rules, moment)
    pools = _pools(row.id, moment)
    if any(PLACES.left_in([pool.id for pool in pools], moment).values()) and not _has_waiting(row.id):
        raise Problem("conflict", FREE)
    _check(patient, row, rules.most_waits, moment)
    entries = [
        WAITS.join(
            pool.id,
            patient.holder_ref,
            moment,
            session_id=row.id,
            patient_id=patient.id,
            booked_by=by.kind,
        )
        for pool in pools
    ]
    note(SERVICE.id, patient.holder_ref, "wait", by.channel, [_said(row)], key=entries[0].id)
    for pool in pools:
        offer(pool.id, moment)
    return entries


def leave(ref: str, session_id: str, moment: datetime) -> bool:
    """Stop waiting for a session; an offer goes to whoever is next. False for somebody who does not wait."""
    mine = select(HospitalWait).where(
        HospitalWait.session_id == session_id,
        HospitalWait.citizen_ref == ref,
        HospitalWait.wait_state.in_(WAITING),
    )
    entries = session().scalars(mine.order_by(HospitalWait.pool_id)).all()
    for entry in entries:
        WAITS.leave(entry.id, moment)
        offer(entry.pool_id, moment)
    if entries:
        row = session().get_one(HospitalSession, session_id)
        note(SERVICE.id, ref, "stop_waiting", "app", [_said(row)])
    return bool(entries)


def offer(pool_id: str, moment: datetime) -> int:
    """Offer what is free in a pool to whoever is next, and tell them; returns how many offers were made.
    After anything that may have freed a place."""
    waits = select(HospitalWait.id).where(
        HospitalWait.pool_id == pool_id, HospitalWait.wait_state.in_(WAITING)
    )
    if session().scalar(waits.limit(1)) is None:
        return 0
    pool = session().get_one(HospitalPool, pool_id)
    row = session().get_one(HospitalSession, pool.session_id)
    version = rules_in_force(row.hospital_id, row.department_id, row.kind, moment)

    def columns(entry: HospitalWait) -> dict[str, Any]:
        if _is_busy(entry.citizen_ref, pool, moment):
            raise AlreadyHeld  # the list drops them, and the next is asked
        patient = session().get_one(HospitalPatient, entry.patient_id)
        by = By(entry.booked_by)
        made = columns_of(patient, pool, row, by, version.id, version.rules)
        return {**made, "state": "held", "made_at": moment}

    offered = WAITS.settle(pool_id, moment, seconds=version.rules.offer_minutes * 60, columns_of=columns)
    for entry in offered:
        session().refresh(entry)
        booking = session().get_one(HospitalBooking, entry.hold_id)
        values = {**told(booking), "until": booking.expires_at}
        send(SERVICE.id, entry.citizen_ref, "offered", values, key=booking.id)
    return len(offered)


def ahead_of(entry: HospitalWait) -> int:
    """How many wait before an entry."""
    return WAITS.ahead_of(entry)


def _is_busy(ref: str, pool: HospitalPool, moment: datetime) -> bool:
    overlaps = (HospitalBooking.starts_at < pool.ends_at) & (HospitalBooking.ends_at > pool.starts_at)
    busy = select(HospitalBooking.id).where(
        HospitalBooking.citizen_ref == ref, overlaps, is_active(moment), HospitalBooking.state != "fulfilled"
    )
    return session().scalar(busy.limit(1)) is not None


def _check(patient: HospitalPatient, row: HospitalSession, most: int, moment: datetime) -> None:
    mine = HospitalWait.citizen_ref == patient.holder_ref
    waiting = HospitalWait.wait_state.in_(WAITING)
    if session().scalar(
        select(HospitalWait.id).where(mine, waiting, HospitalWait.session_id == row.id).limit(1)
    ):
        raise AlreadyHeld
    has = select(HospitalBooking.id).where(
        HospitalBooking.citizen_ref == patient.holder_ref,
        HospitalBooking.department_id == row.department_id,
        HospitalBooking.day == row.day,
        is_active(moment),
    )
    if session().scalar(has.limit(1)):
        raise AlreadyHeld
    number = select(func.count(HospitalWait.session_id.distinct())).where(mine, waiting)
    if (session().scalar(number) or 0) >= most:
        raise Problem("conflict", TOO_MANY.fill(most=most))


def _pools(session_id: str, moment: datetime) -> list[HospitalPool]:
    found = select(HospitalPool).where(
        HospitalPool.session_id == session_id,
        HospitalPool.channel == "app",
        HospitalPool.closes_at > moment,
    )
    pools = list(session().scalars(found.order_by(HospitalPool.id)))
    if not pools:
        raise NotOpen
    return pools


def _has_waiting(session_id: str) -> bool:
    waiting = select(HospitalWait.id).where(
        HospitalWait.session_id == session_id, HospitalWait.wait_state == "waiting"
    )
    return session().scalar(waiting.limit(1)) is not None


def _said(row: HospitalSession) -> Text:
    return SAID.fill(hospital=structure().hospitals[row.hospital_id].name, when=row.day.isoformat())
