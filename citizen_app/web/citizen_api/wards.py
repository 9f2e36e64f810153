"""`/api/v1/me/wards`: a guardian opens an account for a child. The register is asked between units of
work."""

from __future__ import annotations

from typing import Any, Final

from flask import Response, jsonify

from citizen_app.clock import now
from citizen_app.delegations.ages import day_of
from citizen_app.delegations.children import open_account
from citizen_app.delegations.queries import delegation_of
from citizen_app.delegations.schemas import ChildSchema, DelegationSchema
from citizen_app.extensions import limiter
from citizen_app.identity.documents import DocumentRefused, kind_of_number, read_document
from citizen_app.identity.providers import NamedDocument
from citizen_app.identity.providers.chosen import providers
from citizen_app.storage.transactions import transaction
from citizen_app.web.boundary.assurance import require
from citizen_app.web.boundary.audiences import CITIZEN, api_blueprint, current_citizen
from citizen_app.web.boundary.unit_of_work import opens_its_own_units
from citizen_app.web.citizen_api import NO_STORE
from citizen_app.wire.problems import invalid_input

blueprint = api_blueprint("citizen_wards", CITIZEN, "/api/v1/me/wards", "Accounts of children.")
_OPENED: Final = DelegationSchema()


@blueprint.route("", methods=["POST"])
@limiter.limit("10/minute")
@require(2, fresh_seconds=300)
@blueprint.arguments(ChildSchema)
@blueprint.response(201, DelegationSchema)
@blueprint.alt_response(404)
@blueprint.alt_response(409)
@blueprint.alt_response(502)
@opens_its_own_units
def open_for_child(body: dict[str, Any]) -> Response:
    """Open an account for a child who has none, as guardian, with the child's name and resident ID.

    The register confirms them; the answer is the delegation by which I act for the child from now on, with
    `masked_name`. Five tries a day, together with those of one's own name, and ten wards at most. What cannot
    be confirmed is a 409 that does not say why, also where the child has an account: then a service counter
    helps, with the household register. Sent again, the same delegation.
    """
    number = body["id_number"]
    try:
        document = read_document(kind_of_number(number), number, day_of(now()))
    except DocumentRefused as refused:
        raise invalid_input("/id_number", refused.words) from refused
    guardian = current_citizen().citizen_id
    made = open_account(guardian, NamedDocument(body["name"], document), providers().register)
    with transaction(reading=True):
        answer = jsonify(_OPENED.dump(delegation_of(guardian, made)))
    answer.status_code = 201
    answer.headers.extend(NO_STORE)
    return answer
