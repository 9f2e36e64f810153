"""Bearer tokens instead of sessions; of a valid one of the wrong kind the caller is told so instead of
"sign in first"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import Flask, Request, current_app, request
from flask.sessions import SessionInterface

from citizen_app.citizens.tokens import is_access_token
from citizen_app.secrecy.bearers import is_ours
from citizen_app.text import Text
from citizen_app.web.boundary.audiences import audience_of
from citizen_app.wire.problems import Problem

HOLDERS: Final[Mapping[str, Text]] = {
    "citizen": Text("市民", "citizens"),
    "kiosk": Text("设备", "kiosks"),
    "partner": Text("接入系统", "partners"),
    "staff": Text("工作人员", "staff"),
}
ANOTHERS: Final = Text(
    "这是{held}的令牌，而此操作供{asked}使用。请换用{asked}的令牌。",
    "This is a token of {held}; this operation is for {asked}. Send a token of {asked}.",
)


class NoSessions(SessionInterface):
    """Callers prove themselves with bearer tokens: there is no session, so no cookie is read or written for
    one."""

    def open_session(self, app: Flask, request: Request) -> None:
        """None, which Flask takes for the null session."""


def explain_wrong_token(problem: Problem) -> Problem:
    """A 401 that names the mistake when the token was issued by us for another kind of caller; any other
    problem unchanged."""
    asked = audience_of(current_app.blueprints.get(request.blueprint or "")).kind
    held = holder_of(request.headers.get("Authorization", "").partition(" ")[2].strip())
    if problem.kind.slug != "sign-in-required" or held is None or asked not in HOLDERS or held == asked:
        return problem
    words = ANOTHERS.fill(held=HOLDERS[held], asked=HOLDERS[asked])
    return Problem(problem.kind.slug, words, headers=problem.headers)


def holder_of(token: str) -> str | None:
    """The kind of caller a token was issued to, whether or not it is still valid; None for a token that is
    not ours."""
    if is_ours("kiosk", token):
        return "kiosk"
    if is_ours("partner", token):
        return "partner"
    if is_ours("staff-session", token) or is_ours("staff-token", token):
        return "staff"
    return "citizen" if is_access_token(token) else None
