"""Place codes over HTTP."""

from __future__ import annotations

from typing import Final

from marshmallow import Schema, fields, validate

from citizen_app.kiosks.places import address_of
from citizen_app.kiosks.schemas import PlaceSchema
from citizen_app.storage.keyset import PageQuerySchema, PageSchema
from citizen_app.wire.inputs import Members, StrictSchema
from citizen_app.wire.moments import Moment

BOTH: Final = {"type": "object", "description": "`{zh, en}`"}


class NewPlaceCodeSchema(StrictSchema):
    """A place and what its poster is for: a purpose, or a public page of the service."""

    name = fields.String(required=True, validate=[validate.Length(1, 80), validate.Regexp(r".*\S")])
    service = fields.String(required=True, validate=validate.Length(1, 20))
    place = fields.Nested(PlaceSchema, required=True)
    purpose = fields.String(
        validate=validate.Length(1, 40),
        metadata={"description": "One that accepts place codes; either this or `page`."},
    )
    page = fields.String(
        validate=validate.Length(1, 200),
        metadata={"description": "Path below the service's pages that opens for anybody: `stops/1001`."},
    )
    title = fields.Nested(
        PlaceSchema,
        metadata={"description": "What the poster says; by default what the purpose is called."},
    )
    context = Members(
        20, load_default=dict, metadata={"description": "What a scan of the purpose begins with."}
    )


class PlaceCodeSchema(Schema):
    """A place with its newest poster. `id` is the place's and stays when it is printed anew."""

    id = fields.String(required=True, attribute="kiosk_id")
    number = fields.Integer(required=True, attribute="kiosk.number")
    name = fields.String(required=True, attribute="kiosk.name")
    service = fields.String(required=True, attribute="kiosk.service")
    place = fields.Function(lambda code: code.kiosk.placement.place.as_dict(), required=True, metadata=BOTH)
    title = fields.Function(lambda code: code.title.as_dict(), required=True, metadata=BOTH)
    purpose = fields.String(required=True, allow_none=True)
    page = fields.String(required=True, allow_none=True)
    address = fields.Function(
        lambda code: address_of(code.token),
        required=True,
        metadata={"type": "string", "description": "What the poster says to a camera."},
    )
    poster = fields.Function(
        lambda code: f"{address_of(code.token)}/poster",
        required=True,
        metadata={"type": "string", "description": "A page to print it from."},
    )
    printed_at = Moment(required=True)
    printed_by = fields.String(required=True)
    is_void = fields.Function(lambda code: not code.is_current, required=True, metadata={"type": "boolean"})


class PlaceCodePageSchema(PageSchema):
    """One page of the posters that hang, newest first."""

    items = fields.List(fields.Nested(PlaceCodeSchema), required=True)


class PlaceCodeQuerySchema(PageQuerySchema):
    """Filters of the list."""

    service = fields.String(load_default=None, validate=validate.Length(1, 20))
