"""Guests of a host: invited by phone number or by document, let in by their own code, for a window of
time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from citizen_app.toolkit.commands import audit
from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import lock_row, session
from citizen_app.toolkit.people import KnownBy
from citizen_app.toolkit.time import now
from citizen_app.toolkit.usage import Channel
from citizen_app.toolkit.web import Problem, invalid_input

from ..manifest import SERVICE
from ..models import PassInvitation, PassMember
from ..snapshot import Place
from .finding import stands
from .noting import invitation_ended

FURTHEST: Final = timedelta(days=90)
NOT_HERE: Final = Text("该处不允许您邀请访客。", "You may not invite guests here.")
ENDS_LATER: Final = Text("应晚于开始时间，且在将来", "must lie after the start, and in the future")
TOO_FAR: Final = Text("至多提前 {days} 天", "at most {days} days ahead")
TOO_LONG: Final = Text("至多在开始之后 {hours} 小时", "at most {hours} hours after the start")
ENOUGH: Final = Text("有效的邀请已达上限。", "You have as many open invitations as this place allows.")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a host asks for. `entries` None is as often as wanted."""

    known_by: KnownBy
    guest: str
    purpose: str
    starts_at: datetime
    ends_at: datetime
    entries: int | None = 1
    plate: str | None = None

    def is_as(self, made: PassInvitation) -> bool:
        """Whether this is the invitation that was made."""
        return (
            made.contact_ref == self.known_by.contact_ref(SERVICE.id)
            and made.identity_ref == self.known_by.identity_ref(SERVICE.id)
            and (made.guest, made.purpose, made.plate) == (self.guest, self.purpose, self.plate)
            and (made.starts_at, made.ends_at) == (self.starts_at, self.ends_at)
            and made.entries_allowed == self.entries
        )


def invite(place: Place, host: PassMember, invitation_id: str, wanted: Wanted) -> tuple[PassInvitation, bool]:
    """Invite a guest; `host` is held. Once more under the same id gives the invitation that stands, and
    False.

    Raises a 422 for what the place's policy does not allow and for an id that was used otherwise, a 409 when
    there are too many.
    """
    before = session().get(PassInvitation, invitation_id)
    if before is not None:
        if before.host_id != host.id or not wanted.is_as(before):
            raise Problem("idempotency-conflict")
        return before, False
    _check(place, host, wanted)
    made = PassInvitation(
        id=invitation_id,
        place_id=place.id,
        host_id=host.id,
        contact_ref=wanted.known_by.contact_ref(SERVICE.id),
        identity_ref=wanted.known_by.identity_ref(SERVICE.id),
        guest=wanted.guest,
        phone_hint=wanted.known_by.masked_phone,
        document_hint=wanted.known_by.masked_document,
        purpose=wanted.purpose,
        plate=wanted.plate,
        starts_at=wanted.starts_at,
        ends_at=wanted.ends_at,
        entries_allowed=wanted.entries,
        entries_used=0,
        created_at=now(),
    )
    try:
        with session().begin_nested():
            session().add(made)
    except IntegrityError as taken:
        raise Problem("idempotency-conflict") from taken
    return made, True


def _check(place: Place, host: PassMember, wanted: Wanted) -> None:
    moment = now()
    if place.closed or not may_invite(place, host):
        raise Problem("conflict", NOT_HERE)
    if wanted.ends_at <= max(wanted.starts_at, moment):
        raise invalid_input("/ends_at", ENDS_LATER)
    if wanted.starts_at > moment + FURTHEST:
        raise invalid_input("/starts_at", TOO_FAR.fill(days=FURTHEST.days))
    if wanted.ends_at - wanted.starts_at > timedelta(hours=place.policy.longest_visit_hours):
        raise invalid_input("/ends_at", TOO_LONG.fill(hours=place.policy.longest_visit_hours))
    standing = select(func.count()).where(
        PassInvitation.host_id == host.id,
        PassInvitation.revoked_at.is_(None),
        PassInvitation.ends_at > moment,
    )
    if (session().scalar(standing) or 0) >= place.policy.guests_per_host:
        raise Problem("conflict", ENOUGH)


def may_invite(place: Place, member: PassMember) -> bool:
    """Whether the place lets this member invite now."""
    allowed = {"members": True, "managers": member.role == "manager", "nobody": False}
    return allowed[place.policy.inviters] and stands(member, now())


def revoke(invitation: PassInvitation, host_ref: str | None, channel: Channel) -> PassInvitation:
    """End an invitation; works at the next scan. Once more changes nothing. `host_ref` is the host's, where
    they were met."""
    if invitation.revoked_at is None:
        invitation.revoked_at = now()
        session().flush()
        invitation_ended(invitation, host_ref, channel)
    return invitation


def revoke_at(place_id: str, invitation_id: str, by: str, channel: Channel) -> PassInvitation:
    """End an invitation for its host, at the desk of the place. Raises a 404."""
    found = lock_row(PassInvitation, invitation_id)
    if found is None or found.place_id != place_id:
        raise Problem("not-found")
    audit("pass.revoke_invitation", "pass_invitation", found.id, place=place_id, by=by)
    return revoke(found, session().get_one(PassMember, found.host_id).citizen_ref, channel)
