"""Looks: every read of data about citizens has a reason, which each citizen finds in `GET /api/v1/me/looks`.
Three lines in a route:

    found = queries.readers_page(branch_id, **asked)
    refs = [row.citizen_ref or row.contact_ref or row.identity_ref for row in found.items]
    looked(SERVICE.id, refs, READERS, of=("library_branch", branch_id))
    return found

`READERS = Text("查看读者名单", "List of readers")` is the act's own reason, enough for a list. For the
record of a single person the reader is asked: a body with `reason = Reason(required=True)`, and that goes in
its place.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from flask import g

from citizen_app.audit.operations import Actor
from citizen_app.citizens.acting import ActingKind
from citizen_app.citizens.tokens import SignedInCitizen
from citizen_app.kiosks.queries import KioskView
from citizen_app.partners.queries import Partner
from citizen_app.secrecy.vault import current_vault
from citizen_app.staff.callers import StaffCaller
from citizen_app.text import Text
from citizen_app.usage.looks import AT_KIOSK, BY_SYSTEM, Reading, note_look
from citizen_app.usage.schemas import Reason

FOR_ANOTHER: Final = Text("{by}（由{role}代办）", "{by} (through: {role})")


def looked(
    service: str,
    refs: Iterable[str],
    reason: Text | str,
    *,
    of: tuple[str, str] | None = None,
    by: Text | None = None,
    action: str = "look",
    **details: Any,
) -> None:
    """Note in a route that its caller is shown something about these people, whatever the method: an audit
    entry that says who, and a look that each of them finds, with the reason and without the reader's name.

    `refs` are references as the service keeps them: `citizen_ref` of whom it knows, `contact_ref` or
    `identity_ref` of the others, who find the look as soon as they are met or ask; one may stand there twice.
    Everything shown in one answer is one look. `reason` is the service's own words for what the act is, or
    the words of the reader. `of` is the kind and id of what was read, for the audit log, where `action` and
    `details` (nothing personal) stand too. `by` is the role of a reader who is not of the service's staff,
    and needed for a citizen: a manager of a place, a guardian. Where somebody acts for that citizen, the
    reader is the agent, and the role says so. At a kiosk that shows names the reader is the staff there. A
    partner reads under its name.

    A GET stays a read-only transaction: this is a deferred write right after it, before the answer leaves; if
    it fails, so does the request.
    """
    reader, role = _reader(service, by)
    stated = reason.en if isinstance(reason, Text) else reason
    note_look(
        Reading(service, reason, reader, role), refs, f"{service}.{action}", of, reason=stated, **details
    )


def _reader(service: str, by: Text | None) -> tuple[Actor, Text | None]:
    caller = g.caller
    if isinstance(caller, SignedInCitizen):
        if by is None:
            raise TypeError("looked() by a citizen needs `by`: in which role they read of others")
        return _citizen_or_agent(service, caller, by)
    if isinstance(caller, KioskView):
        return caller.actor, by or AT_KIOSK.fill(kiosk=caller.name)
    if isinstance(caller, Partner):
        return caller.actor, by or BY_SYSTEM.fill(name=caller.name)
    if isinstance(caller, StaffCaller):
        return caller.actor, by
    raise TypeError("looked() needs somebody who has signed in")


def _citizen_or_agent(service: str, caller: SignedInCitizen, by: Text) -> tuple[Actor, Text]:
    acting, vault = caller.acting, current_vault()
    if acting is None:
        return Actor("citizen", vault.citizen_ref(service, caller.citizen_id), caller.label), by
    role = FOR_ANOTHER.fill(by=by, role=acting.label)
    if acting.kind == ActingKind.CLERK:
        return Actor("staff", acting.agent_id, caller.label), role
    return Actor("citizen", vault.citizen_ref(service, acting.agent_id), caller.label), role


__all__ = ["Reason", "looked"]
