"""Granting and ending claims.

Grants of one issuer (the desks together, one service) do not overlap: what reaches further replaces what is
there, so that one ending ends it. Grants of different issuers stand beside each other.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal

import structlog
from sqlalchemy import Select, select

from citizen_app.citizens.models import Citizen
from citizen_app.claims.catalogue import CLAIMS
from citizen_app.claims.models import CitizenClaim
from citizen_app.clock import now
from citizen_app.ids import new_id
from citizen_app.storage.locking import lock_row
from citizen_app.storage.orm import db
from citizen_app.text import Text
from citizen_app.wire.problems import Problem, invalid_input

Basis = Literal["consent", "legal_duty"]
NEEDS_END: Final = Text("此项须写明有效期止", "say until when: this one is granted for a time only")
ENDS_FIRST: Final = Text("应晚于有效期起", "must lie after the beginning")
BORN_IS_KNOWN: Final = Text(
    "出生日期已知，由系统按日期计算，无需登记",
    "the date of birth is known and decides: there is nothing to grant",
)
REPLACED: Final = Text(
    "此项已被新的登记取代，请重新查询。",
    "A newer grant has taken its place; look the citizen's claims up again.",
)
log = structlog.get_logger(__name__)


class ClaimSource(StrEnum):
    """From whom the city knows it. A date of birth comes from a document, and no row says so."""

    DOCUMENT = "document"
    STAFF = "staff"
    IMPORT = "import"
    SERVICE = "service"
    CARRIED_OVER = "carried_over"


SOURCE_TITLES: Final = {
    ClaimSource.DOCUMENT: Text("证件上的出生日期", "Date of birth on a document"),
    ClaimSource.STAFF: Text("服务窗口登记", "Granted at a counter"),
    ClaimSource.IMPORT: Text("主管单位的名单", "List of the office in charge"),
    ClaimSource.SERVICE: Text("由服务登记", "Granted by a service"),
    ClaimSource.CARRIED_OVER: Text("沿用升级前的登记", "Known before this version"),
}


@dataclass(frozen=True, slots=True)
class Grant:
    """What somebody grants: a claim from one moment on, until another (not included) or for good. `evidence`
    is what it rests on, for the citizen; `granted_by` the id of the service or of the member of staff."""

    type: str
    source: ClaimSource
    valid_from: datetime
    valid_to: datetime | None = None
    basis: Basis = "legal_duty"
    granted_by: str | None = None
    evidence: str | Text | None = field(default=None, repr=False)

    @property
    def evidence_as_stored(self) -> str | None:
        """The evidence as one text."""
        words = self.evidence
        return json.dumps(words.as_dict(), ensure_ascii=False) if isinstance(words, Text) else words


def grant_claim(citizen_id: str, granted: Grant) -> CitizenClaim:
    """Grant a claim; what is granted already by the same issuer is returned as it stands, and extended where
    this reaches further.

    Raises a 404 for nobody, a 422 for a period that is none, and for an age where the date of birth is known.
    """
    citizen = lock_row(Citizen, citizen_id)  # of two at once the second sees the first
    if citizen is None:
        raise Problem("not-found")
    _check(granted, citizen)
    touching = [row for row in _standing(citizen_id, granted) if _meets(row, granted)]
    for row in touching:
        if row.valid_from <= granted.valid_from and _is_as_late(row.valid_to, granted.valid_to):
            return row
    made = CitizenClaim(
        id=new_id(),
        citizen_id=citizen_id,
        type=granted.type,
        valid_from=min([granted.valid_from, *(row.valid_from for row in touching)]),
        valid_to=latest_of([granted.valid_to, *(row.valid_to for row in touching)]),
        source=granted.source,
        basis=granted.basis,
        granted_by=granted.granted_by,
        evidence=granted.evidence_as_stored,
    )
    db.session.add(made)
    for row in touching:
        row.replaced_by = made.id
    db.session.flush()
    log.info("claim granted", citizen=citizen_id, type=granted.type, source=str(granted.source))
    return made


def end_claim(
    claim_id: str, *, ended_by: str | None, reason: str | Text, at: datetime | None = None
) -> CitizenClaim:
    """End a claim from a moment on, by default now. An end in the past is kept as what was true
    (`void_from`), and counts from now on: nobody pays afterwards for what the city itself had said.

    A claim that is ended already stays as it is. Raises a 404, and a 409 for one that was replaced meanwhile.
    """
    row = lock_claim(claim_id)
    if row is None:
        raise Problem("not-found")
    if row.replaced_by is not None:
        raise Problem("conflict", REPLACED)
    moment = now()
    wanted = at or moment
    if row.ended_at is not None and row.void_from is not None and row.void_from <= wanted:
        return row
    counts_until = max(wanted, moment, row.valid_from)
    row.valid_to = counts_until if row.valid_to is None else min(row.valid_to, counts_until)
    row.ended_at, row.ended_by, row.void_from = moment, ended_by, wanted
    row.end_reason = json.dumps(reason.as_dict(), ensure_ascii=False) if isinstance(reason, Text) else reason
    db.session.flush()
    log.info("claim ended", citizen=row.citizen_id, type=row.type, source=row.source)
    return row


def lock_claim(claim_id: str) -> CitizenClaim | None:
    """A claim, locked after its citizen: so does whoever grants, and nobody waits for the other in turn."""
    owner = db.session.scalar(select(CitizenClaim.citizen_id).where(CitizenClaim.id == claim_id))
    if owner is not None:
        lock_row(Citizen, owner)
    return lock_row(CitizenClaim, claim_id)


def end_claims_of_service(
    service: str, citizen_id: str, name: str, *, reason: Text, at: datetime | None
) -> int:
    """End what a service has granted of one kind and what lasts beyond `at`; returns how many."""
    if lock_row(Citizen, citizen_id) is None:
        raise Problem("not-found")
    mine = _of_issuer(citizen_id, name, ClaimSource.SERVICE, service)
    until = at or now()
    lasting = [row for row in db.session.scalars(mine) if row.valid_to is None or row.valid_to > until]
    for row in lasting:
        end_claim(row.id, ended_by=service, reason=reason, at=until)
    return len(lasting)


def latest_of(ends: list[datetime | None]) -> datetime | None:
    """The latest end; None, no end, is later than any."""
    known = [end for end in ends if end is not None]
    return max(known) if len(known) == len(ends) else None


def _check(granted: Grant, citizen: Citizen) -> None:
    claim = CLAIMS[granted.type]
    if granted.valid_to is None and claim.needs_end:
        raise invalid_input("/valid_to", NEEDS_END)
    if granted.valid_to is not None and granted.valid_to <= granted.valid_from:
        raise invalid_input("/valid_to", ENDS_FIRST)
    if claim.by_age and citizen.born_sealed is not None:
        raise invalid_input("/type", BORN_IS_KNOWN)


def _standing(citizen_id: str, granted: Grant) -> list[CitizenClaim]:
    by = granted.granted_by if granted.source is ClaimSource.SERVICE else None
    return list(db.session.scalars(_of_issuer(citizen_id, granted.type, granted.source, by)))


def _of_issuer(citizen_id: str, name: str, source: ClaimSource, by: str | None) -> Select[CitizenClaim]:
    rows = select(CitizenClaim).where(
        CitizenClaim.citizen_id == citizen_id,
        CitizenClaim.type == name,
        CitizenClaim.source == source,
        CitizenClaim.replaced_by.is_(None),
        CitizenClaim.ended_at.is_(None),
    )
    return rows if by is None else rows.where(CitizenClaim.granted_by == by)


def _meets(row: CitizenClaim, granted: Grant) -> bool:
    """Whether two periods overlap, or one begins where the other ends."""
    begins = granted.valid_to is None or row.valid_from <= granted.valid_to
    return begins and (row.valid_to is None or granted.valid_from <= row.valid_to)


def _is_as_late(end: datetime | None, wanted: datetime | None) -> bool:
    return end is None or (wanted is not None and end >= wanted)
