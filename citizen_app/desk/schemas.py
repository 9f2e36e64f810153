"""What comes in and goes out at the desk."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from marshmallow import fields, validate, validates_schema

from citizen_app.citizens.schemas import AssuranceLevelOut, DocumentSchema, Phone
from citizen_app.citizens.traits import CitizenStatus
from citizen_app.desk.search import MOST_FOUND, Wanted
from citizen_app.identity.documents import DocumentKind
from citizen_app.identity.schemas import IdNumber, Name, StatedKind, stated_document
from citizen_app.text import Text
from citizen_app.usage.schemas import Reason
from citizen_app.wire.faults import Refused
from citizen_app.wire.inputs import StrictSchema
from citizen_app.wire.outputs import MomentOut

KEYS: Final = ("phone", "id_number", "name")
ONE_KEY: Final = Text(
    "请只用 phone、id_number、name 中的一项查找", "search by exactly one of phone, id_number and name"
)
KIND_OF_WHAT: Final = Text("document_kind 只与 id_number 一起使用", "document_kind goes with id_number only")


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

    phone = Phone(metadata={"example": "13800138000"})
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


class KnownToServiceSchema(StrictSchema):
    """Those whom the service has met, as it knows them."""

    citizen_refs = fields.List(fields.String(), required=True, validate=validate.Length(max=MOST_FOUND))
    too_many = fields.Boolean(required=True)
