"""Finding by which right somebody is here: by the reference of the person, and only if that does not do, by
that of their number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update

from citizen_app.toolkit.data import session
from citizen_app.toolkit.scan import CitizenView

from ..models import PassInvitation, PassMember
from ..snapshot import Place
from .rights import Right, choose, fault_of


@dataclass(frozen=True, slots=True)
class Found:
    """What the books say: the right that holds or the reason why none does, and the rows that speak of the
    person."""

    verdict: Right | str
    member: PassMember | None = None
    invitation: PassInvitation | None = None
    host: PassMember | None = None


Entry = tuple[Right, PassMember | None, PassInvitation | None, PassMember | None]
"""A right with the rows behind it: the member, or the guest and their host."""


def find(citizen: CitizenView, place: Place, moment: datetime) -> Found:
    """By which right the citizen may enter a place at a moment."""
    by_ref = _look(
        place, moment, PassMember.citizen_ref == citizen.ref, PassInvitation.citizen_ref == citizen.ref
    )
    if isinstance(by_ref.verdict, Right) and by_ref.verdict.group != "anyone":
        return by_ref
    contact = citizen.contact_ref  # None: only people met before are known
    if contact is None:
        return by_ref
    return _look(
        place, moment, _is(PassMember, citizen.ref, contact), _is(PassInvitation, citizen.ref, contact)
    )


def bind(found: Found, citizen_ref: str) -> None:
    """Tie the row that let the citizen in to the person, so that the number passes nobody else in later."""
    for row in (found.member, found.invitation):
        if row is not None and row.citizen_ref is None:
            kind = type(row)
            session().execute(
                update(kind)
                .where(kind.id == row.id, kind.citizen_ref.is_(None))
                .values(citizen_ref=citizen_ref)
            )


def is_of(model: type[PassMember] | type[PassInvitation], citizen: CitizenView) -> ColumnElement[bool]:
    """Rows that speak of a citizen: bound to the person, or not bound yet and for their number."""
    contact = citizen.contact_ref  # None: only people met before are known
    return model.citizen_ref == citizen.ref if contact is None else _is(model, citizen.ref, contact)


def _is(
    model: type[PassMember] | type[PassInvitation], citizen_ref: str, contact: str
) -> ColumnElement[bool]:
    unbound = and_(model.citizen_ref.is_(None), model.contact_ref == contact)
    return or_(model.citizen_ref == citizen_ref, unbound)


def _look(place: Place, moment: datetime, of_member: Any, of_guest: Any) -> Found:
    members = list(session().scalars(select(PassMember).where(PassMember.place_id == place.id, of_member)))
    rights: list[Entry] = [(_of_member(row), row, None, None) for row in members]
    if not any(_fault(place, right, moment) is None for right, *_ in rights):
        rights += [
            (_of_guest(row, host, moment), None, row, host)
            for row, host in session().execute(
                select(PassInvitation, PassMember)
                .join(PassMember, PassMember.id == PassInvitation.host_id)
                .where(PassInvitation.place_id == place.id, of_guest)
                .order_by(PassInvitation.ends_at.desc())
                .limit(20)
            )
        ]
    if place.policy.admits == "anyone":
        rights.append((Right("anyone"), None, None, None))
    chosen = choose([(right, _fault(place, right, moment)) for right, *_ in rights])
    for right, member, invitation, host in rights:
        if right is chosen:
            return Found(chosen, member, invitation, host)
    known = next(((m, i, h) for _, m, i, h in rights if m or i), (None, None, None))
    return Found(chosen, *known)


def _fault(place: Place, right: Right, moment: datetime) -> str | None:
    return fault_of(right, moment, place.open_to(right.group, moment))


def _of_member(row: PassMember) -> Right:
    return Right("member", row.id, row.valid_from, row.valid_until, row.status)


def _of_guest(row: PassInvitation, host: PassMember, moment: datetime) -> Right:
    used_up = row.entries_allowed is not None and row.entries_used >= row.entries_allowed
    return Right(
        "guest",
        row.id,
        row.starts_at,
        row.ends_at,
        "active" if row.revoked_at is None or moment < row.revoked_at else "revoked",
        used_up,
        stands(host, moment),
    )


def stands(member: PassMember, moment: datetime) -> bool:
    """Whether a membership is in force at a moment, whatever the hour."""
    return fault_of(_of_member(member), moment, True) is None
