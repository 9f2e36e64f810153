"""A number of today, booked at the hospital's kiosk by whoever shows their code: chosen from what is free at
its campus, held and confirmed at once, and paid from the purse where it is paid online."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import select

from citizen_app.toolkit.contract import Field
from citizen_app.toolkit.data import session
from citizen_app.toolkit.payments import in_yuan
from citizen_app.toolkit.scan import Allow, Meaning, NeedsInput, Refuse, Scan, Text
from citizen_app.toolkit.time import city_zone
from citizen_app.toolkit.web import Problem
from services.hospital.models import HospitalBooking, HospitalPool, HospitalSession
from services.hospital.operations import booking, paying
from services.hospital.operations.ages import refuse_wrong_age
from services.hospital.operations.booking import By
from services.hospital.operations.patients import patient_of
from services.hospital.operations.states import PLACES
from services.hospital.snapshot import structure

MOST: Final = 40
WHICH: Final = Text("要挂哪个号？", "Which number?")
SLOT: Final = Text("今天还有的号", "Numbers of today")
OFFER: Final = Text("{time} {department} {doctor} {fee}", "{time} {department} {doctor} {fee}")
FREE: Final = Text("免费", "free")
BOOKED: Final = Text("挂号成功", "Booked")
KEPT: Final = Text("号已保留，请付款", "The number is kept: please pay")
WHEN: Final = Text("今天 {time}，{place}", "Today, {time}, {place}")
PROOF: Final = Text("取号凭证 {number}", "Booking number {number}")
PAY_BY: Final = Text(
    "余额不足：请在 {time} 前到窗口或在市民码里付款",
    "Not enough in the purse: pay at the window or in your citizen code before {time}",
)
CHECK_IN: Final = Text("就诊前请在本机报到", "Check in here before the visit")


def book_here(scan: Scan) -> Meaning:
    """Ask which number, then book it."""
    moment = scan.received_at
    if scan.late:
        return Refuse("no_numbers")
    if scan.answer is None:
        campus = structure().campuses.get(str(scan.context["campus"]))
        offers = _offers(campus.id, moment) if campus else {}
        if not offers:
            return Refuse("no_numbers")
        return NeedsInput(WHICH, (Field("slot", "string", SLOT, choices=tuple(offers.items())),))
    try:
        with session().begin_nested():
            done = _book(scan, str(scan.answer["slot"]), moment)
    except Problem as problem:
        return Refuse("not_booked", (problem.detail,))
    return _told(done)


def _book(scan: Scan, slot_id: str, moment: datetime) -> HospitalBooking:
    pool = session().get_one(HospitalPool, slot_id)
    row = session().get_one(HospitalSession, pool.session_id)
    refuse_wrong_age(scan.citizen, row.department_id)
    patient = patient_of(scan.citizen, row.hospital_id, moment)
    by = By(scan.presenter.kind, "kiosk")
    held = booking.hold(patient, slot_id, moment, by)
    try:
        with session().begin_nested():
            return paying.confirm(held, "purse", moment, by)
    except Problem as problem:
        if problem.kind.status != 402:
            raise
        return session().get_one(HospitalBooking, held.id, populate_existing=True)


def _offers(campus_id: str, moment: datetime) -> Mapping[str, Text]:
    """The first free slot of each session of today at a campus."""
    found = session().execute(
        select(HospitalPool, HospitalSession)
        .join(HospitalSession, HospitalSession.id == HospitalPool.session_id)
        .where(
            HospitalSession.campus_id == campus_id,
            HospitalSession.day == moment.astimezone(city_zone()).date(),
            HospitalSession.state == "open",
            HospitalPool.channel == "app",
            HospitalPool.opens_at <= moment,
            HospitalPool.closes_at > moment,
        )
        .order_by(HospitalPool.starts_at, HospitalPool.id)
    )
    pairs = [(pool, row) for pool, row in found if structure().is_open(row.department_id, row.doctor_id)]
    left = PLACES.left_in([pool.id for pool, _ in pairs], moment)
    offers: dict[str, Text] = {}
    seen: set[str] = set()
    for pool, row in pairs:
        if left[pool.id] and row.id not in seen and len(offers) < MOST:
            seen.add(row.id)
            offers[pool.id] = _offer(pool, row)
    return offers


def _offer(pool: HospitalPool, row: HospitalSession) -> Text:
    held = structure()
    doctor = held.doctors.get(row.doctor_id) if row.doctor_id else None
    said = OFFER.fill(
        time=_clock(pool.starts_at),
        department=held.departments[row.department_id].name,
        doctor=doctor.name if doctor else "",
        fee=in_yuan(row.fee) if row.fee else FREE,
    )
    return Text(" ".join(said.zh.split()), " ".join(said.en.split()))


def _told(done: HospitalBooking) -> Allow:
    row = session().get_one(HospitalSession, done.session_id)
    department = structure().departments[row.department_id]
    place = " ".join(part for part in (department.floor, row.room) if part)
    when = WHEN.fill(time=_clock(done.starts_at), place=Text(place, place) if place else department.name)
    outcome = {"booking_id": done.id, "number": done.number}
    if done.state == "held":
        assert done.expires_at is not None
        return Allow(KEPT, (when, PAY_BY.fill(time=_clock(done.expires_at))), outcome=outcome)
    return Allow(BOOKED, (when, PROOF.fill(number=done.number), CHECK_IN), outcome=outcome)


def _clock(moment: datetime) -> str:
    return moment.astimezone(city_zone()).strftime("%H:%M")
