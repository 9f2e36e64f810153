"""Guests: whom I invited, inviting one more, and ending what I have begun."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from citizen_app.toolkit.data import new_id
from citizen_app.toolkit.pages import Form, asked, form_page, go_on, render, url_for
from citizen_app.toolkit.people import calling_citizen
from citizen_app.toolkit.time import now
from citizen_app.toolkit.web import PageQuerySchema, Problem

from ..manifest import SERVICE
from ..models import PassInvitation
from ..operations import hosting
from ..operations.invitations import Wanted
from ..queries import mine
from ..queries.links import link_to
from ..schemas.people import NewInvitationSchema
from ..snapshot import title_of_place
from .blueprint import pages

USUAL_VISIT: Final = timedelta(hours=4)
"""What a fresh form offers, from the next full hour on."""


@pages.get("/guests")
def guests() -> str:
    """My guests, newest first."""
    citizen = calling_citizen(SERVICE.id)
    found = mine.guests_of(citizen, **asked(PageQuerySchema)).map(lambda guest: (guest, guest.state))
    may_invite = any(one.may_invite for one in mine.places_of(citizen))
    return render("guests.html", found=found, may_invite=may_invite, title_of_place=title_of_place)


@form_page(pages, "/guests/new", NewInvitationSchema)
def invite(form: Form) -> str:
    """Invite a guest to one of my places."""
    places = [one.place for one in mine.places_of(calling_citizen(SERVICE.id)) if one.may_invite]
    if not places:
        raise Problem("not-found")
    form.hide(invitation_id=new_id())
    form.choose("place_id", [(place.id, place.name) for place in places])
    begins = now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    form.start(place_id=places[0].id, starts_at=begins, ends_at=begins + USUAL_VISIT)
    return render("invite.html", form=form)


@invite.sends
def _invite(wanted: dict[str, Any]) -> str:
    place_id, invitation_id = wanted.pop("place_id"), wanted.pop("invitation_id")
    made = hosting.invite_to(calling_citizen(SERVICE.id), place_id, invitation_id, Wanted(**wanted))
    return go_on(url_for(".guest", invitation_id=made.id), "invited")


@pages.get("/guests/<id:invitation_id>")
def guest(invitation_id: str) -> str:
    """One invitation."""
    found = _mine(invitation_id)
    return render(
        "guest.html",
        invitation=found,
        state=found.state,
        place=title_of_place(found.place_id),
        link=link_to(found),
    )


@form_page(pages, "/guests/<id:invitation_id>/end")
def end(form: Form, invitation_id: str) -> str:
    """Whether to end an invitation."""
    found = _mine(invitation_id)
    return render("end.html", form=form, invitation=found, place=title_of_place(found.place_id))


@end.sends
def _end(_: dict[str, Any], invitation_id: str) -> str:
    hosting.end(calling_citizen(SERVICE.id), invitation_id)
    return go_on(url_for(".guest", invitation_id=invitation_id), "ended")


def _mine(invitation_id: str) -> PassInvitation:
    found = mine.guest_of(calling_citizen(SERVICE.id), invitation_id)
    if found is None:
        raise Problem("not-found")
    return found
