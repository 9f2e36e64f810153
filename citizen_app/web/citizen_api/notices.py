"""`/api/v1/me/notices`: my inbox, and how I want to be told."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import RAISE

from citizen_app.citizens.acting import ActingKind
from citizen_app.extensions import limiter
from citizen_app.notices import emails, inbox, preferences
from citizen_app.notices.emails import EmailStanding
from citizen_app.notices.inbox import Received
from citizen_app.notices.preferences import Preferences
from citizen_app.notices.schemas import (
    EmailCodeSchema,
    EmailSchema,
    InboxPageSchema,
    InboxQuerySchema,
    NewEmailSchema,
    PreferencesSchema,
    ReadThroughSchema,
    ReceivedSchema,
)
from citizen_app.web.boundary.acting import acting_scope, open_to_acting
from citizen_app.web.boundary.assurance import require
from citizen_app.web.boundary.audiences import CITIZEN, api_blueprint, current_citizen
from citizen_app.web.citizen_api import NO_STORE

FRESH_SECONDS: Final = 300
LOOKS_AFTER: Final = (ActingKind.GUARDIAN, ActingKind.CARER)
"""Whoever looks after somebody marks and objects for them, within the services of the delegation."""

blueprint = api_blueprint("citizen_notices", CITIZEN, "/api/v1/me/notices", "What the citizen was told.")


@blueprint.route("", methods=["GET"])
@open_to_acting()
@blueprint.arguments(InboxQuerySchema, location="query", unknown=RAISE)
@blueprint.response(200, InboxPageSchema)
def my_notices(asked: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """My notices, newest first, and how many I have not read.

    Reading the list marks nothing. Somebody who acts for me sees those of the services of the delegation.
    """
    within, me = acting_scope(asked["service"]), current_citizen().citizen_id
    found = inbox.inbox_of(me, within=within, **asked)
    answer = {
        "unread": inbox.unread_count(me, within),
        "items": found.items,
        "next_cursor": found.next_cursor,
    }
    return answer, 200, NO_STORE


@blueprint.route("/read", methods=["POST"])
@open_to_acting(*LOOKS_AFTER)
@limiter.limit("60/minute")
@blueprint.arguments(ReadThroughSchema)
@blueprint.response(204)
def read_all(body: dict[str, Any]) -> tuple[str, int, dict[str, str]]:
    """Mark my notices as read, up to the newest that was shown to me."""
    inbox.mark_all_read(current_citizen().citizen_id, body["through"], acting_scope())
    return "", 204, NO_STORE


@blueprint.route("/<id:notice_id>/read", methods=["POST"])
@open_to_acting(*LOOKS_AFTER)
@limiter.limit("120/minute")
@blueprint.response(200, ReceivedSchema)
def read(notice_id: str) -> tuple[Received, int, dict[str, str]]:
    """Mark a notice as read. Again changes nothing."""
    return inbox.mark_read(current_citizen().citizen_id, notice_id, acting_scope()), 200, NO_STORE


@blueprint.route("/<id:notice_id>/dispute", methods=["POST"])
@open_to_acting(*LOOKS_AFTER)
@limiter.limit("30/minute")
@blueprint.response(200, ReceivedSchema)
def dispute(notice_id: str) -> tuple[Received, int, dict[str, str]]:
    """Say that this was not me. The session of a new sign-in ends at once. Saying it again changes
    nothing."""
    return inbox.dispute(current_citizen().citizen_id, notice_id, acting_scope()), 200, NO_STORE


@blueprint.route("/preferences", methods=["GET"])
@blueprint.response(200, PreferencesSchema)
def my_preferences() -> tuple[Preferences, int, dict[str, str]]:
    """By which channels notices leave, when they do not, in which language, and of which services they stay
    in the inbox."""
    return preferences.preferences_of(current_citizen().citizen_id), 200, NO_STORE


@blueprint.route("/preferences", methods=["PUT"])
@limiter.limit("30/minute")
@blueprint.arguments(PreferencesSchema)
@blueprint.response(200, PreferencesSchema)
def choose(chosen: Preferences) -> tuple[Preferences, int, dict[str, str]]:
    """Choose how notices leave. What concerns the security of my account leaves at once by one channel at
    least, whatever I choose."""
    me = current_citizen().citizen_id
    preferences.choose(me, chosen)
    return preferences.preferences_of(me), 200, NO_STORE


@blueprint.route("/email", methods=["GET"])
@blueprint.response(200, EmailSchema)
def my_email() -> tuple[EmailStanding, int, dict[str, str]]:
    """Where notices go by e-mail, masked, and an address that waits for its code."""
    return emails.standing_of(current_citizen().citizen_id), 200, NO_STORE


@blueprint.route("/email", methods=["PUT"])
@limiter.limit("10/minute;20/hour")
@require(1, fresh_seconds=FRESH_SECONDS)
@blueprint.arguments(NewEmailSchema)
@blueprint.response(202, EmailSchema)
def set_email(body: dict[str, Any]) -> tuple[EmailStanding, int, dict[str, str]]:
    """Have a code sent to an address. Notices go there once the code was given back; until then the address
    before it stays in use. Five codes a day at most."""
    me = current_citizen().citizen_id
    emails.ask_for(me, body["address"])
    return emails.standing_of(me), 202, NO_STORE


@blueprint.route("/email/confirmation", methods=["POST"])
@limiter.limit("30/minute")
@blueprint.arguments(EmailCodeSchema)
@blueprint.response(200, EmailSchema)
@blueprint.alt_response(409)
def confirm_email(body: dict[str, Any]) -> tuple[EmailStanding, int, dict[str, str]]:
    """The code that came by e-mail, good for half an hour and five guesses. The change is told by text
    message, and to the address before it."""
    me = current_citizen().citizen_id
    emails.confirm(me, body["code"])
    return emails.standing_of(me), 200, NO_STORE


@blueprint.route("/email", methods=["DELETE"])
@limiter.limit("30/minute")
@require(1, fresh_seconds=FRESH_SECONDS)
@blueprint.response(204)
def remove_email() -> tuple[str, int, dict[str, str]]:
    """No e-mail from now on; the address is deleted."""
    emails.take_away(current_citizen().citizen_id)
    return "", 204, NO_STORE
