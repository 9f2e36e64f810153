"""Claims that a service grants: the residents' office says who is a resident, a library who has a card.

A service declares them in its manifest, `issues_claims=("resident",)`, and grants to citizens whom it has
met, also in `on_scan` to whoever stands there:

    grant(SERVICE.id, ref, "resident", valid_to=moment, source=Text("居住证", "Residence permit"))
    end(SERVICE.id, ref, "resident", reason=Text("已迁出", "Moved away"))

What is granted already stays, and is extended where this reaches further. An end in the past counts from now
on: what was rated meanwhile stays. The citizen reads both in `GET /api/v1/me/claims`. To be asked whether a
claim is true is another thing: `CitizenView.has`, with the claim's name as scope.
"""

from __future__ import annotations

from datetime import datetime

from citizen_app.audit.operations import record as _record
from citizen_app.citizens.queries import citizen_of_ref
from citizen_app.claims.catalogue import CLAIMS, Claim
from citizen_app.claims.operations import (
    Basis,
    ClaimSource,
    Grant,
    end_claims_of_service,
    grant_claim,
)
from citizen_app.clock import now
from citizen_app.registry.state import module_of
from citizen_app.scans.meaning import present_citizen
from citizen_app.text import Text
from citizen_app.wire.problems import Problem


class ClaimNotIssued(Exception):
    """A service granted or ended a claim that its manifest does not declare in `issues_claims`."""


def grant(
    service: str,
    ref: str,
    type: str,
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
    *,
    source: Text,
    basis: Basis = "legal_duty",
) -> str:
    """Grant a claim from a moment on (now) until another, which is not part of it; returns its id.

    Raises `ClaimNotIssued`, a 404 for a reference that the service does not know, and a 422 for a period that
    is none, or one without an end where the claim `needs_end`.
    """
    citizen_id = _citizen(service, ref, type)
    made = grant_claim(
        citizen_id,
        Grant(type, ClaimSource.SERVICE, valid_from or now(), valid_to, basis, service, source),
    )
    _record(f"{service}.claim_grant", "claim", made.id, claim=type)
    return made.id


def end(service: str, ref: str, type: str, *, reason: Text, at: datetime | None = None) -> int:
    """End what the service has granted of a kind, from a moment on (now); returns how many grants it ended.
    Raises as `grant`."""
    ended = end_claims_of_service(service, _citizen(service, ref, type), type, reason=reason, at=at)
    if ended:
        _record(f"{service}.claim_end", "claim", None, claim=type, citizen_ref=ref)
    return ended


def _citizen(service: str, ref: str, claim: str) -> str:
    if claim not in module_of(service).descriptor.issues_claims:
        raise ClaimNotIssued(f"{service} does not declare {claim!r} in issues_claims of its manifest")
    citizen_id = present_citizen(service, ref) or citizen_of_ref(service, ref)
    if citizen_id is None:
        raise Problem("not-found")
    return citizen_id


__all__ = ["CLAIMS", "Claim", "ClaimNotIssued", "end", "grant"]
