"""The audit log over HTTP."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from citizen_app.audit.models import ACTOR_KINDS, RESULTS
from citizen_app.storage.keyset import PageQuerySchema, PageSchema
from citizen_app.wire.moments import Moment


class AuditQuerySchema(PageQuerySchema):
    """Filters of the list."""

    action = fields.String(load_default=None, validate=validate.Length(1, 60))
    actor_id = fields.String(load_default=None, validate=validate.Length(1, 40))
    target_kind = fields.String(load_default=None, validate=validate.Length(1, 30))
    target_id = fields.String(load_default=None, validate=validate.Length(1, 60))
    since = Moment(load_default=None, metadata={"description": "At or after this moment."})
    until = Moment(load_default=None, metadata={"description": "Before this moment."})


class AuditEventSchema(Schema):
    """One event."""

    id = fields.String(required=True)
    at = Moment(required=True)
    actor_kind = fields.String(required=True, validate=validate.OneOf(ACTOR_KINDS))
    actor_id = fields.String(required=True, allow_none=True)
    actor_name = fields.String(required=True)
    action = fields.String(required=True)
    target_kind = fields.String(required=True)
    target_id = fields.String(required=True, allow_none=True)
    result = fields.String(required=True, validate=validate.OneOf(RESULTS))
    details = fields.Dict(keys=fields.String(), required=True)
    request_id = fields.String(required=True, allow_none=True)
    address = fields.String(required=True, allow_none=True)


class AuditPageSchema(PageSchema):
    """One page of events, newest first."""

    items = fields.List(fields.Nested(AuditEventSchema), required=True)
