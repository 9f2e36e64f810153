"""What comes in and goes out at the desk."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from marshmallow import fields, validate, validates_schema

from citizen_app.citizens.schemas import OTP, AssuranceLevelOut, DocumentSchema, Phone
from citizen_app.citizens.traits import CitizenStatus
from citizen_app.desk.deaths import DeathProof
from citizen_app.desk.search import MOST_FOUND, Wanted
from citizen_app.identity.documents import DocumentKind
from citizen_app.identity.schemas import IdNumber, Name, StatedKind, stated_document
from citizen_app.text import UNSEEN, Text
from citizen_app.usage.schemas import SERVICE, Reason
from citizen_app.wire.faults import Refused
from citizen_app.wire.inputs import Pattern, StrictBoolean, StrictSchema
from citizen_app.wire.outputs import MomentOut

KEYS: Final = ("phone", "id_number", "name")
ONE_KEY: Final = Text(
    "请只用 phone、id_number、name 中的一项查找", "search by exactly one of phone, id_number and name"
)
KIND_OF_WHAT: Final = Text("document_kind 只与 id_number 一起使用", "document_kind goes with id_number only")
OF_METHOD: Final = Text(
    "method 为 code 时须有 code，为 document 时须有 id_number，为 phone 时都不需要",
    "code takes a code, document an id_number, phone neither",
)
OTP_OR_NUMBER: Final = Text("请发送 otp，或发送 id_number", "send either otp or id_number")
PHONE: Final = Text("手机号", "Phone number")
PROOF_TITLES: Final = {
    DeathProof.CERTIFICATE: Text("居民死亡医学证明", "Medical certificate of death"),
    DeathProof.CREMATION: Text("火化证明", "Cremation certificate"),
    DeathProof.HOUSEHOLD: Text("户口注销证明", "Cancellation in the household register"),
    DeathProof.COURT: Text("法院宣告死亡判决", "Declaration of death by a court"),
}
NO_REFERENCE: Final = Text("请写证明的编号", "write the number of the paper")


class SearchSchema(StrictSchema):
    """Exactly one key, whole, and why."""

    together: ClassVar = {
        "oneOf": [
            {"required": ["phone", "reason"], "maxProperties": 2},
            {"required": ["name", "reason"], "maxProperties": 2},
            {
                "required": ["id_number", "reason"],
                "not": {"anyOf": [{"required": ["phone"]}, {"required": ["name"]}]},
            },
        ]
    }

    phone = Phone(metadata={"example": "13800138000", "label": PHONE})
    id_number = IdNumber(required=False)
    document_kind = StatedKind()
    name = Name(required=False)
    reason = Reason(required=True)

    @validates_schema
    def one_key(self, data: dict[str, Any], **kwargs: Any) -> None:
        """One of the three, and the kind of a document with its number."""
        if sum(key in data for key in KEYS) != 1:
            raise Refused(ONE_KEY)
        if "document_kind" in data and "id_number" not in data:
            raise Refused(KIND_OF_WHAT, "document_kind")


def wanted_of(body: dict[str, Any]) -> Wanted:
    """What a body searches for. Raises a 422 for a number that no document has."""
    document = stated_document(body) if "id_number" in body else None
    return Wanted(body.get("phone"), document, body.get("name"))


class FoundSchema(StrictSchema):
    """Somebody who was found; nothing in full."""

    id = fields.String(
        required=True,
        metadata={"description": "For whoever has found them, and for eight hours: not the account's own."},
    )
    masked_name = fields.String(required=True, allow_none=True)
    masked_phone = fields.String(
        required=True, allow_none=True, metadata={"description": "null for whoever has no phone of their own"}
    )
    documents = fields.List(
        fields.Nested(DocumentSchema), required=True, validate=validate.Length(max=len(DocumentKind) + 1)
    )
    assurance_level = AssuranceLevelOut()
    state = fields.String(required=True, validate=validate.OneOf([one.value for one in CitizenStatus]))
    registered_at = MomentOut()


class ResultSchema(StrictSchema):
    """Whom a search has found."""

    items = fields.List(fields.Nested(FoundSchema), required=True, validate=validate.Length(max=MOST_FOUND))
    too_many = fields.Boolean(
        required=True,
        metadata={
            "description": f"More than {MOST_FOUND} have this name, and none is shown: ask for phone or document."
        },
    )


class NewAccountSchema(StrictSchema):
    """Somebody with a document, who has no phone or none with them."""

    name = Name()
    id_number = IdNumber()
    document_kind = StatedKind()
    document_seen = StrictBoolean(
        required=True,
        metadata={
            "label": Text(
                "证件原件在手，已当面核对本人", "The document is in hand and its holder stands here"
            ),
            "help": Text(
                "不勾选则向登记系统核验姓名和号码。", "Otherwise the register is asked about name and number."
            ),
            "description": "The clerk has the document in hand: level 3. Otherwise the register must confirm name and number: level 2.",
        },
    )
    reason = Reason(required=True)


class OpenedSchema(FoundSchema):
    """The account of the document."""

    opened = fields.Boolean(
        required=True, metadata={"description": "Whether it was opened now; otherwise there was one."}
    )


class PresenceRequestSchema(StrictSchema):
    """How it is proved that somebody stands at the counter."""

    together: ClassVar = {
        "oneOf": [
            {"properties": {"method": {"const": "code"}}, "required": ["method", "code"], "maxProperties": 2},
            {"properties": {"method": {"const": "phone"}}, "required": ["method"], "maxProperties": 1},
            {
                "properties": {"method": {"const": "document"}},
                "required": ["method", "id_number"],
                "not": {"required": ["code"]},
            },
        ]
    }

    method = fields.String(required=True, validate=validate.OneOf(["code", "phone", "document"]))
    code = fields.String(
        validate=validate.Length(1, 600), metadata={"description": "The text of the code that they show."}
    )
    id_number = IdNumber(required=False)
    document_kind = StatedKind()

    @validates_schema
    def fits(self, data: dict[str, Any], **kwargs: Any) -> None:
        """What the method takes, and nothing else."""
        needed = {"code": {"code"}, "phone": set(), "document": {"id_number"}}[data["method"]]
        if data.keys() - {"method", *({"document_kind"} if "id_number" in needed else ())} != needed:
            raise Refused(OF_METHOD)


class ConfirmationSchema(StrictSchema):
    """The OTP that the citizen has read out; or, by a second clerk, the number of the document in hand."""

    together: ClassVar = {
        "oneOf": [
            {"required": ["otp"], "maxProperties": 1},
            {"required": ["id_number"], "not": {"required": ["otp"]}},
        ]
    }

    otp = fields.String(validate=OTP)
    id_number = IdNumber(required=False)
    document_kind = StatedKind()

    @validates_schema
    def one_of_two(self, data: dict[str, Any], **kwargs: Any) -> None:
        """Exactly one of the two shapes."""
        if data.keys() - {"document_kind"} != {"id_number"} and data.keys() != {"otp"}:
            raise Refused(OTP_OR_NUMBER)


class PresenceSchema(StrictSchema):
    """Somebody at the counter."""

    method = fields.String(required=True, validate=validate.OneOf(["code", "phone", "document"]))
    confirmed = fields.Function(
        lambda presence: presence.confirmed_at is not None,
        required=True,
        metadata={
            "type": "boolean",
            "description": "false: `POST …/presence/confirmation` is waited for until `ends_at`.",
        },
    )
    ends_at = MomentOut()


class ActingRequestSchema(StrictSchema):
    """At which services the clerk acts."""

    services = fields.List(
        fields.String(validate=SERVICE),
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, 20),
        metadata={"description": "null: at all of them."},
    )


class ActingSchema(StrictSchema):
    """A token with which the clerk calls the routes of citizens, in the citizen's place."""

    access_token = fields.String(required=True)
    token_type = fields.String(required=True, validate=validate.Equal("Bearer"))
    expires_in = fields.Integer(required=True)
    ends_at = MomentOut(metadata={"description": "Until then the same call gives the next token."})


class NewPhoneSchema(StrictSchema):
    """A phone for the account of whoever is present."""

    phone = Phone(required=True, metadata={"example": "13800138000", "label": PHONE})


class OtpSchema(StrictSchema):
    """The OTP that was sent there."""

    otp = fields.String(
        required=True,
        validate=OTP,
        metadata={
            "label": Text("验证码", "One-time code"),
            "help": Text("请市民念出短信里的六位数字。", "Ask the citizen to read out the six digits."),
            "inputmode": "numeric",
            "autocomplete": "off",
        },
    )


class SentSchema(StrictSchema):
    """An OTP on its way."""

    expires_at = MomentOut()


class DeathSchema(StrictSchema):
    """A death, and by what it is proved."""

    proof = fields.String(
        required=True,
        validate=validate.OneOf([one.value for one in DeathProof]),
        metadata={
            "label": Text("凭证", "Proof"),
            "titles": {one.value: title for one, title in PROOF_TITLES.items()},
        },
    )
    reference = fields.String(
        required=True,
        validate=[
            validate.Length(1, 60),
            Pattern(rf"^[^{UNSEEN}]*[^{UNSEEN}\s][^{UNSEEN}]*\Z", NO_REFERENCE),
        ],
        metadata={
            "example": "320000-2026-00417",
            "description": "The number of the paper; kept sealed.",
            "label": Text("凭证编号", "Number of the paper"),
        },
    )


class KnownToServiceSchema(StrictSchema):
    """Those whom the service has met, as it knows them."""

    citizen_refs = fields.List(fields.String(), required=True, validate=validate.Length(max=MOST_FOUND))
    too_many = fields.Boolean(required=True)
