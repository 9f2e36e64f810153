"""Proving again that it is I, with a code to my own phone, before something that gives power over me; and
proving my name with a document."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode

from flask import Response, redirect, render_template, request, url_for

from citizen_app.citizens import personal
from citizen_app.citizens.challenges import DEMO_OTP, start_challenge
from citizen_app.citizens.queries import citizen_by_id
from citizen_app.citizens.schemas import ReauthenticationRequestSchema
from citizen_app.citizens.sessions import reauthenticate
from citizen_app.clock import now
from citizen_app.extensions import limiter
from citizen_app.identity.providers import NamedDocument
from citizen_app.identity.providers.chosen import providers
from citizen_app.identity.schemas import RealNameSchema, stated_document
from citizen_app.identity.verification import verify_name
from citizen_app.settings import current_settings
from citizen_app.text import Text
from citizen_app.web.boundary.assurance import require_fresh
from citizen_app.web.boundary.audiences import current_citizen
from citizen_app.web.boundary.page_callers import SignInFirst, local_address
from citizen_app.web.forms.form import Form
from citizen_app.web.forms.pages import form_page
from citizen_app.web.pages.language import language_in_use
from citizen_app.web.pages.mine.door import MINE, mine
from citizen_app.wire.problems import Problem

FRESH: Final = timedelta(minutes=5)
"""As the API asks it of the same operations."""
NO_PHONE: Final = Text(
    "您的账户没有手机号，请到服务窗口办理。", "Your account has no phone: please come to a service counter."
)


def confirmed_lately() -> bool:
    """Whether who calls has proved within five minutes that it is they."""
    return now() - current_citizen().authenticated_at <= FRESH


def to_confirm(endpoint: str, **ids: Any) -> Response:
    """Leads to the proof, and from there back to the page."""
    wanted = url_for("mine.confirm", next=url_for(endpoint, **ids))
    return Response(status=303, headers={"Location": wanted, "Cache-Control": "no-store"})


def _next() -> str:
    return local_address(request.args.get("next"), MINE)


def _own_phone() -> str:
    citizen = citizen_by_id(current_citizen().citizen_id)
    if citizen is None:
        raise SignInFirst
    if citizen.phone is None:
        raise Problem("conflict", NO_PHONE)
    return citizen.phone


@form_page(mine, "/confirm")
def confirm(form: Form) -> str:
    """Send a code to my own phone."""
    return render_template(
        "mine/confirm.html", form=form, phone=personal.masked_phone(_own_phone()), back=_next()
    )


@confirm.sends
@limiter.limit("10/minute;30/hour")
def _send(_: dict[str, Any]) -> str:
    started = start_challenge(_own_phone(), request.remote_addr or "", language_in_use())
    return url_for("mine.confirm_otp", challenge=started.challenge_id, next=_next())


@form_page(mine, "/confirm/otp", ReauthenticationRequestSchema)
def confirm_otp(form: Form) -> str:
    """The code from the message."""
    form.hide(challenge_id=request.args.get("challenge", "")[:64])
    demo = DEMO_OTP if current_settings().demo else None
    again = f"{url_for('mine.confirm')}?{urlencode({'next': _next()})}"
    return render_template("mine/confirm_otp.html", form=form, demo_otp=demo, again=again)


@confirm_otp.sends
@limiter.limit("30/minute")
def _confirm(sent: dict[str, Any]) -> str:
    reauthenticate(current_citizen(), sent["challenge_id"], sent["otp"])
    return _next()


@form_page(mine, "/prove", RealNameSchema, own_units=True)
def prove(form: Form) -> str | Response:
    """Prove my name with a document."""
    if current_citizen().assurance_level > 1 and not confirmed_lately():
        return to_confirm("mine.prove")
    return render_template("mine/prove.html", form=form)


@prove.sends
@limiter.limit("10/minute")
def _prove(sent: dict[str, Any]) -> Response:
    claimed = NamedDocument(sent["name"], stated_document(sent))
    verify_name(current_citizen(), claimed, providers().register, partial(require_fresh, FRESH.seconds))
    after = local_address(request.args.get("next"), url_for("mine.claims", done="proved"))
    return redirect(after, 303)  # type: ignore[return-value]
