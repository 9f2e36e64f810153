"""Who is invited to a place."""

from __future__ import annotations

from itertools import chain
from typing import Any

from citizen_app.toolkit.pages import Form, asked, form_page, go_on, render, url_for
from citizen_app.toolkit.web import PageQuerySchema, Problem

from ... import queries
from ...operations import invitations, reading
from ...operations.reading import refs_of_invitation
from ...queries import desk
from ...snapshot import title_of_place
from ..blueprint import pages
from .door import reader_of


@pages.get("/managed/<id:place_id>/guests")
def guests_of(place_id: str) -> str:
    """Invitations to the place, newest first."""
    reader = reader_of(place_id)
    found = queries.invitations_to(place_id, **asked(PageQuerySchema))
    refs = chain.from_iterable(refs_of_invitation(one.invitation, one.host) for one in found.items)
    reader.sees(refs, reading.INVITATIONS, "read_invitations")
    return render(
        "desk/guests.html",
        found=found.map(lambda one: (one, one.invitation.state)),
        place_id=place_id,
        place=title_of_place(place_id),
    )


@form_page(pages, "/managed/<id:place_id>/guests/<id:invitation_id>/end")
def end_for(form: Form, place_id: str, invitation_id: str) -> str:
    """Whether to end an invitation for its host."""
    reader, found = reader_of(place_id), desk.invitation_at(place_id, invitation_id)
    if found is None:
        raise Problem("not-found")
    reader.sees(refs_of_invitation(found.invitation, found.host), reading.INVITATION, "read_invitation")
    return render("desk/end.html", form=form, found=found, place_id=place_id, place=title_of_place(place_id))


@end_for.sends
def _end_for(_: dict[str, Any], place_id: str, invitation_id: str) -> str:
    reader = reader_of(place_id)
    invitations.revoke_at(place_id, invitation_id, by=reader.by, channel=reader.channel)
    return go_on(url_for(".guests_of", place_id=place_id), "ended")
