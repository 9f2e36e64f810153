"""Staff over HTTP."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from citizen_app.storage.keyset import PageSchema
from citizen_app.wire.inputs import SIX_DIGITS, Pattern, StrictSchema
from citizen_app.wire.moments import Moment

MOST_PERMISSIONS = 100


class SignInSchema(StrictSchema):
    """User name, password and the authenticator's six digits, in one step."""

    username = fields.String(required=True, validate=validate.Length(1, 40))
    password = fields.String(required=True, validate=validate.Length(1, 1000))
    totp = fields.String(required=True, validate=Pattern(r"^[0-9]{6}\Z", SIX_DIGITS))


class SessionSchema(Schema):
    """A fresh session."""

    token = fields.String(required=True, metadata={"description": "Bearer token; shown once."})
    token_type = fields.String(required=True, validate=validate.Equal("Bearer"))
    expires_at = Moment(required=True, metadata={"description": "Ends then, or after 15 idle minutes."})


class ReachSchema(Schema):
    """A permission and where it holds."""

    permission = fields.String(required=True)
    services = fields.List(
        fields.String(), required=True, allow_none=True, metadata={"description": "Null: every service."}
    )


class CurrentSessionSchema(Schema):
    """Who has signed in, and what they may do."""

    staff_id = fields.String(required=True)
    username = fields.String(required=True)
    permissions = fields.List(fields.Nested(ReachSchema), required=True)


class NewTokenSchema(StrictSchema):
    """A personal access token to make."""

    name = fields.String(required=True, validate=[validate.Length(1, 80), validate.Regexp(r".*\S")])
    permissions = fields.List(
        fields.String(validate=validate.Length(1, 60)),
        required=True,
        validate=validate.Length(1, MOST_PERMISSIONS),
    )
    expires_at = Moment(required=True, metadata={"description": "At most 365 days from now."})


class TokenSchema(Schema):
    """A personal access token, without its text."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    permissions = fields.List(fields.String(), required=True)
    created_at = Moment(required=True)
    expires_at = Moment(required=True)
    last_used_at = Moment(required=True, allow_none=True)


class MadeTokenSchema(Schema):
    """A token just made; its text is shown once."""

    token = fields.String(required=True)
    details = fields.Nested(TokenSchema, required=True)


class TokenPageSchema(PageSchema):
    """One page of tokens, newest first."""

    items = fields.List(fields.Nested(TokenSchema), required=True)
