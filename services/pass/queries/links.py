"""The link to an invitation, which its host sends on."""

from __future__ import annotations

from typing import Final

from citizen_app.toolkit.data import session
from citizen_app.toolkit.links import shared_link, thing_of_link

from ..manifest import SERVICE
from ..models import PassInvitation

KIND: Final = "invitation"
PAGE: Final = "pass_pages_open.invited"


def link_to(invitation: PassInvitation) -> str:
    """The address of its page."""
    return shared_link(SERVICE.id, PAGE, KIND, invitation.id)


def invitation_of_link(token: str) -> PassInvitation | None:
    """The invitation that a link names; None once it has been forgotten. Raises a 404 for no link of ours."""
    return session().get(PassInvitation, thing_of_link(SERVICE.id, KIND, token))
