"""Self-service at a kiosk for people without a phone: a clerk, before whom they stand, opens it with an
acting token; it closes after a minute without a touch.

The token comes in the fragment of a link (`/self-service#acting=…`), which the clerk shows to the kiosk's
reader or opens on it; the page sends it by a form. What is kept is a cookie of this browser's session that
names the acting session and proves nothing else, as every page's (ADR 0038).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import Response, g, render_template, request

from citizen_app.citizens.acting import ActingKind
from citizen_app.citizens.acting_sessions import end_acting_sessions
from citizen_app.citizens.models import ActingSession
from citizen_app.citizens.page_sessions import acting_page_token, citizen_of_page, names_acting
from citizen_app.citizens.personal import masked_name
from citizen_app.citizens.queries import citizen_by_id
from citizen_app.citizens.tokens import SignedInCitizen, read_access_token
from citizen_app.extensions import limiter
from citizen_app.registry.page_blueprints import PageBlueprint
from citizen_app.registry.state import enabled_modules
from citizen_app.text import Text
from citizen_app.web.boundary.acting import open_to_acting
from citizen_app.web.boundary.audiences import ANYONE, current_citizen
from citizen_app.web.boundary.page_callers import (
    CITIZEN_ON_PAGES,
    new_form_token,
    page_cookie,
    refuse_other_sites,
)
from citizen_app.wire.problems import Problem

IDLE_SECONDS: Final = 60
ADDRESS: Final = "/self-service"
NOT_A_CLERKS: Final = Text(
    "这不是窗口工作人员的代办凭证，请工作人员重新打开。",
    "This was not opened by a clerk at a counter; ask them to open it again.",
)


@dataclass(frozen=True, slots=True)
class Served:
    """Somebody who is served: the name, partly hidden; after how long without a touch the page closes."""

    name: str
    idle_seconds: int
    form_token: str


blueprint = PageBlueprint("self_service", ANYONE)
closing = PageBlueprint("self_service_end", CITIZEN_ON_PAGES)


@dataclass(frozen=True, slots=True)
class Button:
    """Something that can be done now."""

    title: Text
    service: Text
    address: str


@blueprint.get(ADDRESS)
def start() -> Response:
    """What can be done for whoever stands here; without a clerk, how to have it opened."""
    served = served_citizen()
    buttons = [] if served is None or served.acting is None else _buttons(served)
    page = render_template("pages/self_service.html", buttons=buttons)
    return Response(page, headers={"Cache-Control": "no-store"})


@blueprint.post(ADDRESS)
@limiter.limit("20/minute")
def open_for() -> Response:
    """Open it with a clerk's acting token (`acting`, a form field). Raises a 401 for one that is over, a 403
    for any other token."""
    refuse_other_sites()
    caller = read_access_token(request.form.get("acting", "")[:2_000])
    if caller.acting is None or caller.acting.kind != ActingKind.CLERK:
        raise Problem("not-permitted", NOT_A_CLERKS)
    response = Response(status=303, headers={"Location": ADDRESS, "Cache-Control": "no-store"})
    response.set_cookie(
        page_cookie(),
        acting_page_token(caller.session_id),
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )
    return response


@closing.post(f"{ADDRESS}/end")
@open_to_acting(ActingKind.CLERK)
def end() -> Response:
    """Done, or nobody there any more: the acting session ends, here and for the clerk's own token."""
    caller = current_citizen()
    if caller.acting is None:
        raise Problem("not-permitted", NOT_A_CLERKS)
    end_acting_sessions(ActingSession.id == caller.session_id, why="done")
    response = Response(status=303, headers={"Location": ADDRESS, "Cache-Control": "no-store"})
    response.delete_cookie(page_cookie(), secure=request.is_secure, httponly=True, samesite="Lax")
    return response


def served_citizen() -> SignedInCitizen | None:
    """Whom a clerk serves on this browser's pages; None for anybody else. Every page asks, so no table is
    read where the cookie names no such session."""
    held = request.cookies.get(page_cookie(), "")
    if not names_acting(held):
        return None
    caller = g.get("caller")
    return caller if isinstance(caller, SignedInCitizen) and caller.acting else citizen_of_page(held)


def served_here() -> Served | None:
    """What every page says while a clerk serves somebody on it."""
    served = served_citizen()
    if served is None:
        return None
    citizen = citizen_by_id(served.citizen_id)
    name = masked_name(citizen.name) if citizen is not None and citizen.name else ""
    return Served(name, IDLE_SECONDS, new_form_token(served))


def _buttons(served: SignedInCitizen) -> list[Button]:
    assert served.acting is not None
    found: list[Button] = []
    for module in enabled_modules():
        if not module.has_pages or not served.acting.covers(module.id):
            continue
        base, of = f"/services/{module.id}/", module.descriptor.title
        actions = module.descriptor.kiosk_actions
        found += [Button(action.title, of, base + action.link) for action in actions] or [
            Button(of, module.descriptor.summary, base)
        ]
    return found
