"""What somebody who acts for a citizen may call: asked in one place, after the caller is known and before the
route runs.

Of the core a closed list: each route says so where it stands (`@open_to_acting`), all others are the
citizen's own. Of services every route for citizens, within the services of the delegation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from flask_smorest import Blueprint

from citizen_app.audit.operations import Actor, record
from citizen_app.citizens.acting import ActingKind
from citizen_app.citizens.tokens import SignedInCitizen
from citizen_app.registry.words import known_services
from citizen_app.secrecy.vault import current_vault
from citizen_app.text import Text
from citizen_app.web.boundary.audiences import SAFE_METHODS, current_citizen
from citizen_app.wire.problems import Problem

View = TypeVar("View", bound=Callable[..., Any])

OPEN_TO_ACTING: Final = "x-acting"
"""Stands on an operation of the API document: which kinds of agents may call it for a citizen."""
ONESELF: Final = Text(
    "此操作须由本人办理，不能由他人代办。", "Only the person can do this, nobody on their behalf."
)
OUT_OF_SCOPE: Final = Text("授权范围不包括这项服务。", "The delegation does not cover this service.")


def open_to_acting(*kinds: ActingKind) -> Callable[[View], View]:
    """Declare that a route of the core may be called for a citizen by agents of these kinds, by default of
    all. What it tells is within the services of the delegation: `acting_scope`."""
    admitted = frozenset(kinds or ActingKind)

    def decorate(view: View) -> View:
        view.open_to_acting = admitted  # type: ignore[attr-defined]
        marked: View = Blueprint.doc(**{OPEN_TO_ACTING: sorted(admitted)})(view)
        return marked

    return decorate


def acting_scope(service: str | None = None) -> frozenset[str] | None:
    """Within which services an agent is shown things of the citizen in a route of the core; None for the
    citizen, and for an agent at all services the installed ones. Raises a 403 for a service outside of it.
    """
    acting = current_citizen().acting
    if acting is None:
        return None
    if service is not None and not acting.covers(service):
        raise Problem("not-permitted", OUT_OF_SCOPE)
    return known_services() if acting.services is None else acting.services


def note_act(caller: object, method: str, endpoint: str, service: str | None) -> None:
    """Write into the audit log what an agent has called that may change something, in the unit of work of the
    call: it names the agent, and the acting session, or on pages the delegation, the ward."""
    acting = caller.acting if isinstance(caller, SignedInCitizen) else None
    if acting is None or method in SAFE_METHODS or not isinstance(caller, SignedInCitizen):
        return
    if acting.kind == ActingKind.CLERK:
        actor = Actor("staff", acting.agent_id, caller.label)
    else:
        known = None if service is None else current_vault().citizen_ref(service, acting.agent_id)
        actor = Actor("citizen", known, caller.label)
    on_a_page = caller.session_id == acting.bound_to
    target = ("delegation", acting.delegation_id) if on_a_page else ("acting_session", caller.session_id)
    record("acting.call", *target, actor=actor, operation=endpoint)


def check_acting(caller: object, view: Callable[..., Any], service: str | None) -> None:
    """Refuse an agent what is not theirs to do, with a 403 that says why. Any other caller passes."""
    acting = caller.acting if isinstance(caller, SignedInCitizen) else None
    if acting is None:
        return
    if service is not None:
        if not acting.covers(service):
            raise Problem("not-permitted", OUT_OF_SCOPE)
    elif acting.kind not in getattr(view, "open_to_acting", frozenset[ActingKind]()):
        raise Problem("not-permitted", ONESELF)
