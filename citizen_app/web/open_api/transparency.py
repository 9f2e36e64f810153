"""What the city tells everybody about how it is run."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from citizen_app.approvals.acts import ACTS
from citizen_app.approvals.models import STATES
from citizen_app.approvals.queries import counts_by_state
from citizen_app.settings import SECOND_PERSON, current_settings
from citizen_app.web.boundary.audiences import ANYONE, api_blueprint
from citizen_app.wire.outputs import TextOut

blueprint = api_blueprint("transparency", ANYONE, "/api/v1/transparency", "How the city is run.")


class ActSchema(Schema):
    """An act that needs a second person."""

    id = fields.String(required=True)
    title = TextOut(required=True)


class TransparencySchema(Schema):
    """`second_person`: whether such acts always wait, or are done by one where there is nobody else."""

    second_person = fields.String(required=True, validate=validate.OneOf(SECOND_PERSON))
    acts = fields.List(fields.Nested(ActSchema), required=True)
    last_30_days = fields.Dict(
        keys=fields.String(validate=validate.OneOf(STATES)), values=fields.Integer(), required=True
    )


@blueprint.route("", methods=["GET"])
@blueprint.response(200, TransparencySchema)
def show() -> dict[str, Any]:
    """Which acts of the administration need a second person, whether one may act alone, and how often."""
    return {
        "second_person": current_settings().second_person,
        "acts": list(ACTS.values()),
        "last_30_days": dict(counts_by_state()),
    }
