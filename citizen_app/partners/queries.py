"""Reading partners. `partner_of_key` is on the way of every call of one and reads no table."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, select

from citizen_app import clock
from citizen_app.audit.operations import Actor
from citizen_app.partners.models import PartnerSystem
from citizen_app.secrecy.bearers import LookUpRateLimit, is_ours
from citizen_app.secrecy.vault import token_hash
from citizen_app.storage.cached_values import CachedValue
from citizen_app.storage.keyset import Page, page
from citizen_app.storage.orm import db
from citizen_app.wire.problems import Problem

TOPIC: Final = "partners"
LOOK_UPS_PER_SECOND: Final = 20


@dataclass(frozen=True, slots=True)
class Partner:
    """A system that calls: for which unit of which service, and what it may do there."""

    id: str
    name: str
    service: str
    unit: str
    scopes: frozenset[str]

    def may(self, scope: str) -> bool:
        """Whether it has a scope."""
        return scope in self.scopes

    def require(self, unit: str) -> None:
        """Raises a 404 for a unit that is not its own: to it, that does not exist."""
        if unit != self.unit:
            raise Problem("not-found")

    @property
    def limit_key(self) -> str:
        """Whom rate limits count."""
        return f"partner:{self.id}"

    @property
    def label(self) -> str:
        """What logs show."""
        return f"partner {self.id}"

    @property
    def actor(self) -> Actor:
        """What the audit log shows."""
        return Actor("system", self.id, self.name)


@dataclass(frozen=True, slots=True)
class Admission:
    """The partner whom a key lets in; `until` where the key ends, `is_previous` for the one before a
    rotation, `per_minute` how often all of its keys together may call."""

    partner: Partner
    per_minute: int
    until: datetime | None
    is_previous: bool

    def holds(self) -> bool:
        """Whether the key is accepted now."""
        return self.until is None or clock.now() < self.until


def _living() -> Select[*tuple[Any, ...]]:
    return select(
        PartnerSystem.id,
        PartnerSystem.name,
        PartnerSystem.service,
        PartnerSystem.unit,
        PartnerSystem.scopes,
        PartnerSystem.per_minute,
        PartnerSystem.key_hash,
        PartnerSystem.previous_key_hash,
        PartnerSystem.previous_until,
        PartnerSystem.expires_at,
    ).where(PartnerSystem.revoked_at.is_(None))


def _admissions(rows: Iterable[Row[*tuple[Any, ...]]]) -> dict[bytes, Admission]:
    held: dict[bytes, Admission] = {}
    for row in rows:
        partner = Partner(row.id, row.name, row.service, row.unit, frozenset(row.scopes))
        held[row.key_hash] = Admission(partner, row.per_minute, row.expires_at, False)
        if row.previous_key_hash is not None:
            ends = [end for end in (row.previous_until, row.expires_at) if end is not None]
            held[row.previous_key_hash] = Admission(partner, row.per_minute, min(ends), True)
    return held


def _load(connection: Connection) -> dict[bytes, Admission]:
    return _admissions(connection.execute(_living()).all())


_watched: Final = CachedValue(TOPIC, _load)
_allowance: Final = LookUpRateLimit(LOOK_UPS_PER_SECOND)


def partner_of_key(key: str) -> Admission | None:
    """Whom a key lets in, or None for one that is unknown, revoked or at its end.

    Answered from memory, which follows the table within a second in every process. A key that memory does not
    know but that we did mint may have been made a moment ago in another process: it is looked up once. Keys
    that nobody minted read no table. Raises a 503 when more look-ups are asked for than a process allows.
    """
    fingerprint = token_hash(key)
    admission = _watched.get().get(fingerprint)
    if admission is None and is_ours("partner", key) and not _allowance.is_gone(fingerprint):
        if not _allowance.take():
            raise Problem("unavailable", headers={"Retry-After": "1"})
        admission = _looked_up(fingerprint)
        if admission is None:
            _allowance.remember_gone(fingerprint)
    return admission if admission is not None and admission.holds() else None


def _looked_up(fingerprint: bytes) -> Admission | None:
    either = (PartnerSystem.key_hash == fingerprint) | (PartnerSystem.previous_key_hash == fingerprint)
    return _admissions(db.session.execute(_living().where(either)).all()).get(fingerprint)


def partner_page(
    services: Collection[str] | None, *, limit: int, cursor: str | None = None, service: str | None = None
) -> Page[PartnerSystem]:
    """One page of partners, newest first, of these services only (None: all). Raises a 422 for a foreign
    cursor."""
    wanted = select(PartnerSystem)
    if services is not None:
        wanted = wanted.where(PartnerSystem.service.in_(services))
    if service is not None:
        wanted = wanted.where(PartnerSystem.service == service)
    return page(wanted, PartnerSystem.id, limit, cursor, of="partners")


def partner_or_404(partner_id: str, services: Collection[str] | None) -> PartnerSystem:
    """One partner, as far as the reader may see it. Raises a 404."""
    found = db.session.get(PartnerSystem, partner_id)
    if found is None or (services is not None and found.service not in services):
        raise Problem("not-found")
    return found


def all_partners() -> list[PartnerSystem]:
    """Every partner by service and name, for the command line."""
    everyone = select(PartnerSystem).order_by(PartnerSystem.service, PartnerSystem.name, PartnerSystem.id)
    return list(db.session.scalars(everyone))


def unrevoked_ids(service: str) -> list[str]:
    """Ids of the partners of a service whose keys may still work."""
    mine = (PartnerSystem.service == service) & PartnerSystem.revoked_at.is_(None)
    return list(db.session.scalars(select(PartnerSystem.id).where(mine)))


def ended_partners(moment: datetime) -> list[PartnerSystem]:
    """Those whose keys have run out and were not revoked."""
    ended = PartnerSystem.revoked_at.is_(None) & (PartnerSystem.expires_at <= moment)
    return list(db.session.scalars(select(PartnerSystem).where(ended).order_by(PartnerSystem.id)))


def idle_partners(moment: datetime, days: int) -> list[PartnerSystem]:
    """Those whose keys work and that have not called for so many days."""
    since = moment - timedelta(days=days)
    day: date = since.date()
    works = PartnerSystem.revoked_at.is_(None) & (
        PartnerSystem.expires_at.is_(None) | (PartnerSystem.expires_at > moment)
    )
    idle = (PartnerSystem.last_used_on < day) | (
        PartnerSystem.last_used_on.is_(None) & (PartnerSystem.created_at < since)
    )
    return list(db.session.scalars(select(PartnerSystem).where(works, idle).order_by(PartnerSystem.id)))
