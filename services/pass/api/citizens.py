"""For citizens: where they belong, whom they invite, where they are invited, where they went in and out."""

from __future__ import annotations

from typing import Any, Final

from citizen_app.toolkit.data import held
from citizen_app.toolkit.people import calling_citizen
from citizen_app.toolkit.web import CITIZEN, Page, PageQuerySchema, Problem, language, service_blueprint

from .. import describing, queries
from ..manifest import SERVICE
from ..models import PassInvitation
from ..operations import claims, invitations, members
from ..places import Place, books
from ..schemas.desk import MyPassageQuerySchema, PassagePageSchema
from ..schemas.people import (
    ClaimPageSchema,
    ClaimSchema,
    InvitationPageSchema,
    InvitationSchema,
    MyPlacesSchema,
    NewClaimSchema,
    NewInvitationSchema,
    VisitPageSchema,
)
from ..schemas.places import ListedPlacePageSchema, PlaceQuerySchema

mine = service_blueprint(SERVICE.id, "mine", CITIZEN, "The citizen's own places, guests and passages")
BLUEPRINTS: Final = (mine,)


@mine.route("/places", methods=["GET"])
@mine.arguments(PlaceQuerySchema, location="query")
@mine.response(200, ListedPlacePageSchema)
def find_places(asked: dict[str, Any]) -> dict[str, Any]:
    """Places that take applications, by a part of the name."""
    found = queries.place_page(asked["q"], asked["limit"], asked["cursor"])
    known = (books().places.get(row.id) for row in found.items)
    items = [p for p in known if p is not None and p.policy.claims_allowed and not p.closed]
    return {
        "items": [describing.listed_place(p, language()) for p in items],
        "next_cursor": found.next_cursor,
    }


@mine.route("/my/places", methods=["GET"])
@mine.response(200, MyPlacesSchema)
def my_places() -> dict[str, Any]:
    """Where I belong, and as what."""
    rows = queries.memberships_of(calling_citizen(SERVICE.id))
    said = (describing.my_place(row, language()) for row in rows)
    return {"items": [item for item in said if item is not None]}


@mine.route("/my/claims", methods=["GET"])
@mine.arguments(PageQuerySchema, location="query")
@mine.response(200, ClaimPageSchema)
def my_claims(asked: dict[str, Any]) -> Page[dict[str, Any]]:
    """My applications, newest first."""
    found = queries.claims_of(calling_citizen(SERVICE.id).ref, **asked)
    return found.map(lambda row: describing.claim(row, language()))


@mine.route("/my/claims", methods=["POST"])
@mine.arguments(NewClaimSchema)
@mine.response(201, ClaimSchema)
@mine.alt_response(403)
@mine.alt_response(404)
@mine.alt_response(409)
def claim_place(body: dict[str, Any]) -> dict[str, Any]:
    """Apply to a place; its managers decide."""
    place = _place(body.pop("place_id"))
    made = claims.claim(calling_citizen(SERVICE.id), place, **body, phone_hint=None)
    return describing.claim(made, language())


@mine.route("/my/claims/<id:claim_id>", methods=["DELETE"])
@mine.response(204)
@mine.alt_response(409)
def withdraw_claim(claim_id: str) -> None:
    """Take my application back."""
    claims.withdraw(calling_citizen(SERVICE.id).ref, claim_id)


@mine.route("/my/invitations", methods=["GET"])
@mine.arguments(PageQuerySchema, location="query")
@mine.response(200, InvitationPageSchema)
def my_invitations(asked: dict[str, Any]) -> Page[dict[str, Any]]:
    """My guests, newest first."""
    hosts = [row.id for row in queries.memberships_of(calling_citizen(SERVICE.id))]
    return queries.invitations_by(hosts, **asked).map(lambda row: describing.invitation(row, language()))


@mine.route("/my/invitations", methods=["POST"])
@mine.arguments(NewInvitationSchema)
@mine.response(201, InvitationSchema)
@mine.alt_response(404)
@mine.alt_response(409)
def invite(body: dict[str, Any]) -> dict[str, Any]:
    """Invite a guest by phone number.

    The guest needs no account when invited; whoever shows a code of that number in the window is let in. Nobody learns here whether
    the number has an account. A retry with the same `invitation_id` changes nothing.
    """
    place, invitation_id = _place(body.pop("place_id")), body.pop("invitation_id")
    member = queries.membership_of(calling_citizen(SERVICE.id), place.id)
    if member is None:
        raise Problem("not-found")
    host = members.member_or_404(place.id, member.id, hold=True)
    made, _ = invitations.invite(place, host, invitation_id, invitations.Wanted(**body))
    return describing.invitation(made, language())


@mine.route("/my/invitations/<id:invitation_id>/revoke", methods=["POST"])
@mine.response(200, InvitationSchema)
def revoke_invitation(invitation_id: str) -> dict[str, Any]:
    """End an invitation; the gate knows at the next scan."""
    found = held(PassInvitation, invitation_id)
    hosts = {row.id for row in queries.memberships_of(calling_citizen(SERVICE.id))}
    if found is None or found.host_id not in hosts:
        raise Problem("not-found")
    return describing.invitation(invitations.revoke(found), language())


@mine.route("/my/visits", methods=["GET"])
@mine.arguments(PageQuerySchema, location="query")
@mine.response(200, VisitPageSchema)
def my_visits(asked: dict[str, Any]) -> Page[dict[str, Any]]:
    """Where I am invited to, newest first."""
    found = queries.visits_of(calling_citizen(SERVICE.id), **asked)
    return found.map(lambda row: describing.visit(row, language()))


@mine.route("/my/passages", methods=["GET"])
@mine.arguments(MyPassageQuerySchema, location="query")
@mine.response(200, PassagePageSchema)
def my_passages(asked: dict[str, Any]) -> Page[dict[str, Any]]:
    """Where I went in and out, as long as each place keeps it; the passage recorded last first."""
    found = queries.passages_of(calling_citizen(SERVICE.id).ref, **asked)
    return found.map(lambda row: describing.passage(row, language()))


def _place(place_id: str) -> Place:
    place = books().places.get(place_id)
    if place is None:
        raise Problem("not-found")
    return place
