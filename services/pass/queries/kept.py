"""All that is kept of one person, as their copy has it. Others stand in it as the pages show them: hosts not
at all, guests with a name partly hidden."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import select

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.rights import CitizenView, Kept, rows_of

from ..models import PassClaim, PassInvitation, PassMember, PassPassage, PassPresence
from ..operations.finding import is_of
from ..snapshot import title_of_place

OF_OTHERS: Final = (
    "gate_id",
    "host_id",
    "member_id",
    "invitation_id",
    "with_member_id",
    "with_invitation_id",
)


def _place(row: Any) -> Text:
    return title_of_place(row.place_id)


def kept_of(citizen: CitizenView) -> Sequence[Kept]:
    """Memberships, applications, visits, guests, the trail, and where they were last seen."""
    members = select(PassMember.id).where(is_of(PassMember, citizen))
    is_guest = is_of(PassInvitation, citizen)
    return [
        Kept(
            "memberships",
            Text("在名单内", "Lists"),
            rows_of(PassMember, is_of(PassMember, citizen), omit=("place_id",), place=_place),
        ),
        Kept(
            "applications",
            Text("申请", "Applications"),
            rows_of(PassClaim, PassClaim.citizen_ref == citizen.ref, omit=("place_id",), place=_place),
        ),
        Kept(
            "visits",
            Text("受邀到访", "Invitations to me"),
            rows_of(PassInvitation, is_guest, omit=("place_id", *OF_OTHERS), place=_place),
        ),
        Kept(
            "guests",
            Text("我的客人", "My guests"),
            rows_of(
                PassInvitation,
                PassInvitation.host_id.in_(members) & ~is_guest,
                omit=("place_id", *OF_OTHERS),
                place=_place,
                guest=lambda row: row.masked_guest,
            ),
        ),
        Kept(
            "passages",
            Text("进出记录", "Passages"),
            rows_of(
                PassPassage,
                PassPassage.citizen_ref == citizen.ref,
                omit=("place_id", *OF_OTHERS),
                place=_place,
                told_basis=lambda row: row.told_basis,
            ),
        ),
        Kept(
            "last_seen",
            Text("最近在哪里", "Where I was last seen"),
            rows_of(
                PassPresence,
                PassPresence.citizen_ref == citizen.ref,
                omit=("place_id", *OF_OTHERS),
                place=_place,
            ),
        ),
    ]
