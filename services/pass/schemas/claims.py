"""Applications to a place."""

from __future__ import annotations

from typing import Final

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.web import (
    ClientGeneratedId,
    MomentOut,
    PageQuerySchema,
    PageSchema,
    StrictSchema,
    TextOut,
    fields,
    validate,
)

from ..manifest import ROLE_TITLES
from ..snapshot import title_of_place
from .inputs import MASKED_NAME, Words

CLAIM_STATES: Final = ["waiting", "approved", "refused", "withdrawn"]


class NewClaimSchema(StrictSchema):
    """An application to a place."""

    place_id = ClientGeneratedId(required=True)
    role = fields.String(
        required=True,
        validate=validate.OneOf(["resident", "employee"]),
        metadata={"label": Text("身份", "I am"), "titles": ROLE_TITLES},
    )
    unit = Words(
        60,
        required=True,
        metadata={
            "example": "3-2-1201",
            "label": Text("楼栋房号或部门", "Flat or department"),
            "help": Text("例如 3-2-1201", "For example 3-2-1201"),
        },
    )
    name = Words(
        40,
        required=True,
        metadata={
            "label": Text("姓名", "Name"),
            "help": Text("管理人员凭它核对。", "The management compares it with its list."),
            "autocomplete": "name",
        },
    )


class ClaimQuerySchema(PageQuerySchema):
    """Which claims."""

    status = fields.String(load_default=None, validate=validate.OneOf(CLAIM_STATES))


class RefusalSchema(StrictSchema):
    """Why not; the applicant reads it."""

    reason = Words(
        200,
        required=True,
        metadata={"label": Text("原因", "Reason"), "help": Text("申请人会看到。", "The applicant reads it.")},
    )


class ClaimSchema(StrictSchema):
    """A claim. Desks see the applicant's name partly hidden; the applicant sees the place."""

    id = fields.String(required=True)
    place_id = fields.String(required=True)
    place = TextOut(lambda row: title_of_place(row.place_id))
    role = fields.String(required=True)
    role_title = TextOut(lambda row: ROLE_TITLES[row.role])
    unit = fields.String(required=True)
    masked_name = fields.String(required=True, allow_none=True, metadata=MASKED_NAME)
    masked_phone = fields.String(attribute="phone_hint", required=True, allow_none=True)
    status = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True)
    created_at = MomentOut()


class ClaimPageSchema(PageSchema):
    """One page of claims, newest first."""

    items = fields.List(fields.Nested(ClaimSchema), required=True)
