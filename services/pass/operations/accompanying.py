"""Coming in with somebody: a guest's child, a resident's mother, whose code is shown by the guardian or carer
who has a right here."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select

from citizen_app.toolkit.data import session
from citizen_app.toolkit.scan import CitizenView, Scan

from ..models import PassInvitation, PassPresence
from ..snapshot import Place
from .finding import Found, find
from .rights import Right

WHO_BRING: Final = frozenset({"guardian", "carer"})
TOLD_NO: Final = frozenset({"revoked", "suspended", "place_closed"})
"""Why nobody comes in, whoever brings them."""


def brought_by(scan: Scan, place: Place, moment: datetime, fault: str) -> Found | None:
    """By which right of who shows the code its citizen comes in, who may not by their own for `fault`; None
    for by none. It is the right of somebody on the list or invited: where anyone may pass, nobody needs
    company.

    A guest who has just used their last entry is inside by it, and may bring the child whose code is read
    next, unless the place counts entries of children too.
    """
    if place.policy.accompanied == "refused" or fault in TOLD_NO or scan.presenter.kind not in WHO_BRING:
        return None
    presenter = scan.presenter.citizen
    if presenter is None:
        return None
    found = find(presenter, place, moment)
    if isinstance(found.verdict, Right):
        return found if found.verdict.group != "anyone" else None
    used_up = found.verdict == "invitation_used" and place.policy.accompanied == "free"
    return found if used_up and _is_inside_by(found.invitation, presenter, place) else None


def _is_inside_by(invitation: PassInvitation | None, presenter: CitizenView, place: Place) -> bool:
    if invitation is None:
        return False
    inside = select(PassPresence.id).where(
        PassPresence.place_id == place.id,
        PassPresence.citizen_ref == presenter.ref,
        PassPresence.inside,
        PassPresence.invitation_id == invitation.id,
    )
    return session().scalar(inside) is not None
