"""The catalogue: an interface for other systems in a form of its own."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import session
from citizen_app.toolkit.looks import looked
from citizen_app.toolkit.web import (
    Dialect,
    ProblemDocument,
    Schema,
    StrictSchema,
    calling_partner,
    calling_partner_or_none,
    fields,
    idempotent,
    limited,
    partner_of_service,
    service_blueprint,
    validate,
)

from ..manifest import SERVICE
from ..models import ArchiveBranch, ArchiveRoom


def fault(document: ProblemDocument, status: int) -> dict[str, Any]:
    """A problem, as catalogues have it."""
    wrong = [error["pointer"] for error in document.get("errors", ())]
    return {"fault": document["type"].rpartition("/")[2], "code": status, "wrong": wrong}


CATALOGUE = Dialect(
    below="/catalogue",
    media="application/catalogue+json",
    render=fault,
    lenient=True,
    statuses={422: 400},
)
PARTNERS = partner_of_service(SERVICE.id, read="rooms", write="notes")
public = service_blueprint(
    SERVICE.id,
    "catalogue_about",
    partner_of_service(SERVICE.id, read="rooms", open=True),
    "What the catalogue is",
    dialect=CATALOGUE,
)
private = service_blueprint(SERVICE.id, "catalogue", PARTNERS, "The catalogue", dialect=CATALOGUE)


class AboutSchema(Schema):
    """What there is, and who asks."""

    branches = fields.Integer(required=True)
    partner = fields.String(required=True, allow_none=True)


class RoomQuerySchema(StrictSchema):
    """Which rooms."""

    least = fields.Integer(data_key="least-seats", load_default=0, validate=validate.Range(0, 500))
    kinds = fields.List(
        fields.String(validate=validate.Length(1, 10)),
        data_key="room-kind",
        load_default=list,
        validate=validate.Length(max=5),
    )


class RoomsSchema(Schema):
    """Codes of rooms."""

    codes = fields.List(fields.String(), required=True)


class NoteSchema(StrictSchema):
    """A note."""

    text = fields.String(required=True, validate=validate.Length(1, 80))


class NotedSchema(NoteSchema):
    """A note, and whose."""

    by = fields.String(required=True)
    unit = fields.String(required=True)


@public.route("/about", methods=["GET"])
@public.response(200, AboutSchema)
def about() -> dict[str, Any]:
    """What there is."""
    partner = calling_partner_or_none()
    branches = session().scalar(select(func.count()).select_from(ArchiveBranch))
    return {"branches": branches, "partner": partner.name if partner is not None else None}


@private.route("/branches/<id:branch_id>/rooms", methods=["GET"])
@private.arguments(RoomQuerySchema, location="query")
@private.response(200, RoomsSchema)
def rooms(asked: dict[str, Any], branch_id: str) -> dict[str, Any]:
    """The rooms of the partner's own branch."""
    calling_partner().require(branch_id)
    found = select(ArchiveRoom.code).where(
        ArchiveRoom.branch_id == branch_id, ArchiveRoom.seats >= asked["least"]
    )
    if asked["kinds"]:
        found = found.where(ArchiveRoom.kind.in_(asked["kinds"]))
    return {"codes": list(session().scalars(found.order_by(ArchiveRoom.code)))}


@private.route("/readers/<string:ref>", methods=["GET"])
@private.response(200, NotedSchema)
def reader(ref: str) -> dict[str, Any]:
    """Something about a citizen."""
    partner = calling_partner()
    looked(SERVICE.id, [ref], Text("核对读者", "To check a reader"), of=("reader", ref))
    return {"text": ref, "by": partner.name, "unit": partner.unit}


@private.route("/notes", methods=["POST"])
@limited("30/minute")
@idempotent
@private.arguments(NoteSchema)
@private.response(201, NotedSchema)
def note(body: dict[str, Any]) -> dict[str, Any]:
    """Hand in a note."""
    partner = calling_partner()
    return {**body, "by": partner.name, "unit": partner.unit}
