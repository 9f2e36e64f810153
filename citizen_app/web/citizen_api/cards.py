"""`/api/v1/me/cards`: what services have to tell me today."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from citizen_app.cards.today import MOST, MOST_LINES, TodaysCard, cards_of
from citizen_app.web.boundary.acting import acting_scope, open_to_acting
from citizen_app.web.boundary.audiences import CITIZEN, api_blueprint, current_citizen
from citizen_app.web.citizen_api import NO_STORE
from citizen_app.web.open_api.guide import page_that_is
from citizen_app.wire.outputs import MomentOut, TextOut

blueprint = api_blueprint("citizen_cards", CITIZEN, "/api/v1/me", "What services have to tell me today.")


class CardSchema(Schema):
    """What a service has to tell me."""

    service = fields.String(required=True)
    service_title = TextOut()
    title = TextOut()
    lines = fields.List(TextOut(required=False), required=True, validate=validate.Length(max=MOST_LINES))
    link = fields.Function(
        lambda card: page_that_is(card),
        required=True,
        metadata={"type": "string", "description": "The page that says more, on this site."},
    )
    at = MomentOut(allow_none=True, metadata={"description": "The moment that it is about, if it has one."})


class CardsSchema(Schema):
    """All of them: what has a moment first, the soonest before."""

    items = fields.List(fields.Nested(CardSchema), required=True, validate=validate.Length(max=MOST))


@blueprint.route("/cards", methods=["GET"])
@open_to_acting()
@blueprint.response(200, CardsSchema)
def cards() -> tuple[dict[str, list[TodaysCard]], int, dict[str, str]]:
    """What services have to tell me today: the next visit, the last ride.

    A service that does not answer is left out. Somebody who acts for me sees those of the services of the
    delegation.
    """
    return {"items": cards_of(current_citizen().citizen_id, acting_scope())}, 200, NO_STORE
