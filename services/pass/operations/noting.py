"""What is done at a place without a scan stands in the log of whom it concerns: the host, the guest, whoever
applies or belongs there."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.notices import send
from citizen_app.toolkit.scan import CitizenView
from citizen_app.toolkit.time import city_zone
from citizen_app.toolkit.usage import Channel, note

from ..manifest import ROLE_TITLES, SERVICE
from ..models import PassClaim, PassInvitation, PassMember
from ..snapshot import title_of_place

GUEST: Final = Text("访客 {guest}", "Guest: {guest}")
WINDOW: Final = Text("{starts} 至 {ends}", "{starts} to {ends}")
ENDED: Final = Text("访客邀请已收回", "Invitation ended")
APPROVED: Final = Text("申请已通过", "Application approved")
REFUSED: Final = Text("申请未通过：{reason}", "Application refused: {reason}")
STANDING: Final = {
    "suspend": Text("通行权已暂停", "Pass suspended"),
    "revoke": Text("通行权已撤销", "Pass revoked"),
    "restore": Text("通行权已恢复", "Pass restored"),
    "change": Text("登记内容已更改", "What is registered was changed"),
}


def invited(host: CitizenView, invitation: PassInvitation) -> None:
    """The host has invited."""
    starts, ends = (_clock(moment) for moment in (invitation.starts_at, invitation.ends_at))
    lines = [
        title_of_place(invitation.place_id),
        GUEST.fill(guest=invitation.masked_guest or invitation.phone_hint),
        WINDOW.fill(starts=starts, ends=ends),
    ]
    note(SERVICE.id, host.ref, "invite", "app", lines, host.disclosed)


def invitation_ended(invitation: PassInvitation, host_ref: str | None, channel: Channel) -> None:
    """An invitation is over before its time; host and guest find it, as far as they were met."""
    place = title_of_place(invitation.place_id)
    of_host = GUEST.fill(guest=invitation.masked_guest or invitation.phone_hint)
    for ref, lines in ((host_ref, [place, of_host]), (invitation.citizen_ref, [place])):
        if ref is not None:
            note(SERVICE.id, ref, "end_invitation", channel, lines, title=ENDED)


def guest_arrived(invitation: PassInvitation, host: PassMember, at: datetime) -> None:
    """The host is told of a guest, once a day. Who it is stands in the city's own pages only."""
    if host.citizen_ref is not None:
        told = {"at": at, "place": title_of_place(invitation.place_id)}
        day = at.astimezone(city_zone()).date()
        send(SERVICE.id, host.citizen_ref, "guest_arrived", told, key=f"{invitation.id} {day}")


def applied(citizen: CitizenView, claim: PassClaim) -> None:
    """A citizen has applied."""
    lines = [title_of_place(claim.place_id), ROLE_TITLES[claim.role]]
    note(SERVICE.id, citizen.ref, "apply", "app", lines, citizen.disclosed)


def withdrawn(claim: PassClaim, channel: Channel) -> None:
    """The applicant has taken the application back."""
    note(SERVICE.id, claim.citizen_ref, "withdraw", channel, [title_of_place(claim.place_id)])


def decided(claim: PassClaim, channel: Channel) -> None:
    """The application was approved or refused."""
    title = APPROVED if claim.status == "approved" else REFUSED.fill(reason=claim.reason)
    note(SERVICE.id, claim.citizen_ref, "decide", channel, [title_of_place(claim.place_id)], title=title)


def standing_changed(member: PassMember, action: str, channel: Channel) -> None:
    """A membership was suspended, revoked, restored or changed."""
    if member.citizen_ref is not None:
        place, title = title_of_place(member.place_id), STANDING[action]
        note(SERVICE.id, member.citizen_ref, "membership", channel, [place], title=title)


def _clock(moment: datetime) -> str:
    return moment.astimezone(city_zone()).strftime("%m-%d %H:%M")
