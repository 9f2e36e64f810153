"""Schemas of what citizens ask for."""

from __future__ import annotations

from typing import Final

from marshmallow import Schema, fields, validate

from citizen_app.storage.keyset import PageQuerySchema, PageSchema
from citizen_app.text import Text
from citizen_app.wire.inputs import StrictSchema
from citizen_app.wire.outputs import MomentOut, TextOut

STATES: Final = {
    "waiting": Text("正在办理", "Under way"),
    "ready": Text("可以下载", "Can be fetched"),
    "over": Text("已过期", "Over"),
    "void": Text("账户已注销", "The account was closed"),
    "done": Text("已办结", "Done"),
}
KINDS: Final = {
    "copy": Text("数据副本", "A copy of my data"),
    "erasure": Text("注销账户", "Closing the account"),
}


class RequestSchema(Schema):
    """What was asked for."""

    id = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(list(KINDS)))
    state = fields.String(required=True, validate=validate.OneOf(list(STATES)))
    asked_at = MomentOut()
    due_at = MomentOut(metadata={"description": "Until when the city answers."})
    ended_at = MomentOut(allow_none=True)
    over_at = MomentOut(allow_none=True, metadata={"description": "Until when a copy can be fetched."})
    missing = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Services that could not give their part of the copy."},
    )


class RequestPageSchema(PageSchema):
    """One page of requests, newest first."""

    items = fields.List(fields.Nested(RequestSchema), required=True)


class ObstacleSchema(Schema):
    """Something that has to be settled before an account can be closed."""

    id = fields.String(required=True)
    words = TextOut(required=True)
    next_step = fields.String(required=True, metadata={"description": "The page where it is settled."})


class ErasureSchema(Schema):
    """What stands against closing the account, and what stays of it."""

    against = fields.List(fields.Nested(ObstacleSchema), required=True, validate=validate.Length(max=10))
    stays = fields.List(
        TextOut(),
        required=True,
        validate=validate.Length(max=10),
        metadata={"description": "What is kept, and why."},
    )


class ErasedSchema(Schema):
    """The account is gone; services follow."""

    request = fields.Nested(RequestSchema, required=True)
    stays = fields.List(TextOut(), required=True)


class ConfirmationSchema(StrictSchema):
    """That it is meant."""

    confirm = fields.String(
        load_default=None,
        validate=validate.OneOf(["true"]),
        metadata={"description": "`true`: I have read what is deleted and what stays, and want it."},
    )


class RequestsQuerySchema(PageQuerySchema):
    """Which requests."""

    state = fields.String(load_default=None, validate=validate.OneOf(list(STATES)))


class OpenStepSchema(Schema):
    """A service that has still to forget somebody."""

    service = fields.String(required=True)
    attempts = fields.Integer(required=True)
    next_at = MomentOut()
    last_error = fields.String(allow_none=True)


class StaffRequestSchema(Schema):
    """A request as staff see it: never whose."""

    id = fields.String(required=True, attribute="request.id")
    kind = fields.String(required=True, attribute="request.kind", validate=validate.OneOf(list(KINDS)))
    state = fields.String(required=True, attribute="request.state", validate=validate.OneOf(list(STATES)))
    asked_by = fields.String(
        required=True,
        attribute="request.asked_by",
        validate=validate.OneOf(["oneself", "guardian", "clerk"]),
    )
    asked_at = MomentOut(attribute="request.asked_at")
    due_at = MomentOut(attribute="request.due_at")
    ended_at = MomentOut(attribute="request.ended_at", allow_none=True)
    missing = fields.List(fields.String(), required=True, attribute="request.missing")
    last_error = fields.String(required=True, attribute="request.last_error", allow_none=True)
    overdue = fields.Boolean(required=True)
    waits_for = fields.List(
        fields.Nested(OpenStepSchema),
        required=True,
        metadata={"description": "Services that have still to forget somebody."},
    )


class StaffRequestPageSchema(PageSchema):
    """One page of requests of citizens, newest first."""

    items = fields.List(fields.Nested(StaffRequestSchema), required=True)
