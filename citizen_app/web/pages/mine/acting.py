"""For whom a citizen acts on this page: said on every one, so that nobody takes it for their own."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g

from citizen_app.citizens.acting import ActingKind
from citizen_app.citizens.personal import masked_name
from citizen_app.citizens.queries import citizen_by_id
from citizen_app.citizens.tokens import SignedInCitizen
from citizen_app.web.pages.sentences import say


@dataclass(frozen=True, slots=True)
class Ward:
    """Somebody for whom the citizen acts: the name, partly hidden."""

    name: str
    delegation_id: str


def ward_here() -> Ward | None:
    """The ward of the page; None on one's own, and where a clerk serves somebody (`served_here`)."""
    caller = g.get("caller")
    if not isinstance(caller, SignedInCitizen) or caller.acting is None:
        return None
    if caller.acting.kind == ActingKind.CLERK or caller.acting.delegation_id is None:
        return None
    citizen = citizen_by_id(caller.citizen_id)
    name = masked_name(citizen.name) if citizen is not None and citizen.name else say("code.ward")
    return Ward(name, caller.acting.delegation_id)
