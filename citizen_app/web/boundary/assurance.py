"""How well and how recently the citizen who calls has proved who they are: asked for by a route, and told as
a next step.

    @blueprint.route("/refunds", methods=["POST"])
    @require(AssuranceLevel.REAL_NAME, fresh_seconds=300)
    @blueprint.arguments(RefundSchema)
    def refund(body): ...

A level that is too low is a 403 that names the one needed and where it is had. A proof that is too old is a
401 in the form of RFC 9470, with `max_age`; `POST /api/v1/auth/reauthentication` makes it fresh. Both are
judged by the access token: one that was issued before the level rose is exchanged for a new one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any, Final, TypeVar

from flask_smorest import Blueprint

from citizen_app.citizens.traits import ASSURANCE_TITLES, AssuranceLevel
from citizen_app.clock import now
from citizen_app.registry.checks.routes import ASSURANCE
from citizen_app.text import Text
from citizen_app.web.boundary.audiences import current_citizen
from citizen_app.wire.problems import Problem

View = TypeVar("View", bound=Callable[..., Any])

REAUTHENTICATION: Final = "/api/v1/auth/reauthentication"
NEEDS: Final = Text("此操作需要“{level}”。{step}", "This needs: {level}. {step}")


@dataclass(frozen=True, slots=True)
class NextStep:
    """What lifts a citizen to a level, in words, and where."""

    words: Text
    href: str


NEXT_STEPS: Final[Mapping[AssuranceLevel, NextStep]] = {
    AssuranceLevel.PHONE: NextStep(Text("请先登录。", "Sign in first."), "/api/v1/auth/challenges"),
    AssuranceLevel.REAL_NAME: NextStep(
        Text("请先用姓名和证件号码完成实名认证。", "First verify your name with a document."),
        "/api/v1/me/real-name",
    ),
    AssuranceLevel.IN_PERSON: NextStep(
        Text(
            "请携带证件到服务窗口核验，或使用网络身份认证。",
            "Come to a service counter with your document, or use an electronic identity.",
        ),
        "/api/v1/me/eid",
    ),
}


def require(level: int, fresh_seconds: int | None = None) -> Callable[[View], View]:
    """For a route of citizens: who calls has at least this level (1 to 3), and has proved who they are within
    so many seconds.

    Stand it above what reads the input, so that it is asked first.
    """
    needed = AssuranceLevel(level)

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if current_citizen().assurance_level < needed:
                raise assurance_too_low(needed)
            if fresh_seconds is not None:
                require_fresh(fresh_seconds)
            return view(*args, **kwargs)

        marked: View = Blueprint.doc(**{ASSURANCE: {"level": int(needed), "fresh_seconds": fresh_seconds}})(
            guarded
        )
        return marked

    return decorate


def require_fresh(seconds: int) -> None:
    """The citizen who calls has proved who they are within so many seconds. Raises the 401 of RFC 9470."""
    caller = current_citizen()
    if now() - caller.authenticated_at > timedelta(seconds=seconds):
        challenge = (
            'Bearer error="insufficient_user_authentication", '
            'error_description="A more recent authentication is required", '
            f'acr_values="{caller.assurance_level}", max_age="{seconds}"'
        )
        raise Problem(
            "reauthentication-required",
            headers={"WWW-Authenticate": challenge},
            more={"max_age": seconds, "next_step": REAUTHENTICATION},
        )


def assurance_too_low(needed: AssuranceLevel) -> Problem:
    """The refusal that names the level and what lifts a citizen to it."""
    step = NEXT_STEPS[needed]
    words = NEEDS.fill(level=ASSURANCE_TITLES[needed], step=step.words)
    return Problem("assurance-too-low", words, more={"required_level": int(needed), "next_step": step.href})
