"""What comes in and goes out about consent."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from citizen_app.consent.models import LONGEST_VERSION
from citizen_app.registry.contract import SCOPES
from citizen_app.storage.keyset import PageSchema
from citizen_app.text import Text
from citizen_app.wire.inputs import Pattern, StrictSchema
from citizen_app.wire.outputs import MomentOut, TextOut

A_VERSION = Text("请写所读说明的版本号", "the version of the notice that was read")
VERSION = Pattern(r"^[0-9]{1,9}-[0-9a-f]{8}\Z", A_VERSION)
EXAMPLE = "1-5f3a9c1d"


class ScopeSchema(StrictSchema):
    """A field that a service sees of a citizen, why, and on which basis."""

    name = fields.String(required=True, metadata={"example": "masked_name"})
    title = TextOut()
    reason = TextOut()
    basis = fields.String(
        required=True,
        validate=validate.OneOf(["consent", "legal_duty"]),
        metadata={
            "description": "`consent`: only with the citizen's consent. `legal_duty`: by the law named."
        },
    )
    law = TextOut(allow_none=True, metadata={"description": "The provision of a legal duty, otherwise null."})
    essential = fields.Boolean(
        required=True, metadata={"description": "Without consent to it the service refuses."}
    )
    sensitive = fields.Boolean(
        required=True, metadata={"description": "Needs a consent of its own; the notice is not enough."}
    )


class FieldStandingSchema(ScopeSchema):
    """A field, as it stands between a citizen and a service."""

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """What a scope declares is read from it."""
        return super().get_attribute(
            obj.scope if attr in ScopeSchema._declared_fields else obj, attr, default
        )

    state = fields.String(
        required=True,
        validate=validate.OneOf(["by_law", "agreed", "withheld"]),
        metadata={"description": "`withheld`: the service does not see it."},
    )
    since = MomentOut(allow_none=True, metadata={"description": "When it was agreed to."})
    by_name = fields.Boolean(
        required=True, metadata={"description": "Agreed to by name, not with the notice."}
    )
    carried_over = fields.Boolean(
        required=True,
        metadata={"description": "The service saw it before consent was asked for; you may take it back."},
    )


class ServiceConsentSchema(StrictSchema):
    """One service and what it sees of the citizen."""

    service = fields.String(required=True)
    title = TextOut()
    state = fields.String(
        required=True, validate=validate.OneOf(["nothing_asked", "agreed", "partly_agreed", "withheld"])
    )
    scopes = fields.List(fields.Nested(FieldStandingSchema), required=True)


class NoticeStandingSchema(StrictSchema):
    """The notice in force, and what the citizen has done about it."""

    version = fields.String(required=True, attribute="notice.version", metadata={"example": EXAMPLE})
    summary = TextOut(lambda standing: standing.notice.words.summary)
    state = fields.String(
        required=True,
        validate=validate.OneOf(["accepted", "changed", "not_accepted"]),
        metadata={"description": "`changed`: what was accepted is another version. What it agreed to stays."},
    )
    accepted_version = fields.String(required=True, allow_none=True)
    accepted_at = MomentOut(allow_none=True)


class ConsentPageSchema(PageSchema):
    """The notice, and one page of services."""

    notice = fields.Nested(NoticeStandingSchema, required=True)
    items = fields.List(fields.Nested(ServiceConsentSchema), required=True)


class AcceptNoticeSchema(StrictSchema):
    """The version that was read."""

    version = fields.String(
        required=True,
        validate=[validate.Length(max=LONGEST_VERSION), VERSION],
        metadata={"example": EXAMPLE},
    )


class AgreeSchema(StrictSchema):
    """The fields that the service may see from now on; it sees no others that need consent."""

    scopes = fields.List(
        fields.String(validate=validate.OneOf(sorted(SCOPES))),
        required=True,
        validate=validate.Length(min=1, max=len(SCOPES)),
        metadata={"example": ["contact_ref"]},
    )


class SeenFieldsSchema(StrictSchema):
    """As `AgreeSchema`, of a form: without any field the consent to the service is taken back."""

    scopes = fields.List(
        fields.String(validate=validate.OneOf(sorted(SCOPES))),
        required=True,
        validate=validate.Length(max=len(SCOPES)),
        metadata={"label": Text("我同意此服务看到", "I agree that the service sees"), "titles": SCOPES},
    )


class AskingServiceSchema(StrictSchema):
    """An enabled service with what it sees of citizens."""

    service = fields.String(required=True)
    title = TextOut()
    scopes = fields.List(fields.Nested(ScopeSchema), required=True)


class NoticeSchema(PageSchema):
    """The city's privacy notice in the caller's language, with one page of what services see."""

    version = fields.String(required=True, metadata={"example": EXAMPLE})
    summary = TextOut()
    text = TextOut()
    published_at = MomentOut(
        allow_none=True, metadata={"description": "null for the text that comes with the software"}
    )
    items = fields.List(fields.Nested(AskingServiceSchema), required=True)
