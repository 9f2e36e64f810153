"""For citizens: where they belong, whom they invite, where they are invited, where they went in and out."""

from __future__ import annotations

from typing import Any, Final

from citizen_app.toolkit.people import calling_citizen
from citizen_app.toolkit.web import CITIZEN, Page, PageQuerySchema, service_blueprint

from .. import queries
from ..manifest import SERVICE
from ..models import PassClaim, PassInvitation, PassPassage
from ..operations import claims, hosting
from ..operations.invitations import Wanted
from ..queries import mine as own
from ..queries.views import Invited, Seen
from ..schemas.claims import ClaimPageSchema, ClaimSchema, NewClaimSchema
from ..schemas.desk import MyPassageQuerySchema, PassagePageSchema
from ..schemas.people import (
    InvitationPageSchema,
    InvitationSchema,
    MyPlacesSchema,
    NewInvitationSchema,
    VisitPageSchema,
)
from ..schemas.places import ListedPlacePageSchema, PlaceQuerySchema
from ..snapshot import Place

mine = service_blueprint(SERVICE.id, "mine", CITIZEN, "The citizen's own places, guests and passages")
BLUEPRINTS: Final = (mine,)


@mine.route("/places", methods=["GET"])
@mine.arguments(PlaceQuerySchema, location="query")
@mine.response(200, ListedPlacePageSchema)
def find_places(asked: dict[str, Any]) -> Page[Place]:
    """Places that take applications, by a part of the name."""
    return own.places_to_join(asked["q"], asked["limit"], asked["cursor"])


@mine.route("/my/places", methods=["GET"])
@mine.response(200, MyPlacesSchema)
def my_places() -> dict[str, Any]:
    """Where I belong, and as what."""
    return {"items": own.places_of(calling_citizen(SERVICE.id))}


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
    place = hosting.place_or_404(body.pop("place_id"))
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
    return own.guests_of(calling_citizen(SERVICE.id), **asked)


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
    place_id, invitation_id = body.pop("place_id"), body.pop("invitation_id")
    return hosting.invite_to(calling_citizen(SERVICE.id), place_id, invitation_id, Wanted(**body))


@mine.route("/my/invitations/<id:invitation_id>/revoke", methods=["POST"])
@mine.response(200, InvitationSchema)
def revoke_invitation(invitation_id: str) -> PassInvitation:
    """End an invitation; the gate knows at the next scan."""
    return hosting.end(calling_citizen(SERVICE.id), invitation_id)


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
