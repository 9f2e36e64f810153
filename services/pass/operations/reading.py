"""Who reads of people at a place, and what for: everybody who is shown finds it among the looks at them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.looks import looked
from citizen_app.toolkit.scan import CitizenView
from citizen_app.toolkit.usage import Channel
from citizen_app.toolkit.web import Problem

from .. import queries
from ..manifest import SERVICE
from ..models import PassInvitation, PassMember
from ..queries.views import Seen
from ..snapshot import title_of_place
from .finding import manages

MANAGER: Final = Text("“{place}”的管理人员", "A manager of {place}")
MEMBERS: Final = Text("查看“{place}”的成员名单", "Member list of {place}")
MEMBER: Final = Text("处理“{place}”的成员资格", "Your membership of {place} was dealt with")
CLAIMS: Final = Text("查看“{place}”的加入申请", "Applications to {place}")
CLAIM: Final = Text("处理“{place}”的加入申请", "Your application to {place} was dealt with")
INVITATIONS: Final = Text("查看“{place}”的访客邀请", "Invitations to {place}")
INVITATION: Final = Text("处理“{place}”的访客邀请", "An invitation to {place} was dealt with")
PRESENCE: Final = Text("查看此刻在“{place}”内的人员", "Who is inside {place} now")
PRESENCE_SHEET: Final = Text("查看此刻在“{place}”内的人员（打印）", "Who is inside {place} now (printed)")
MUSTER: Final = Text("“{place}”紧急情况的清点名单", "Muster list of an emergency at {place}")
MUSTER_SHEET: Final = Text("“{place}”紧急情况的清点名单（打印）", "Muster sheet of an emergency at {place}")


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody at the desk of a place. `by` is who that is in the place's books; `member_id` is a manager's
    own."""

    place_id: str
    by: str
    member_id: str | None = None

    @property
    def channel(self) -> Channel:
        """How they act: managers on their phone, operators at a desk."""
        return "desk" if self.member_id is None else "app"

    def sees(self, refs: Iterable[str], why: Text | str, action: str, **details: Any) -> None:
        """These people are shown to the reader, all in one look; `why` names the place, or is the reader's
        own words."""
        place = title_of_place(self.place_id)
        role = None
        if self.member_id is not None:
            role, details = MANAGER.fill(place=place), {"member": self.member_id, **details}
        reason = why.fill(place=place) if isinstance(why, Text) else why
        looked(SERVICE.id, refs, reason, of=("pass_place", self.place_id), by=role, action=action, **details)


def manager_of(citizen: CitizenView, place_id: str) -> Reader:
    """A citizen at the desk of a place that they manage. Raises a 404 for everybody else."""
    member = queries.membership_of(citizen, place_id)
    if member is None or not manages(member):
        raise Problem("not-found")
    return Reader(place_id, f"manager {member.id}", member.id)


def refs_of(row: PassMember | PassInvitation) -> tuple[str, ...]:
    """How the service knows somebody: by the person once they were met, by their phone, document or both
    before."""
    known_by = (row.citizen_ref,) if row.citizen_ref is not None else (row.contact_ref, row.identity_ref)
    return tuple(ref for ref in known_by if ref is not None)


def refs_of_seen(seen: Seen[Any]) -> tuple[str, ...]:
    """Somebody who passed or is inside, and who brought them in, whose name is told."""
    brought = [row for row in (seen.with_member, seen.with_invitation) if row is not None]
    return (seen.row.citizen_ref, *chain.from_iterable(map(refs_of, brought)))


def refs_of_invitation(invited: PassInvitation, host: PassMember) -> tuple[str, ...]:
    """The guest, and the host whose home is told."""
    return refs_of(invited) + refs_of(host)
