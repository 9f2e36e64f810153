"""Where I belong and how to join, where I am invited, where I went in and out."""

from __future__ import annotations

from typing import Any

from citizen_app.toolkit.pages import Form, asked, form_page, go_on, render, url_for
from citizen_app.toolkit.people import calling_citizen
from citizen_app.toolkit.web import PageQuerySchema, Problem

from .. import queries
from ..manifest import BASIS_TITLES, KIND_TITLES, ROLE_TITLES, SERVICE
from ..operations import claims, hosting
from ..queries import mine
from ..schemas.claims import NewClaimSchema
from ..schemas.desk import MyPassageQuerySchema
from ..schemas.places import PlaceQuerySchema
from ..snapshot import Place, title_of_gate, title_of_place
from .blueprint import pages


@pages.get("/")
def start() -> str:
    """Where I belong, and what can be done there."""
    found = mine.places_of(calling_citizen(SERVICE.id))
    return render("start.html", places=found, roles=ROLE_TITLES, kinds=KIND_TITLES)


@pages.get("/places")
def find() -> str:
    """Places that take applications, by a part of the name."""
    query = asked(PlaceQuerySchema)
    found = mine.places_to_join(query["q"], query["limit"], query["cursor"])
    return render("places.html", found=found, words=query["q"], kinds=KIND_TITLES)


@form_page(pages, "/places/<id:place_id>/join", NewClaimSchema)
def join(form: Form, place_id: str) -> str:
    """Apply to a place."""
    place = _place_to_join(place_id)
    form.hide(place_id=place.id)
    return render("join.html", form=form, place=place)


@join.sends
def _join(wanted: dict[str, Any], place_id: str) -> str:
    place = _place_to_join(place_id)
    del wanted["place_id"]  # the address says it
    claims.claim(calling_citizen(SERVICE.id), place, **wanted, phone_hint=None)
    return go_on(url_for(".applications"), "applied")


@pages.get("/applications")
def applications() -> str:
    """My applications, newest first."""
    found = queries.claims_of(calling_citizen(SERVICE.id).ref, **asked(PageQuerySchema))
    return render("applications.html", found=found, title_of_place=title_of_place, roles=ROLE_TITLES)


@form_page(pages, "/applications/<id:claim_id>/withdraw")
def withdraw(form: Form, claim_id: str) -> str:
    """Whether to take an application back."""
    found = mine.claim_of(calling_citizen(SERVICE.id).ref, claim_id)
    if found is None:
        raise Problem("not-found")
    return render("withdraw.html", form=form, place=title_of_place(found.place_id))


@withdraw.sends
def _withdraw(_: dict[str, Any], claim_id: str) -> str:
    claims.withdraw(calling_citizen(SERVICE.id).ref, claim_id)
    return go_on(url_for(".applications"), "withdrawn")


@pages.get("/visits")
def visits() -> str:
    """Where I am invited to, newest first."""
    found = queries.visits_of(calling_citizen(SERVICE.id), **asked(PageQuerySchema))
    return render(
        "visits.html", found=found.map(lambda one: (one, one.invitation.state)), title_of_place=title_of_place
    )


@pages.get("/passages")
def passages() -> str:
    """Where I went in and out, as long as each place keeps it."""
    found = queries.passages_of(calling_citizen(SERVICE.id).ref, **asked(MyPassageQuerySchema))
    return render(
        "passages.html",
        found=found,
        title_of_place=title_of_place,
        title_of_gate=title_of_gate,
        bases=BASIS_TITLES,
    )


def _place_to_join(place_id: str) -> Place:
    place = hosting.place_or_404(place_id)
    if not mine.takes_claims(place):
        raise Problem("not-found")
    return place
