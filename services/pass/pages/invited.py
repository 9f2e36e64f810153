"""What a guest opens: the link that the host has sent them. No sign-in, and nothing of the flat."""

from __future__ import annotations

from typing import Final

from citizen_app.toolkit.pages import ANYONE, render, service_pages
from citizen_app.toolkit.web import Problem

from ..manifest import SERVICE
from ..queries.links import invitation_of_link
from ..snapshot import title_of_place
from .sentences import SENTENCES

STANDS: Final = frozenset({"waits", "open"})

pages = service_pages(SERVICE.id, ANYONE, "open", SENTENCES)


@pages.get("/invited/<token>")
def invited(token: str) -> str:
    """Where to, when, and how to get in. It carries no right: that is tied to the number."""
    found = invitation_of_link(token)
    if found is None:
        raise Problem("not-found")
    valid = found.state in STANDS
    return render("invited.html", invitation=found, valid=valid, place=title_of_place(found.place_id))
