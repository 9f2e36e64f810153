"""Finding, holding and booking numbers as IHE ITI Scheduling has them ($find ITI-115, $hold ITI-116, $book
ITI-117), and the moves of a booking's status. All of it is done by the operations of every other door: the
same limits, strikes and deadlines hold, and the numbers of the window are the hospital's own."""

from __future__ import annotations

import re
from base64 import b32decode, b32encode
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import and_, select

from citizen_app.toolkit.booking import Full, MoveRefused, NotOpen
from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import session
from citizen_app.toolkit.fhir import (
    Asked,
    Json,
    Parameters,
    Search,
    Token,
    count_of,
    interval,
    is_id,
    missing,
    unsupported,
)
from citizen_app.toolkit.time import city_zone
from citizen_app.toolkit.web import Partner, Problem, invalid_input
from services.hospital.models import HospitalBooking, HospitalPatient, HospitalPool, HospitalSession
from services.hospital.operations import booking, giving_up, patients, paying
from services.hospital.operations.arriving import check_in
from services.hospital.operations.booking import By
from services.hospital.operations.states import BOOKINGS
from services.hospital.operations.sweeping import miss_one
from services.hospital.routes.fhir import resources
from services.hospital.routes.fhir.codes import STATUS, own_system
from services.hospital.routes.fhir.conditions import OF_SESSIONS, TAKING_PART, patient_ids
from services.hospital.routes.fhir.kinds import free_pools, pool_and_session

NO_PATIENT: Final = Text("没有这位就诊人", "there is no such patient")
NO_APPOINTMENT: Final = Text(
    "应为 $find 给出的预约，或已锁定的预约", "an Appointment that $find told of, or that is held"
)
OF_OTHERS: Final = Text(
    "这个号是患者自己锁定的。", "The patient holds this number; only they can confirm it."
)
NOT_SUCH: Final = Text("状态不能改为 {name}。", "The status cannot be set to {name} here.")
NOT_TODAY: Final = Text("不是今天的预约。", "This booking is not of today.")
NOT_MISSED: Final = Text(
    "还不能记为爽约。", "It is too early to say that it was missed, or it did not take place."
)
_PROPOSED: Final = re.compile(r"p-([a-z2-7]{26})(?:-([a-z2-7]{26}))?", re.ASCII)


def find(given: Parameters, partner: Partner, moment: datetime) -> tuple[list[Json], int]:
    """Numbers that can be had between two moments, the next first, and in how many slots there are some; for
    a patient, where one is named."""
    first, _ = interval(given.needed("start"), "/start")
    _, last = interval(given.needed("end"), "/end")
    asked = []
    for name, search in (("specialty", "specialty"), ("visit-type", "service-type")):
        if given.values.get(name):
            asked.append(Asked(search, [str(value) for value in given.values[name]]))
    for name, search in (("practitioner", "practitioner"), ("location-reference", "location")):
        if given.values.get(name):
            asked.append(Asked(search, [one for one, token in given.references(name) if token is None]))
    if any(one != partner.unit for one, _ in given.references("organization")):
        return [], 0
    named = given.reference("patient-reference")
    patient = _patient(named, partner) if named else None
    wanted = Search({**OF_SESSIONS, **TAKING_PART}, asked, count_of(given.text("_count")))
    within = and_(HospitalPool.starts_at >= first, HospitalPool.starts_at < last)
    pools, total = free_pools(wanted, partner.unit, within, moment)
    whom = patient.id if patient is not None else None
    shown = [resources.proposal(_proposed(pool.id, whom), pool, place, whom) for pool, place in pools]
    return shown, total


def hold(given: Parameters, partner: Partner, moment: datetime) -> HospitalBooking:
    """Hold a number that `$find` told of (锁号). What is not to be had any more is a fatal `not-found`, as
    ITI-116 asks."""
    pool_id, patient = _chosen(given, partner)
    try:
        return booking.hold(patient, pool_id, moment, _by(partner))
    except (Full, NotOpen) as refused:
        more = {**refused.more, "issue_code": "not-found", "severity": "fatal"}
        raise Problem("conflict", refused.detail, more=more) from refused


def book(given: Parameters, partner: Partner, moment: datetime) -> HospitalBooking:
    """Book what was held, or what `$find` told of; what is booked stays so."""
    named = given.reference("appointment-reference")
    if named is None:
        raise missing("appointment-reference")
    if _PROPOSED.fullmatch(named[0]):
        return paying.confirm(hold(given, partner, moment), "purse", moment, _by(partner))
    row = _booking(named, partner)
    if row.booked_by != "partner":
        raise Problem("conflict", OF_OTHERS)
    return row if row.state == "booked" else paying.confirm(row, "purse", moment, _by(partner))


def set_status(row: HospitalBooking, wanted: str, partner: Partner, moment: datetime) -> HospitalBooking:
    """Move a booking to a status of FHIR: given up, arrived, seen or missed. As it is already, it stays."""
    by = _by(partner)
    if STATUS[row.state] == wanted:
        return row
    if wanted == "cancelled":
        return giving_up.cancel(row, moment, by)
    if wanted == "arrived":
        if row.day != moment.astimezone(city_zone()).date():
            raise Problem("conflict", NOT_TODAY)
        return check_in(row, moment, by=by.name, reason="partner").booking
    if wanted == "fulfilled":
        return BOOKINGS.move(row.id, "fulfilled", by=by.name, reason="partner", moment=moment)
    if wanted == "noshow":
        if row.state != "booked":
            raise MoveRefused(row.state, "no_show")
        if not miss_one(row, moment):
            raise Problem("conflict", NOT_MISSED)
        return row
    raise unsupported("/status", NOT_SUCH, wanted)


def booking_of(booking_id: str, partner: Partner) -> HospitalBooking:
    """A booking of the partner's hospital; another's is a 404."""
    found = session().get(HospitalBooking, booking_id) if is_id(booking_id) else None
    if found is None:
        raise Problem("not-found")
    partner.require(found.hospital_id)
    return found


def _chosen(given: Parameters, partner: Partner) -> tuple[str, HospitalPatient]:
    """The slot and the patient of a proposal. Whom the proposal does not name, `patient-reference` does."""
    named = given.reference("appointment-reference")
    found = _PROPOSED.fullmatch(named[0]) if named else None
    if found is None:
        raise invalid_input("/appointment-reference", NO_APPOINTMENT)
    if pool_and_session(_id(found[1]), partner.unit) is None:
        raise Problem("not-found", more={"severity": "fatal"})
    whom = given.reference("patient-reference")
    if whom is None and found[2] is None:
        raise missing("patient-reference")
    return _id(found[1]), _patient(whom or (_id(found[2]), None), partner)


def _patient(named: tuple[str, Token | None], partner: Partner) -> HospitalPatient:
    """A patient of the hospital: by id, by record number or by the number of a booking."""
    one, token = named
    ids = patient_ids([token], partner.unit) if token is not None else [one]
    if len(ids) != 1 or not is_id(ids[0]):
        raise invalid_input("/patient-reference", NO_PATIENT)
    return patients.patient_or_404(partner.unit, ids[0])


def _booking(named: tuple[str, Token | None], partner: Partner) -> HospitalBooking:
    one, token = named
    if token is not None:
        mine = select(HospitalBooking.id).where(
            HospitalBooking.hospital_id == partner.unit, HospitalBooking.number == token.code
        )
        is_ours = token.system in (None, own_system(partner.unit, "booking"))
        one = (session().scalar(mine) if is_ours else None) or ""
    return booking_of(one, partner)


def place_of(row: HospitalBooking) -> HospitalSession:
    """The session of a booking."""
    return session().get_one(HospitalSession, row.session_id)


def _by(partner: Partner) -> By:
    return By("partner", partner.label[:64])


def _proposed(pool_id: str, patient_id: str | None) -> str:
    """The id of a proposal says which slot and whom it is for, so that the server need not remember it."""
    parts = [b32encode(UUID(one).bytes).decode().rstrip("=").lower() for one in (pool_id, patient_id) if one]
    return "-".join(["p", *parts])


def _id(part: str) -> str:
    return str(UUID(bytes=b32decode(f"{part.upper()}======")))
