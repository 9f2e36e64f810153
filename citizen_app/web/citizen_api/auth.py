"""`/api/v1/auth`: sign in with a phone, stay signed in, sign out."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from flask import request

from citizen_app.citizens import sessions
from citizen_app.citizens.challenges import start_challenge
from citizen_app.citizens.personal import PhoneRefused, normalised_phone, phone_index
from citizen_app.citizens.schemas import (
    LONGEST_PHONE,
    LONGEST_REFRESH_TOKEN,
    ChallengeRequestSchema,
    ChallengeSchema,
    LogoutRequestSchema,
    ReauthenticationRequestSchema,
    TokenRequestSchema,
    TokensSchema,
)
from citizen_app.citizens.tokens import read_access_token
from citizen_app.clock import now, rfc3339
from citizen_app.extensions import caller_key, limiter
from citizen_app.settings import current_settings
from citizen_app.web.boundary.audiences import ANYONE, CITIZEN, api_blueprint, bearer_token, current_citizen
from citizen_app.web.citizen_api import NO_STORE
from citizen_app.wire.language import caller_language

PROOFS: Final = ("refresh_token", "challenge_id")
LONGEST_CHALLENGE_ID: Final = 36

blueprint = api_blueprint("citizen_auth", ANYONE, "/api/v1/auth", "A citizen signs in with a phone.")


reauthentication = api_blueprint(
    "citizen_reauthentication", CITIZEN, "/api/v1/auth", "A citizen proves again that it is they who call."
)


def phone_key() -> str:
    """The rate-limit key per phone: the blind index, so that the counters hold no phone numbers."""
    try:
        body = request.get_json(silent=True)
        stated = body.get("phone") if isinstance(body, dict) else None
        phone = normalised_phone(str(stated)[:LONGEST_PHONE])
    except (PhoneRefused, RecursionError):
        return caller_key()
    return f"phone:{phone_index(phone).hex()}"


def challenges_per_phone() -> str:
    """How often one phone may be asked for; a demo's few phones are everyone's."""
    return "600/hour" if current_settings().demo else "10/minute;30/hour"


def proof_key() -> str:
    """What the limit per proof counts: the session that a refresh token names, or the challenge, otherwise
    the address. Many citizens share an address behind a carrier's NAT; naming inventions helps nobody,
    because refusals are counted per address.
    """
    try:
        body = request.get_json(silent=True)
    except RecursionError:
        return caller_key()
    token, challenge_id = (body.get(name) if isinstance(body, dict) else None for name in PROOFS)
    if isinstance(token, str) and (session_id := sessions.stated_session(token[:LONGEST_REFRESH_TOKEN])):
        return f"session:{session_id}"
    if isinstance(challenge_id, str) and len(challenge_id) <= LONGEST_CHALLENGE_ID:
        return f"challenge:{challenge_id}"
    return caller_key()


@blueprint.route("/challenges", methods=["POST"])
@limiter.limit("60/minute;600/hour")
@limiter.limit(challenges_per_phone, key_func=phone_key)
@blueprint.arguments(ChallengeRequestSchema)
@blueprint.response(202, ChallengeSchema)
def challenge(body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Send an OTP by SMS.

    The answer is the same for phones with and without an account. The OTP is valid for ten minutes, five
    tries and one use. A phone gets only so many messages an hour that nobody uses: then `sent` is false, and
    `next_message_at` says how long that lasts. Codes of earlier messages stay valid.
    """
    language = caller_language()
    started = start_challenge(body["phone"], request.remote_addr or "", language)
    answer = {
        "challenge_id": started.challenge_id,
        "expires_at": rfc3339(started.expires_at),
        "sent": started.sent,
        "next_message_at": rfc3339(started.next_message_at),
        "server_time": rfc3339(now()),
    }
    return answer, 202, NO_STORE


@blueprint.route("/tokens", methods=["POST"])
@limiter.limit("120/minute", refusals_only=True)
@limiter.limit("30/minute", key_func=proof_key)
@blueprint.arguments(TokenRequestSchema)
@blueprint.response(200, TokensSchema)
@blueprint.alt_response(401)
@blueprint.alt_response(403)
def tokens(body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Trade an OTP, or a refresh token, for an access token and the next refresh token.

    A refresh token works once. Using an older one ends the session, because someone copied it; only the last
    one may be sent again within ten seconds, for when the answer was lost. The first OTP of a phone registers
    its citizen.
    """
    if "refresh_token" in body:
        opened = sessions.refresh_session(body["refresh_token"])
    else:
        opened = sessions.open_session(body["challenge_id"], body["otp"])
    return asdict(opened), 200, NO_STORE


@reauthentication.route("/reauthentication", methods=["POST"])
@limiter.limit("10/minute")
@reauthentication.arguments(ReauthenticationRequestSchema)
@reauthentication.response(200, TokensSchema)
def reauthenticate(body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Prove again who calls, with an OTP to the phone of the account: what answered
    `reauthentication-required` is then allowed.

    Ask for the OTP with `POST /api/v1/auth/challenges`. The answer holds an access token of the same session;
    the refresh token is the session's present one.
    """
    opened = sessions.reauthenticate(current_citizen(), body["challenge_id"], body["otp"])
    return asdict(opened), 200, NO_STORE


@blueprint.route("/logout", methods=["POST"])
@limiter.limit("60/minute")
@blueprint.arguments(LogoutRequestSchema, required=False)
@blueprint.response(204)
@blueprint.alt_response(401)
@blueprint.doc(security=[{}, {"citizen": []}])
def logout(body: dict[str, Any]) -> tuple[str, int, dict[str, str]]:
    """End the session of the refresh token, or of the access token in the header; of an agent's token, what
    they do for the other.

    Its access tokens are refused at once by this process and within a second by all others. An unknown
    refresh token is no error.
    """
    if "refresh_token" in body:
        sessions.end_session(body["refresh_token"])
    else:
        sessions.end_session_of(read_access_token(bearer_token()))
    return "", 204, NO_STORE
