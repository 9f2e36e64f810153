"""The desk of a place: who belongs to it, who is inside, emergencies. One desk with two doors: for managers
of the place, who are citizens, and for operators of the service.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import Any

from flask import Response

from citizen_app.toolkit.web import Blueprint, Page, PageQuerySchema, language

from .. import queries
from ..models import PassClaim, PassEmergency, PassMember, PassPresence
from ..operations import claims, emergencies, invitations, members, reading
from ..operations.reading import Reader, refs_of, refs_of_invitation, refs_of_seen
from ..queries.views import Invited, Seen, by_unit
from ..schemas.claims import ClaimPageSchema, ClaimQuerySchema, ClaimSchema, RefusalSchema
from ..schemas.desk import (
    EmergencySchema,
    MusterEntrySchema,
    MusterPageSchema,
    NewEmergencySchema,
    PresencePageSchema,
)
from ..schemas.people import (
    ExpectedPageSchema,
    ExpectedSchema,
    MemberPageSchema,
    MemberQuerySchema,
    MemberSchema,
)
from ..snapshot import title_of_place
from .muster_sheet import printed, printed_pdf

Door = Callable[[str], Reader]
"""Whether the caller may act for the place of that id, and who it is; raises a 404 otherwise."""


def open_desk(blueprint: Blueprint, prefix: str, door: Door) -> None:
    """Put the desk's routes under a prefix that ends with `<id:place_id>`."""
    _members(blueprint, prefix, door)
    _claims(blueprint, prefix, door)
    _guests(blueprint, prefix, door)
    _emergencies(blueprint, prefix, door)
    _muster(blueprint, prefix, door)


def _members(blueprint: Blueprint, prefix: str, door: Door) -> None:
    @blueprint.route(f"{prefix}/members", methods=["GET"])
    @blueprint.arguments(MemberQuerySchema, location="query")
    @blueprint.response(200, MemberPageSchema)
    def list_members(asked: dict[str, Any], place_id: str) -> Page[PassMember]:
        """Who belongs to the place, newest first."""
        reader = door(place_id)
        found = queries.members_page(place_id, **asked)
        reader.sees(chain.from_iterable(map(refs_of, found.items)), reading.MEMBERS, "read_members")
        return found

    for action, summary in (
        ("suspend", "Suspend a member: no entry until restored."),
        ("revoke", "Revoke a member, and with them their guests; works at the next scan."),
        ("restore", "Restore a member."),
    ):

        def change_standing(place_id: str, member_id: str, action: str = action) -> PassMember:
            reader = door(place_id)
            member = members.member_or_404(place_id, member_id, hold=True)
            members.set_standing(member, action, reader.by, reader.channel)
            reader.sees(refs_of(member), reading.MEMBER, "read_member")
            return member

        change_standing.__doc__ = summary
        change_standing.__name__ = f"{action}_member"
        answering = blueprint.response(200, MemberSchema)(change_standing)
        blueprint.route(f"{prefix}/members/<id:member_id>/{action}", methods=["POST"])(answering)


def _claims(blueprint: Blueprint, prefix: str, door: Door) -> None:
    @blueprint.route(f"{prefix}/claims", methods=["GET"])
    @blueprint.arguments(ClaimQuerySchema, location="query")
    @blueprint.response(200, ClaimPageSchema)
    def list_claims(asked: dict[str, Any], place_id: str) -> Page[PassClaim]:
        """Applications to the place, newest first."""
        reader = door(place_id)
        found = queries.claims_page(place_id, **asked)
        reader.sees((row.citizen_ref for row in found.items), reading.CLAIMS, "read_claims")
        return found

    @blueprint.route(f"{prefix}/claims/<id:claim_id>/approve", methods=["POST"])
    @blueprint.response(200, ClaimSchema)
    @blueprint.alt_response(409)
    def approve_claim(place_id: str, claim_id: str) -> PassClaim:
        """Make the applicant a member."""
        reader = door(place_id)
        decided = claims.approve(place_id, claim_id, by=reader.by, channel=reader.channel)
        reader.sees([decided.citizen_ref], reading.CLAIM, "read_claim")
        return decided

    @blueprint.route(f"{prefix}/claims/<id:claim_id>/refuse", methods=["POST"])
    @blueprint.arguments(RefusalSchema)
    @blueprint.response(200, ClaimSchema)
    @blueprint.alt_response(409)
    def refuse_claim(body: dict[str, Any], place_id: str, claim_id: str) -> PassClaim:
        """Say no to an application, and why."""
        reader = door(place_id)
        decided = claims.refuse(place_id, claim_id, **body, by=reader.by, channel=reader.channel)
        reader.sees([decided.citizen_ref], reading.CLAIM, "read_claim")
        return decided


def _guests(blueprint: Blueprint, prefix: str, door: Door) -> None:
    @blueprint.route(f"{prefix}/invitations", methods=["GET"])
    @blueprint.arguments(PageQuerySchema, location="query")
    @blueprint.response(200, ExpectedPageSchema)
    def list_invitations(asked: dict[str, Any], place_id: str) -> Page[Invited]:
        """Who is invited to the place, newest first."""
        reader = door(place_id)
        found = queries.invitations_to(place_id, **asked)
        refs = chain.from_iterable(refs_of_invitation(one.invitation, one.host) for one in found.items)
        reader.sees(refs, reading.INVITATIONS, "read_invitations")
        return found

    @blueprint.route(f"{prefix}/invitations/<id:invitation_id>/revoke", methods=["POST"])
    @blueprint.response(200, ExpectedSchema)
    def revoke_invitation(place_id: str, invitation_id: str) -> Invited:
        """End an invitation for its host; works at the next scan."""
        reader = door(place_id)
        ended = invitations.revoke_at(place_id, invitation_id, by=reader.by, channel=reader.channel)
        host = members.member_or_404(place_id, ended.host_id)
        reader.sees(refs_of_invitation(ended, host), reading.INVITATION, "read_invitation")
        return Invited(ended, host)


def _emergencies(blueprint: Blueprint, prefix: str, door: Door) -> None:
    @blueprint.route(f"{prefix}/emergency", methods=["GET"])
    @blueprint.response(200, EmergencySchema)
    def show_emergency(place_id: str) -> PassEmergency:
        """The newest emergency, open or over; 404 when there never was one."""
        door(place_id)
        return emergencies.latest_or_404(place_id)

    @blueprint.route(f"{prefix}/emergency", methods=["POST"])
    @blueprint.arguments(NewEmergencySchema)
    @blueprint.response(201, EmergencySchema)
    @blueprint.alt_response(409)
    def open_emergency(body: dict[str, Any], place_id: str) -> PassEmergency:
        """Open every gate to everybody now; ends by itself. Who passes is still written down."""
        return emergencies.open_all(place_id, **body, by=door(place_id).by)

    @blueprint.route(f"{prefix}/emergency/end", methods=["POST"])
    @blueprint.response(200, EmergencySchema)
    @blueprint.alt_response(409)
    def end_emergency(place_id: str) -> PassEmergency:
        """Close the gates again."""
        return emergencies.end(place_id, by=door(place_id).by)


def _muster(blueprint: Blueprint, prefix: str, door: Door) -> None:
    @blueprint.route(f"{prefix}/presence", methods=["GET"])
    @blueprint.arguments(PageQuerySchema, location="query")
    @blueprint.response(200, PresencePageSchema)
    def list_present(asked: dict[str, Any], place_id: str) -> Page[Seen[PassPresence]]:
        """Who is inside."""
        reader = door(place_id)
        found = queries.present_page(place_id, **asked)
        reader.sees(chain.from_iterable(map(refs_of_seen, found.items)), reading.PRESENCE, "read_presence")
        return found

    @blueprint.route(f"{prefix}/muster", methods=["GET"])
    @blueprint.arguments(PageQuerySchema, location="query")
    @blueprint.response(200, MusterPageSchema)
    def muster(asked: dict[str, Any], place_id: str) -> dict[str, Any]:
        """Everybody who was inside when the newest emergency began or came since: missing, accounted for, or
        gone through a gate."""
        reader = door(place_id)
        emergency = emergencies.latest_or_404(place_id)
        found = queries.muster_page(emergency, **asked)
        reader.sees(chain.from_iterable(map(refs_of_seen, found.items)), reading.MUSTER, "read_muster")
        return {
            "emergency": emergency,
            "missing": queries.missing_count(emergency),
            "items": found.items,
            "next_cursor": found.next_cursor,
        }

    @blueprint.route(f"{prefix}/muster/sheet", methods=["GET"])
    @blueprint.response(
        200, content_type="text/plain", description="The list on paper, a box before each name."
    )
    def muster_sheet(place_id: str) -> Response:
        """The muster list as a sheet to print and tick off."""
        reader = door(place_id)
        rows = sorted(queries.muster_rows(emergencies.latest_or_404(place_id)), key=by_unit)
        reader.sees(chain.from_iterable(map(refs_of_seen, rows)), reading.MUSTER_SHEET, "print_muster")
        entries = MusterEntrySchema().dump(rows, many=True)
        return Response(printed(title_of_place(place_id), entries, language()), mimetype="text/plain")

    @blueprint.route(f"{prefix}/muster/sheet.pdf", methods=["GET"])
    @blueprint.response(
        200, content_type="application/pdf", description="The list on paper, a box before each name."
    )
    def muster_pdf(place_id: str) -> Response:
        """The muster list as a PDF to print and tick off."""
        reader = door(place_id)
        rows = sorted(queries.muster_rows(emergencies.latest_or_404(place_id)), key=by_unit)
        reader.sees(chain.from_iterable(map(refs_of_seen, rows)), reading.MUSTER_SHEET, "print_muster")
        entries = MusterEntrySchema().dump(rows, many=True)
        return Response(
            printed_pdf(title_of_place(place_id), entries, language()), mimetype="application/pdf"
        )

    @blueprint.route(f"{prefix}/muster/<id:person_id>", methods=["POST"])
    @blueprint.response(204)
    def account_for(place_id: str, person_id: str) -> None:
        """Somebody has been found safe."""
        by = door(place_id).by
        emergencies.account_for(emergencies.latest_or_404(place_id), person_id, by)
