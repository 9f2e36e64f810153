"""Making one's account with a one-time token: the first of an installation, and every invited one after it.

The token travels in a form and then in a cookie of this browser, never in an address, which logs would keep.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, Final

from flask import Response, request, url_for
from marshmallow import fields, validate

from citizen_app.codes.drawing import draw_plain_svg
from citizen_app.extensions import address_key, limiter
from citizen_app.staff.invitations import accept, invitation_of, secret_of
from citizen_app.staff.passwords import LONGEST, SHORTEST
from citizen_app.staff.second_factor import enrolment_uri
from citizen_app.staff.sessions import open_session
from citizen_app.text import Text
from citizen_app.web.boundary.audiences import ANYONE
from citizen_app.web.boundary.page_callers import CONSOLE
from citizen_app.web.console.callers import keep_cookie
from citizen_app.web.console.frame import ConsoleBlueprint, render
from citizen_app.web.forms.form import Form
from citizen_app.web.forms.pages import form_page
from citizen_app.wire.inputs import SIX_DIGITS, Pattern, StrictSchema
from citizen_app.wire.problems import Problem, invalid_input

MINUTES: Final = 30
DIFFERENT: Final = Text("两次输入的密码不一致", "the two passwords differ")
SENTENCES: Final[Mapping[str, Text]] = {
    "setup.title": Text("设置账号", "Set up your account"),
    "setup.lead": Text(
        "输入给您的一次性令牌。首次安装时，它印在服务器的安装输出里。",
        "Enter the one-time token that you were given. For a new installation it is in the output on the server.",
    ),
    "setup.next": Text("下一步", "Next"),
    "setup.scan": Text(
        "1. 用手机上的身份验证器扫描，或手工输入密钥。",
        "1. Scan this with the authenticator on your phone, or type the secret.",
    ),
    "setup.secret": Text("密钥", "Secret"),
    "setup.choose": Text(
        "2. 设定密码，并填写身份验证器显示的六位数字。",
        "2. Choose a password and enter the six digits that the authenticator shows.",
    ),
    "setup.finish": Text("完成并登录", "Finish and sign in"),
    "setup.account": Text("账号：{username}", "Account: {username}"),
    "setup.picture": Text("身份验证器的二维码", "QR code for the authenticator"),
}

pages = ConsoleBlueprint("setup", ANYONE, None, SENTENCES, prefix=CONSOLE)


class TokenSchema(StrictSchema):
    """The token alone."""

    token = fields.String(
        required=True,
        validate=validate.Length(1, 100),
        metadata={"label": Text("一次性令牌", "One-time token"), "autocomplete": "off"},
    )


def _new_password(label: Text, **more: Any) -> fields.String:
    return fields.String(
        required=True,
        validate=validate.Length(1, 1000),
        metadata={"label": label, "input": "password", "autocomplete": "new-password", **more},
    )


class AccountSchema(StrictSchema):
    """What the person chooses."""

    username = fields.String(
        required=True,
        validate=validate.Length(1, 40),
        metadata={
            "label": Text("用户名", "User name"),
            "help": Text("3 到 40 个 a-z 0-9 . _ -", "3 to 40 of a-z 0-9 . _ -"),
            "autocomplete": "username",
        },
    )
    password = _new_password(
        Text("密码", "Password"),
        help=Text(
            "{least} 到 {most} 个字符，不用定期更换。",
            "{least} to {most} characters. You need not change it regularly.",
        ).fill(least=SHORTEST, most=LONGEST),
    )
    repeated = _new_password(Text("再输入一次", "Password again"))
    totp = fields.String(
        required=True,
        validate=Pattern(r"^[0-9]{6}\Z", SIX_DIGITS),
        metadata={
            "label": Text("身份验证器上的六位数字", "Six digits of the authenticator"),
            "inputmode": "numeric",
            "autocomplete": "one-time-code",
        },
    )


def _cookie() -> str:
    return "__Host-console-set-up" if request.is_secure else "console-set-up"


@form_page(pages, "/set-up", TokenSchema)
def start(form: Form) -> str:
    """The token."""
    return render("set_up_token.html", form=form)


@start.sends
@limiter.limit("20/minute", key_func=address_key)
def _started(sent: dict[str, Any]) -> Response:
    token = sent["token"].strip()
    invitation_of(token)
    response = Response(status=303, headers={"Location": url_for(".account")})
    response.set_cookie(
        _cookie(),
        token,
        max_age=MINUTES * 60,
        secure=request.is_secure,
        httponly=True,
        samesite="Strict",
    )
    return response


@form_page(pages, "/set-up/account", AccountSchema)
def account(form: Form) -> str | Response:
    """Password and authenticator; the user name only where it is not given."""
    token = request.cookies.get(_cookie(), "")
    try:
        invited = invitation_of(token)
    except Problem:
        return Response(status=303, headers={"Location": url_for(".start")})
    if invited.username is not None:
        form.hide(username=invited.username)
    secret = secret_of(token)
    uri = enrolment_uri(invited.username or "admin", secret)
    return render("set_up.html", form=form, username=invited.username, secret=secret, picture=_picture(uri))


def _picture(text: str) -> str:
    drawn = draw_plain_svg(text, "QR")
    return f"data:image/svg+xml;base64,{base64.b64encode(drawn).decode()}"


@account.sends
@limiter.limit("20/minute", key_func=address_key)
def _finished(sent: dict[str, Any]) -> Response:
    if sent["password"] != sent["repeated"]:
        raise invalid_input("/repeated", DIFFERENT)
    token = request.cookies.get(_cookie(), "")
    staff = accept(token, sent["username"], sent["password"], sent["totp"])
    response = Response(status=303, headers={"Location": f"{CONSOLE}/", "Cache-Control": "no-store"})
    keep_cookie(response, open_session(staff, "staff-page"))
    response.delete_cookie(_cookie(), secure=request.is_secure, httponly=True, samesite="Strict")
    return response
