"""`/api/v1/me`: the citizen proves who they are. Providers are asked between units of work, never inside
one."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from flask import Response, jsonify

from citizen_app.citizens.documents import documents_of
from citizen_app.citizens.queries import citizen_by_id
from citizen_app.citizens.sessions import citizen_of_session, fresh_access_token
from citizen_app.citizens.tokens import ACCESS_SECONDS
from citizen_app.extensions import limiter
from citizen_app.identity.providers import EidToken, NamedDocument
from citizen_app.identity.providers.chosen import providers
from citizen_app.identity.schemas import EidSchema, ProvedSchema, RealNameSchema, stated_document
from citizen_app.identity.verification import verify_eid, verify_name
from citizen_app.storage.transactions import transaction
from citizen_app.web.boundary.assurance import require_fresh
from citizen_app.web.boundary.audiences import CITIZEN, api_blueprint, current_citizen
from citizen_app.web.boundary.unit_of_work import opens_its_own_units
from citizen_app.web.citizen_api import NO_STORE
from citizen_app.wire.problems import Problem

FRESH_SECONDS: Final = 300
"""Whoever changes by what they are known has proved within five minutes that it is they."""
fresh = partial(require_fresh, FRESH_SECONDS)

blueprint = api_blueprint("citizen_identity", CITIZEN, "/api/v1/me", "The citizen proves who they are.")
_PROVED: Final = ProvedSchema()


@blueprint.route("/real-name", methods=["POST"])
@limiter.limit("10/minute")
@blueprint.arguments(RealNameSchema)
@blueprint.response(200, ProvedSchema)
@blueprint.alt_response(404)
@blueprint.alt_response(409)
@blueprint.alt_response(502)
@opens_its_own_units
def real_name(body: dict[str, Any]) -> Response:
    """Prove one's name with a document: the assurance level becomes 2.

    Five tries a day. What cannot be confirmed is a 409 that does not say what was wrong, the name, the
    number, or that the document has an account. Somebody whose name is proved already changes it, or adds a
    document, within five minutes of a sign-in or of `POST /api/v1/auth/reauthentication`; sent again, a name
    that stands changes nothing.

    Where the document has an account without a phone, opened by a guardian or at a desk, that account is the
    caller's from then on, at level 2, and the one they signed in to is left.
    """
    claimed = NamedDocument(body["name"], stated_document(body))
    verify_name(current_citizen(), claimed, providers().register, fresh)
    return _proved()


@blueprint.route("/eid", methods=["POST"])
@limiter.limit("10/minute")
@blueprint.arguments(EidSchema)
@blueprint.response(200, ProvedSchema)
@blueprint.alt_response(404)
@blueprint.alt_response(409)
@blueprint.alt_response(502)
@opens_its_own_units
def eid(body: dict[str, Any]) -> Response:
    """Prove oneself by an outside eID or face check: the level becomes what it vouches for, 2 or 3.

    Neither a name nor a number is handed over or kept. Five tries a day, together with those of a name.
    Whoever is known by something already needs a fresh sign-in, as for a document; another eID in place of
    one's own is refused.
    """
    verify_eid(current_citizen().citizen_id, EidToken(body["token"]), providers().eid, fresh)
    return _proved()


def _proved() -> Response:
    caller = current_citizen()
    with transaction(reading=True):
        citizen = citizen_by_id(citizen_of_session(caller.session_id) or "")
        if citizen is None:
            raise Problem("sign-in-required", headers={"WWW-Authenticate": "Bearer"})
        known = {
            "assurance_level": citizen.assurance_level,
            "documents": documents_of(citizen.id),
            "access_token": fresh_access_token(caller),
            "token_type": "Bearer",
            "expires_in": ACCESS_SECONDS,
        }
        answer = jsonify(_PROVED.dump(known))
    answer.headers.extend(NO_STORE)
    return answer
