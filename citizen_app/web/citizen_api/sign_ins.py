"""`/api/v1/me/sessions`: where I am signed in. None of it can be done on somebody's behalf."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema, fields

from citizen_app.citizens.sign_ins import SignIn, end_others, end_sign_in, sign_ins_of
from citizen_app.extensions import limiter
from citizen_app.storage.keyset import Page, PageQuerySchema, PageSchema
from citizen_app.web.boundary.audiences import CITIZEN, api_blueprint, current_citizen
from citizen_app.web.citizen_api import NO_STORE
from citizen_app.wire.outputs import MomentOut

blueprint = api_blueprint("citizen_sign_ins", CITIZEN, "/api/v1/me/sessions", "Where I am signed in.")


class OwnSignInSchema(Schema):
    """A sign-in that goes on."""

    id = fields.String(required=True)
    proved_at = MomentOut(metadata={"description": "When its holder last proved with a code who they are."})
    used_at = MomentOut(metadata={"description": "When it was last carried on."})
    expires_at = MomentOut(metadata={"description": "When it ends unless it is used."})
    is_this = fields.Boolean(required=True, metadata={"description": "It is the one that asks."})


class SignInPageSchema(PageSchema):
    """One page of sign-ins, newest first."""

    items = fields.List(fields.Nested(OwnSignInSchema), required=True)


@blueprint.route("", methods=["GET"])
@blueprint.arguments(PageQuerySchema, location="query", unknown=RAISE)
@blueprint.response(200, SignInPageSchema)
def sign_ins(asked: dict[str, Any]) -> tuple[Page[SignIn], int, dict[str, str]]:
    """My sign-ins that go on, newest first, the present one too."""
    return sign_ins_of(current_citizen(), **asked), 200, NO_STORE


@blueprint.route("", methods=["DELETE"])
@limiter.limit("30/minute")
@blueprint.response(204)
def end_all_others() -> tuple[str, int, dict[str, str]]:
    """Sign out everywhere but here; effective within a second."""
    end_others(current_citizen())
    return "", 204, NO_STORE


@blueprint.route("/<id:session_id>", methods=["DELETE"])
@limiter.limit("30/minute")
@blueprint.response(204)
def end(session_id: str) -> tuple[str, int, dict[str, str]]:
    """Sign out there, or here; effective within a second. One that is over is a 404."""
    end_sign_in(current_citizen(), session_id)
    return "", 204, NO_STORE
