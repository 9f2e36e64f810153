"""What a call screen sends, and how an API tells somebody's place."""

from __future__ import annotations

from collections.abc import Mapping

from marshmallow import Schema, fields, validate

from citizen_app.queueing.calling import ACTS
from citizen_app.text import Text
from citizen_app.wire.inputs import StrictBoolean, StrictSchema
from citizen_app.wire.outputs import MomentOut


def next_schema(words: Mapping[str, Text]) -> type[StrictSchema]:
    """The form that calls the next, in a service's words."""

    class NextSchema(StrictSchema):
        """Call the next to a room; with `finish` whoever is in it is done."""

        room = fields.String(
            load_default=None,
            allow_none=True,
            validate=validate.Length(1, 40),
            metadata={"label": words["room"]},
        )
        finish = StrictBoolean(load_default=False, metadata={"label": words["finish"]})

    return NextSchema


def act_schema(words: Mapping[str, Text]) -> type[StrictSchema]:
    """The form that does something with a ticket, in a service's words."""

    class ActSchema(StrictSchema):
        """One of `ACTS`; `urgent` and `undo` need a reason."""

        act = fields.String(
            required=True, validate=validate.OneOf(list(ACTS)), metadata={"label": words["choice"]}
        )
        reason = fields.String(
            load_default=None,
            allow_none=True,
            validate=validate.Length(1, 60),
            metadata={"label": words["reason"], "help": words["reason_help"]},
        )

    return ActSchema


class PlaceSchema(Schema):
    """A `Position`: `state` is waiting, called, seeing, away or missed (called in vain); `before` how many
    are called before, while it waits; `passed` how often it was called in vain."""

    number = fields.Integer(attribute="ticket.number", required=True)
    state = fields.String(attribute="ticket.state", required=True)
    before = fields.Integer(required=True, allow_none=True)
    room = fields.String(required=True, allow_none=True)
    passed = fields.Integer(attribute="ticket.missed", required=True)
    arrived_at = MomentOut(attribute="ticket.arrived_at")
