"""`/api/v1/me/consents`: what each service sees of me, and my say in it."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import RAISE

from citizen_app.citizens.acting import Acting, ActingKind
from citizen_app.consent import operations
from citizen_app.consent.operations import SELF, Actor, ActorKind
from citizen_app.consent.queries import (
    NoticeStanding,
    ServiceConsent,
    consent_of,
    consents_of,
    notice_standing,
)
from citizen_app.consent.schemas import (
    AcceptNoticeSchema,
    AgreeSchema,
    ConsentPageSchema,
    NoticeStandingSchema,
    ServiceConsentSchema,
)
from citizen_app.extensions import limiter
from citizen_app.storage.keyset import PageQuerySchema, page_of_list
from citizen_app.web.boundary.acting import open_to_acting
from citizen_app.web.boundary.audiences import CITIZEN, api_blueprint, current_citizen
from citizen_app.web.citizen_api import NO_STORE
from citizen_app.wire.problems import Problem

FOR_A_WARD: Final = (ActingKind.GUARDIAN, ActingKind.CARER, ActingKind.CLERK)
"""Who decides for somebody, about the services in their scope; the errands of an agent need no consent."""

blueprint = api_blueprint("citizen_consents", CITIZEN, "/api/v1/me/consents", "What services see of me.")


def acting_now() -> Acting | None:
    """Who acts for the citizen who calls; None for the citizen."""
    return current_citizen().acting


def actor_for(service: str) -> Actor:
    """Who decides about a service: the citizen, or one who acts for them and may there. Raises a 404."""
    acting = acting_now()
    if acting is None:
        return SELF
    if acting.services is not None and service not in acting.services:
        raise Problem("not-found")
    kind: ActorKind = acting.kind.value
    return Actor(kind, acting.delegation_id)


def _citizen_alone() -> None:
    """The notice is about every service at once, beyond what anybody may decide for another."""
    if acting_now() is not None:
        raise Problem("not-permitted")


@blueprint.route("", methods=["GET"])
@open_to_acting(*FOR_A_WARD)
@blueprint.arguments(PageQuerySchema, location="query", unknown=RAISE)
@blueprint.response(200, ConsentPageSchema)
def my_consents(asked: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Every service with the fields it sees or would like to see of me: why, on which basis, since when; and
    the privacy notice, and whether I have accepted it."""
    caller, acting = current_citizen(), acting_now()
    seen = consents_of(caller.citizen_id, acting.services if acting else None)
    page = page_of_list(seen, "consents", lambda one: one.service, **asked)
    answer = {
        "notice": notice_standing(caller.citizen_id),
        "items": page.items,
        "next_cursor": page.next_cursor,
    }
    return answer, 200, NO_STORE


@blueprint.route("/notice", methods=["PUT"])
@limiter.limit("30/minute")
@blueprint.arguments(AcceptNoticeSchema)
@blueprint.response(200, NoticeStandingSchema)
@blueprint.alt_response(403)
@blueprint.alt_response(409)
def accept_notice(body: dict[str, Any]) -> tuple[NoticeStanding, int, dict[str, str]]:
    """Accept the privacy notice that was read.

    It agrees to the fields that enabled services ask for and that are not sensitive. What I have declined or
    taken back stays so, and what I agreed to before stays. Another version than the one in force is a 409:
    read it again.
    """
    _citizen_alone()
    citizen_id = current_citizen().citizen_id
    operations.accept_notice(citizen_id, body["version"])
    return notice_standing(citizen_id), 200, NO_STORE


@blueprint.route("/notice", methods=["DELETE"])
@limiter.limit("30/minute")
@blueprint.response(204)
@blueprint.alt_response(403)
def withdraw_notice() -> tuple[str, int, dict[str, str]]:
    """Take back that I accepted the notice, and all that came with it; effective with the next scan. My code
    goes on working."""
    _citizen_alone()
    operations.withdraw_notice(current_citizen().citizen_id)
    return "", 204, NO_STORE


@blueprint.route("/<string:service>", methods=["PUT"])
@open_to_acting(*FOR_A_WARD)
@limiter.limit("30/minute")
@blueprint.arguments(AgreeSchema)
@blueprint.response(200, ServiceConsentSchema)
@blueprint.alt_response(404)
def agree(body: dict[str, Any], service: str) -> tuple[ServiceConsent, int, dict[str, str]]:
    """Let a service see these fields, sensitive ones too, and no others of those that it asks for."""
    citizen_id = current_citizen().citizen_id
    operations.agree(citizen_id, service, body["scopes"], actor_for(service))
    return consent_of(citizen_id, service), 200, NO_STORE


@blueprint.route("/<string:service>", methods=["DELETE"])
@open_to_acting(*FOR_A_WARD)
@limiter.limit("30/minute")
@blueprint.response(204)
@blueprint.alt_response(404)
def withdraw(service: str) -> tuple[str, int, dict[str, str]]:
    """Take back every consent to a service; effective with the next scan, and no notice brings it back.

    Fields that it sees by law stay.
    """
    operations.withdraw(current_citizen().citizen_id, service, actor_for(service))
    return "", 204, NO_STORE
