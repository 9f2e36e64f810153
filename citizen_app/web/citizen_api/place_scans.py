"""`/api/v1/me/scans`: my phone reads a place code. Each route opens its own units of work."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, request

from citizen_app.citizens.acting import ActingKind
from citizen_app.citizens.tokens import SignedInCitizen
from citizen_app.extensions import limiter
from citizen_app.scans.attempt import OwnPhone
from citizen_app.scans.decisions import Answer
from citizen_app.scans.own_phone import complete_at_place, decide_at_place
from citizen_app.scans.schemas import DecisionSchema, PlaceOfScanSchema, PlaceScanSchema
from citizen_app.web.boundary.acting import ONESELF, open_to_acting
from citizen_app.web.boundary.audiences import CITIZEN, api_blueprint, current_citizen
from citizen_app.web.boundary.openapi import DECLARED_FIELDS, declared_fields
from citizen_app.web.boundary.unit_of_work import opens_its_own_units
from citizen_app.web.citizen_api import NO_STORE
from citizen_app.wire.language import caller_language
from citizen_app.wire.problems import Problem

blueprint = api_blueprint("citizen_scans", CITIZEN, "/api/v1/me/scans", "Place codes that my phone reads.")


@blueprint.route("", methods=["POST"])
@open_to_acting(ActingKind.GUARDIAN, ActingKind.CARER, ActingKind.AGENT)
@limiter.limit("60/minute")
@blueprint.arguments(PlaceScanSchema)
@blueprint.response(200, DecisionSchema)
@blueprint.alt_response(404)
@blueprint.alt_response(409)
@blueprint.alt_response(410)
@opens_its_own_units
def scan_place(sent: dict[str, Any]) -> Response:
    """Read a place code (场所码): the same decision, rules and log as when a kiosk reads mine.

    A refusal is a decision too (200, `deny`). Repeat a request whose answer was lost with the same `scan_id`:
    the stored answer comes back. A poster that was printed anew is a 410, one that opens a page a 409.
    Somebody who acts for me reads it for me.
    """
    return _said(decide_at_place(phone_of(current_citizen()), **sent))


@blueprint.route("/<id:scan_id>/answer", methods=["POST"], endpoint="PlaceScanAnswers")
@open_to_acting(ActingKind.GUARDIAN, ActingKind.CARER, ActingKind.AGENT)
@limiter.limit("60/minute")
@blueprint.arguments(PlaceOfScanSchema, location="query")
@blueprint.response(200, DecisionSchema)
@blueprint.alt_response(404)
@blueprint.alt_response(409)
@blueprint.alt_response(410)
@blueprint.alt_response(415)
@blueprint.doc(requestBody=DECLARED_FIELDS)
@opens_its_own_units
def answer_place_scan(where: dict[str, str], scan_id: str) -> Response:
    """Complete a scan of mine that answered `needs_input`.

    The body holds the fields of `input.schema`, the address the place code. Within 120 seconds.
    """
    values = declared_fields(request)
    return _said(complete_at_place(phone_of(current_citizen()), where["place_code"], scan_id, values))


def phone_of(caller: SignedInCitizen) -> OwnPhone:
    """Whose phone it is: the caller's, or for a ward that of whoever acts by a delegation."""
    if caller.acting is None:
        return OwnPhone(caller.citizen_id, caller.subject_number)
    if caller.acting.code_number is None:
        raise Problem("not-permitted", ONESELF)
    return OwnPhone(caller.citizen_id, caller.subject_number, caller.acting.code_number)


def _said(answer: Answer) -> Response:
    response = jsonify(answer.say(caller_language()))
    response.headers.extend(NO_STORE)
    return response
