"""What the desk of a place sees of one thing of it, and how many of each there are."""

from __future__ import annotations

from sqlalchemy import func, select

from citizen_app.toolkit.data import session

from ..models import PassClaim, PassInvitation, PassMember, PassPresence
from . import person_at
from .views import Invited, Seen


def claim_at(place_id: str, claim_id: str) -> PassClaim | None:
    """An application to the place."""
    return (
        session()
        .scalars(select(PassClaim).where(PassClaim.id == claim_id, PassClaim.place_id == place_id))
        .one_or_none()
    )


def waiting_count(place_id: str) -> int:
    """How many applications wait."""
    waiting = select(func.count()).where(PassClaim.place_id == place_id, PassClaim.status == "waiting")
    return session().scalar(waiting) or 0


def members_count(place_id: str) -> int:
    """How many people may enter as members."""
    active = select(func.count()).where(PassMember.place_id == place_id, PassMember.status == "active")
    return session().scalar(active) or 0


def invitation_at(place_id: str, invitation_id: str) -> Invited | None:
    """An invitation to the place, with its host."""
    found = (
        session()
        .execute(
            select(PassInvitation, PassMember)
            .join(PassMember, PassMember.id == PassInvitation.host_id)
            .where(PassInvitation.id == invitation_id, PassInvitation.place_id == place_id)
        )
        .one_or_none()
    )
    return None if found is None else Invited(found[0], found[1])


def present_at(place_id: str, person_id: str) -> Seen[PassPresence] | None:
    """Somebody who is or was at the place."""
    found = session().execute(person_at(place_id, person_id)).one_or_none()
    return None if found is None else Seen(*found)
