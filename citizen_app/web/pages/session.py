"""The citizen's session in a browser: two cookies that no script can read.

The refresh token changes at each use and serves the script of the code page alone, which gets the short
access token in the answer and keeps it in memory only. Beside it stands what plain pages bring: a text that
names the session and does not change (`citizens.page_sessions`).
"""

from __future__ import annotations

from typing import Any, Final

from flask import Response, jsonify, request
from marshmallow import ValidationError, fields, validate

from citizen_app.citizens.page_sessions import page_token
from citizen_app.citizens.schemas import IdSuffix, NewAccount
from citizen_app.citizens.sessions import (
    Tokens,
    end_session,
    refresh_session,
    revoke_sessions,
    stated_session,
)
from citizen_app.citizens.signing_in import open_session
from citizen_app.extensions import limiter
from citizen_app.text import Text
from citizen_app.web.boundary.audiences import ANYONE, page_blueprint
from citizen_app.web.boundary.page_callers import citizen_of_cookie, page_cookie, refuse_other_sites
from citizen_app.web.pages.shelf import forget_recent
from citizen_app.wire.inputs import StrictSchema
from citizen_app.wire.problems import Problem, errors_from_messages

DAYS_KEPT: Final = 30

blueprint = page_blueprint("page_session", ANYONE)


class OpenSessionSchema(StrictSchema):
    """Body of `POST /session`."""

    challenge_id = fields.String(required=True, validate=validate.Length(min=1, max=64))
    otp = fields.String(
        required=True,
        validate=validate.Length(min=1, max=12),
        metadata={
            "label": Text("短信验证码", "Code from the message"),
            "inputmode": "numeric",
            "autocomplete": "one-time-code",
        },
    )
    id_suffix = IdSuffix()
    new_account = NewAccount()


def cookie_name() -> str:
    """`__Host-` binds the cookie to this host and HTTPS (RFC 6265bis §4.1.3.2); plain http is the demo on
    loopback."""
    return "__Host-citizen" if request.is_secure else "citizen"


def has_session() -> bool:
    """Whether the browser brought a session cookie; says nothing about its validity."""
    return cookie_name() in request.cookies


@blueprint.post("/session")
@limiter.limit("120/minute")
def open_page_session() -> Response:
    """`POST /session {challenge_id, otp}`, and what `identity-proof-required` has asked for: `id_suffix`, or
    `new_account`."""
    refuse_other_sites()
    try:
        body: dict[str, Any] = OpenSessionSchema().load(request.get_json())
    except ValidationError as refused:
        raise Problem("invalid-input", errors=errors_from_messages(refused.messages)) from refused
    return _answer(open_session(**body))


@blueprint.post("/session/refresh")
@limiter.limit("120/minute")
def refresh_page_session() -> Response:
    """`POST /session/refresh`: a new access token, and the cookie's token replaced."""
    refuse_other_sites()
    held = request.cookies.get(cookie_name())
    if not held:
        raise Problem("sign-in-required")
    return _answer(refresh_session(held))


@blueprint.delete("/session")
def end_page_session() -> Response:
    """`DELETE /session`: 204 whether or not there was one."""
    refuse_other_sites()
    held = request.cookies.get(cookie_name())
    if held:
        end_session(held)
    elif (citizen := citizen_of_cookie()) is not None:
        revoke_sessions([citizen.session_id])
    response = Response(status=204)
    drop_cookies(response)
    return response


def keep_cookies(response: Response, opened: Tokens) -> None:
    """Have the browser keep a session that was opened or carried on."""
    session_id = stated_session(opened.refresh_token)
    assert session_id is not None
    for name, value, samesite in (
        (cookie_name(), opened.refresh_token, "Strict"),
        (page_cookie(), page_token(session_id), "Lax"),  # a link in a message leads to a page
    ):
        response.set_cookie(
            name,
            value,
            max_age=DAYS_KEPT * 24 * 3600,
            secure=request.is_secure,
            httponly=True,
            samesite=samesite,
        )


def drop_cookies(response: Response) -> None:
    """Have the browser forget the session, and what was opened in it."""
    forget_recent(response)
    for name, samesite in ((cookie_name(), "Strict"), (page_cookie(), "Lax")):
        response.delete_cookie(name, secure=request.is_secure, httponly=True, samesite=samesite)


def _answer(tokens: Tokens) -> Response:
    response = jsonify(access_token=tokens.access_token, expires_in=tokens.expires_in)
    response.headers["Cache-Control"] = "no-store"
    keep_cookies(response, tokens)
    return response
