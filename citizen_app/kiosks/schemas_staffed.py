"""What staff do on a kiosk's page, over HTTP."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from citizen_app.kiosks.pins import NOT_SIX_DIGITS
from citizen_app.kiosks.schemas import ChoiceSchema
from citizen_app.registry.choosing import MOST_CHOICES
from citizen_app.usage.schemas import Reason
from citizen_app.wire.inputs import Pattern, StrictSchema
from citizen_app.wire.outputs import TextOut

PIN_RULE = {"description": "Six to eight digits.", "example": "280615"}


class PinSchema(StrictSchema):
    """A PIN, typed on the kiosk's page."""

    pin = fields.String(required=True, validate=validate.Length(1, 20), metadata=PIN_RULE)


class UnlockedSchema(Schema):
    """What opens the kiosk's lists for five minutes."""

    unlock = fields.String(required=True, metadata={"description": "To be sent with searches."})
    expires_at = fields.String(required=True, metadata={"format": "date-time"})
    server_time = fields.String(required=True, metadata={"format": "date-time"})


class NewPinSchema(StrictSchema):
    """A PIN for a kiosk; without one a random one is made."""

    pin = fields.String(
        load_default=None,
        allow_none=True,
        validate=Pattern(r"^[0-9]{6,8}\Z", NOT_SIX_DIGITS),
        metadata=PIN_RULE,
    )


class PinSetSchema(Schema):
    """The PIN that is set, shown once."""

    pin = fields.String(required=True)


class ChoicesQuerySchema(StrictSchema):
    """Which field's choices are asked for; `chosen` are the values of the fields it depends on, in their
    order."""

    purpose = fields.String(required=True, validate=validate.Length(1, 40))
    field = fields.String(required=True, validate=validate.Length(1, 40))
    chosen = fields.List(
        fields.String(validate=validate.Length(0, 200)), load_default=list, validate=validate.Length(max=8)
    )
    q = fields.String(load_default="", validate=validate.Length(max=100))


class KioskSearchSchema(StrictSchema):
    """Whom staff look up on the service's list at the kiosk's place, and why."""

    unlock = fields.String(
        required=True, validate=validate.Length(1, 300), metadata={"description": "What the PIN gave."}
    )
    words = fields.String(
        required=True,
        validate=[validate.Length(2, 60), validate.Regexp(r"\s*\S.*\S\s*\Z")],
        metadata={
            "description": "A name, a unit, a phone or document number: what the service's list knows."
        },
    )
    reason = Reason(required=True)


class FoundHereSchema(Schema):
    """Somebody on the list."""

    title = TextOut(required=True)
    lines = fields.List(TextOut(), required=True)


class FoundListSchema(Schema):
    """Whom the service found, at most ten; `more` when it may have more."""

    items = fields.List(fields.Nested(FoundHereSchema), required=True)
    more = fields.Boolean(required=True)


class ChoicesSchema(Schema):
    """What can be chosen, in the service's order; `more` when not all of it is here."""

    choices = fields.List(
        fields.Nested(ChoiceSchema), required=True, validate=validate.Length(max=MOST_CHOICES)
    )
    more = fields.Boolean(required=True)
