"""Schemas of scans: requests and answers of kiosks."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from marshmallow import (
    RAISE,
    Schema,
    fields,
    post_load,
    pre_load,
    validate,
    validates_schema,
)

from citizen_app.codes.format import NONCE_BYTES
from citizen_app.scans.attempt import ScanRequest
from citizen_app.text import Text
from citizen_app.wire.faults import Refused
from citizen_app.wire.inputs import ClientGeneratedId, Members, StrictSchema
from citizen_app.wire.json_text import NO_TEXT, is_storable
from citizen_app.wire.moments import Moment

NONCE_FORM = Text("随机数请写成 16 位十六进制数字", "write the nonce as 16 hexadecimal digits")
ONE_OF_BOTH = Text("code 与 session 请发送其中一个", "send either code or session")
MOST_IN_BATCH = 500
HEXADECIMAL = re.compile(rf"[0-9a-fA-F]{{{2 * NONCE_BYTES}}}")


class Nonce(fields.Field[bytes]):
    """The 8 random bytes that the kiosk had shown, in hexadecimal."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bytes:
        if not isinstance(value, str) or not HEXADECIMAL.fullmatch(value):
            raise Refused(NONCE_FORM)
        return bytes.fromhex(value)


class ScannedSchema(Schema):
    """A body with what a scanner read, which may be any text; all other strings must be storable text."""

    judges_texts: ClassVar = True
    read_by_scanner: ClassVar[str]

    class Meta:
        unknown = RAISE

    @pre_load
    def texts(self, data: Any, **kwargs: Any) -> Any:
        """Refuse strings that cannot be stored, except in `code`."""
        if isinstance(data, dict) and not is_storable(
            {k: v for k, v in data.items() if k != self.read_by_scanner}
        ):
            raise Refused(NO_TEXT)
        return data


class ScanRequestSchema(ScannedSchema):
    """One scan: a code, or the session that an earlier code opened."""

    read_by_scanner = "code"
    together: ClassVar = {"oneOf": [{"required": ["code"]}, {"required": ["session"]}]}

    scan_id = ClientGeneratedId(
        required=True,
        metadata={"description": "Made by the kiosk, unique per kiosk, best a UUIDv7; a retry repeats it."},
    )
    code = fields.String(
        validate=validate.Length(min=1),
        metadata={
            "description": "The text of the QR code, whatever it is: what is no citizen code is refused as `malformed`."
        },
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
            raise Refused(ONE_OF_BOTH, "code")

    @post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> ScanRequest:
        """The `ScanRequest` for the pipeline."""
        return ScanRequest(**data)


class PlaceScanSchema(StrictSchema):
    """A place code that the citizen's phone has read."""

    scan_id = ClientGeneratedId(
        required=True,
        metadata={"description": "Made by the phone, best a UUIDv7; a retry repeats it."},
    )
    place_code = fields.String(
        required=True,
        validate=validate.Length(1, 400),
        metadata={"description": "What the poster says, its whole address or the part after `/p/`."},
    )
    purpose = fields.String(
        validate=validate.Length(1, 40),
        metadata={"description": "By default the purpose that the poster names."},
    )
    context = Members(20, load_default=dict, metadata={"description": "What the purpose declares."})


class PlaceOfScanSchema(StrictSchema):
    """At which place the scan was that is answered."""

    place_code = fields.String(required=True, validate=validate.Length(1, 400))


class BatchSchema(ScannedSchema):
    """Scans that happened while the kiosk was offline. Each item is checked on its own."""

    read_by_scanner = "scans"

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
    """A session in which the kiosk may scan on for the same citizen, and until when."""

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
