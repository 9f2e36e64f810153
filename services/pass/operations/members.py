"""Who belongs to a place. Taking a right away works at the next scan: rights are read from the table, never
from memory."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import or_, select

from citizen_app.toolkit.commands import audit
from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import lock_row, new_id, session
from citizen_app.toolkit.people import KnownBy
from citizen_app.toolkit.time import now
from citizen_app.toolkit.usage import Channel
from citizen_app.toolkit.web import Problem

from ..manifest import SERVICE
from ..models import PassMember, PassPlace
from .noting import standing_changed

ON_THE_LIST: Final = Text(
    "该手机号或证件已在名单内。", "This phone number or document is on the list already."
)
IS_REVOKED: Final = Text(
    "此人已被撤销，请先恢复。", "This person has been revoked; restore them if that is meant."
)
IS_NOT: Final = Text("现状不允许这样更改。", "Not from the present state.")
STATUS_AFTER: Final = {"suspend": "suspended", "revoke": "revoked", "restore": "active"}


def add_member(
    place_id: str,
    known_by: KnownBy,
    *,
    role: str,
    unit: str,
    name: str | None,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> PassMember:
    """Put a person on the list by phone or by document. Raises a 409 when the number stands there."""
    contact, identity = known_by.contact_ref(SERVICE.id), known_by.identity_ref(SERVICE.id)
    hold_list(place_id)
    if listed_under(place_id, contact, identity):
        raise Problem("conflict", ON_THE_LIST)
    member_id = new_id()
    member = PassMember(
        id=member_id,
        place_id=place_id,
        contact_ref=contact,
        identity_ref=identity,
        role=role,
        unit=unit,
        name=name,
        phone_hint=known_by.masked_phone,
        document_hint=known_by.masked_document,
        status="active",
        source="list",
        valid_from=valid_from,
        valid_until=valid_until,
        created_at=now(),
    )
    session().add(member)
    session().flush()
    audit("pass.add_member", "pass_member", member_id, place=place_id, role=role)
    return member


def change_member(member: PassMember, changes: dict[str, Any]) -> PassMember:
    """Change role, unit, name or validity."""
    for field, value in changes.items():
        setattr(member, field, value)
    session().flush()
    standing_changed(member, "change", "desk")
    audit("pass.change_member", "pass_member", member.id, place=member.place_id, fields=sorted(changes))
    return member


def set_standing(member: PassMember, action: str, by: str, channel: Channel) -> PassMember:
    """`suspend`, `revoke` or `restore`; once more changes nothing."""
    status = STATUS_AFTER[action]
    if member.status != status:
        member.status = status
        member.revoked_at = now() if status == "revoked" else None
        session().flush()
        standing_changed(member, action, channel)
    audit(f"pass.{action}_member", "pass_member", member.id, place=member.place_id, by=by)
    return member


def hold_list(place_id: str) -> None:
    """Whoever adds to the list of a place holds the place, so that a number looked for and not found is still
    not there when it is added."""
    lock_row(PassPlace, place_id)


def listed_under(place_id: str, contact: str | None, identity: str | None) -> list[PassMember]:
    """Whoever stands on the list under the reference of a phone or of a document."""
    under = (PassMember.contact_ref == contact, PassMember.identity_ref == identity)
    given = [one for one, value in zip(under, (contact, identity), strict=True) if value is not None]
    if not given:
        return []
    found = select(PassMember).where(PassMember.place_id == place_id, or_(*given)).order_by(PassMember.id)
    return list(session().scalars(found))


def member_or_404(place_id: str, member_id: str, *, hold: bool = False) -> PassMember:
    """A member of that place; `hold` keeps the row until the end of the unit of work."""
    member = lock_row(PassMember, member_id) if hold else session().get(PassMember, member_id)
    if member is None or member.place_id != place_id:
        raise Problem("not-found")
    return member
