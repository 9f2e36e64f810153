"""Signing in and out by plain forms: for pages of services, with or without JavaScript."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from flask import Response, render_template, request

from citizen_app.citizens.challenges import DEMO_OTP, start_challenge
from citizen_app.citizens.personal import PhoneRefused, normalised_phone, phone_index
from citizen_app.citizens.schemas import LONGEST_PHONE, ChallengeRequestSchema
from citizen_app.citizens.sessions import revoke_sessions
from citizen_app.citizens.signing_in import open_session
from citizen_app.clock import now
from citizen_app.extensions import caller_key, limiter
from citizen_app.registry.page_blueprints import PageBlueprint
from citizen_app.settings import current_settings
from citizen_app.web.boundary.audiences import ANYONE, current_citizen
from citizen_app.web.boundary.page_callers import (
    CITIZEN_ON_PAGES,
    SIGN_IN,
    citizen_of_cookie,
    local_address,
)
from citizen_app.web.forms.form import Form
from citizen_app.web.forms.pages import form_page
from citizen_app.web.pages.facts import demo_citizens
from citizen_app.web.pages.language import language_in_use
from citizen_app.web.pages.session import OpenSessionSchema, drop_cookies, keep_cookies

PROOFS: Final = ("id_suffix", "new_account")
"""Asked for only where the number may have passed to somebody else."""
blueprint = PageBlueprint("sign_in", ANYONE)
leaving = PageBlueprint("sign_out", CITIZEN_ON_PAGES)


def _phone_key() -> str:
    """The rate-limit key per phone, as the API counts it (`web.citizen_api.auth`)."""
    try:
        return f"phone:{phone_index(normalised_phone(request.form.get('phone', '')[:LONGEST_PHONE])).hex()}"
    except PhoneRefused:
        return caller_key()


def _per_phone() -> str:
    return "600/hour" if current_settings().demo else "10/minute;30/hour"


def _next() -> str:
    return local_address(request.args.get("next"))


@form_page(blueprint, SIGN_IN, ChallengeRequestSchema)
def phone(form: Form) -> str | Response:
    """Whose phone; whoever is signed in already goes on."""
    if not form.is_sent and citizen_of_cookie() is not None:
        return Response(status=303, headers={"Location": _next()})
    people = demo_citizens(language_in_use())
    return render_template("pages/sign_in.html", form=form, demo_citizens=people)


@phone.sends
@limiter.limit("60/minute;600/hour")
@limiter.limit(_per_phone, key_func=_phone_key)
def _send_otp(asked: dict[str, Any]) -> str:
    started = start_challenge(asked["phone"], request.remote_addr or "", language_in_use())
    wait = 0 if started.sent else -(-(started.next_message_at - now()).total_seconds() // 60)
    told = {"challenge": started.challenge_id, "next": _next(), **({"wait": int(wait)} if wait else {})}
    return f"{SIGN_IN}/otp?{urlencode(told)}"


@form_page(blueprint, f"{SIGN_IN}/otp", OpenSessionSchema)
def otp(form: Form) -> str:
    """The code from the message."""
    form.hide(challenge_id=request.args.get("challenge", "")[:64])
    if form.refused_as != "identity-proof-required" and not any(map(request.form.get, PROOFS)):
        form.hide(id_suffix=None, new_account=None)
    demo = DEMO_OTP if current_settings().demo else None
    wait = request.args.get("wait", type=int)
    again = f"{SIGN_IN}?{urlencode({'next': _next()})}"
    return render_template("pages/sign_in_otp.html", form=form, demo_otp=demo, wait=wait, again=again)


@otp.sends
@limiter.limit("120/minute")
def _open(sent: dict[str, Any]) -> Response:
    opened = open_session(**sent)
    response = Response(status=303, headers={"Location": _next(), "Cache-Control": "no-store"})
    keep_cookies(response, opened)
    return response


@leaving.post("/sign-out")
def sign_out() -> Response:
    """End the session of this browser."""
    revoke_sessions([current_citizen().session_id])
    response = Response(status=303, headers={"Location": "/"})
    drop_cookies(response)
    return response
