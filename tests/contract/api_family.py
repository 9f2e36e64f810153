"""Requests of a citizen about who acts for whom, and about their other sign-ins."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any, Final

from tests.contract.api_city import Callers
from tests.contract.api_desk import Sent

DELEGATIONS: Final = "/api/v1/me/delegations"


def invitation() -> dict[str, Any]:
    """To somebody whom nobody knows."""
    return {"role": "ward", "kind": "carer", "phone": f"139{secrets.randbelow(10**8):08}"}


def sign_in_elsewhere(callers: Callers) -> Sent:
    """Of the citizen on another phone."""
    other = callers.city.second_sign_in(callers.citizen)
    return Sent(f"/api/v1/me/sessions/{other}", callers.headers("citizen"))


def delegation(operation: str, *, asked: bool) -> Callable[[Callers], Sent]:
    """On a delegation of the citizen's: in force, or one that waits for their answer."""

    def make(callers: Callers) -> Sent:
        headers, other = callers.headers("citizen"), callers.city.citizen()
        if asked:
            body = {"role": "ward", "kind": "carer", "phone": callers.citizen.phone}
            made = other.call("POST", DELEGATIONS, json=body).get_json()["id"]
        else:
            acting = callers.city.acting(callers.citizen, other).signed_in.acting
            made = acting.delegation_id if acting is not None else ""
        return Sent(f"{DELEGATIONS}/{made}{operation}", headers)

    return make
