"""The routes of the facade."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from flask import request

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.looks import looked
from citizen_app.toolkit.time import now
from citizen_app.toolkit.web import (
    Partner,
    Problem,
    Schema,
    calling_partner,
    calling_partner_or_none,
    invalid_input,
    partner_of_service,
    service_blueprint,
)
from services.hospital.manifest import SERVICE
from services.hospital.models import HospitalBooking
from services.hospital.routes.fhir import scheduling
from services.hospital.routes.fhir.bundles import Found, bundle, searchset, written
from services.hospital.routes.fhir.capability import statement
from services.hospital.routes.fhir.codes import Json
from services.hospital.routes.fhir.kinds import KINDS, Kind, appointments_shown
from services.hospital.routes.fhir.outcomes import FHIR, speak_json
from services.hospital.routes.fhir.scheduling import Given
from services.hospital.routes.fhir.search import Asked, is_id, read_search
from services.hospital.schemas.fhir import APPOINTMENT, BUNDLE, CAPABILITY, PARAMETERS, RESOURCES

SCHEDULES, APPOINTMENTS = "schedules", "appointments"
READ: Final = Text("医院系统查询预约", "The hospital's system reads bookings")
BOOKS: Final = Text("医院系统办理预约", "The hospital's system handles a booking")
NO_HOSPITAL: Final = "00000000-0000-0000-0000-000000000000"
STALE: Final = Text("此后已有变化，请重新读取。", "It has changed since: read it again.")
ONLY_STATUS: Final = Text("只能改 status", "only the status can be changed")
OTHER_ID: Final = Text("与地址中的 id 不同", "not the id of the address")
FREE: Final = ("status", "meta", "cancelationReason")
"""Members of an Appointment that may differ from what is there."""

anyone = service_blueprint(
    SERVICE.id,
    "fhir",
    partner_of_service(SERVICE.id, read=SCHEDULES, write=SCHEDULES, open=True),
    "FHIR: what the facade can do, and free slots",
    dialect=FHIR,
)
schedules = service_blueprint(
    SERVICE.id,
    "fhir_schedules",
    partner_of_service(SERVICE.id, read=SCHEDULES, write=SCHEDULES),
    "FHIR: sessions, departments, doctors",
    dialect=FHIR,
)
bookings = service_blueprint(
    SERVICE.id,
    "fhir_bookings",
    partner_of_service(SERVICE.id, read=APPOINTMENTS, write=APPOINTMENTS),
    "FHIR: patients and bookings of a hospital",
    dialect=FHIR,
)
OF_KIND: Final = {
    "Slot": (anyone, SCHEDULES),
    "Patient": (bookings, APPOINTMENTS),
    "Appointment": (bookings, APPOINTMENTS),
}
"""Who may ask for which type, where it is not whoever may read schedules."""
for _one in (anyone, schedules, bookings):
    _one.before_request(speak_json)


@anyone.route("/metadata", methods=["GET"])
@anyone.response(200, CAPABILITY)
def metadata() -> Json:
    """The CapabilityStatement."""
    return statement()


def _add_kind(kind: Kind) -> None:
    """`search-type` by GET and by POST, and `read`, of one type."""
    blueprint, scope = OF_KIND.get(kind.name, (schedules, SCHEDULES))

    def search() -> Json:
        asked = read_search(kind.parameters)
        return searchset(kind.name, _looked(kind.found(asked, _unit(scope))), asked)

    def read(resource_id: str) -> Any:
        return _with_version(_read(kind, resource_id, scope))

    def add(path: str, method: str, name: str, words: str, schema: type[Schema], view: Any) -> None:
        def route(**values: Any) -> Any:
            return view(**values)

        route.__name__, route.__doc__ = f"{name}_{kind.name.lower()}", words
        blueprint.route(f"/{kind.name}{path}", methods=[method])(blueprint.response(200, schema)(route))

    add("", "GET", "search", "Search by the parameters that `metadata` names.", BUNDLE, search)
    add("/_search", "POST", "search_form", "The same search, as a form.", BUNDLE, search)
    add("/<id:resource_id>", "GET", "read", "One resource.", RESOURCES[kind.name], read)


for _kind in KINDS.values():
    _add_kind(_kind)


@bookings.route("/Appointment/$find", methods=["GET"])
@bookings.response(200, BUNDLE)
def find_by_query() -> Json:
    """Numbers that can be had (ITI-115), asked in the query."""
    return _found(Given(request.args.to_dict(flat=False)))


@bookings.route("/Appointment/$find", methods=["POST"])
@bookings.arguments(PARAMETERS)
@bookings.response(200, BUNDLE)
def find(body: Json) -> Json:
    """Numbers that can be had (ITI-115); `start` and `end` are needed, `patient-reference` says for whom."""
    return _found(Given.of_resource(body))


@bookings.route("/Appointment/$hold", methods=["POST"])
@bookings.arguments(PARAMETERS)
@bookings.response(200, APPOINTMENT)
@bookings.alt_response(409)
def hold(body: Json) -> Json:
    """Hold one of them (ITI-116): `appointment-reference`, and `patient-reference` where `$find` was not told
    for whom. The answer is a pending Appointment; it says until when it is held."""
    return _shown(scheduling.hold(Given.of_resource(body), _caller(), now()))


@bookings.route("/Appointment/$book", methods=["POST"])
@bookings.arguments(PARAMETERS)
@bookings.response(200, BUNDLE)
@bookings.alt_response(409)
@bookings.alt_response(410)
def book(body: Json) -> Json:
    """Book what is held, or what `$find` told of (ITI-117). The answer is a Bundle with the Appointment."""
    return bundle([_shown(scheduling.book(Given.of_resource(body), _caller(), now()))], 1)


@bookings.route("/Appointment/<id:resource_id>", methods=["PUT"])
@bookings.arguments(APPOINTMENT)
@bookings.response(200, APPOINTMENT)
@bookings.alt_response(409)
def update(body: Json, resource_id: str) -> Any:
    """Change the status of a booking: cancelled, arrived, fulfilled or noshow. Whatever else is sent must be
    as it is."""
    row = scheduling.booking_of(resource_id, _caller())
    before, expected = _as_it_is(row), request.headers.get("If-Match")
    if body.get("id") != resource_id:
        raise invalid_input("/id", OTHER_ID)
    changed = [name for name in body if name not in FREE and _bare(body[name]) != _bare(before.get(name))]
    if changed:
        raise invalid_input(f"/{changed[0]}", ONLY_STATUS)
    if expected and expected.removeprefix("W/").strip('"') != before["meta"]["versionId"]:
        raise Problem("conflict", STALE)
    return _with_version(_shown(scheduling.set_status(row, body["status"], _caller(), now())))


def _found(given: Given) -> Json:
    resources, total = scheduling.find(given, _caller(), now())
    return bundle(resources, total)


def _read(kind: Kind, one: str, scope: str) -> Json:
    found = _looked(kind.found(Asked({"_id": [[one]]}), _unit(scope)))
    if not found.resources:
        raise Problem("not-found")
    return found.resources[0]


def _unit(scope: str) -> str | None:
    """The hospital of the calling system; None for whoever has no key for it: they see what anyone does."""
    partner = calling_partner_or_none()
    return _caller().unit if partner is not None and partner.may(scope) else None


def _caller() -> Partner:
    """The calling system; one of a unit that can be no hospital has one with nothing in it."""
    partner = calling_partner()
    return partner if is_id(partner.unit) else replace(partner, unit=NO_HOSPITAL)


def _bare(value: Any) -> Any:
    """A value without the words that depend on the language."""
    if isinstance(value, dict):
        return {name: _bare(inner) for name, inner in value.items() if name not in ("display", "text")}
    return [_bare(inner) for inner in value] if isinstance(value, list) else value


def _as_it_is(row: HospitalBooking) -> Json:
    return written(appointments_shown([(row, scheduling.place_of(row))], now())[0])


def _shown(row: HospitalBooking) -> Json:
    """A booking that a system handles; its patient finds the look."""
    looked(SERVICE.id, [row.citizen_ref], BOOKS, of=("hospital_booking", row.id))
    return _as_it_is(row)


def _looked(found: Found) -> Found:
    """Whoever is told of finds the look."""
    if found.refs:
        looked(SERVICE.id, found.refs, READ, of=("hospital", _caller().unit))
    return found


def _with_version(resource: Json) -> Any:
    version = resource.get("meta", {}).get("versionId")
    return (resource, 200, {"ETag": f'W/"{version}"'}) if version else resource
