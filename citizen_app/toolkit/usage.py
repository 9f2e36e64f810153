"""What a service does for a citizen without a scan is in that citizen's own log, beside the scans.

    note(SERVICE.id, booking.citizen_ref, "book", "app", lines=(hall.name, WHEN.fill(time=…)), key=booking.id)

`book` is one of the descriptor's `acts` (or a purpose, where what a scan does was done without one, by a
guard's hand). Call it in the unit of work that does the deed: both are stored, or neither. `ref` is a
`citizen_ref` of somebody whom the service has met, and a citizen who calls is met with that. For anybody else
(known by the reference of a number alone, or gone) it returns None and writes nothing: nobody learns who has
an account. `key` makes a repetition harmless as long as the words are kept; `lines` are for the citizen,
sealed, and kept for the descriptor's `retention_days`; `disclosed` names the scopes whose values the service
was shown. A guardian, a carer or a clerk who calls for the citizen stands beside the event, in both logs; any
other who did it stands in the audit log: `toolkit.web.audit`.

`correct` says what is right about an earlier event of this service, a scan or a note, and why; the event
itself stays as it is, and the citizen sees both.
"""

from __future__ import annotations

from collections.abc import Iterable

from citizen_app.citizens.queries import remember_refs
from citizen_app.citizens.tokens import SignedInCitizen
from citizen_app.flask_globals import request_globals
from citizen_app.secrecy.vault import current_vault
from citizen_app.text import Text
from citizen_app.usage import notes
from citizen_app.usage.notes import correct
from citizen_app.usage.titles import Channel


def note(
    service: str,
    ref: str,
    purpose: str,
    channel: Channel,
    lines: Iterable[Text] = (),
    disclosed: Iterable[str] = (),
    *,
    title: Text | None = None,
    key: str | None = None,
) -> str | None:
    """Write an act into the citizen's log; returns the event's id for `correct`, and None where there is no
    such log. `title` is what the act is called here where its declared title does not say enough.

    Raises `ValueError` for an act, a channel or a scope that is not declared.
    """
    caller = _caller(service, ref)
    if caller is not None:
        remember_refs(service, [(ref, caller.citizen_id)])
    acting = caller.acting if caller is not None else None
    return notes.note(
        service,
        ref,
        purpose,
        channel,
        title=title,
        lines=lines,
        disclosed=disclosed,
        key=key,
        acting=acting,
    )


def _caller(service: str, ref: str) -> SignedInCitizen | None:
    """The citizen who calls, or for whom somebody does, if the reference is theirs."""
    caller = request_globals().get("caller")
    if not isinstance(caller, SignedInCitizen):
        return None
    return caller if current_vault().citizen_ref(service, caller.citizen_id) == ref else None


__all__ = ["Channel", "correct", "note"]
