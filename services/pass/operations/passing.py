"""Going in and out. Nobody is held inside, an emergency lets everybody through, and what happened offline is
written down as it was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import insert, or_, update

from citizen_app.toolkit.data import new_id, session, table_of
from citizen_app.toolkit.scan import Scan

from ..models import PassInvitation, PassMember, PassPassage
from ..snapshot import Gate, Place
from .accompanying import brought_by
from .finding import Found, bind, find
from .hours import Group
from .noting import guest_arrived
from .presence import NEVER, State, held, moved
from .rights import Basis, Right

INSERT_PASSAGE: Final = insert(table_of(PassPassage))
LINKS: Final = ("member_id", "invitation_id", "with_member_id", "with_invitation_id")


@dataclass(frozen=True, slots=True)
class Passed:
    """Through. `again` says that nothing new was written: the same person at the same gate a moment ago.

    `note` is what a guard or an operator should know of it: a detail code, or `no_entry` for somebody who
    leaves without having come. Of a companion the rows are those of who brings them.
    """

    basis: Basis
    inward: bool
    passage_id: str | None = None
    again: bool = False
    note: str | None = None
    member: PassMember | None = None
    invitation: PassInvitation | None = None
    host: PassMember | None = None
    entries_left: int | None = None


@dataclass(frozen=True, slots=True)
class Stopped:
    """Not through; `code` is the detail code, `group` whose opening hours apply."""

    code: str
    group: Group = "anyone"


def enter(scan: Scan, gate: Gate) -> Passed | Stopped:
    """Let the citizen in, or say why not. A late scan has happened already and is always recorded."""
    place, moment = gate.place, scan.occurred_at
    found = find(scan.citizen, place, moment)
    if place.emergency_at(moment):
        return _through(scan, gate, found, "emergency")
    fault = "place_closed" if place.closed else found.verdict if isinstance(found.verdict, str) else None
    company = None if fault is None else brought_by(scan, place, moment, fault)
    if company is not None:
        return _through(scan, gate, found, "companion", company=company)
    if fault == "invitation_used" and not scan.late:
        state = held(place.id, scan.citizen.ref, gate.id)
        if _just_now(state, True, gate, scan):
            return Passed("guest", True, again=True, invitation=found.invitation, host=found.host)
    if fault is not None:
        return _through(scan, gate, found, "none", fault) if scan.late else Stopped(fault, _group_of(found))
    assert isinstance(found.verdict, Right)
    return _through(scan, gate, found, found.verdict.group)


def leave(scan: Scan, gate: Gate) -> Passed:
    """Let the citizen out, whatever the books say."""
    place, moment = gate.place, scan.occurred_at
    state = held(place.id, scan.citizen.ref, gate.id)
    if _just_now(state, False, gate, scan):
        return Passed(_basis_of(state, place), False, again=True)
    note = None if state.inside or scan.late else "no_entry"
    basis: Basis = "emergency" if place.emergency_at(moment) else _basis_of(state, place)
    links = {name: getattr(state, name) for name in LINKS}
    passage_id = _record(scan, gate, state, False, basis, note, links)
    return Passed(basis, False, passage_id, note=note)


def _through(
    scan: Scan,
    gate: Gate,
    found: Found,
    basis: Basis,
    note: str | None = None,
    company: Found | None = None,
) -> Passed | Stopped:
    place, shown = gate.place, company or found
    state = held(place.id, scan.citizen.ref, gate.id)
    if _just_now(state, True, gate, scan):
        return Passed(
            basis, True, again=True, member=shown.member, invitation=shown.invitation, host=shown.host
        )
    inside = state.inside and place.policy.anti_passback != "off" and not scan.late
    if inside and place.policy.anti_passback == "hard" and basis != "emergency":
        return Stopped("already_inside")
    if inside:
        note = "already_inside"
    if basis in ("member", "guest") and not bind(found, scan.citizen.ref):
        return enter(scan, gate)  # somebody else has become this row's person since it was read
    entries_left = None
    counts = basis == "guest" or (basis == "companion" and place.policy.accompanied == "counted")
    if counts and shown.invitation is not None:
        used = _entries_used(shown.invitation, always=scan.late)
        if used is None:
            return Stopped("invitation_used")
        allowed = shown.invitation.entries_allowed
        entries_left = None if allowed is None else max(allowed - used, 0)
    links = _links(found) | _links(company, "with_")
    passage_id = _record(scan, gate, state, True, basis, note, links)
    if basis == "guest" and shown.invitation and shown.host and not scan.late:
        guest_arrived(shown.invitation, shown.host, scan.occurred_at)
    return Passed(
        basis, True, passage_id, False, note, shown.member, shown.invitation, shown.host, entries_left
    )


def _links(found: Found | None, prefix: str = "") -> dict[str, str | None]:
    member, invitation = (found.member, found.invitation) if found is not None else (None, None)
    return {
        f"{prefix}member_id": member.id if member else None,
        f"{prefix}invitation_id": invitation.id if invitation else None,
    }


def _group_of(found: Found) -> Group:
    return "member" if found.member else "guest" if found.invitation else "anyone"


def _entries_used(invitation: PassInvitation, *, always: bool) -> int | None:
    """Count an entry in one guarded statement; None when there was none left. What has happened counts
    `always`."""
    mine = [PassInvitation.id == invitation.id]
    if not always:
        left = or_(
            PassInvitation.entries_allowed.is_(None),
            PassInvitation.entries_used < PassInvitation.entries_allowed,
        )
        mine += [left, PassInvitation.revoked_at.is_(None)]
    return session().scalar(
        update(PassInvitation)
        .where(*mine)
        .values(entries_used=PassInvitation.entries_used + 1)
        .returning(PassInvitation.entries_used)
        .execution_options(synchronize_session=False)
    )


def _just_now(state: State, inward: bool, gate: Gate, scan: Scan) -> bool:
    """Whether this very passage has just been counted: the barrier was slow, the code was shown once more."""
    window = timedelta(seconds=scan.settings["repeat_seconds"])
    same = state.inside == inward and state.gate_id == gate.id and state.since != NEVER
    return bool(window) and same and not scan.late and abs(scan.occurred_at - state.since) < window


def _basis_of(state: State, place: Place) -> Basis:
    if state.with_member_id is not None or state.with_invitation_id is not None:
        return "companion"
    if state.member_id is not None:
        return "member"
    if state.invitation_id is not None:
        return "guest"
    return "anyone" if place.policy.admits == "anyone" else "none"


def _record(
    scan: Scan, gate: Gate, state: State, inward: bool, basis: Basis, note: str | None, links: dict[str, Any]
) -> str | None:
    """Write the passage down, unless the place would have forgotten it by now."""
    if scan.occurred_at < oldest_kept(gate.place, scan.received_at):
        return None
    passage_id = new_id()
    values = {
        "id": passage_id,
        "place_id": gate.place.id,
        "gate_id": gate.id,
        "citizen_ref": scan.citizen.ref,
        "inward": inward,
        "basis": _as_stored(basis, links),
        "note": note,
        "late": scan.late,
        "occurred_at": scan.occurred_at,
        **links,
    }
    session().execute(INSERT_PASSAGE, values)
    moved(state, inward, scan.occurred_at, gate.id, **links)
    return passage_id


def _as_stored(basis: Basis, links: dict[str, Any]) -> Basis:
    """The right by which a companion passed is that of who brings them; the version before knows no other
    words."""
    if basis != "companion":
        return basis
    return "member" if links["with_member_id"] is not None else "guest"


def oldest_kept(place: Place, now: datetime) -> datetime:
    """What happened before this is no longer kept."""
    return now - timedelta(days=place.trail_days)
