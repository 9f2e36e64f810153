"""Somebody has died: they belong nowhere and are expected nowhere any more. Memberships are suspended, not
revoked: where the news was wrong, the place restores them."""

from __future__ import annotations

from sqlalchemy import select

from citizen_app.toolkit.data import session

from ..models import PassClaim, PassInvitation, PassMember
from .claims import withdraw
from .invitations import revoke
from .members import set_standing


def settle(citizen_ref: str) -> None:
    """Settle what is open for somebody; a second time there is nothing left."""
    belongs = PassMember.citizen_ref == citizen_ref, PassMember.status == "active"
    for member in session().scalars(select(PassMember).where(*belongs).with_for_update()).all():
        set_standing(member, "suspend", "city", "automatic")
    expected = PassInvitation.citizen_ref == citizen_ref, PassInvitation.revoked_at.is_(None)
    for invitation in session().scalars(select(PassInvitation).where(*expected).with_for_update()).all():
        revoke(invitation, None, "automatic")
    asks = PassClaim.citizen_ref == citizen_ref, PassClaim.status == "waiting"
    for claim_id in session().scalars(select(PassClaim.id).where(*asks)).all():
        withdraw(citizen_ref, claim_id, "automatic")
