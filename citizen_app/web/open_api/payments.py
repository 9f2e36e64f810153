"""`/api/v1/payments/events`: what the payment provider says, signed."""

from __future__ import annotations

from typing import Final

from flask import request

from citizen_app.clock import timestamp
from citizen_app.extensions import limiter
from citizen_app.jobs.signing import is_genuine
from citizen_app.payments import events
from citizen_app.payments.providers.http import EventSchema, HttpProvider
from citizen_app.payments.providers.interface import Event
from citizen_app.settings import current_settings
from citizen_app.web.boundary.audiences import ANY_MACHINE, api_blueprint
from citizen_app.wire.problems import Problem

MOST_SKEW_SECONDS: Final = 300

blueprint = api_blueprint(
    "payment_events", ANY_MACHINE, "/api/v1/payments", "What the payment provider says."
)


@blueprint.route("/events", methods=["POST"])
@limiter.limit("6000/minute")
@blueprint.arguments(EventSchema)
@blueprint.response(204)
@blueprint.alt_response(401)
@blueprint.alt_response(404)
def event(said: Event) -> tuple[str, int]:
    """What became of an order, in the signed form of Standard Webhooks. It may come late, twice and in any
    order; a 2xx is final."""
    secret = current_settings().payments_secret
    if not secret:
        raise Problem("not-found")
    if not is_genuine(secret, dict(request.headers), request.get_data(), timestamp(), MOST_SKEW_SECONDS):
        raise Problem("sign-in-required")
    events.take(HttpProvider.id, said)
    return "", 204
