"""`/api/v1/me/delegations`: who acts for whom. None of it can be done on somebody's behalf."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from marshmallow import RAISE

from citizen_app.delegations import operations, queries
from citizen_app.delegations.acting import act_by
from citizen_app.delegations.models import Side
from citizen_app.delegations.queries import DelegationLine
from citizen_app.delegations.schemas import (
    ActingTokensSchema,
    DelegationInvitationSchema,
    DelegationPageSchema,
    DelegationSchema,
)
from citizen_app.extensions import limiter
from citizen_app.storage.keyset import Page, PageQuerySchema
from citizen_app.web.boundary.assurance import require_fresh
from citizen_app.web.boundary.audiences import CITIZEN, api_blueprint, current_citizen
from citizen_app.web.boundary.idempotency_keys import idempotent
from citizen_app.web.citizen_api import NO_STORE

FRESH_SECONDS: Final = 300
"""Whoever gives another power over themselves has proved within five minutes that it is they."""

blueprint = api_blueprint(
    "citizen_delegations", CITIZEN, "/api/v1/me/delegations", "Family, carers, agents: who acts for whom."
)


@blueprint.route("", methods=["GET"])
@blueprint.arguments(PageQuerySchema, location="query", unknown=RAISE)
@blueprint.response(200, DelegationPageSchema)
def delegations(asked: dict[str, Any]) -> tuple[Page[DelegationLine], int, dict[str, str]]:
    """My delegations, newest first: where I act, where another acts for me, and invitations that wait for me.

    An invitation to a phone number is found by whoever has proved that number.
    """
    return queries.delegations_of(current_citizen().citizen_id, **asked), 200, NO_STORE


@blueprint.route("", methods=["POST"])
@idempotent
@limiter.limit("10/minute;30/day")
@blueprint.arguments(DelegationInvitationSchema)
@blueprint.response(201, DelegationSchema)
@blueprint.alt_response(409)
def invite(body: dict[str, Any]) -> tuple[DelegationLine, int, dict[str, str]]:
    """Invite somebody by their phone: to act for me (`role` `ward`), or to let me act for them (`agent`).

    The answer does not say whether the number has an account; where it has, a notice is sent that does not
    say who invites: tell them yourself too. The invitation waits for fourteen days. Whoever acts has proved
    their name; a `guardian` is for a minor, a `carer` for anyone, an `agent` does errands at the services
    named and until the time named. Giving power over oneself needs a sign-in within five minutes.
    """
    if body["role"] == Side.WARD:
        require_fresh(FRESH_SECONDS)
    caller = current_citizen().citizen_id
    made = operations.invite(caller, body["role"], body["phone"], body["terms"])
    return queries.delegation_of(caller, made.id), 201, NO_STORE


@blueprint.route("/<id:delegation_id>", methods=["GET"])
@blueprint.response(200, DelegationSchema)
def delegation(delegation_id: str) -> tuple[DelegationLine, int, dict[str, str]]:
    """One of my delegations, or an invitation that waits for me."""
    return queries.delegation_of(current_citizen().citizen_id, delegation_id), 200, NO_STORE


@blueprint.route("/<id:delegation_id>", methods=["DELETE"])
@blueprint.response(204)
@blueprint.alt_response(409)
def end(delegation_id: str) -> tuple[str, int, dict[str, str]]:
    """End it, whoever I am in it: revoke it, withdraw my invitation, or decline one.

    The next scan of the agent's code is refused, their tokens within a second. It stays in the list, as
    ended; again is a 409.
    """
    operations.end(current_citizen().citizen_id, delegation_id)
    return "", 204, NO_STORE


@blueprint.route("/<id:delegation_id>/acceptance", methods=["POST"])
@limiter.limit("30/minute")
@blueprint.response(200, DelegationSchema)
@blueprint.alt_response(409)
@blueprint.alt_response(410)
def accept(delegation_id: str) -> tuple[DelegationLine, int, dict[str, str]]:
    """Accept an invitation. It is in force from then on; both are told. Again changes nothing.

    Letting another act for oneself needs a sign-in within five minutes.
    """
    caller = current_citizen().citizen_id
    if queries.delegation_of(caller, delegation_id).role == Side.WARD:
        require_fresh(FRESH_SECONDS)
    operations.accept(caller, delegation_id)
    return queries.delegation_of(caller, delegation_id), 200, NO_STORE


@blueprint.route("/<id:delegation_id>/token", methods=["POST"])
@limiter.limit("30/minute")
@blueprint.response(200, ActingTokensSchema)
@blueprint.alt_response(409)
@blueprint.alt_response(410)
def token(delegation_id: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """An access token to act for the ward: five minutes, and no longer than the delegation and my sign-in.

    It works on the routes of services within the delegation, and on `GET /api/v1/me/code`, `/usage` and
    `/looks`. Whatever it does names both of us.
    """
    made = asdict(act_by(current_citizen(), delegation_id))
    return {name: made[name] for name in ("access_token", "token_type", "expires_in")}, 200, NO_STORE
