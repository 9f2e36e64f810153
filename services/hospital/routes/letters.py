"""Letters of referral: for the patient who decides, and for the desks of both hospitals. And what a booking
takes along: its calendar, and the way there."""

from __future__ import annotations

from typing import Any, Final

from flask import Response

from citizen_app.toolkit.documents import calendar
from citizen_app.toolkit.time import now
from citizen_app.toolkit.web import (
    CITIZEN,
    Page,
    PageQuerySchema,
    Problem,
    attachment,
    calling_officer,
    idempotent,
    require,
    service_blueprint,
    staff_of_service,
)
from services.hospital.manifest import SERVICE
from services.hospital.models import HospitalReferral
from services.hospital.operations import going, letters, patients
from services.hospital.operations.privacy import looking
from services.hospital.queries import records
from services.hospital.routes.desk import AT, officer_of
from services.hospital.schemas.letters import (
    LetterDetailSchema,
    LetterPageSchema,
    LetterQuerySchema,
    NewLetterSchema,
    StaffLetterDetailSchema,
    StaffLetterPageSchema,
    StartQuerySchema,
    WaySchema,
)
from services.hospital.schemas.public import SlotListSchema

ONE: Final = "/referrals/<id:letter_id>"
mine = service_blueprint(SERVICE.id, "referrals", CITIZEN, "Letters of referral of a citizen")
desk = service_blueprint(
    SERVICE.id, "letters", staff_of_service(SERVICE.id, by_unit=True), "Letters of referral of a hospital"
)


@mine.route("/referrals", methods=["GET"])
@mine.arguments(PageQuerySchema, location="query")
@mine.response(200, LetterPageSchema)
def list_letters(asked: dict[str, Any]) -> Page[Any]:
    """My letters of referral, the last first."""
    return records.letters_of(looking(), now(), **asked)


@mine.route(ONE, methods=["GET"])
@mine.response(200, LetterDetailSchema)
def show_letter(letter_id: str) -> dict[str, Any]:
    """One of them, with its reason."""
    return records.shown_letter(_own(letter_id), now())


@mine.route(f"{ONE}/slots", methods=["GET"])
@mine.response(200, SlotListSchema)
def slots(letter_id: str) -> dict[str, Any]:
    """The numbers that can be had with a letter that was agreed to; booked like any other, once."""
    found = records.slots_for(_own(letter_id), now())
    return {"items": [_slot(pool, left) for _, pool, left in found]}


@mine.route(f"{ONE}/accept", methods=["POST"])
@require(2)
@mine.response(200, LetterDetailSchema)
@mine.alt_response(409)
def accept(letter_id: str) -> dict[str, Any]:
    """Agree: from now on the other hospital reads the letter."""
    return records.shown_letter(letters.decide(_own(letter_id), True, now(), looking().by.name), now())


@mine.route(f"{ONE}/decline", methods=["POST"])
@mine.response(200, LetterDetailSchema)
@mine.alt_response(409)
def decline(letter_id: str) -> dict[str, Any]:
    """Do not agree, or no more, as long as nothing is booked with it."""
    return records.shown_letter(letters.decide(_own(letter_id), False, now(), looking().by.name), now())


@mine.route("/bookings/<id:booking_id>/calendar", methods=["GET"])
@mine.response(200, content_type=calendar.MEDIA_TYPE, description="The booking as iCalendar (RFC 5545).")
def take_along(booking_id: str) -> Response:
    """A booking for one's own calendar; fetched again after a change it changes what is there."""
    return attachment(going.calendar_file(looking().booking(booking_id)), calendar.MEDIA_TYPE, going.FILE)


@mine.route("/bookings/<id:booking_id>/way", methods=["GET"])
@mine.arguments(StartQuerySchema, location="query")
@mine.response(200, WaySchema)
def way(asked: dict[str, Any], booking_id: str) -> dict[str, Any]:
    """How to be at a booking in time, by bus; from a stop, if one is named."""
    return {"way": going.way_to(looking().booking(booking_id), asked["start"], now())}


@desk.route(f"{AT}/referrals", methods=["GET"])
@desk.arguments(LetterQuerySchema, location="query")
@desk.response(200, StaffLetterPageSchema)
def hospital_letters(asked: dict[str, Any], hospital_id: str) -> Page[Any]:
    """Letters that a hospital received, once their patients have agreed, or sent."""
    officer_of(hospital_id)
    return records.staff_letters(frozenset({hospital_id}), moment=now(), **asked)


@desk.route(f"{AT}/patients/<id:patient_id>/referrals", methods=["POST"])
@idempotent
@desk.arguments(NewLetterSchema)
@desk.response(201, StaffLetterDetailSchema)
@desk.alt_response(409)
def write(body: dict[str, Any], hospital_id: str, patient_id: str) -> dict[str, Any]:
    """Write a letter for a patient to a department of another hospital."""
    officer = officer_of(hospital_id)
    patient = patients.patient_or_404(hospital_id, patient_id)
    made = letters.write(patient, moment=now(), by=f"staff {officer.name}"[:64], **body)
    return records.staff_letter_shown(made, now())


@desk.route(f"{AT}/referrals/<id:letter_id>", methods=["GET"])
@desk.response(200, StaffLetterDetailSchema)
def hospital_letter(hospital_id: str, letter_id: str) -> dict[str, Any]:
    """One of them, with its reason."""
    officer_of(hospital_id)
    return records.staff_letter_shown(_of_hospital(hospital_id, letter_id), now())


@desk.route(f"{AT}/referrals/<id:letter_id>/withdraw", methods=["POST"])
@desk.response(200, StaffLetterDetailSchema)
@desk.alt_response(409)
def withdraw(hospital_id: str, letter_id: str) -> dict[str, Any]:
    """Take a letter back that this hospital has sent, as long as nobody has booked with it."""
    officer = officer_of(hospital_id)
    letter = _of_hospital(hospital_id, letter_id, sent=True)
    done = letters.withdraw(letter, now(), f"staff {officer.name}"[:64])
    return records.staff_letter_shown(done, now())


def _own(letter_id: str) -> HospitalReferral:
    return records.own_letter(looking(), letter_id, now())


def _of_hospital(hospital_id: str, letter_id: str, *, sent: bool = False) -> HospitalReferral:
    letter = records.staff_letter(calling_officer(), letter_id)
    received = letter.to_hospital_id == hospital_id and letter.state in records.KNOWN_THERE
    if letter.hospital_id != hospital_id and (sent or not received):
        raise Problem("not-found")
    return letter


def _slot(pool: Any, left: int) -> dict[str, Any]:
    values = {name: getattr(pool, name) for name in ("id", "channel", "starts_at", "ends_at")}
    return {**values, "left": left}
