"""Finding by which right somebody is here: by the reference of the person; only if that does not do, by that
of their phone; and only if that does not either, by those of their documents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, or_, select

from citizen_app.toolkit.data import guarded_update, session
from citizen_app.toolkit.scan import CitizenView
from citizen_app.toolkit.time import now

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


Kind = type[PassMember] | type[PassInvitation]
Entry = tuple[Right, PassMember | None, PassInvitation | None, PassMember | None]
"""A right with the rows behind it: the member, or the guest and their host."""


def find(citizen: CitizenView, place: Place, moment: datetime) -> Found:
    """By which right the citizen may enter a place at a moment. What is not needed to say it is not asked:
    a document only where they would be refused."""
    found = _look(place, moment, lambda model: model.citizen_ref == citizen.ref)
    if isinstance(found.verdict, Right) and found.verdict.group != "anyone":
        return found
    contact = citizen.contact_ref
    if contact is not None:
        found = _look(place, moment, lambda model: _is(model, citizen.ref, _names_phone(model, contact)))
    if isinstance(found.verdict, Right):
        return found
    documents = citizen.identity_refs
    if not documents and contact is None:
        return found
    return _look(place, moment, lambda model: is_of(model, citizen))


def bind(found: Found, citizen_ref: str) -> bool:
    """Tie the row that lets a citizen in to the person, so that the number passes nobody else in later; False
    if it has been tied to somebody else since it was read."""
    for row in (found.member, found.invitation):
        if row is not None and row.citizen_ref is None:
            kind = type(row)
            free_or_mine = or_(kind.citizen_ref.is_(None), kind.citizen_ref == citizen_ref)
            tied = guarded_update(kind, kind.id == row.id, free_or_mine, citizen_ref=citizen_ref)
            if tied is None:
                return False
    return True


def is_of(model: Kind, citizen: CitizenView) -> ColumnElement[bool]:
    """Rows that speak of a citizen: bound to the person, or not bound yet and naming them."""
    return _is(model, citizen.ref, names(model, citizen.contact_ref, citizen.identity_refs))


def names(model: Kind, contact: str | None, documents: Sequence[str]) -> ColumnElement[bool]:
    """Rows that name somebody by a document or by the phone. Where a row has both, the document decides, and
    the phone only for whoever has proved none: families share a phone, and phones change hands."""
    ways: list[ColumnElement[bool]] = []
    if contact is not None:
        ways.append(_names_phone(model, contact) if documents else model.contact_ref == contact)
    if documents:
        ways.append(model.identity_ref.in_(documents))
    return or_(false(), *ways)


def _names_phone(model: Kind, contact: str) -> ColumnElement[bool]:
    return and_(model.contact_ref == contact, model.identity_ref.is_(None))


def _is(model: Kind, citizen_ref: str, named: ColumnElement[bool]) -> ColumnElement[bool]:
    return or_(model.citizen_ref == citizen_ref, and_(model.citizen_ref.is_(None), named))


def _look(place: Place, moment: datetime, of: Callable[[Kind], ColumnElement[bool]]) -> Found:
    mine = select(PassMember).where(PassMember.place_id == place.id, of(PassMember))
    members = list(session().scalars(mine))
    rights: list[Entry] = [(_of_member(row), row, None, None) for row in members]
    if not any(_fault(place, right, moment) is None for right, *_ in rights):
        rights += [
            (_of_guest(row, host, moment), None, row, host)
            for row, host in session().execute(
                select(PassInvitation, PassMember)
                .join(PassMember, PassMember.id == PassInvitation.host_id)
                .where(PassInvitation.place_id == place.id, of(PassInvitation))
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


def manages(member: PassMember) -> bool:
    """Whether a member is a manager of the place now."""
    return member.role == "manager" and stands(member, now())
