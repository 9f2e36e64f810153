"""Erasing somebody: what stands of them in any place's books goes, and with it the guests they invited."""

from __future__ import annotations

from sqlalchemy import delete, or_, select

from citizen_app.toolkit.data import session
from citizen_app.toolkit.scan import CitizenView

from ..models import PassAccounted, PassClaim, PassInvitation, PassMember, PassPassage, PassPresence
from .finding import is_of


def erase(citizen: CitizenView) -> None:
    """Delete a person from lists, applications, invitations, the trail and who is inside; a second time there
    is nothing left."""
    for model in (PassPassage, PassClaim):
        session().execute(delete(model).where(model.citizen_ref == citizen.ref))
    seen = select(PassPresence.id).where(PassPresence.citizen_ref == citizen.ref)
    session().execute(delete(PassAccounted).where(PassAccounted.person_id.in_(seen)))
    session().execute(delete(PassPresence).where(PassPresence.citizen_ref == citizen.ref))
    members = select(PassMember.id).where(is_of(PassMember, citizen))
    invited = or_(is_of(PassInvitation, citizen), PassInvitation.host_id.in_(members))
    session().execute(delete(PassInvitation).where(invited).execution_options(synchronize_session=False))
    session().execute(
        delete(PassMember).where(is_of(PassMember, citizen)).execution_options(synchronize_session=False)
    )
