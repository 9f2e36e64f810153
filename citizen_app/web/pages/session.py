"""The citizen's session on pages: a rotating refresh token in a cookie no script can read.

The page's script gets the short access token in the answer and keeps it in memory only.
"""

from __future__ import annotations

from typing import Any, Final

from flask import Response, jsonify, request
from marshmallow import ValidationError, fields, validate

from citizen_app.citizens.schemas import IdSuffix, NewAccount
from citizen_app.citizens.sessions import Tokens, end_session, refresh_session
from citizen_app.citizens.signing_in import open_session
from citizen_app.extensions import limiter
from citizen_app.web.boundary.audiences import ANYONE, page_blueprint
from citizen_app.wire.inputs import StrictSchema
from citizen_app.wire.problems import Problem, errors_from_messages

DAYS_KEPT: Final = 30

blueprint = page_blueprint("page_session", ANYONE)


class OpenSessionSchema(StrictSchema):
    """Body of `POST /session`."""

    challenge_id = fields.String(required=True, validate=validate.Length(min=1, max=64))
    otp = fields.String(required=True, validate=validate.Length(min=1, max=12))
    id_suffix = IdSuffix()
    new_account = NewAccount()


def cookie_name() -> str:
    """`__Host-` binds the cookie to this host and HTTPS (RFC 6265bis §4.1.3.2); plain http is the demo on
    loopback."""
    return "__Host-citizen" if request.is_secure else "citizen"


def has_session() -> bool:
    """Whether the browser brought a session cookie; says nothing about its validity."""
    return cookie_name() in request.cookies


def refuse_other_sites() -> None:
    """Refuse a request that another site's page sent: `Sec-Fetch-Site` where the browser sends it, else
    `Origin`."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        same = site == "same-origin"
    else:
        same = request.headers.get("Origin") == f"{request.scheme}://{request.host}"
    if not same:
        raise Problem("cross-site")


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
    response = Response(status=204)
    response.delete_cookie(cookie_name(), secure=request.is_secure, httponly=True, samesite="Strict")
    return response


def _answer(tokens: Tokens) -> Response:
    response = jsonify(access_token=tokens.access_token, expires_in=tokens.expires_in)
    response.headers["Cache-Control"] = "no-store"
    response.set_cookie(
        cookie_name(),
        tokens.refresh_token,
        max_age=DAYS_KEPT * 24 * 3600,
        secure=request.is_secure,
        httponly=True,
        samesite="Strict",
    )
    return response
