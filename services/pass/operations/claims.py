"""Citizens who say that they belong to a place, and what its managers decide."""

from __future__ import annotations

from typing import Final

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from citizen_app.toolkit.commands import audit
from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import lock_row, new_id, session
from citizen_app.toolkit.people import lock_caller
from citizen_app.toolkit.scan import CitizenView
from citizen_app.toolkit.time import now
from citizen_app.toolkit.usage import Channel
from citizen_app.toolkit.web import Problem

from ..models import PassClaim, PassMember
from ..snapshot import Place
from . import noting
from .members import IS_REVOKED, hold_list, listed_under

MOST_WAITING: Final = 10
NO_CLAIMS: Final = Text("该处不接受在线申请。", "This place takes no applications online.")
WAITING_ALREADY: Final = Text("您在该处已有待审核的申请。", "You have an application waiting there.")
TOO_MANY: Final = Text("待审核的申请过多。", "Too many applications are waiting.")
DECIDED: Final = Text("该申请已处理。", "This application has been decided.")


def claim(
    citizen: CitizenView, place: Place, *, role: str, unit: str, name: str, phone_hint: str | None
) -> PassClaim:
    """Apply to a place. Raises a 409 where it takes no claims, or when one is waiting.

    The references kept find an entry of the list that is theirs; of several documents it is that for life.
    """
    if not place.policy.claims_allowed:
        raise Problem("conflict", NO_CLAIMS)
    lock_caller()
    waiting = select(func.count()).where(PassClaim.citizen_ref == citizen.ref, PassClaim.status == "waiting")
    if (session().scalar(waiting) or 0) >= MOST_WAITING:
        raise Problem("conflict", TOO_MANY)
    made = PassClaim(
        id=new_id(),
        place_id=place.id,
        citizen_ref=citizen.ref,
        contact_ref=citizen.contact_ref,
        identity_ref=next(iter(citizen.identity_refs), None),
        role=role,
        unit=unit,
        name=name,
        phone_hint=phone_hint,
        status="waiting",
        created_at=now(),
    )
    try:
        with session().begin_nested():
            session().add(made)
    except IntegrityError as taken:
        raise Problem("conflict", WAITING_ALREADY) from taken
    noting.applied(citizen, made)
    return made


def withdraw(citizen_ref: str, claim_id: str, channel: Channel = "app") -> None:
    """Take one's own claim back. Raises a 404, and a 409 when it was decided."""
    mine = lock_row(PassClaim, claim_id)
    if mine is None or mine.citizen_ref != citizen_ref:
        raise Problem("not-found")
    _decide(mine, "withdrawn", None)
    noting.withdrawn(mine, channel)


def approve(place_id: str, claim_id: str, by: str, channel: Channel) -> PassClaim:
    """Make the claimant a member. A list entry that names them becomes theirs. Raises 404 and 409."""
    waiting = _waiting(place_id, claim_id)
    _decide(waiting, "approved", None)
    hold_list(place_id)
    member, contact, identity = _entry_of(waiting)
    if member is not None and member.status != "active":
        raise Problem("conflict", IS_REVOKED)
    if member is None:
        member_id = new_id()
        member = PassMember(
            id=member_id,
            place_id=place_id,
            contact_ref=contact,
            identity_ref=identity,
            role=waiting.role,
            unit=waiting.unit,
            name=waiting.name,
            phone_hint=waiting.phone_hint,
            status="active",
            source="claim",
            created_at=now(),
        )
        session().add(member)
    member.citizen_ref = waiting.citizen_ref
    session().flush()
    audit("pass.approve_claim", "pass_claim", waiting.id, place=place_id, member=member.id, by=by)
    noting.decided(waiting, channel)
    return waiting


def refuse(place_id: str, claim_id: str, reason: str, by: str, channel: Channel) -> PassClaim:
    """Say no, and why. Raises 404 and 409."""
    waiting = _waiting(place_id, claim_id)
    _decide(waiting, "refused", reason)
    audit("pass.refuse_claim", "pass_claim", waiting.id, place=place_id, by=by)
    noting.decided(waiting, channel)
    return waiting


def _entry_of(claimed: PassClaim) -> tuple[PassMember | None, str | None, str | None]:
    """The entry of the list that is a claimant's, and their references as far as nobody else stands under
    them."""
    contact, identity = claimed.contact_ref, claimed.identity_ref
    bound = select(PassMember).where(
        PassMember.place_id == claimed.place_id, PassMember.citizen_ref == claimed.citizen_ref
    )
    listed = listed_under(claimed.place_id, contact, identity)
    named = [one for one in listed if one.citizen_ref is None and _names(one, contact, identity)]
    mine = session().scalars(bound.order_by(PassMember.id)).first() or next(iter(named), None)
    others = [one for one in listed if one is not mine]
    return (
        mine,
        None if contact in {one.contact_ref for one in others} else contact,
        None if identity in {one.identity_ref for one in others} else identity,
    )


def _names(listed: PassMember, contact: str | None, identity: str | None) -> bool:
    """As `finding.names`, of rows that were read."""
    if listed.identity_ref is not None and identity is not None:
        return listed.identity_ref == identity
    return contact is not None and listed.contact_ref == contact


def _waiting(place_id: str, claim_id: str) -> PassClaim:
    claimed = lock_row(PassClaim, claim_id)
    if claimed is None or claimed.place_id != place_id:
        raise Problem("not-found")
    return claimed


def _decide(claimed: PassClaim, status: str, reason: str | None) -> None:
    if claimed.status != "waiting":
        raise Problem("conflict", DECIDED)
    claimed.status, claimed.reason, claimed.decided_at = status, reason, now()
    session().flush()
