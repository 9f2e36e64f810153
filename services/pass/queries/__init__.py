"""Reads: lists in pages, who is inside, the trail, counts."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from citizen_app.toolkit.data import session
from citizen_app.toolkit.scan import CitizenView
from citizen_app.toolkit.time import city_zone
from citizen_app.toolkit.web import Page, page, page_of_matching, page_of_rows

from ..models import (
    PassAccounted,
    PassClaim,
    PassEmergency,
    PassInvitation,
    PassMember,
    PassPassage,
    PassPlace,
    PassPresence,
)
from ..operations.finding import is_of
from .views import Invited, Seen

MOST_PLACES_OF_ONE: Final = 100
PRINTED_PER_READ: Final = 500
HOST: Final = aliased(PassMember)
WITH_MEMBER: Final = aliased(PassMember)
WITH_GUEST: Final = aliased(PassInvitation)
WITH_HOST: Final = aliased(PassMember)
BROUGHT: Final = or_(PassPassage.with_member_id.is_not(None), PassPassage.with_invitation_id.is_not(None))
BASIS: Final = case((BROUGHT, "companion"), else_=PassPassage.basis).label("basis")


def place_page(
    words: str, limit: int, cursor: str | None, among: Collection[str] | None = None
) -> Page[PassPlace]:
    """Places by a part of their name, newest first; only those of the ids `among`, where they are given."""
    found = select(PassPlace)
    if among is not None:
        found = found.where(PassPlace.id.in_(among))
    if words:
        found = found.where(
            or_(
                *(
                    func.lower(n).contains(words.lower(), autoescape=True)
                    for n in (PassPlace.name_zh, PassPlace.name_en)
                )
            )
        )
    return page(found, PassPlace.id, limit, cursor)


def members_page(
    place_id: str, *, status: str | None, role: str | None, unit: str, limit: int, cursor: str | None
) -> Page[PassMember]:
    """Members of a place."""
    found = select(PassMember).where(PassMember.place_id == place_id)
    if status is not None:
        found = found.where(PassMember.status == status)
    if role is not None:
        found = found.where(PassMember.role == role)
    if not unit:
        return page(found, PassMember.id, limit, cursor)
    wanted = unit.casefold()
    return page_of_matching(
        found, PassMember.id, limit, cursor, lambda member: wanted in (member.unit or "").casefold()
    )


def claims_page(place_id: str, status: str | None, limit: int, cursor: str | None) -> Page[PassClaim]:
    """Claims to a place."""
    found = select(PassClaim).where(PassClaim.place_id == place_id)
    if status is not None:
        found = found.where(PassClaim.status == status)
    return page(found, PassClaim.id, limit, cursor)


def claims_of(citizen_ref: str, limit: int, cursor: str | None) -> Page[PassClaim]:
    """A citizen's own claims."""
    return page(select(PassClaim).where(PassClaim.citizen_ref == citizen_ref), PassClaim.id, limit, cursor)


def memberships_of(citizen: CitizenView) -> list[PassMember]:
    """Where a citizen belongs: bound to them, or listed under their number and not bound yet."""
    found = select(PassMember).where(is_of(PassMember, citizen)).order_by(PassMember.id.desc())
    return list(session().scalars(found.limit(MOST_PLACES_OF_ONE)))


def membership_of(citizen: CitizenView, place_id: str) -> PassMember | None:
    """What a citizen is at one place; what is bound to the person goes before what is only their number's."""
    found = select(PassMember).where(PassMember.place_id == place_id, is_of(PassMember, citizen))
    return session().scalars(found.order_by(PassMember.citizen_ref.is_(None), PassMember.id)).first()


def invitations_by(host_ids: list[str], limit: int, cursor: str | None) -> Page[PassInvitation]:
    """The guests of a host."""
    found = select(PassInvitation).where(PassInvitation.host_id.in_(host_ids))
    return page(found, PassInvitation.id, limit, cursor)


def invitations_to(place_id: str, limit: int, cursor: str | None) -> Page[Invited]:
    """Who is invited to a place."""
    found = (
        select(PassInvitation, PassMember)
        .join(PassMember, PassMember.id == PassInvitation.host_id)
        .where(PassInvitation.place_id == place_id)
    )
    return page_of_rows(found, PassInvitation.id, limit, cursor).map(lambda row: Invited(row[0], row[1]))


def visits_of(citizen: CitizenView, limit: int, cursor: str | None) -> Page[Invited]:
    """Where a citizen is invited to."""
    found = (
        select(PassInvitation, PassMember)
        .join(PassMember, PassMember.id == PassInvitation.host_id)
        .where(is_of(PassInvitation, citizen))
    )
    return page_of_rows(found, PassInvitation.id, limit, cursor).map(lambda row: Invited(row[0], row[1]))


def passages_of(
    citizen_ref: str, place_id: str | None, limit: int, cursor: str | None
) -> Page[Seen[PassPassage]]:
    """A citizen's own passages."""
    found = select(PassPassage).where(PassPassage.citizen_ref == citizen_ref)
    if place_id is not None:
        found = found.where(PassPassage.place_id == place_id)
    return page(found, PassPassage.id, limit, cursor).map(Seen)


def trail(
    place_id: str,
    *,
    since: datetime | None,
    until: datetime | None,
    member_id: str | None,
    invitation_id: str | None,
    limit: int,
    cursor: str | None,
) -> Page[Seen[PassPassage]]:
    """The passages of a place."""
    found = _with_people(PassPassage).where(PassPassage.place_id == place_id)
    if since is not None:
        found = found.where(PassPassage.occurred_at >= since)
    if until is not None:
        found = found.where(PassPassage.occurred_at < until)
    if member_id is not None:
        mine = (PassPassage.member_id == member_id, PassPassage.with_member_id == member_id)
        found = found.where(or_(*mine))
    if invitation_id is not None:
        mine = (PassPassage.invitation_id == invitation_id, PassPassage.with_invitation_id == invitation_id)
        found = found.where(or_(*mine))
    return page_of_rows(found, PassPassage.id, limit, cursor).map(lambda row: Seen(*row[:7]))


def present_page(place_id: str, limit: int, cursor: str | None) -> Page[Seen[PassPresence]]:
    """The people inside."""
    found = _with_people(PassPresence).where(PassPresence.place_id == place_id, PassPresence.inside)
    return page_of_rows(found, PassPresence.id, limit, cursor).map(lambda row: Seen(*row[:7]))


def inside_count(place_id: str) -> int:
    """How many people are inside."""
    inside = select(func.count()).where(PassPresence.place_id == place_id, PassPresence.inside)
    return session().scalar(inside) or 0


def muster_page(emergency: PassEmergency, limit: int, cursor: str | None) -> Page[Seen[PassPresence]]:
    """Everybody to be accounted for."""
    found = page_of_rows(_muster(emergency), PassPresence.id, limit, cursor)
    return found.map(lambda row: Seen(*row[:8]))


def muster_rows(emergency: PassEmergency) -> Iterator[Seen[PassPresence]]:
    """The same as a whole, a slice at a time."""
    return _whole(_muster(emergency))


def present_rows(place_id: str) -> Iterator[Seen[PassPresence]]:
    """The people inside as a whole, a slice at a time."""
    return _whole(_with_people(PassPresence).where(PassPresence.place_id == place_id, PassPresence.inside))


def _whole(found: Select[*tuple[Any, ...]]) -> Iterator[Seen[PassPresence]]:
    last = ""
    while True:
        slice_ = found.order_by(PassPresence.id).limit(PRINTED_PER_READ)
        rows = session().execute(slice_.where(PassPresence.id > last) if last else slice_).all()
        yield from (Seen(*row) for row in rows)
        if len(rows) < PRINTED_PER_READ:
            return
        last = rows[-1][0].id


def person_at(place_id: str, person_id: str) -> Select[*tuple[Any, ...]]:
    """Somebody who is or was at a place, with whom it concerns."""
    return _with_people(PassPresence).where(PassPresence.place_id == place_id, PassPresence.id == person_id)


def missing_count(emergency: PassEmergency) -> int:
    """How many are inside and not accounted for."""
    marked = select(PassAccounted.person_id).where(PassAccounted.emergency_id == emergency.id)
    missing = select(func.count()).where(
        PassPresence.place_id == emergency.place_id, PassPresence.inside, PassPresence.id.not_in(marked)
    )
    return session().scalar(missing) or 0


def counts_by_day(place_id: str, first: date, last: date) -> list[dict[str, Any]]:
    """Passages by day of the city, direction and basis."""
    found = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        begins, ends = _midnight(day), _midnight(day + timedelta(days=1))
        rows = session().execute(
            select(PassPassage.inward, BASIS, func.count())
            .where(
                PassPassage.place_id == place_id,
                PassPassage.occurred_at >= begins,
                PassPassage.occurred_at < ends,
            )
            .group_by(PassPassage.inward, BASIS)
            .order_by(PassPassage.inward.desc(), BASIS)
        )
        found += [
            {"day": day, "direction": "in" if inward else "out", "basis": basis, "count": count}
            for inward, basis, count in rows
        ]
    return found


def _muster(emergency: PassEmergency) -> Select[*tuple[Any, ...]]:
    here = or_(PassPresence.inside, PassPresence.since >= emergency.opened_at)
    mark = and_(PassAccounted.person_id == PassPresence.id, PassAccounted.emergency_id == emergency.id)
    return (
        _with_people(PassPresence)
        .add_columns(PassAccounted.at)
        .outerjoin(PassAccounted, mark)
        .where(PassPresence.place_id == emergency.place_id, here)
    )


def _with_people(kind: type[PassPassage] | type[PassPresence]) -> Select[*tuple[Any, ...]]:
    """Rows of (`kind`, member, invitation, the guest's host), and the same three of who brought them."""
    return (
        select(kind, PassMember, PassInvitation, HOST, WITH_MEMBER, WITH_GUEST, WITH_HOST)
        .outerjoin(PassMember, PassMember.id == kind.member_id)
        .outerjoin(PassInvitation, PassInvitation.id == kind.invitation_id)
        .outerjoin(HOST, HOST.id == PassInvitation.host_id)
        .outerjoin(WITH_MEMBER, WITH_MEMBER.id == kind.with_member_id)
        .outerjoin(WITH_GUEST, WITH_GUEST.id == kind.with_invitation_id)
        .outerjoin(WITH_HOST, WITH_HOST.id == WITH_GUEST.host_id)
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=city_zone())
