"""Signing in to the console and out of it, and its first page."""

from __future__ import annotations

from typing import Any, Final

import pyotp
from flask import Response, request, url_for
from marshmallow import fields, validate

from citizen_app import clock
from citizen_app.demo.people import STAFF
from citizen_app.extensions import address_key, limiter
from citizen_app.settings import current_settings
from citizen_app.staff.permissions import DEFAULT_ROLES
from citizen_app.staff.schemas import SignInSchema
from citizen_app.staff.sessions import sign_in, sign_out
from citizen_app.text import Text
from citizen_app.web.boundary.audiences import ANYONE, current_staff
from citizen_app.web.boundary.page_callers import CONSOLE, local_address
from citizen_app.web.console.callers import (
    ANY_STAFF,
    drop_cookie,
    keep_cookie,
    staff_of_cookie,
)
from citizen_app.web.console.frame import FOR_TEMPLATES, ConsoleBlueprint, render
from citizen_app.web.forms.form import Form
from citizen_app.web.forms.pages import form_page
from citizen_app.wire.inputs import SIX_DIGITS, Pattern

entrance = ConsoleBlueprint("entrance", ANYONE, None, prefix=CONSOLE)
home_pages = ConsoleBlueprint("home", ANY_STAFF, None, prefix=CONSOLE)
ROLE_TITLES: Final = {role.id: role.title for role in DEFAULT_ROLES}
HOME: Final = f"{CONSOLE}/"
for name, given in FOR_TEMPLATES.items():
    entrance.add_app_template_global(given, name)


class SignInFormSchema(SignInSchema):
    """As the API takes it, with labels."""

    username = fields.String(
        required=True,
        validate=validate.Length(1, 40),
        metadata={"label": Text("用户名", "User name"), "autocomplete": "username"},
    )
    password = fields.String(
        required=True,
        validate=validate.Length(1, 1000),
        metadata={
            "label": Text("密码", "Password"),
            "input": "password",
            "autocomplete": "current-password",
        },
    )
    totp = fields.String(
        required=True,
        validate=Pattern(r"^[0-9]{6}\Z", SIX_DIGITS),
        metadata={
            "label": Text("身份验证器上的六位数字", "Six digits of your authenticator"),
            "inputmode": "numeric",
            "autocomplete": "one-time-code",
        },
    )


def _attempted_name() -> str:
    return f"staff-name:{request.form.get('username', '').lower()[:40]}"


def _next() -> str:
    wanted = local_address(request.args.get("next"), HOME)
    return wanted if wanted.startswith(HOME) else HOME


def _demo_staff() -> list[dict[str, Any]]:
    """Demo accounts with what one types now; empty outside demo mode."""
    if not current_settings().demo:
        return []
    return [
        {
            "username": person.username,
            "password": person.password,
            "totp": pyotp.TOTP(person.totp_secret).at(clock.timestamp()),
            "role": ROLE_TITLES[person.role],
        }
        for person in STAFF
    ]


@form_page(entrance, "/sign-in", SignInFormSchema)
def sign_in_page(form: Form) -> str | Response:
    """Three fields; whoever is signed in already goes on."""
    if not form.is_sent and staff_of_cookie() is not None:
        return Response(status=303, headers={"Location": _next()})
    return render("sign_in.html", form=form, demo_staff=_demo_staff())


@sign_in_page.sends
@limiter.limit("20/minute", key_func=address_key)
@limiter.limit("10/minute", key_func=_attempted_name)
def _sign_in(sent: dict[str, Any]) -> Response:
    opened = sign_in(sent["username"], sent["password"], sent["totp"], kind="staff-page")
    response = Response(status=303, headers={"Location": _next(), "Cache-Control": "no-store"})
    keep_cookie(response, opened)
    return response


@home_pages.get("/")
def home() -> str:
    """What the person can do here."""
    return render("home.html")


@home_pages.post("/sign-out")
def leave() -> Response:
    """End the session of this browser, everywhere at once."""
    sign_out(current_staff())
    response = Response(status=303, headers={"Location": url_for("console_entrance.sign_in_page")})
    drop_cookie(response)
    return response


BLUEPRINTS: Final = (entrance, home_pages)
