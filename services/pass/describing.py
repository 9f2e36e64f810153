"""Rows as the API says them, in one language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import Row

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.people import masked_name
from citizen_app.toolkit.time import now, rfc3339

from .models import (
    PassClaim,
    PassEmergency,
    PassGate,
    PassInvitation,
    PassMember,
    PassPassage,
    PassPlace,
    PassPresence,
)
from .operations.invitations import may_invite
from .places import Place, books
from .words import BASIS_TITLES, KIND_TITLES, ROLE_TITLES

Language = Literal["zh", "en"]
GONE: Final = Text("已不存在", "No longer there")


def place(row: PassPlace) -> dict[str, Any]:
    """A place for operators."""
    return {
        "id": row.id,
        "kind": row.kind,
        "name": row.name.as_dict(),
        "closed": row.closed,
        "trail_days": row.trail_days,
        "policy": row.policy,
        "hours": row.hours,
        "created_at": rfc3339(row.created_at),
    }


def listed_place(found: Place, language: Language) -> dict[str, Any]:
    """A place for citizens."""
    return {
        "id": found.id,
        "kind": found.kind,
        "kind_title": KIND_TITLES[found.kind].say(language),
        "name": found.name.say(language),
    }


def gate(row: PassGate, kiosk_ids: list[str]) -> dict[str, Any]:
    """A gate for operators."""
    return {
        "id": row.id,
        "code": row.code,
        "name": {"zh": row.name_zh, "en": row.name_en},
        "direction": row.direction,
        "in_use": row.in_use,
        "kiosk_ids": kiosk_ids,
    }


def member(row: PassMember, language: Language) -> dict[str, Any]:
    """A member for a desk."""
    return {
        "id": row.id,
        "masked_name": _masked(row.name),
        "masked_phone": row.phone_hint,
        "unit": row.unit or "",
        "role": row.role,
        "role_title": ROLE_TITLES[row.role].say(language),
        "status": row.status,
        "source": row.source,
        "met": row.citizen_ref is not None,
        "valid_from": _moment(row.valid_from),
        "valid_until": _moment(row.valid_until),
    }


def claim(row: PassClaim, language: Language) -> dict[str, Any]:
    """A claim."""
    return {
        "id": row.id,
        "place_id": row.place_id,
        "place": place_name(row.place_id, language),
        "role": row.role,
        "role_title": ROLE_TITLES[row.role].say(language),
        "unit": row.unit or "",
        "masked_name": _masked(row.name),
        "masked_phone": row.phone_hint,
        "status": row.status,
        "reason": row.reason,
        "created_at": rfc3339(row.created_at),
    }


def my_place(row: PassMember, language: Language) -> dict[str, Any] | None:
    """A place of the citizen's own; None for one that this worker has not heard of yet."""
    found = books().places.get(row.place_id)
    if found is None:
        return None
    return {
        "place_id": found.id,
        "place": found.name.say(language),
        "kind": found.kind,
        "kind_title": KIND_TITLES[found.kind].say(language),
        "role": row.role,
        "role_title": ROLE_TITLES[row.role].say(language),
        "unit": row.unit or "",
        "status": row.status,
        "valid_from": _moment(row.valid_from),
        "valid_until": _moment(row.valid_until),
        "may_invite": not found.closed and may_invite(found, row),
        "emergency": found.emergency_at(now()) is not None,
    }


def invitation(row: PassInvitation, language: Language) -> dict[str, Any]:
    """An invitation for its host."""
    return {
        "id": row.id,
        "place_id": row.place_id,
        "place": place_name(row.place_id, language),
        "guest": row.guest,
        "masked_phone": row.phone_hint,
        "purpose": row.purpose,
        "plate": row.plate,
        "starts_at": rfc3339(row.starts_at),
        "ends_at": rfc3339(row.ends_at),
        "entries": row.entries_allowed,
        "entries_used": row.entries_used,
        "revoked": row.revoked_at is not None,
        "created_at": rfc3339(row.created_at),
    }


def expected(row: Sequence[Any]) -> dict[str, Any]:
    """An invitation for the desk of the place: (invitation, host)."""
    invited, host = row[0], row[1]
    return {
        "id": invited.id,
        "masked_guest": _masked(invited.guest),
        "masked_phone": invited.phone_hint,
        "unit": host.unit or "",
        "host_id": host.id,
        "purpose": invited.purpose,
        "plate": invited.plate,
        "starts_at": rfc3339(invited.starts_at),
        "ends_at": rfc3339(invited.ends_at),
        "entries": invited.entries_allowed,
        "entries_used": invited.entries_used,
        "revoked": invited.revoked_at is not None,
    }


def visit(row: Row[*tuple[Any, ...]], language: Language) -> dict[str, Any]:
    """An invitation for its guest: (invitation, host)."""
    invited, host = row[0], row[1]
    allowed = invited.entries_allowed
    return {
        "id": invited.id,
        "place": place_name(invited.place_id, language),
        "unit": host.unit or "",
        "purpose": invited.purpose,
        "starts_at": rfc3339(invited.starts_at),
        "ends_at": rfc3339(invited.ends_at),
        "entries_left": None if allowed is None else max(allowed - invited.entries_used, 0),
        "revoked": invited.revoked_at is not None,
    }


def passage(row: PassPassage, language: Language) -> dict[str, Any]:
    """A passage."""
    return {
        "id": row.id,
        "place": place_name(row.place_id, language),
        "gate": gate_name(row.gate_id, language),
        "direction": "in" if row.inward else "out",
        "basis": row.basis,
        "basis_title": BASIS_TITLES[row.basis].say(language),
        "occurred_at": rfc3339(row.occurred_at),
        "late": row.late,
    }


def trail_entry(row: Row[*tuple[Any, ...]], language: Language) -> dict[str, Any]:
    """A passage with whom it concerns: (passage, member, invitation, host)."""
    name, unit = _who(row)
    return {**passage(row[0], language), "masked_name": _masked(name), "unit": unit, "note": row[0].note}


def present(row: Row[*tuple[Any, ...]], language: Language) -> dict[str, Any]:
    """Somebody inside: (presence, member, invitation, host)."""
    here: PassPresence = row[0]
    name, unit = _who(row)
    return {
        "person_id": here.id,
        "name": name,
        "unit": unit,
        "as_guest": here.member_id is None and here.invitation_id is not None,
        "gate": gate_name(here.gate_id, language),
        "since": rfc3339(here.since),
    }


def muster_entry(row: Row[*tuple[Any, ...]], language: Language) -> dict[str, Any]:
    """Somebody to be accounted for: as `present`, and the moment of the mark."""
    state = "left" if not row[0].inside else "accounted" if row[4] is not None else "missing"
    return {**present(row, language), "state": state}


def emergency(row: PassEmergency) -> dict[str, Any]:
    """An emergency."""
    return {
        "id": row.id,
        "reason": row.reason or "",
        "opened_by": row.opened_by,
        "opened_at": rfc3339(row.opened_at),
        "until": rfc3339(row.until),
        "open": row.opened_at <= now() < row.until,
    }


def place_name(place_id: str, language: Language) -> str:
    """What a place is called."""
    return title_of_place(place_id).say(language)


def gate_name(gate_id: str, language: Language) -> str:
    """What a gate is called."""
    found = books().gates.get(gate_id)
    return (found.name if found else GONE).say(language)


def title_of_place(place_id: str) -> Text:
    """What a place is called, in both languages."""
    found = books().places.get(place_id)
    return found.name if found else GONE


def _who(row: Row[*tuple[Any, ...]]) -> tuple[str | None, str | None]:
    """Name and unit of a person, as the place's books have them; a guest is to be looked for where their host is."""
    belongs, guest, host = row[1], row[2], row[3]
    if belongs is not None:
        return belongs.name, belongs.unit or ""
    return (guest.guest, host.unit or "") if guest is not None else (None, None)


def _masked(name: str | None) -> str | None:
    return masked_name(name) if name else None


def _moment(moment: datetime | None) -> str | None:
    return rfc3339(moment) if moment is not None else None
