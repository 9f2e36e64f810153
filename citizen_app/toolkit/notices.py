"""Words to a citizen outside of a request of theirs.

    send(SERVICE.id, host_ref, "guest_arrived", {"place": place.name, "at": scan.occurred_at}, key=pass_id)

`guest_arrived` is one of the descriptor's `notices` (`toolkit.contract.Notice`), and the values are those
that it declares. Call it in the unit of work of what it tells: both are stored, or neither, and nothing
leaves before the commit. It stands in the citizen's inbox (`GET /api/v1/me/notices`) and leaves by the
declared channels that they have and want, not in their quiet hours and not more than the day's number; a
`security` notice at once. Whoever has no phone is told through those who look after them, within the
delegation.

`key` makes a repetition harmless: what happens once is told once, however often it is retried. For somebody
whom the service has not met, or who is gone, `send` returns None and writes nothing: it has met whom it
scanned, who did something that it noted in their log, and whoever `may_be_told`.

A notice has no link and no line break. A value of kind `name` is what the service or its staff call
something; what a citizen has written is of kind `words`, and stays in the inbox of whoever reads it.
"""

from citizen_app.citizens.queries import remember_refs
from citizen_app.notices.sending import send
from citizen_app.secrecy.vault import current_vault
from citizen_app.web.boundary.audiences import current_citizen

__all__ = ["may_be_told", "send"]


def may_be_told(service: str) -> None:
    """The citizen who calls can be told something by this service from now on, though it has met them in no
    scan: they have asked it to keep something. In a route or page for citizens."""
    citizen_id = current_citizen().citizen_id
    remember_refs(service, [(current_vault().citizen_ref(service, citizen_id), citizen_id)])
