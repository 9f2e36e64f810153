"""What comes in and goes out of the citizen's own routes."""

from __future__ import annotations

from typing import Any, ClassVar

from marshmallow import fields, validate, validates_schema

from citizen_app.citizens.documents import EID, document_title, masked_number
from citizen_app.citizens.personal import PhoneRefused, normalised_phone
from citizen_app.identity.documents import DocumentKind
from citizen_app.text import Text
from citizen_app.wire.faults import Refused
from citizen_app.wire.inputs import SIX_DIGITS, Pattern, StrictBoolean, StrictSchema
from citizen_app.wire.outputs import MomentOut, TextOut

LONGEST_PHONE = 32
LONGEST_REFRESH_TOKEN = 200
CHALLENGE_ID = validate.Length(min=1, max=64)
OTP = Pattern(r"^[0-9]{6}\Z", SIX_DIGITS)
ONE_OF_TWO = Text(
    "请发送 challenge_id 和 otp，或只发送 refresh_token", "send either challenge_id and otp, or refresh_token"
)
FOUR_TO_SIX = Text("应为证件号码的最后 4 至 6 位", "the last 4 to 6 characters of the number")
THEIRS_OR_NOT = Text("id_suffix 与 new_account 只能发送一项", "send either id_suffix or new_account")


class Phone(fields.String):
    """A mobile phone number in any usual notation, loaded as E.164."""

    def __init__(self, *, metadata: dict[str, Any] | None = None, **kwargs: Any) -> None:
        length = validate.Length(min=3, max=LONGEST_PHONE)
        super().__init__(validate=length, metadata={"input": "tel", **(metadata or {})}, **kwargs)

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any) -> Any:
        """Check the length first, then the number."""
        text = super().deserialize(value, attr, data, **kwargs)
        if not isinstance(text, str):  # left out, where it may be
            return text
        try:
            return normalised_phone(text)
        except PhoneRefused as error:
            raise Refused(error.words) from error


class IdSuffix(fields.String):
    """The end of a document's number as people type it; loaded in the form in which numbers are kept."""

    def __init__(self) -> None:
        told = {
            "example": "002X",
            "description": "After `identity-proof-required`: the last 4 to 6 characters of a document of the account.",
            "label": Text("证件号码末 4 至 6 位", "Last 4 to 6 characters of your document"),
            "help": Text("例如身份证号码 …002X", "For example of an identity card …002X"),
            "autocomplete": "off",
        }
        super().__init__(validate=Pattern(r"^[0-9A-Za-z]{4,6}\Z", FOUR_TO_SIX), metadata=told)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        return str(super()._deserialize(value, attr, data, **options)).upper()


class NewAccount(StrictBoolean):
    """Whether the caller says that the account of the number is not theirs."""

    def __init__(self) -> None:
        told = {
            "description": "After `identity-proof-required`: the account is somebody else's, and the caller gets a new one.",
            "label": Text("这不是我的账户，为我新开一个", "That is not my account; open a new one for me"),
        }
        super().__init__(metadata=told)


class ChallengeRequestSchema(StrictSchema):
    """Where to send an OTP."""

    phone = Phone(
        required=True,
        metadata={
            "example": "13800138000",
            "label": Text("手机号", "Phone number"),
            "autocomplete": "tel",
        },
    )


class ChallengeSchema(StrictSchema):
    """An OTP on its way, or why none is."""

    challenge_id = fields.String(required=True)
    expires_at = fields.String(required=True, metadata={"format": "date-time"})
    sent = fields.Boolean(
        required=True,
        metadata={"description": "false: the hour's share is used up, and nothing opens this challenge."},
    )
    next_message_at = fields.String(
        required=True,
        metadata={
            "format": "date-time",
            "description": "From when on another message is sent to this phone at your request, as things stand.",
        },
    )
    server_time = fields.String(required=True, metadata={"format": "date-time"})


class TokenRequestSchema(StrictSchema):
    """Either a challenge with its OTP, or a refresh token."""

    together: ClassVar = {
        "oneOf": [
            {
                "required": ["challenge_id", "otp"],
                "not": {
                    "anyOf": [{"required": ["refresh_token"]}, {"required": ["id_suffix", "new_account"]}]
                },
            },
            {"required": ["refresh_token"], "maxProperties": 1},
        ]
    }

    challenge_id = fields.String(validate=CHALLENGE_ID)
    otp = fields.String(validate=OTP)
    id_suffix = IdSuffix()
    new_account = NewAccount()
    refresh_token = fields.String(validate=validate.Length(min=1, max=LONGEST_REFRESH_TOKEN))

    @validates_schema
    def one_of_two(self, data: dict[str, Any], **kwargs: Any) -> None:
        """Exactly one of the two shapes."""
        if data.keys() - {"id_suffix", "new_account"} != {"challenge_id", "otp"} and (
            data.keys() != {"refresh_token"}
        ):
            raise Refused(ONE_OF_TWO)
        if {"id_suffix", "new_account"} <= data.keys():
            raise Refused(THEIRS_OR_NOT, "new_account")


class ReauthenticationRequestSchema(StrictSchema):
    """A challenge for the phone of the account, with its OTP."""

    challenge_id = fields.String(required=True, validate=CHALLENGE_ID)
    otp = fields.String(
        required=True,
        validate=OTP,
        metadata={
            "label": Text("短信验证码", "Code from the message"),
            "inputmode": "numeric",
            "autocomplete": "one-time-code",
        },
    )


class TokensSchema(StrictSchema):
    """RFC 6749 §5.1: an access token, seconds until it expires, and the token for the next one."""

    access_token = fields.String(required=True)
    token_type = fields.String(required=True, validate=validate.Equal("Bearer"))
    expires_in = fields.Integer(required=True)
    refresh_token = fields.String(required=True)


class LogoutRequestSchema(StrictSchema):
    """Which session to end, when the request has no access token."""

    refresh_token = fields.String(validate=validate.Length(min=1, max=LONGEST_REFRESH_TOKEN))


class AssuranceLevelOut(fields.Integer):
    """How well an identity is proven."""

    def __init__(self) -> None:
        words = "1 phone verified, 2 real name verified, 3 verified in person or by a strong eID"
        super().__init__(required=True, metadata={"description": words})


class WardSchema(StrictSchema):
    """Someone for whom the citizen may act, and whose code they may show."""

    citizen_id = fields.String(required=True)
    masked_name = fields.String(
        required=True, allow_none=True, metadata={"description": "null without a real name"}
    )
    delegation_id = fields.String(
        required=True, metadata={"description": "For `POST /api/v1/me/delegations/{id}/token`."}
    )
    kind = fields.String(required=True, metadata={"description": "guardian, carer or agent"})
    services = fields.List(
        fields.String(), required=True, allow_none=True, metadata={"description": "null: all"}
    )


class DeviceSchema(StrictSchema):
    """A device that shows codes by itself."""

    device_id = fields.String(required=True)
    name = fields.String(required=True)


class DocumentSchema(StrictSchema):
    """A document by which the citizen is known; its number masked."""

    kind = fields.String(required=True, validate=validate.OneOf([*DocumentKind, EID]))
    title = TextOut(lambda document: document_title(document.kind))
    masked_number = fields.Function(
        masked_number,
        required=True,
        metadata={"type": ["string", "null"], "description": "null for an eID, of which no number is known"},
    )
    verified_at = MomentOut()


class MeSchema(StrictSchema):
    """The citizen as they see themselves; nothing in full."""

    masked_name = fields.String(
        required=True, allow_none=True, metadata={"description": "null without a real name"}
    )
    masked_phone = fields.String(
        required=True, allow_none=True, metadata={"description": "null for whoever has no phone of their own"}
    )
    assurance_level = AssuranceLevelOut()
    documents = fields.List(
        fields.Nested(DocumentSchema), required=True, validate=validate.Length(max=len(DocumentKind) + 1)
    )  # one of each kind, and an eID
    wards = fields.List(fields.Nested(WardSchema), required=True)
    devices = fields.List(fields.Nested(DeviceSchema), required=True)


class MyNameSchema(StrictSchema):
    """The citizen's name, whole."""

    name = fields.String(required=True, allow_none=True, metadata={"description": "null without a real name"})


class OnlineCodeSchema(StrictSchema):
    """A code to be drawn and shown; fetch the next one at `refresh_at`."""

    code = fields.String(required=True, metadata={"example": "CC1:6BF…"})
    kind = fields.String(required=True, validate=validate.OneOf(["online", "delegate"]))
    expires_at = fields.String(required=True, metadata={"format": "date-time"})
    refresh_at = fields.String(required=True, metadata={"format": "date-time"})
    server_time = fields.String(required=True, metadata={"format": "date-time"})
