"""Staff look after the issuer keys."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify
from flask.views import MethodView
from marshmallow import Schema, fields, validate

from citizen_app.approvals.operations import ask, done_at_once
from citizen_app.approvals.schemas import ApprovalSchema, WaitingSchema
from citizen_app.audit.operations import record
from citizen_app.codes import keys
from citizen_app.storage.keyset import PageQuerySchema, PageSchema, page_of_list
from citizen_app.web.boundary.audiences import api_blueprint, current_staff, staff
from citizen_app.web.boundary.idempotency_keys import idempotent
from citizen_app.wire.inputs import StrictInteger
from citizen_app.wire.problems import Problem

blueprint = api_blueprint(
    "admin_keys", staff(read="keys.read", write="keys.manage"), "/api/v1/admin/issuer-keys", "Staff: keys"
)


APPROVAL = ApprovalSchema()


class KeySchema(Schema):
    """A key in the inventory."""

    kid = fields.String(required=True)
    use = fields.String(required=True)
    algorithm = fields.String(required=True)
    state = fields.String(required=True)
    created_at = fields.String(required=True)
    activate_at = fields.String(required=True)
    disabled_at = fields.String(allow_none=True)
    rotate_by = fields.String(required=True)


class KeysSchema(PageSchema):
    """One page of the inventory, newest first."""

    items = fields.List(fields.Nested(KeySchema), required=True)


class RotationSchema(Schema):
    """Which keys to rotate and how long before the new one signs."""

    use = fields.String(load_default="codes", validate=validate.OneOf(["codes", "bundles"]))
    lead_seconds = StrictInteger(
        load_default=int(keys.LEAD.total_seconds()), validate=validate.Range(10, 7 * 86400)
    )


class NewKeySchema(Schema):
    """The key that was made, if any."""

    kid = fields.String(allow_none=True, required=True)


@blueprint.route("")
class Keys(MethodView):
    """The inventory."""

    @blueprint.arguments(PageQuerySchema, location="query")
    @blueprint.response(200, KeysSchema)
    def get(self, asked: dict[str, Any]) -> Response:
        """List keys with their state and the day by which each is to be rotated."""
        found = page_of_list(keys.describe(), "issuer-keys", lambda key: str(key["kid"]), **asked)
        return jsonify(items=found.items, next_cursor=found.next_cursor)


@blueprint.route("/rotate")
class Rotation(MethodView):
    """Planned change of the signing key."""

    @idempotent
    @blueprint.arguments(RotationSchema, required=False)
    @blueprint.response(202, WaitingSchema)
    @blueprint.alt_response(409)
    def post(self, wanted: dict[str, Any]) -> tuple[Response, int]:
        """Ask for a key that signs after the lead; it is made when a second person approves. Codes of the
        older keys stay valid."""
        asked = ask("key.trust", wanted, current_staff())
        return jsonify(approval=APPROVAL.dump(asked)), 202


@blueprint.route("/<string(length=8):kid>/enable")
class Enabling(MethodView):
    """Taking that back."""

    @blueprint.response(202, WaitingSchema)
    def post(self, kid: str) -> tuple[Response, int]:
        """Ask to trust a disabled key again; it is done when a second person approves."""
        try:
            keys.require_known(kid)
        except LookupError as error:
            raise Problem("not-found") from error
        asked = ask("key.enable", {"kid": kid}, current_staff())
        return jsonify(approval=APPROVAL.dump(asked)), 202


@blueprint.route("/<string(length=8):kid>/disable")
class Disabling(MethodView):
    """Emergency."""

    @blueprint.response(200, NewKeySchema)
    def post(self, kid: str) -> Response:
        """Trust a key no more, at once. Its codes are refused; if nothing else can sign, a new key is
        made. A second person has 24 hours to confirm it."""
        try:
            made = keys.disable(kid)
        except LookupError as error:
            raise Problem("not-found") from error
        record("key.disable", "signing_key", kid)
        done_at_once("key.disable", {"kid": kid}, current_staff())
        return jsonify(kid=made)
