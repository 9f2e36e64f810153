"""For operators: places, gates and their kiosks, lists of people, the trail."""

from __future__ import annotations

from itertools import chain
from typing import Any, Final

from citizen_app.toolkit.commands import transaction
from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.files import ImportReportSchema
from citizen_app.toolkit.people import calling_citizen
from citizen_app.toolkit.web import (
    CITIZEN,
    Page,
    PageQuerySchema,
    UploadedFile,
    calling_staff,
    file_argument,
    idempotent,
    invalid_input,
    language,
    service_blueprint,
    staff_of_service,
)

from .. import queries
from ..manifest import SERVICE
from ..models import PassMember, PassPassage, PassPlace
from ..operations import members, places
from ..operations.importing import Target, import_people
from ..operations.officers import (
    bind_kiosk_of_officer,
    gate_of_officer,
    own_places,
    place_of_officer,
    require_whole_service,
)
from ..operations.reading import MEMBER, Reader, manager_of, refs_of, refs_of_seen
from ..queries.views import GateWithKiosks, Seen
from ..schemas.desk import (
    ImportQuerySchema,
    PassStatisticsSchema,
    StatisticsQuerySchema,
    TrailPageSchema,
    TrailQuerySchema,
)
from ..schemas.people import AFTER_VALID_FROM, MemberChangeSchema, MemberSchema, NewMemberSchema
from ..schemas.places import (
    GateChangeSchema,
    GateSchema,
    GatesSchema,
    KioskAtGateSchema,
    NewGateSchema,
    NewPlaceSchema,
    PassPlaceSchema,
    PlaceChangeSchema,
    PlacePageSchema,
    PlaceQuerySchema,
)
from .desk import open_desk

MOST_LIST_BYTES: Final = 2 * 1024 * 1024
PLACE: Final = "/operator/places/<id:place_id>"

office = service_blueprint(
    SERVICE.id,
    "office",
    staff_of_service(SERVICE.id, by_unit=True),
    "Places, lists and trails, for operators; an operator of some places has these only",
)
managers = service_blueprint(SERVICE.id, "managers", CITIZEN, "A place's own desk, for its managers")
BLUEPRINTS: Final = (office, managers)


def _operator(place_id: str) -> Reader:
    return Reader(place_of_officer(place_id).id, calling_staff())


def _manager(place_id: str) -> Reader:
    return manager_of(calling_citizen(SERVICE.id), place_id)


open_desk(office, PLACE, _operator)
open_desk(managers, "/managed/<id:place_id>", _manager)


@office.route("/operator/places", methods=["GET"])
@office.arguments(PlaceQuerySchema, location="query")
@office.response(200, PlacePageSchema)
def list_places(asked: dict[str, Any]) -> Page[PassPlace]:
    """Places by a part of the name, newest first."""
    return queries.place_page(asked["q"], asked["limit"], asked["cursor"], own_places())


@office.route("/operator/places", methods=["POST"])
@idempotent
@office.arguments(NewPlaceSchema)
@office.response(201, PassPlaceSchema)
def create_place(body: dict[str, Any]) -> PassPlace:
    """A new place, by an operator of the whole service."""
    require_whole_service()
    return places.create_place(body.pop("kind"), Text(**body.pop("name")), **body)


@office.route(PLACE, methods=["GET"])
@office.response(200, PassPlaceSchema)
def show_place(place_id: str) -> PassPlace:
    """One place."""
    return place_of_officer(place_id)


@office.route(PLACE, methods=["PATCH"])
@office.arguments(PlaceChangeSchema)
@office.response(200, PassPlaceSchema)
def change_place(body: dict[str, Any], place_id: str) -> PassPlace:
    """Change a place; its gates follow within a second or two."""
    return places.change_place(place_of_officer(place_id, hold=True), _with_name(body))


@office.route(f"{PLACE}/gates", methods=["GET"])
@office.response(200, GatesSchema)
def list_gates(place_id: str) -> dict[str, list[GateWithKiosks]]:
    """The gates of a place, each with its kiosks."""
    found = places.gates_of(place_of_officer(place_id).id)
    return {"items": [GateWithKiosks(gate, kiosks) for gate, kiosks in found]}


@office.route(f"{PLACE}/gates", methods=["POST"])
@office.arguments(NewGateSchema)
@office.response(201, GateSchema)
@office.alt_response(409)
def create_gate(body: dict[str, Any], place_id: str) -> GateWithKiosks:
    """A new gate."""
    place = place_of_officer(place_id)
    made = places.create_gate(place, body["code"], Text(**body["name"]), body["direction"])
    return GateWithKiosks(made, [])


@office.route("/operator/gates/<id:gate_id>", methods=["PATCH"])
@office.arguments(GateChangeSchema)
@office.response(200, GateSchema)
def change_gate(body: dict[str, Any], gate_id: str) -> GateWithKiosks:
    """Rename a gate, change its direction, or take it out of use."""
    gate = places.change_gate(gate_of_officer(gate_id, hold=True), _with_name(body))
    kiosks = next(bound for found, bound in places.gates_of(gate.place_id) if found.id == gate.id)
    return GateWithKiosks(gate, kiosks)


@office.route("/operator/gates/<id:gate_id>/kiosks", methods=["POST"])
@office.arguments(KioskAtGateSchema)
@office.response(204)
def bind_kiosk(body: dict[str, Any], gate_id: str) -> None:
    """Say at which gate a kiosk stands; it can speak for no other."""
    bind_kiosk_of_officer(gate_id, body["kiosk_id"])


@office.route("/operator/gates/<id:gate_id>/kiosks/<id:kiosk_id>", methods=["DELETE"])
@office.response(204)
def release_kiosk(gate_id: str, kiosk_id: str) -> None:
    """A kiosk stands at this gate no more."""
    places.release_kiosk(gate_of_officer(gate_id), kiosk_id)


@office.route(f"{PLACE}/members", methods=["POST"])
@office.arguments(NewMemberSchema)
@office.response(201, MemberSchema)
@office.alt_response(409)
def add_member(body: dict[str, Any], place_id: str) -> PassMember:
    """Put one person on the list, by phone number or by identity document.

    Somebody without a phone is named by `id_number`, for example `{"id_number": "32990119510101001X", "name":
    "王秀兰", "unit": "3-2-1201", "role": "resident"}`. Only a reference of the number is kept. The entry is
    theirs once they show a code; until then only whoever has proved that document is let in by it.
    """
    return members.add_member(place_of_officer(place_id).id, body.pop("known_by"), **body)


@office.route(f"{PLACE}/members/<id:member_id>", methods=["PATCH"])
@office.arguments(MemberChangeSchema)
@office.response(200, MemberSchema)
def change_member(body: dict[str, Any], place_id: str, member_id: str) -> PassMember:
    """Change role, unit, name or validity."""
    reader, member = _operator(place_id), members.member_or_404(place_id, member_id, hold=True)
    first = body.get("valid_from", member.valid_from)
    last = body.get("valid_until", member.valid_until)
    if first and last and last <= first:
        raise invalid_input("/valid_until", AFTER_VALID_FROM)
    members.change_member(member, body)
    reader.sees(refs_of(member), MEMBER, "read_member")
    return member


@office.route(f"{PLACE}/members/import", methods=["POST"])
@office.arguments(ImportQuerySchema, location="query")
@file_argument(office, endings=(".csv", ".xlsx"), most_bytes=MOST_LIST_BYTES)
@office.response(200, ImportReportSchema)
def import_list(asked: dict[str, Any], sent: UploadedFile, place_id: str) -> dict[str, Any]:
    """Take a list of people, CSV or XLSX, at most 2,000 rows.

    A header in Chinese or English names the columns: 手机号 or 证件号码 (or both), 证件类型, 姓名, 单元 or
    部门, 身份, 有效期起, 有效期止. Rows that name nobody are reported and the others taken; the same list
    again changes nothing.
    """
    with transaction(reading=True):
        place = place_of_officer(place_id)
    target = Target(place.id, place.kind, asked["dry_run"])
    return import_people(target, sent.stream, sent.name).say(language(), dry_run=target.dry_run)


@office.route(f"{PLACE}/trail", methods=["POST"])
@office.arguments(PageQuerySchema, location="query")
@office.arguments(TrailQuerySchema)
@office.response(200, TrailPageSchema)
def read_trail(asked: dict[str, Any], body: dict[str, Any], place_id: str) -> Page[Seen[PassPassage]]:
    """Who went in and out, for a stated reason, which stands in the audit log and is shown to those who
    did."""
    reader, reason = _operator(place_id), body.pop("reason")
    about = {name: body[name] for name in ("member_id", "invitation_id") if body[name]}
    found = queries.trail(place_id, **body, **asked)
    reader.sees(chain.from_iterable(map(refs_of_seen, found.items)), reason, "read_trail", **about)
    return found


@office.route(f"{PLACE}/statistics", methods=["GET"])
@office.arguments(StatisticsQuerySchema, location="query")
@office.response(200, PassStatisticsSchema)
def statistics(asked: dict[str, Any], place_id: str) -> dict[str, Any]:
    """Passages by day, direction and basis."""
    place = place_of_officer(place_id)
    return {
        "inside": queries.inside_count(place.id),
        "items": queries.counts_by_day(place.id, asked["first"], asked["last"]),
    }


def _with_name(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "name": Text(**body["name"])} if "name" in body else body
