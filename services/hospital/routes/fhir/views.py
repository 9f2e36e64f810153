"""The routes of the facade."""

from __future__ import annotations

from typing import Any, Final

from flask import request

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.fhir import (
    Json,
    Parameters,
    bundle,
    calling_system,
    changed_members,
    datatypes,
    fhir_blueprint,
    require_version,
    serve,
    serve_metadata,
    with_version,
    written,
)
from citizen_app.toolkit.looks import looked
from citizen_app.toolkit.time import now
from citizen_app.toolkit.web import invalid_input, partner_of_service
from services.hospital.manifest import SERVICE
from services.hospital.models import HospitalBooking
from services.hospital.routes.fhir import scheduling
from services.hospital.routes.fhir.facade import FACADE
from services.hospital.routes.fhir.kinds import appointments_shown
from services.hospital.schemas.fhir import APPOINTMENT

SCHEDULES, APPOINTMENTS = "schedules", "appointments"
BOOKS: Final = Text("医院系统办理预约", "The hospital's system handles a booking")
ONLY_STATUS: Final = Text("只能改 status", "only the status can be changed")
OTHER_ID: Final = Text("与地址中的 id 不同", "not the id of the address")
FREE: Final = ("status", "meta", "cancelationReason")
"""Members of an Appointment that may differ from what is there."""

anyone = fhir_blueprint(
    SERVICE.id,
    "fhir",
    partner_of_service(SERVICE.id, read=SCHEDULES, write=SCHEDULES, open=True),
    "FHIR: what the facade can do, and free slots",
)
schedules = fhir_blueprint(
    SERVICE.id,
    "fhir_schedules",
    partner_of_service(SERVICE.id, read=SCHEDULES, write=SCHEDULES),
    "FHIR: sessions, departments, doctors",
)
bookings = fhir_blueprint(
    SERVICE.id,
    "fhir_bookings",
    partner_of_service(SERVICE.id, read=APPOINTMENTS, write=APPOINTMENTS),
    "FHIR: patients and bookings of a hospital",
)
serve_metadata(anyone, FACADE)
serve(anyone, FACADE, "Slot")
serve(schedules, FACADE, "Organization", "Location", "HealthcareService", "Practitioner", "Schedule")
serve(bookings, FACADE, "Patient", "Appointment")


@bookings.route("/Appointment/$find", methods=["GET"])
@bookings.response(200, datatypes.BUNDLE)
def find_by_query() -> Json:
    """Numbers that can be had (ITI-115), asked in the query."""
    return _found(Parameters(request.args.to_dict(flat=False)))


@bookings.route("/Appointment/$find", methods=["POST"])
@bookings.arguments(datatypes.PARAMETERS)
@bookings.response(200, datatypes.BUNDLE)
def find(body: Json) -> Json:
    """Numbers that can be had (ITI-115); `start` and `end` are needed, `patient-reference` says for whom."""
    return _found(Parameters.of_resource(body))


@bookings.route("/Appointment/$hold", methods=["POST"])
@bookings.arguments(datatypes.PARAMETERS)
@bookings.response(200, APPOINTMENT)
@bookings.alt_response(409)
def hold(body: Json) -> Json:
    """Hold one of them (ITI-116): `appointment-reference`, and `patient-reference` where `$find` was not told
    for whom. The answer is a pending Appointment; it says until when it is held."""
    return _shown(scheduling.hold(Parameters.of_resource(body), calling_system(), now()))


@bookings.route("/Appointment/$book", methods=["POST"])
@bookings.arguments(datatypes.PARAMETERS)
@bookings.response(200, datatypes.BUNDLE)
@bookings.alt_response(409)
@bookings.alt_response(410)
def book(body: Json) -> Json:
    """Book what is held, or what `$find` told of (ITI-117). The answer is a Bundle with the Appointment."""
    made = scheduling.book(Parameters.of_resource(body), calling_system(), now())
    return bundle(FACADE, [_shown(made)], 1)


@bookings.route("/Appointment/<id:resource_id>", methods=["PUT"])
@bookings.arguments(APPOINTMENT)
@bookings.response(200, APPOINTMENT)
@bookings.alt_response(409)
def update(body: Json, resource_id: str) -> Any:
    """Change the status of a booking: cancelled, arrived, fulfilled or noshow. Whatever else is sent must be
    as it is."""
    row = scheduling.booking_of(resource_id, calling_system())
    before = _as_it_is(row)
    if body.get("id") != resource_id:
        raise invalid_input("/id", OTHER_ID)
    changed = changed_members(body, before, FREE)
    if changed:
        raise invalid_input(f"/{changed[0]}", ONLY_STATUS)
    require_version(before)
    return with_version(_shown(scheduling.set_status(row, body["status"], calling_system(), now())))


def _found(given: Parameters) -> Json:
    resources, total = scheduling.find(given, calling_system(), now())
    return bundle(FACADE, resources, total)


def _as_it_is(row: HospitalBooking) -> Json:
    return written(FACADE, appointments_shown([(row, scheduling.place_of(row))], now())[0])


def _shown(row: HospitalBooking) -> Json:
    """A booking that a system handles; its patient finds the look."""
    looked(SERVICE.id, [row.citizen_ref], BOOKS, of=("hospital_booking", row.id))
    return _as_it_is(row)
