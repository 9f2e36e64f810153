"""For citizens: where they belong, whom they invite, where they are invited, where they went in and out."""

from __future__ import annotations

from typing import Any, Final

from citizen_app.toolkit.data import lock_row
from citizen_app.toolkit.people import calling_citizen
from citizen_app.toolkit.web import CITIZEN, Page, PageQuerySchema, Problem, service_blueprint

from .. import queries
from ..manifest import SERVICE
from ..models import PassClaim, PassInvitation, PassPassage
from ..operations import claims, invitations, members
from ..queries.views import Belonging, Invited, Seen
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
from ..snapshot import Place, books

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
        "items": items,
        "next_cursor": found.next_cursor,
    }


@mine.route("/my/places", methods=["GET"])
@mine.response(200, MyPlacesSchema)
def my_places() -> dict[str, Any]:
    """Where I belong, and as what."""
    rows = queries.memberships_of(calling_citizen(SERVICE.id))
    known = (
        (row, books().places.get(row.place_id)) for row in rows
    )  # None: this worker has not heard of it yet
    return {"items": [Belonging(row, place) for row, place in known if place is not None]}


@mine.route("/my/claims", methods=["GET"])
@mine.arguments(PageQuerySchema, location="query")
@mine.response(200, ClaimPageSchema)
def my_claims(asked: dict[str, Any]) -> Page[PassClaim]:
    """My applications, newest first."""
    return queries.claims_of(calling_citizen(SERVICE.id).ref, **asked)


@mine.route("/my/claims", methods=["POST"])
@mine.arguments(NewClaimSchema)
@mine.response(201, ClaimSchema)
@mine.alt_response(403)
@mine.alt_response(404)
@mine.alt_response(409)
def claim_place(body: dict[str, Any]) -> PassClaim:
    """Apply to a place; its managers decide."""
    place = _place(body.pop("place_id"))
    return claims.claim(calling_citizen(SERVICE.id), place, **body, phone_hint=None)


@mine.route("/my/claims/<id:claim_id>", methods=["DELETE"])
@mine.response(204)
@mine.alt_response(409)
def withdraw_claim(claim_id: str) -> None:
    """Take my application back."""
    claims.withdraw(calling_citizen(SERVICE.id).ref, claim_id)


@mine.route("/my/invitations", methods=["GET"])
@mine.arguments(PageQuerySchema, location="query")
@mine.response(200, InvitationPageSchema)
def my_invitations(asked: dict[str, Any]) -> Page[PassInvitation]:
    """My guests, newest first."""
    hosts = [row.id for row in queries.memberships_of(calling_citizen(SERVICE.id))]
    return queries.invitations_by(hosts, **asked)


@mine.route("/my/invitations", methods=["POST"])
@mine.arguments(NewInvitationSchema)
@mine.response(201, InvitationSchema)
@mine.alt_response(404)
@mine.alt_response(409)
def invite(body: dict[str, Any]) -> PassInvitation:
    """Invite a guest by phone number, or by identity document for whoever has no phone.

    The guest needs no account when invited; whoever shows a code of that number in the window is let in.
    Nobody learns here whether the number has an account. A retry with the same `invitation_id` changes
    nothing.
    """
    place, invitation_id = _place(body.pop("place_id")), body.pop("invitation_id")
    member = queries.membership_of(calling_citizen(SERVICE.id), place.id)
    if member is None:
        raise Problem("not-found")
    host = members.member_or_404(place.id, member.id, hold=True)
    made, _ = invitations.invite(place, host, invitation_id, invitations.Wanted(**body))
    return made


@mine.route("/my/invitations/<id:invitation_id>/revoke", methods=["POST"])
@mine.response(200, InvitationSchema)
def revoke_invitation(invitation_id: str) -> PassInvitation:
    """End an invitation; the gate knows at the next scan."""
    found = lock_row(PassInvitation, invitation_id)
    hosts = {row.id for row in queries.memberships_of(calling_citizen(SERVICE.id))}
    if found is None or found.host_id not in hosts:
        raise Problem("not-found")
    return invitations.revoke(found)


@mine.route("/my/visits", methods=["GET"])
@mine.arguments(PageQuerySchema, location="query")
@mine.response(200, VisitPageSchema)
def my_visits(asked: dict[str, Any]) -> Page[Invited]:
    """Where I am invited to, newest first."""
    return queries.visits_of(calling_citizen(SERVICE.id), **asked)


@mine.route("/my/passages", methods=["GET"])
@mine.arguments(MyPassageQuerySchema, location="query")
@mine.response(200, PassagePageSchema)
def my_passages(asked: dict[str, Any]) -> Page[Seen[PassPassage]]:
    """Where I went in and out, as long as each place keeps it; the passage recorded last first."""
    return queries.passages_of(calling_citizen(SERVICE.id).ref, **asked)


def _place(place_id: str) -> Place:
    place = books().places.get(place_id)
    if place is None:
        raise Problem("not-found")
    return place
