"""A citizen's places in the queues of today."""

from __future__ import annotations

from citizen_app.toolkit.queueing import PlaceSchema
from citizen_app.toolkit.web import Schema, TextOut, fields, validate


class PlaceInQueueSchema(PlaceSchema):
    """A place in a queue of today: `state` is waiting, called, seeing, away (for tests) or missed (called in
    vain); `before` how many are called before, while it waits; `passed` how often it was called in vain."""

    booking_id = fields.String(attribute="ticket.booking_id", required=True)
    department = TextOut()


class PlacesInQueueSchema(Schema):
    """The places of one citizen, and after how many seconds it makes sense to ask again."""

    items = fields.List(fields.Nested(PlaceInQueueSchema), required=True, validate=validate.Length(max=100))
    look_again_seconds = fields.Integer(required=True)
