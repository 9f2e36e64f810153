"""Applications to a place, and what its managers decide."""

from __future__ import annotations

from typing import Any

from citizen_app.toolkit.pages import Form, asked, form_page, go_on, render, url_for
from citizen_app.toolkit.web import Problem

from ... import queries
from ...manifest import ROLE_TITLES
from ...models import PassClaim
from ...operations import claims, reading
from ...queries import desk
from ...schemas.claims import ClaimQuerySchema, RefusalSchema
from ...snapshot import title_of_place
from ..blueprint import pages
from .door import reader_of


@pages.get("/managed/<id:place_id>/applications")
def applications_to(place_id: str) -> str:
    """Applications to the place, newest first; `?status=waiting` for those to be decided."""
    reader, query = reader_of(place_id), asked(ClaimQuerySchema)
    found = queries.claims_page(place_id, **query)
    reader.sees((row.citizen_ref for row in found.items), reading.CLAIMS, "read_claims")
    return render(
        "desk/claims.html",
        found=found,
        place_id=place_id,
        place=title_of_place(place_id),
        roles=ROLE_TITLES,
        status=query["status"],
    )


@form_page(pages, "/managed/<id:place_id>/applications/<id:claim_id>/approve")
def approve(form: Form, place_id: str, claim_id: str) -> str:
    """Whether to make the applicant a member."""
    return _asks("desk/approve.html", form, place_id, claim_id)


@approve.sends
def _approve(_: dict[str, Any], place_id: str, claim_id: str) -> str:
    reader = reader_of(place_id)
    claims.approve(place_id, claim_id, by=reader.by, channel=reader.channel)
    return go_on(_waiting(place_id), "approved")


@form_page(pages, "/managed/<id:place_id>/applications/<id:claim_id>/refuse", RefusalSchema)
def refuse(form: Form, place_id: str, claim_id: str) -> str:
    """Say no, and why."""
    return _asks("desk/refuse.html", form, place_id, claim_id)


@refuse.sends
def _refuse(wanted: dict[str, Any], place_id: str, claim_id: str) -> str:
    reader = reader_of(place_id)
    claims.refuse(place_id, claim_id, **wanted, by=reader.by, channel=reader.channel)
    return go_on(_waiting(place_id), "refused")


def _asks(template: str, form: Form, place_id: str, claim_id: str) -> str:
    reader, found = reader_of(place_id), _claim(place_id, claim_id)
    reader.sees([found.citizen_ref], reading.CLAIM, "read_claim")
    return render(
        template,
        form=form,
        claim=found,
        place_id=place_id,
        place=title_of_place(place_id),
        roles=ROLE_TITLES,
    )


def _claim(place_id: str, claim_id: str) -> PassClaim:
    found = desk.claim_at(place_id, claim_id)
    if found is None:
        raise Problem("not-found")
    return found


def _waiting(place_id: str) -> str:
    return url_for(".applications_to", place_id=place_id, status="waiting")
