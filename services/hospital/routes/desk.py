"""For the desk of a hospital: patients without an account, numbers of the window, sessions that are
stopped."""

from __future__ import annotations

from typing import Any, Final

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.looks import looked
from citizen_app.toolkit.people import DocumentRefused, KnownBy, document_of, masked_name
from citizen_app.toolkit.time import city_zone, now
from citizen_app.toolkit.web import (
    Officer,
    Page,
    PageQuerySchema,
    Problem,
    audit,
    calling_officer,
    idempotent,
    invalid_input,
    service_blueprint,
    staff_of_service,
)
from services.hospital import queries
from services.hospital.manifest import CHANNELS, SERVICE
from services.hospital.models import HospitalBooking, HospitalPatient, HospitalSession
from services.hospital.models.columns import words
from services.hospital.operations import adding, booking, giving_up, patients, paying, stopping, strikes
from services.hospital.operations.booking import By
from services.hospital.operations.states import BOOKINGS
from services.hospital.queries import desk as lists
from services.hospital.routes.public import slots_shown
from services.hospital.schemas.desk import (
    AddedSchema,
    DayQuerySchema,
    DeskBookingPageSchema,
    DeskBookingSchema,
    DeskSessionPageSchema,
    NewPatientSchema,
    PatientSchema,
)
from services.hospital.schemas.office import ReasonSchema, StoppedSchema
from services.hospital.schemas.public import NewBookingSchema, SlotListSchema

AT: Final = "/desk/<id:hospital_id>"
LIST: Final = Text("当班预约名单", "List of a session")
desk = service_blueprint(SERVICE.id, "desk", staff_of_service(SERVICE.id, by_unit=True), "A hospital's desk")


@desk.route(f"{AT}/sessions", methods=["GET"])
@desk.arguments(DayQuerySchema, location="query")
@desk.response(200, DeskSessionPageSchema)
def sessions(asked: dict[str, Any], hospital_id: str) -> Page[HospitalSession]:
    """Sessions of a day."""
    officer_of(hospital_id)
    day = asked.pop("day") or now().astimezone(city_zone()).date()
    return lists.session_page(hospital_id, day, **asked)


@desk.route(f"{AT}/sessions/<id:session_id>/bookings", methods=["GET"])
@desk.arguments(PageQuerySchema, location="query")
@desk.response(200, DeskBookingPageSchema)
def bookings(asked: dict[str, Any], hospital_id: str, session_id: str) -> Page[Any]:
    """Who has a number in a session; each of them finds the look."""
    _session(hospital_id, session_id)
    found = lists.session_bookings(session_id, **asked)
    refs = [one["booking"].citizen_ref for one in found.items]
    looked(SERVICE.id, refs, LIST, of=("hospital_session", session_id))
    return found.map(_shown)


@desk.route(f"{AT}/sessions/<id:session_id>/slots", methods=["GET"])
@desk.response(200, SlotListSchema)
def slots(hospital_id: str, session_id: str) -> dict[str, Any]:
    """The slots of a session with the numbers that are left, those of the window, of follow-ups and of
    referrals too."""
    return slots_shown(_session(hospital_id, session_id).id, CHANNELS)


@desk.route(f"{AT}/sessions/<id:session_id>/stop", methods=["POST"])
@desk.arguments(ReasonSchema)
@desk.response(200, StoppedSchema)
@desk.alt_response(409)
def stop(body: dict[str, Any], hospital_id: str, session_id: str) -> dict[str, Any]:
    """Stop a session (停诊): nobody can book in it from now on; who had a number is refunded and told, some
    in this request, the others within the minute."""
    row = _session(hospital_id, session_id)
    moment = now()
    stopping.stop(row, words(body["reason_zh"], body["reason_en"]), moment, calling_officer().name)
    stopping.clear_some(moment, session_id)
    return {"stopped": 1}


@desk.route(f"{AT}/patients", methods=["POST"])
@idempotent
@desk.arguments(NewPatientSchema)
@desk.response(201, PatientSchema)
def register(body: dict[str, Any], hospital_id: str) -> dict[str, Any]:
    """A patient at the window: by document the one that there is; without one somebody new (a child, an
    emergency)."""
    officer_of(hospital_id)
    known_by = None
    if body["id_number"]:
        try:
            known_by = KnownBy(document=document_of(body["id_number"], body["document_kind"]))
        except DocumentRefused as refused:
            raise invalid_input("/id_number", refused.words) from refused
    return shown_patient(patients.patient_at_desk(hospital_id, body["name"], known_by, now()))


@desk.route(f"{AT}/patients/<id:patient_id>/bookings", methods=["POST"])
@idempotent
@desk.arguments(NewBookingSchema)
@desk.response(201, DeskBookingSchema)
@desk.alt_response(409)
def book(body: dict[str, Any], hospital_id: str, patient_id: str) -> dict[str, Any]:
    """Book a number for a patient at the window, at once."""
    officer = officer_of(hospital_id)
    moment, by = now(), By("staff", f"staff {officer.name}"[:64])
    patient = patients.patient_or_404(hospital_id, patient_id)
    held = booking.hold(patient, body["slot_id"], moment, by)
    made = paying.confirm(held, "purse", moment, by)
    audit("hospital.book", "hospital_booking", made.id, hospital=hospital_id)
    return _shown({"booking": made, "patient": patient})


@desk.route(f"{AT}/sessions/<id:session_id>/added", methods=["POST"])
@idempotent
@desk.arguments(AddedSchema)
@desk.response(201, DeskBookingSchema)
@desk.alt_response(409)
def add(body: dict[str, Any], hospital_id: str, session_id: str) -> dict[str, Any]:
    """Give a patient a number beyond what there is (加号), with a reason; where numbers are left, none is
    added."""
    row = _session(hospital_id, session_id)
    patient = patients.patient_or_404(hospital_id, body["patient_id"])
    by = By("staff", f"staff {calling_officer().name}"[:64])
    return _shown({"booking": adding.add(row, patient, body["reason"], now(), by), "patient": patient})


@desk.route(f"{AT}/bookings/<id:booking_id>/cancel", methods=["POST"])
@desk.response(200, DeskBookingSchema)
@desk.alt_response(409)
def cancel(hospital_id: str, booking_id: str) -> dict[str, Any]:
    """Cancel a booking because its patient asks for it at the window."""
    officer = calling_officer()
    row = _booking(hospital_id, booking_id)
    done = giving_up.cancel(row, now(), By("staff", f"staff {officer.name}"[:64]))
    audit("hospital.cancel", "hospital_booking", booking_id, hospital=hospital_id)
    return _shown({"booking": done, "patient": patients.patient_or_404(hospital_id, done.patient_id)})


@desk.route(f"{AT}/bookings/<id:booking_id>/seen", methods=["POST"])
@desk.arguments(ReasonSchema)
@desk.response(200, DeskBookingSchema)
@desk.alt_response(409)
def seen(body: dict[str, Any], hospital_id: str, booking_id: str) -> dict[str, Any]:
    """Say that a patient was seen, also where they stand as missed: the move says who said it, and why."""
    officer = calling_officer()
    _booking(hospital_id, booking_id)
    reason = body["reason_zh"] or body["reason_en"] or "seen"
    moment, by = now(), f"staff {officer.name}"[:64]
    done = BOOKINGS.move(booking_id, "fulfilled", by=by, reason=reason, moment=moment)
    strikes.forgive_missed(booking_id, moment, by)
    audit("hospital.seen", "hospital_booking", booking_id, hospital=hospital_id)
    return _shown({"booking": done, "patient": patients.patient_or_404(hospital_id, done.patient_id)})


def officer_of(hospital_id: str) -> Officer:
    """Who calls, for a hospital of theirs; a 404 for another's, and for one that there is not."""
    officer = calling_officer()
    officer.require(hospital_id)
    if lists.hospital(hospital_id) is None:
        raise Problem("not-found")
    return officer


def shown_patient(patient: HospitalPatient) -> dict[str, Any]:
    """A patient as a desk reads them."""
    return {
        "id": patient.id,
        "number": patient.number,
        "masked_name": masked_name(patient.name) if patient.name else None,
        "document_hint": patient.document_hint,
        "bound": patient.citizen_ref is not None,
    }


def _shown(one: dict[str, Any]) -> dict[str, Any]:
    return {"booking": one["booking"], "patient": shown_patient(one["patient"])}


def _session(hospital_id: str, session_id: str) -> HospitalSession:
    officer_of(hospital_id)
    row = queries.session_or_404(session_id)
    if row.hospital_id != hospital_id:
        raise Problem("not-found")
    return row


def _booking(hospital_id: str, booking_id: str) -> HospitalBooking:
    officer_of(hospital_id)
    row = lists.any_booking(booking_id)
    if row is None or row.hospital_id != hospital_id:
        raise Problem("not-found")
    return row
