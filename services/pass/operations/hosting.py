"""A citizen as host: they invite, and end what they have begun."""

from __future__ import annotations

from citizen_app.toolkit.data import lock_row
from citizen_app.toolkit.scan import CitizenView
from citizen_app.toolkit.web import Problem

from .. import queries
from ..models import PassInvitation
from ..snapshot import Place, books
from . import invitations, members, noting


def place_or_404(place_id: str) -> Place:
    """A place, as this worker knows it."""
    place = books().places.get(place_id)
    if place is None:
        raise Problem("not-found")
    return place


def invite_to(
    citizen: CitizenView, place_id: str, invitation_id: str, wanted: invitations.Wanted
) -> PassInvitation:
    """Invite a guest to a place where the citizen belongs. Once more under the same id changes nothing.

    Raises a 404 where they do not belong, and what `invitations.invite` raises.
    """
    place = place_or_404(place_id)
    member = queries.membership_of(citizen, place.id)
    if member is None:
        raise Problem("not-found")
    host = members.member_or_404(place.id, member.id, hold=True)
    made, is_new = invitations.invite(place, host, invitation_id, wanted)
    if is_new:
        noting.invited(citizen, made)
    return made


def end(citizen: CitizenView, invitation_id: str) -> PassInvitation:
    """End an invitation of the citizen's own; the gate knows at the next scan. Raises a 404 for another's."""
    found = lock_row(PassInvitation, invitation_id)
    hosts = {row.id for row in queries.memberships_of(citizen)}
    if found is None or found.host_id not in hosts:
        raise Problem("not-found")
    return invitations.revoke(found, citizen.ref, "app")
