"""Booking: a number is held, then confirmed; or booked at once where nothing is paid now."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, func, or_, select, update

from citizen_app.toolkit.booking import CONFIRMED, HELD, LEFT, WAITING, Full
from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import lock_row, session
from citizen_app.toolkit.marks import Marks
from citizen_app.toolkit.notices import send
from citizen_app.toolkit.time import city_zone
from citizen_app.toolkit.usage import Channel, note
from citizen_app.toolkit.web import Problem
from services.hospital.manifest import ADDED, SERVICE
from services.hospital.models import (
    HospitalBooking,
    HospitalPatient,
    HospitalPool,
    HospitalSession,
    HospitalWait,
)
from services.hospital.operations import letters
from services.hospital.operations.patients import locked_person
from services.hospital.operations.rules import Rules
from services.hospital.operations.states import BOOKINGS, PLACES
from services.hospital.operations.strikes import refuse_suspended
from services.hospital.snapshot import rules_in_force, structure

FOLLOW_UP_DAYS: Final = 90
NOT_HELD: Final = Text("这个时段不出诊了。", "This session does not take place.")
CLOSED: Final = Text("这个科室现在不接受预约。", "This department takes no bookings now.")
BY_HAND: Final = Text("加号由医生或窗口添加。", "A number is added by the doctor or the desk.")
OF_DESK: Final = Text("这个号只在窗口提供。", "This number is given at the window only.")
NO_FOLLOW_UP: Final = Text(
    "复诊号留给近 90 天在本科室就诊过的人。",
    "Follow-up numbers are for whoever was seen here in the last 90 days.",
)
OVERLAPS: Final = Text("这个时间您已有另一个预约。", "You have another booking at this time.")
TOO_MANY_A_DAY: Final = Text(
    "同一天在本院最多预约 {most} 个号。", "At most {most} bookings a day in one hospital."
)
TOO_MANY_OPEN: Final = Text(
    "在本院最多同时有 {most} 个未就诊的预约。", "At most {most} open bookings in one hospital."
)
SAID: Final = Text("{hospital}，{when}", "{hospital}, {when}")


@dataclass(frozen=True, slots=True)
class By:
    """Who books: the kind (`self`, `guardian`, `carer`, `agent`, `clerk`, `staff`, `partner`), how the life
    cycle names them, and the marks of their account and network."""

    kind: str
    name: str = "citizen"
    marks: Marks | None = None

    @property
    def at_desk(self) -> bool:
        """Whether it is done at a hospital's own desk or by its system."""
        return self.kind in ("staff", "partner")

    @property
    def channel(self) -> Channel:
        """How the citizen's log calls it."""
        return "system" if self.kind == "partner" else "desk" if self.at_desk else "app"


def hold(patient: HospitalPatient, pool_id: str, moment: datetime, by: By) -> HospitalBooking:
    """Hold a number for a patient until they confirm (锁号).

    Raises `Full`, `NotOpen`, `AlreadyHeld`, `Suspended`, and a 409 with words for what the rules do not
    allow; after none of them anything is left behind."""
    pool, row, rules, policy_id = _asked(pool_id, moment)
    if patient.hospital_id != row.hospital_id:
        raise Problem("not-found")
    locked_person(patient.holder_ref, moment)
    _check(patient, pool, row, rules, moment, by)
    letter = letters.letter_for(patient, row, moment) if pool.channel == "referral" else None
    _end_own_overdue(patient.holder_ref, row, pool.id, moment)
    seconds = rules.hold_minutes * 60
    columns = columns_of(patient, pool, row, by, policy_id, rules)
    made = PLACES.hold(
        pool.id, patient.holder_ref, moment, seconds=seconds, state="held", made_at=moment, **columns
    )
    if letter is not None:
        letters.use(letter, made, moment, by.name, by.channel)
    if not by.at_desk:
        note(SERVICE.id, made.citizen_ref, "hold", by.channel, [said(made)], key=f"{made.id}:hold")
    return made


def refuse_full(pool: HospitalPool, moment: datetime) -> None:
    """Raise `Full` where nothing is left, before anybody waits for a row: most requests of a release end
    here, so nothing that costs more comes first."""
    is_released = pool.opens_at is None or pool.opens_at <= moment
    if is_released and not PLACES.may_have_left(pool, moment):
        raise Full


def columns_of(
    patient: HospitalPatient,
    pool: HospitalPool,
    row: HospitalSession,
    by: By,
    policy_id: str | None,
    rules: Rules,
) -> dict[str, Any]:
    """What a booking says besides its place."""
    return {
        "hospital_id": row.hospital_id,
        "patient_id": patient.id,
        "session_id": row.id,
        "department_id": row.department_id,
        "doctor_id": row.doctor_id,
        "number": f"{secrets.randbelow(10**10):010}",
        "day": row.day,
        "starts_at": pool.starts_at,
        "ends_at": pool.ends_at,
        "channel": pool.channel,
        "policy_id": policy_id,
        "booked_by": by.kind,
        "fee": row.fee,
        "pays": "free" if not row.fee else "window" if by.at_desk else rules.pays,
        "paid": 0,
        "refunded": 0,
        "account": by.marks.account if by.marks else None,
        "network": by.marks.network if by.marks else None,
    }


def booked(
    booking_id: str, moment: datetime, by: By, *, why: str | None = None, **columns: Any
) -> HospitalBooking:
    """A hold becomes a booking: its place is the patient's for good. Raises `HoldExpired`, and `MoveRefused`
    for one that is none any more."""
    PLACES.confirm(booking_id, moment)
    row = BOOKINGS.move(booking_id, "booked", by=by.name, reason=why or by.kind, moment=moment, **columns)
    _stop_waiting(row)
    note(SERVICE.id, row.citizen_ref, "book", by.channel, [said(row)], key=row.id)
    send(SERVICE.id, row.citizen_ref, "booked", told(row), key=row.id)
    return row


def _stop_waiting(booking: HospitalBooking) -> None:
    """Who has a number in a session waits for none in its other slots."""
    waits = (HospitalWait.session_id == booking.session_id) & (HospitalWait.wait_state == WAITING)
    mine = waits & (HospitalWait.citizen_ref == booking.citizen_ref)
    session().execute(update(HospitalWait).where(mine).values(wait_state=LEFT))


def said(booking: HospitalBooking) -> Text:
    """A booking in the citizen's log: where and when, never what for."""
    when = booking.starts_at.astimezone(city_zone()).strftime("%Y-%m-%d %H:%M")
    return SAID.fill(hospital=structure().hospitals[booking.hospital_id].name, when=when)


def told(booking: HospitalBooking) -> dict[str, Any]:
    """A booking in the words of a notice."""
    held = structure()
    return {
        "day": booking.day,
        "at": booking.starts_at,
        "hospital": held.hospitals[booking.hospital_id].name,
        "department": held.departments[booking.department_id].name,
    }


def is_active(moment: datetime) -> ColumnElement[bool]:
    """Bookings that take a place now."""
    held = (HospitalBooking.hold_state == HELD) & (HospitalBooking.expires_at > moment)
    return or_(HospitalBooking.hold_state == CONFIRMED, held)


def _asked(pool_id: str, moment: datetime) -> tuple[HospitalPool, HospitalSession, Rules, str | None]:
    found = session().execute(
        select(HospitalPool, HospitalSession)
        .join(HospitalSession, HospitalSession.id == HospitalPool.session_id)
        .where(HospitalPool.id == pool_id)
    )
    pair = found.first()
    if pair is None:
        raise Problem("not-found")
    pool, row = pair
    if row.state != "open":
        raise Problem("conflict", NOT_HELD)
    if not structure().is_open(row.department_id, row.doctor_id):
        raise Problem("conflict", CLOSED)
    version = rules_in_force(row.hospital_id, row.department_id, row.kind, moment)
    return pool, row, version.rules, version.id


def _check(
    patient: HospitalPatient,
    pool: HospitalPool,
    row: HospitalSession,
    rules: Rules,
    moment: datetime,
    by: By,
) -> None:
    refuse_suspended(patient.holder_ref, row.hospital_id, rules, moment)
    _check_channel(patient, pool, row, moment, by)
    check_limits(patient.holder_ref, pool, row, rules, moment)


def check_limits(
    ref: str,
    pool: HospitalPool,
    row: HospitalSession,
    rules: Rules,
    moment: datetime,
    without: str | None = None,
) -> None:
    """The limits of a person, as if their booking `without` were not there: none at the same time anywhere,
    not too many on a day, not too many at once. Their row is held. Raises a 409 with words."""
    mine = (HospitalBooking.citizen_ref == ref) & is_active(moment)
    if without is not None:
        mine &= HospitalBooking.id != without
    here = HospitalBooking.hospital_id == row.hospital_id
    seen = HospitalBooking.state.in_(("fulfilled", "no_show"))

    def number(*conditions: ColumnElement[bool]) -> int:
        return session().scalar(select(func.count(HospitalBooking.id)).where(mine, *conditions)) or 0

    refuse_overlap(ref, pool, moment, without)
    if number(here, HospitalBooking.day == row.day) >= rules.most_a_day:
        raise Problem("conflict", TOO_MANY_A_DAY.fill(most=rules.most_a_day))
    if number(here, HospitalBooking.ends_at > moment, ~seen) >= rules.most_open:
        raise Problem("conflict", TOO_MANY_OPEN.fill(most=rules.most_open))


def refuse_overlap(ref: str, pool: HospitalPool, moment: datetime, without: str | None = None) -> None:
    """Nobody is in two places at once. Raises a 409."""
    mine = (HospitalBooking.citizen_ref == ref) & is_active(moment)
    overlaps = (HospitalBooking.starts_at < pool.ends_at) & (HospitalBooking.ends_at > pool.starts_at)
    other = select(HospitalBooking.id).where(
        mine, overlaps, HospitalBooking.state.not_in(("fulfilled", "no_show")), HospitalBooking.id != without
    )
    if session().scalar(other.limit(1)) is not None:
        raise Problem("conflict", OVERLAPS)


def _check_channel(
    patient: HospitalPatient, pool: HospitalPool, row: HospitalSession, moment: datetime, by: By
) -> None:
    if pool.channel == ADDED:
        raise Problem("conflict", BY_HAND)
    if pool.channel == "window" and not by.at_desk:
        raise Problem("conflict", OF_DESK)
    if pool.channel == "follow_up" and not by.at_desk:
        since = row.day - timedelta(days=FOLLOW_UP_DAYS)
        seen = select(HospitalBooking.id).where(
            HospitalBooking.patient_id == patient.id,
            HospitalBooking.department_id == row.department_id,
            HospitalBooking.state == "fulfilled",
            HospitalBooking.day >= since,
        )
        if session().scalar(seen.limit(1)) is None:
            raise Problem("conflict", NO_FOLLOW_UP)


def _end_own_overdue(ref: str, row: HospitalSession, pool_id: str, moment: datetime) -> None:
    """A hold of one's own that has expired must not stand in the way of the next. Pools are held in their
    order."""
    overdue = select(HospitalBooking.pool_id).where(
        HospitalBooking.citizen_ref == ref,
        HospitalBooking.department_id == row.department_id,
        HospitalBooking.day == row.day,
        HospitalBooking.hold_state == HELD,
        HospitalBooking.expires_at <= moment,
    )
    pools = set(session().scalars(overdue))
    if pools:
        for one in sorted({*pools, pool_id}):
            lock_row(HospitalPool, one)
        for one in sorted(pools):
            PLACES.expire(one, moment)
