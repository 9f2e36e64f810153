"""Kiosks over HTTP."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from citizen_app.kiosks.models import Kiosk
from citizen_app.storage.keyset import PageQuerySchema, PageSchema
from citizen_app.wire.inputs import ChangeSchema, Members, StrictInteger, StrictSchema
from citizen_app.wire.moments import Moment

STATES = ("pending", "active", "revoked")


class ActivationRequestSchema(StrictSchema):
    """What a kiosk sends once."""

    activation_code = fields.String(
        required=True,
        validate=validate.Length(1, 40),
        metadata={
            "description": "From the console; case, spaces and hyphens do not matter.",
            "example": "7KQ2-M0ZD-84WX",
        },
    )
    public_key = Members(
        20,
        load_default=None,
        metadata={"description": "JWK of the key that signs the kiosk's journal: Ed25519 or P-256."},
    )


class ActivationSchema(Schema):
    """What a kiosk learns at activation."""

    kiosk_id = fields.String(required=True)
    kiosk_number = fields.Integer(
        required=True, metadata={"description": "The kiosk id inside challenge codes."}
    )
    token = fields.String(required=True, metadata={"description": "Bearer token; shown once."})
    trust_anchor = fields.Dict(
        keys=fields.String(), required=True, metadata={"description": "JWK of the key that signs bundles."}
    )
    service = fields.String(required=True)
    purposes = fields.List(fields.String(), required=True)
    server_time = fields.String(required=True, metadata={"format": "date-time"})


class RotatedTokenSchema(Schema):
    """The kiosk's new token; the one before works for another 60 seconds."""

    token = fields.String(required=True)
    server_time = fields.String(required=True, metadata={"format": "date-time"})


class HeartbeatRequestSchema(StrictSchema):
    """What a kiosk tells about itself."""

    clock = Moment(required=True, metadata={"description": "The kiosk's own clock at sending."})
    bundle_version = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=80))
    journal_seq = StrictInteger(load_default=None, allow_none=True, validate=validate.Range(0, 2**53))
    app_version = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=40))


class ChoiceSchema(Schema):
    """One allowed value and its words."""

    value = fields.String(required=True)
    title = fields.String(required=True)


class ContextFieldSchema(Schema):
    """A field of a scan's `context`."""

    name = fields.String(required=True)
    type = fields.String(required=True, validate=validate.OneOf(["string", "integer", "boolean"]))
    title = fields.String(required=True)
    required = fields.Boolean(required=True)
    choices = fields.List(
        fields.Nested(ChoiceSchema),
        required=True,
        allow_none=True,
        metadata={"description": "Null: any value."},
    )
    listed = fields.Boolean(
        required=True, metadata={"description": "Its choices come from `GET /api/v1/kiosks/me/choices`."}
    )
    depends_on = fields.List(
        fields.String(), required=True, metadata={"description": "Fields that are chosen before."}
    )
    each_scan = fields.Boolean(
        required=True, metadata={"description": "Asked before each scan; otherwise set once, behind the PIN."}
    )


class PurposeSchema(Schema):
    """What the kiosk may scan for."""

    id = fields.String(required=True)
    title = fields.String(required=True)
    context_fields = fields.List(fields.Nested(ContextFieldSchema), required=True)
    session_purposes = fields.List(
        fields.String(),
        required=True,
        metadata={
            "description": "For what else the session of an `allow` is good, of what this kiosk may do."
        },
    )


class KioskSelfSchema(Schema):
    """The kiosk as it shows itself."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    number = fields.Integer(required=True)
    service = fields.String(required=True)
    place = fields.String(required=True)


class ContextSchema(Schema):
    """What the kiosk fills in by itself."""

    defaults = fields.Dict(keys=fields.String(), required=True)


class HeartbeatSchema(Schema):
    """What a kiosk needs to go on, in the caller's language."""

    server_time = fields.String(required=True, metadata={"format": "date-time"})
    clock_offset_ms = fields.Integer(
        required=True, metadata={"description": "The kiosk's clock minus the server's."}
    )
    kiosk = fields.Nested(KioskSelfSchema, required=True)
    purposes = fields.List(fields.Nested(PurposeSchema), required=True)
    context = fields.Nested(ContextSchema, required=True)
    search = fields.Boolean(
        required=True, metadata={"description": "Whether staff may look people up on the service's list."}
    )


class PlaceSchema(StrictSchema):
    """A place in both languages."""

    zh = fields.String(required=True, validate=[validate.Length(1, 80), validate.Regexp(r".*\S")])
    en = fields.String(required=True, validate=[validate.Length(1, 160), validate.Regexp(r".*\S")])


class NewKioskSchema(StrictSchema):
    """A kiosk to create."""

    name = fields.String(required=True, validate=[validate.Length(1, 80), validate.Regexp(r".*\S")])
    service = fields.String(required=True, validate=validate.Length(1, 20))
    purposes = fields.List(
        fields.String(validate=validate.Length(1, 40)), required=True, validate=validate.Length(1, 20)
    )
    place = fields.Nested(PlaceSchema, required=True)
    context = Members(20, load_default=dict)


class KioskChangeSchema(ChangeSchema):
    """What may change of a kiosk; a new `place` moves it and leaves its history where it was."""

    name = fields.String(validate=[validate.Length(1, 80), validate.Regexp(r".*\S")])
    purposes = fields.List(fields.String(validate=validate.Length(1, 40)), validate=validate.Length(1, 20))
    place = fields.Nested(PlaceSchema)
    context = Members(20)


class KioskSchema(Schema):
    """A kiosk in the console."""

    id = fields.String(required=True)
    number = fields.Integer(required=True)
    name = fields.String(required=True)
    service = fields.String(required=True)
    purposes = fields.List(fields.String(), required=True)
    context = fields.Dict(keys=fields.String(), required=True)
    place = fields.Method("_place", required=True, metadata={"type": "object", "description": "`{zh, en}`"})
    placement_id = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    virtual = fields.Boolean(
        required=True,
        metadata={"description": "A poster that citizens' phones read: no token, no heartbeat."},
    )
    activation_expires_at = Moment(required=True, allow_none=True)
    has_public_key = fields.Function(lambda kiosk: kiosk.public_key is not None, metadata={"type": "boolean"})
    created_at = Moment(required=True)
    created_by = fields.String(required=True)
    last_seen_at = Moment(required=True, allow_none=True)
    app_version = fields.String(required=True, allow_none=True)
    clock_offset_ms = fields.Integer(required=True, allow_none=True)
    bundle_version = fields.String(required=True, allow_none=True)
    journal_seq = fields.Integer(required=True, allow_none=True)

    def _place(self, kiosk: Kiosk) -> dict[str, str]:
        return kiosk.placement.place.as_dict()


class UnreadableSchema(Schema):
    """How often a kiosk could not read a code, on one UTC day."""

    day = fields.Date(required=True)
    reason = fields.String(required=True)
    count = fields.Integer(required=True)


class KioskDetailSchema(Schema):
    """One kiosk with what it could not read in the last seven days."""

    kiosk = fields.Nested(KioskSchema, required=True)
    unreadable = fields.List(fields.Nested(UnreadableSchema), required=True)


class ActivationCodeSchema(Schema):
    """A kiosk and the code that activates it, shown once."""

    kiosk = fields.Nested(KioskSchema, required=True)
    activation_code = fields.String(required=True)
    activation_expires_at = Moment(required=True)


class ActivationLinkSchema(Schema):
    """A kiosk and the link that activates whatever device opens it, shown once."""

    kiosk = fields.Nested(KioskSchema, required=True)
    link = fields.String(required=True, metadata={"description": "The code stands in the fragment."})
    svg = fields.String(required=True, metadata={"description": "The link as a QR symbol, an SVG document."})
    activation_expires_at = Moment(required=True)


class KioskPageSchema(PageSchema):
    """One page of kiosks, newest first."""

    items = fields.List(fields.Nested(KioskSchema), required=True)


class KioskQuerySchema(PageQuerySchema):
    """Filters of the list."""

    service = fields.String(load_default=None, validate=validate.Length(1, 20))
    state = fields.String(load_default=None, validate=validate.OneOf(STATES))
