"""What a citizen sees of their own: where they belong, where they may apply, whom they invited."""

from __future__ import annotations

from sqlalchemy import select

from citizen_app.toolkit.data import session
from citizen_app.toolkit.scan import CitizenView
from citizen_app.toolkit.web import Page

from ..models import PassClaim, PassInvitation
from ..snapshot import Place, books
from . import invitations_by, memberships_of, place_page
from .views import Belonging


def places_of(citizen: CitizenView) -> list[Belonging]:
    """Where a citizen belongs, and as what."""
    known = ((row, books().places.get(row.place_id)) for row in memberships_of(citizen))
    return [Belonging(row, place) for row, place in known if place is not None]  # None: not heard of yet


def places_to_join(words: str, limit: int, cursor: str | None) -> Page[Place]:
    """Places that take applications, by a part of the name; a page may be short."""
    found = place_page(words, limit, cursor)
    known = (books().places.get(row.id) for row in found.items)
    return Page([place for place in known if place is not None and takes_claims(place)], found.next_cursor)


def takes_claims(place: Place) -> bool:
    """Whether a place takes applications now."""
    return place.policy.claims_allowed and not place.closed


def guests_of(citizen: CitizenView, limit: int, cursor: str | None) -> Page[PassInvitation]:
    """The guests of a citizen, at whatever place, newest first."""
    return invitations_by([row.id for row in memberships_of(citizen)], limit, cursor)


def guest_of(citizen: CitizenView, invitation_id: str) -> PassInvitation | None:
    """One of them."""
    hosts = [row.id for row in memberships_of(citizen)]
    theirs = select(PassInvitation).where(
        PassInvitation.id == invitation_id, PassInvitation.host_id.in_(hosts)
    )
    return session().scalars(theirs).one_or_none()


def claim_of(citizen_ref: str, claim_id: str) -> PassClaim | None:
    """One of a citizen's own applications."""
    theirs = select(PassClaim).where(PassClaim.id == claim_id, PassClaim.citizen_ref == citizen_ref)
    return session().scalars(theirs).one_or_none()
