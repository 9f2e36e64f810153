"""Marks of whoever calls, for patterns that a manager looks at: which bookings came from one account, which
from one network. They are keyed hashes of one service: nobody reads an account or an address out of them, no
two services' marks match, and an account's mark is none of its references. A service keeps them no longer
than it looks for patterns.

    marks = caller_marks(SERVICE.id)
    row.account, row.network = marks.account, marks.network
"""

from __future__ import annotations

import base64
import ipaddress
from dataclasses import dataclass

from flask import request

from citizen_app.secrecy.vault import current_vault
from citizen_app.web.boundary.audiences import current_citizen


@dataclass(frozen=True, slots=True)
class Marks:
    """Sixteen characters each. `account` is the one that acts, whomever it acts for; `network` the family of
    the address: IPv4 /24, IPv6 /56. Hundreds of phones share a mobile carrier's."""

    account: str
    network: str


def caller_marks(service: str) -> Marks:
    """The marks of the citizen, or of whoever acts for them, in a route or page for citizens."""
    caller = current_citizen()
    agent = caller.citizen_id if caller.acting is None else caller.acting.agent_id
    return Marks(
        _mark(f"account:{service}", agent), _mark(f"network:{service}", _network(request.remote_addr or ""))
    )


def _network(address: str) -> str:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:  # a unix socket has no address
        return address
    found = getattr(found, "ipv4_mapped", None) or found
    return str(ipaddress.ip_network((found, 24 if found.version == 4 else 56), strict=False))


def _mark(purpose: str, value: str) -> str:
    return base64.urlsafe_b64encode(current_vault().blind_index(purpose, value)[:12]).decode()


__all__ = ["Marks", "caller_marks"]
