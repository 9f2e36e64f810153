"""What kiosks send and hear."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validate, validates_schema

from citizen_app.codes.format import NONCE_BYTES
from citizen_app.inputs import GivenId
from citizen_app.moments import Moment
from citizen_app.scans.attempt import ScanRequest

MOST_IN_BATCH = 500
LONGEST_CODE = 2000
HEXADECIMAL = re.compile(rf"[0-9a-fA-F]{{{2 * NONCE_BYTES}}}")


class Nonce(fields.Field[bytes]):
    """The 8 random bytes that the kiosk had shown, in hexadecimal."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bytes:
        if not isinstance(value, str) or not HEXADECIMAL.fullmatch(value):
            raise ValidationError("write the nonce as 16 hexadecimal digits")
        return bytes.fromhex(value)


class ScanRequestSchema(Schema):
    """One scan: a code, or the session that an earlier code opened."""

    class Meta:
        unknown = RAISE

    together: ClassVar = {"oneOf": [{"required": ["code"]}, {"required": ["session"]}]}

    scan_id = GivenId(
        required=True,
        metadata={"description": "Made by the kiosk, unique per kiosk, best a UUIDv7; a retry repeats it."},
    )
    code = fields.String(
        validate=validate.Length(min=1, max=LONGEST_CODE),
        metadata={"description": "The text of the QR code."},
    )
    session = fields.String(
        validate=validate.Length(min=1, max=500), metadata={"description": "Instead of a code: the session."}
    )
    purpose = fields.String(required=True, validate=validate.Length(min=1, max=40))
    occurred_at = Moment(metadata={"description": "When the kiosk read the code, RFC 3339."})
    challenge = Nonce(
        metadata={
            "type": "string",
            "pattern": "^[0-9a-fA-F]{16}$",
            "description": "Nonce the kiosk had shown.",
        }
    )
    context = fields.Dict(load_default=dict, metadata={"description": "What the purpose declares."})

    @validates_schema
    def one_of_both(self, data: dict[str, Any], **kwargs: Any) -> None:
        """Either a code or a session."""
        if ("code" in data) == ("session" in data):
            raise ValidationError("send either code or session", "code")

    @post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> ScanRequest:
        """As the pipeline takes it."""
        return ScanRequest(**data)


class BatchSchema(Schema):
    """Scans that happened while the kiosk was offline. Each item is checked on its own."""

    class Meta:
        unknown = RAISE

    scans = fields.List(
        fields.Dict(),
        required=True,
        validate=validate.Length(min=1, max=MOST_IN_BATCH),
        metadata={"description": "Each as in POST /scans, with `occurred_at`."},
    )


class DisplaySchema(Schema):
    """What to show and to say."""

    title = fields.String(required=True)
    lines = fields.List(fields.String(), required=True)
    tone = fields.String(required=True, validate=validate.OneOf(["good", "bad", "ask"]))
    speak = fields.String(required=True)


class InputWantedSchema(Schema):
    """What the kiosk must ask for: a JSON Schema object, and the seconds it has."""

    schema = fields.Dict(required=True)
    seconds = fields.Integer(required=True)


class ScanSessionSchema(Schema):
    """The kiosk may go on for the same citizen until then."""

    token = fields.String(required=True)
    expires_at = fields.String(required=True, metadata={"format": "date-time"})


class DecisionSchema(Schema):
    """The decision on a scan."""

    scan_id = fields.String(required=True)
    decision = fields.String(required=True, validate=validate.OneOf(["allow", "deny", "needs_input"]))
    reason = fields.String(required=True)
    detail_code = fields.String()
    service = fields.String(required=True)
    purpose = fields.String(required=True)
    citizen_ref = fields.String()
    granted = fields.Dict(required=True)
    display = fields.Nested(DisplaySchema, required=True)
    outcome = fields.Dict(required=True)
    usage_id = fields.String()
    server_time = fields.String(required=True, metadata={"format": "date-time"})
    input = fields.Nested(InputWantedSchema)
    session = fields.Nested(ScanSessionSchema)


class BatchResultSchema(Schema):
    """One result per scan, in the order sent: a decision, or the problem with that item."""

    results = fields.List(fields.Dict(), required=True)
