"""`/api/v1/me/claims`: what the city knows to be true of the citizen."""

from __future__ import annotations

from typing import Any

from citizen_app.claims.queries import claims_page, known_of
from citizen_app.claims.schemas import MyClaimsSchema
from citizen_app.claims.shown import ages_shown
from citizen_app.storage.keyset import PageQuerySchema
from citizen_app.web.boundary.audiences import CITIZEN, api_blueprint, current_citizen
from citizen_app.web.citizen_api import NO_STORE
from citizen_app.wire.problems import Problem

blueprint = api_blueprint("citizen_claims", CITIZEN, "/api/v1/me", "What is true of the citizen.")


@blueprint.route("/claims", methods=["GET"])
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, MyClaimsSchema)
def claims(asked: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """What the city knows to be true of me: since when, until when, and from whom it knows.

    What was granted comes in pages, what was recorded last first. Ages are computed from the date of birth,
    also those that begin within a year. Services are told yes or no, never this.
    """
    citizen_id = current_citizen().citizen_id
    known = known_of(citizen_id)
    if known is None:
        raise Problem("sign-in-required", headers={"WWW-Authenticate": "Bearer"})
    page = claims_page(citizen_id, **asked)
    answer = {"items": page.items, "next_cursor": page.next_cursor, "ages": ages_shown(known)}
    return answer, 200, NO_STORE
