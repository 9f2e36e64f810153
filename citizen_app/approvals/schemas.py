"""Requests for a second person over HTTP."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from citizen_app.approvals.acts import ACTS
from citizen_app.approvals.models import STATES
from citizen_app.storage.keyset import PageSchema
from citizen_app.wire.moments import Moment


class ApprovalSchema(Schema):
    """One request."""

    id = fields.String(required=True)
    act = fields.String(required=True, validate=validate.OneOf(sorted(ACTS)))
    service = fields.String(required=True, allow_none=True)
    parameters = fields.Dict(keys=fields.String(), required=True)
    reason = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    requested_at = Moment(required=True)
    expires_at = Moment(required=True)
    decided_at = Moment(required=True, allow_none=True)


class WaitingSchema(Schema):
    """What was asked for; its `state` is `pending` until a second person approves."""

    approval = fields.Nested(ApprovalSchema, required=True)


class ShownApprovalSchema(Schema):
    """A request, with who asked and who decided."""

    approval = fields.Nested(ApprovalSchema, required=True)
    asked_by = fields.String(required=True)
    decided_by = fields.String(required=True, allow_none=True)
    own = fields.Boolean(required=True)


class ApprovalPageSchema(PageSchema):
    """One page of requests, newest first."""

    items = fields.List(fields.Nested(ShownApprovalSchema), required=True)
