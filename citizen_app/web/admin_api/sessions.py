"""Signing in to the console and out of it, and personal access tokens for automation."""

from __future__ import annotations

from typing import Any, Final

from flask import request

from citizen_app.extensions import address_key, limiter
from citizen_app.staff import sessions, tokens
from citizen_app.staff.models import StaffToken
from citizen_app.staff.permissions import OWN_ACCOUNT
from citizen_app.staff.schemas import (
    CurrentSessionSchema,
    MadeTokenSchema,
    NewTokenSchema,
    SessionSchema,
    SignInSchema,
    TokenPageSchema,
)
from citizen_app.storage.keyset import Page, PageQuerySchema
from citizen_app.web.boundary.audiences import ANYONE, api_blueprint, current_staff, staff
from citizen_app.web.boundary.idempotency_keys import idempotent


def attempted_name() -> str:
    """Whom a sign-in attempt is about, for the limit that holds across addresses."""
    body = request.get_json(silent=True)
    name = body.get("username") if isinstance(body, dict) else None
    return f"staff-name:{str(name).lower()[:40]}"


sign_in_page = api_blueprint("staff_sign_in", ANYONE, "/api/v1/staff/sessions", "Staff sign in.")
account = api_blueprint(
    "staff_account",
    staff(read=OWN_ACCOUNT, write=OWN_ACCOUNT),
    "/api/v1/staff",
    "A member of staff's own account.",
)

BLUEPRINTS: Final = (sign_in_page, account)


@sign_in_page.route("", methods=["POST"])
@limiter.limit("20/minute", key_func=address_key)
@limiter.limit("10/minute", key_func=attempted_name)
@sign_in_page.arguments(SignInSchema)
@sign_in_page.response(201, SessionSchema)
@sign_in_page.alt_response(401)
def sign_in(body: dict[str, Any]) -> dict[str, Any]:
    """Sign in with password and second factor. The limits come before the password is hashed."""
    token, expires_at = sessions.sign_in(body["username"], body["password"], body["totp"])
    return {"token": token, "token_type": "Bearer", "expires_at": expires_at}


@account.route("/sessions/current", methods=["GET"])
@account.response(200, CurrentSessionSchema)
def show_session() -> dict[str, Any]:
    """Who has signed in, and what they may do."""
    caller = current_staff()
    permissions = [
        {"permission": name, "services": None if reach is None else sorted(reach)}
        for name, reach in sorted(caller.permissions.items())
    ]
    return {"staff_id": caller.staff_id, "username": caller.username, "permissions": permissions}


@account.route("/sessions/current", methods=["DELETE"])
@account.response(204)
def sign_out() -> None:
    """End the present session, everywhere at once."""
    sessions.sign_out(current_staff())


@account.route("/tokens", methods=["GET"])
@account.arguments(PageQuerySchema, location="query")
@account.response(200, TokenPageSchema)
def list_tokens(query: dict[str, Any]) -> Page[StaffToken]:
    """One's own personal access tokens, newest first."""
    return tokens.token_page(current_staff().staff_id, **query)


@account.route("/tokens", methods=["POST"])
@idempotent
@account.arguments(NewTokenSchema)
@account.response(201, MadeTokenSchema)
@account.alt_response(409)
def create_token(body: dict[str, Any]) -> dict[str, Any]:
    """Make a personal access token; its text is shown once."""
    details, text = tokens.create_token(
        current_staff().staff_id, body["name"], body["permissions"], body["expires_at"]
    )
    return {"token": text, "details": details}


@account.route("/tokens/<id:token_id>", methods=["DELETE"])
@account.response(204)
def delete_token(token_id: str) -> None:
    """Take one's own token back."""
    tokens.delete_token(current_staff().staff_id, token_id)
