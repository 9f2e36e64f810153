"""What lists show together: a row with the people and places it concerns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

from citizen_app.toolkit.time import now

from ..models import PassGate, PassInvitation, PassMember, PassPassage, PassPresence, masked
from ..operations.finding import manages
from ..operations.invitations import may_invite
from ..snapshot import Place

Where = TypeVar("Where", PassPassage, PassPresence)
LAST: Final = "\uffff"
"""After every name and every unit."""


@dataclass(frozen=True, slots=True)
class GateWithKiosks:
    """A gate, and the ids of the kiosks that stand at it."""

    gate: PassGate
    kiosk_ids: list[str]


@dataclass(frozen=True, slots=True)
class Belonging:
    """A place of the citizen's own, and what they are there."""

    member: PassMember
    place: Place

    @property
    def may_invite(self) -> bool:
        """Whether they may invite guests there."""
        return not self.place.closed and may_invite(self.place, self.member)

    @property
    def managed(self) -> bool:
        """Whether they manage the place."""
        return manages(self.member)

    @property
    def emergency(self) -> bool:
        """Whether all gates are open to everybody."""
        return self.place.emergency_at(now()) is not None


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation with its host."""

    invitation: PassInvitation
    host: PassMember


@dataclass(frozen=True, slots=True)
class Seen(Generic[Where]):
    """Somebody who passed or is inside, with whom it concerns; a guest is to be looked for where their host
    is. `with_…` are the same of who brought them in.

    `marked_at` is when they were accounted for, on a muster list.
    """

    row: Where
    member: PassMember | None = None
    invitation: PassInvitation | None = None
    host: PassMember | None = None
    with_member: PassMember | None = None
    with_invitation: PassInvitation | None = None
    with_host: PassMember | None = None
    marked_at: datetime | None = None

    @property
    def name(self) -> str | None:
        """The whole name, as the books have it."""
        return _name(self.member, self.invitation)

    @property
    def accompanied_by(self) -> str | None:
        """The whole name of who brought them in."""
        return _name(self.with_member, self.with_invitation)

    @property
    def masked_accompanied_by(self) -> str | None:
        """That name, partly hidden."""
        return masked(self.accompanied_by)

    @property
    def masked_name(self) -> str | None:
        """The name, partly hidden."""
        return masked(self.name)

    @property
    def unit(self) -> str | None:
        """Where they belong, or where who brought them does."""
        places = (self.member, self.host, self.with_member, self.with_host)
        return next((one.unit for one in places if one is not None), None)

    @property
    def as_guest(self) -> bool:
        """Whether they came in as a guest."""
        row = self.row
        invited = row.invitation_id is not None or row.with_invitation_id is not None
        return row.member_id is None and row.with_member_id is None and invited

    @property
    def state(self) -> str:
        """On a muster list: missing, accounted, or left through a gate."""
        inside: Any = getattr(self.row, "inside", True)
        return "left" if not inside else "accounted" if self.marked_at is not None else "missing"


def by_unit(seen: Seen[PassPresence]) -> tuple[str, str, datetime]:
    """The order of a list on paper: by unit, then by name; whoever is not in the books last."""
    return seen.unit or LAST, seen.name or LAST, seen.row.since


def _name(member: PassMember | None, invitation: PassInvitation | None) -> str | None:
    if member is not None:
        return member.name
    return invitation.guest if invitation is not None else None
