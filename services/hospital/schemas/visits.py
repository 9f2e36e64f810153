"""A citizen's places in the queues of today."""

from __future__ import annotations

from citizen_app.toolkit.web import MomentOut, Schema, TextOut, fields, validate


class PlaceInQueueSchema(Schema):
    """A place in a queue of today: `state` is waiting, called, seeing, away (for tests) or missed (called in
    vain); `before` how many are called before, while it waits; `passed` how often it was called in vain."""

    booking_id = fields.String(attribute="ticket.booking_id", required=True)
    number = fields.Integer(attribute="ticket.number", required=True)
    state = fields.String(attribute="ticket.state", required=True)
    before = fields.Integer(required=True, allow_none=True)
    room = fields.String(required=True, allow_none=True)
    department = TextOut()
    passed = fields.Integer(attribute="ticket.missed", required=True)
    arrived_at = MomentOut(attribute="ticket.arrived_at")


class PlacesInQueueSchema(Schema):
    """The places of one citizen, and after how many seconds it makes sense to ask again."""

    items = fields.List(fields.Nested(PlaceInQueueSchema), required=True, validate=validate.Length(max=100))
    look_again_seconds = fields.Integer(required=True)
