"""Members and guests."""

from __future__ import annotations

from typing import Any, Final

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.people import PhoneOrDocumentSchema
from citizen_app.toolkit.web import (
    ChangeSchema,
    ClientGeneratedId,
    Moment,
    MomentOut,
    PageQuerySchema,
    PageSchema,
    Refused,
    StrictInteger,
    StrictSchema,
    TextOut,
    fields,
    validate,
    validates_schema,
)

from ..manifest import KIND_TITLES, ROLE_TITLES
from ..queries.links import link_to
from ..snapshot import title_of_place
from .inputs import MASKED_NAME, Words

GUEST_LABEL: Final = Text("访客称呼", "Guest's name")
PLATE: Final = {"example": "苏N12345", "label": Text("车牌", "Number plate")}
ROLES: Final = ["resident", "employee", "manager"]
STANDINGS: Final = ["active", "suspended", "revoked"]
AFTER_VALID_FROM: Final = Text("应晚于 valid_from", "must lie after valid_from")
MASKED_DOCUMENT: Final = {
    "example": "****001X",
    "description": "The end of the document's number, for whoever is known by one; null otherwise.",
}


class MemberQuerySchema(PageQuerySchema):
    """Which members."""

    status = fields.String(load_default=None, validate=validate.OneOf(STANDINGS))
    role = fields.String(load_default=None, validate=validate.OneOf(ROLES))
    unit = Words(60, may_be_empty=True, load_default="", metadata={"description": "A part of the unit."})


class NewMemberSchema(PhoneOrDocumentSchema):
    """A person for the list, by phone or by document."""

    name = Words(40, required=True)
    unit = Words(60, may_be_empty=True, load_default="")
    role = fields.String(required=True, validate=validate.OneOf(ROLES))
    valid_from = Moment(load_default=None, allow_none=True)
    valid_until = Moment(load_default=None, allow_none=True)

    @validates_schema
    def in_order(self, data: dict[str, Any], **options: Any) -> None:
        """The end lies after the beginning."""
        if data["valid_from"] and data["valid_until"] and data["valid_until"] <= data["valid_from"]:
            raise Refused(AFTER_VALID_FROM, "valid_until")


class MemberChangeSchema(ChangeSchema):
    """What is to change."""

    name = Words(40)
    unit = Words(60, may_be_empty=True)
    role = fields.String(validate=validate.OneOf(ROLES))
    valid_from = Moment(allow_none=True)
    valid_until = Moment(allow_none=True)


class MemberSchema(StrictSchema):
    """A member as desks see one."""

    id = fields.String(required=True)
    masked_name = fields.String(required=True, allow_none=True, metadata=MASKED_NAME)
    masked_phone = fields.String(attribute="phone_hint", required=True, allow_none=True)
    masked_document = fields.String(
        attribute="document_hint", required=True, allow_none=True, metadata=MASKED_DOCUMENT
    )
    unit = fields.String(required=True)
    role = fields.String(required=True)
    role_title = TextOut(lambda row: ROLE_TITLES[row.role])
    status = fields.String(required=True)
    source = fields.String(required=True, metadata={"description": "list or claim"})
    met = fields.Boolean(required=True, metadata={"description": "Has shown a code here or applied."})
    valid_from = MomentOut(allow_none=True)
    valid_until = MomentOut(allow_none=True)


class MemberPageSchema(PageSchema):
    """One page of members, newest first."""

    items = fields.List(fields.Nested(MemberSchema), required=True)


class MyPlaceSchema(StrictSchema):
    """A place that the citizen belongs to."""

    place_id = fields.String(attribute="place.id", required=True)
    place = TextOut(attribute="place.name")
    kind = fields.String(attribute="place.kind", required=True)
    kind_title = TextOut(lambda one: KIND_TITLES[one.place.kind])
    role = fields.String(attribute="member.role", required=True)
    role_title = TextOut(lambda one: ROLE_TITLES[one.member.role])
    unit = fields.String(attribute="member.unit", required=True)
    status = fields.String(attribute="member.status", required=True)
    valid_from = MomentOut(attribute="member.valid_from", allow_none=True)
    valid_until = MomentOut(attribute="member.valid_until", allow_none=True)
    may_invite = fields.Boolean(required=True)
    emergency = fields.Boolean(required=True, metadata={"description": "All gates are open to everybody."})


class MyPlacesSchema(StrictSchema):
    """All of them."""

    items = fields.List(fields.Nested(MyPlaceSchema), required=True)


class NewInvitationSchema(PhoneOrDocumentSchema):
    """A guest for a window of time; the guest shows their own code at the gate."""

    invitation_id = ClientGeneratedId(
        required=True, metadata={"description": "UUIDv7 made by the caller; a retry repeats it."}
    )
    place_id = ClientGeneratedId(required=True, metadata={"label": Text("到哪里", "Where to")})
    guest = Words(
        40,
        required=True,
        metadata={"description": "How the host calls the guest.", "label": GUEST_LABEL},
    )
    purpose = Words(
        60,
        required=True,
        metadata={
            "example": "探亲",
            "description": "The guard reads it.",
            "label": Text("事由", "Purpose"),
            "help": Text("保安会看到，例如“探亲”。", "The guard reads it, for example “family visit”."),
        },
    )
    starts_at = Moment(required=True, metadata={"label": Text("从何时", "From")})
    ends_at = Moment(required=True, metadata={"label": Text("到何时", "Until")})
    entries = StrictInteger(
        load_default=1,
        allow_none=True,
        validate=validate.Range(1, 1000),
        metadata={
            "description": "How often the guest may enter; null for as often as wanted.",
            "label": Text("可进入几次", "How often"),
            "help": Text("留空为不限次数。", "Leave it empty for as often as wanted."),
        },
    )
    plate = Words(12, load_default=None, allow_none=True, metadata=PLATE)


class InvitationSchema(StrictSchema):
    """An invitation as its host sees it."""

    id = fields.String(required=True)
    place_id = fields.String(required=True)
    place = TextOut(lambda row: title_of_place(row.place_id))
    guest = fields.String(required=True, allow_none=True)
    masked_phone = fields.String(attribute="phone_hint", required=True, allow_none=True)
    masked_document = fields.String(
        attribute="document_hint", required=True, allow_none=True, metadata=MASKED_DOCUMENT
    )
    purpose = fields.String(required=True, allow_none=True)
    plate = fields.String(required=True, allow_none=True)
    starts_at = MomentOut()
    ends_at = MomentOut()
    entries = fields.Integer(attribute="entries_allowed", required=True, allow_none=True)
    entries_used = fields.Integer(required=True)
    revoked = fields.Boolean(required=True)
    created_at = MomentOut()
    link = fields.Function(
        link_to,
        required=True,
        metadata={
            "type": "string",
            "description": "For the host to send on: place, window and how to get a code. It carries no right.",
        },
    )


class InvitationPageSchema(PageSchema):
    """One page of invitations, newest first."""

    items = fields.List(fields.Nested(InvitationSchema), required=True)


class ExpectedSchema(StrictSchema):
    """An invitation as the desk of the place sees it."""

    id = fields.String(attribute="invitation.id", required=True)
    masked_guest = fields.String(
        attribute="invitation.masked_guest", required=True, allow_none=True, metadata=MASKED_NAME
    )
    masked_phone = fields.String(attribute="invitation.phone_hint", required=True, allow_none=True)
    masked_document = fields.String(
        attribute="invitation.document_hint", required=True, allow_none=True, metadata=MASKED_DOCUMENT
    )
    unit = fields.String(attribute="host.unit", required=True, metadata={"description": "Of the host."})
    host_id = fields.String(
        attribute="host.id", required=True, metadata={"description": "The host's member id."}
    )
    purpose = fields.String(attribute="invitation.purpose", required=True, allow_none=True)
    plate = fields.String(attribute="invitation.plate", required=True, allow_none=True)
    starts_at = MomentOut(attribute="invitation.starts_at")
    ends_at = MomentOut(attribute="invitation.ends_at")
    entries = fields.Integer(attribute="invitation.entries_allowed", required=True, allow_none=True)
    entries_used = fields.Integer(attribute="invitation.entries_used", required=True)
    revoked = fields.Boolean(attribute="invitation.revoked", required=True)


class ExpectedPageSchema(PageSchema):
    """One page of invitations to a place, newest first."""

    items = fields.List(fields.Nested(ExpectedSchema), required=True)


class VisitSchema(StrictSchema):
    """An invitation as its guest sees it."""

    id = fields.String(attribute="invitation.id", required=True)
    place = TextOut(lambda row: title_of_place(row.invitation.place_id))
    unit = fields.String(attribute="host.unit", required=True, metadata={"description": "Whither."})
    purpose = fields.String(attribute="invitation.purpose", required=True, allow_none=True)
    starts_at = MomentOut(attribute="invitation.starts_at")
    ends_at = MomentOut(attribute="invitation.ends_at")
    entries_left = fields.Integer(attribute="invitation.entries_left", required=True, allow_none=True)
    revoked = fields.Boolean(attribute="invitation.revoked", required=True)


class VisitPageSchema(PageSchema):
    """One page of visits, newest first."""

    items = fields.List(fields.Nested(VisitSchema), required=True)
