"""Reading kiosks. `kiosk_of_token` is on the way of every scan and reads no table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, func, select

from citizen_app import clock
from citizen_app.audit.operations import Actor
from citizen_app.kiosks.models import Kiosk, KioskCounter, Placement
from citizen_app.secrecy.bearers import LookUpRateLimit, is_ours
from citizen_app.secrecy.vault import token_hash
from citizen_app.storage.cached_values import CachedValue
from citizen_app.storage.keyset import Page, page
from citizen_app.storage.orm import db
from citizen_app.text import Text
from citizen_app.usage.reasons import NO_ANSWER
from citizen_app.wire.problems import Problem

LOOK_UPS_PER_SECOND: Final = 20


@dataclass(frozen=True, slots=True)
class KioskView:
    """An active kiosk as other rooms see it; `context` holds defaults that the kiosk's page fills in."""

    id: str
    number: int
    name: str
    service: str
    purposes: tuple[str, ...]
    placement_id: str
    place: Text
    context: Mapping[str, Any]

    @property
    def limit_key(self) -> str:
        """Whom rate limits count."""
        return f"kiosk:{self.id}"

    @property
    def label(self) -> str:
        """What logs show."""
        return f"kiosk {self.number}"

    @property
    def actor(self) -> Actor:
        """What the audit log shows: a kiosk is part of the system."""
        return Actor("system", self.id, self.label)


@dataclass(frozen=True, slots=True)
class Admission:
    """The kiosk that a token authenticates; `until` is set for a token that has been rotated."""

    kiosk: KioskView
    until: datetime | None

    def holds(self) -> bool:
        """Whether the token is accepted now."""
        return self.until is None or clock.now() < self.until


def _active() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Kiosk.id,
            Kiosk.number,
            Kiosk.name,
            Kiosk.service,
            Kiosk.purposes,
            Kiosk.context,
            Kiosk.placement_id,
            Kiosk.token_hash,
            Kiosk.previous_token_hash,
            Kiosk.previous_token_until,
            Placement.place_zh,
            Placement.place_en,
        )
        .join(Placement, Placement.id == Kiosk.placement_id)
        .where(Kiosk.state == "active", Kiosk.token_hash.is_not(None))
    )


def _admissions(rows: list[Row[*tuple[Any, ...]]]) -> dict[bytes, Admission]:
    held: dict[bytes, Admission] = {}
    for row in rows:
        kiosk = KioskView(
            id=row.id,
            number=row.number,
            name=row.name,
            service=row.service,
            purposes=tuple(row.purposes),
            placement_id=row.placement_id,
            place=Text(row.place_zh, row.place_en),
            context=row.context,
        )
        held[row.token_hash] = Admission(kiosk, None)
        if row.previous_token_hash is not None:
            held[row.previous_token_hash] = Admission(kiosk, row.previous_token_until)
    return held


def _load(connection: Connection) -> dict[bytes, Admission]:
    return _admissions(list(connection.execute(_active()).all()))


_watched: Final = CachedValue("kiosks", _load)
_allowance: Final = LookUpRateLimit(LOOK_UPS_PER_SECOND)


def kiosk_of_token(token: str) -> KioskView | None:
    """The active kiosk that holds the token, or None.

    Answered from memory, which follows the table within a second in every process. A token that memory does
    not know but that we did mint may have been made a moment ago in another process: it is looked up once.
    Tokens that nobody minted read no table. Raises a 503 when more look-ups are asked for than a process
    allows: "unknown" would be a guess.
    """
    fingerprint = token_hash(token)
    admission = _watched.get().get(fingerprint)
    if admission is None and is_ours("kiosk", token) and not _allowance.is_gone(fingerprint):
        if not _allowance.take():
            raise Problem("unavailable", headers={"Retry-After": "1"})
        admission = _looked_up(fingerprint)
        if admission is None:
            _allowance.remember_gone(fingerprint)
    return admission.kiosk if admission is not None and admission.holds() else None


def _looked_up(fingerprint: bytes) -> Admission | None:
    either = (Kiosk.token_hash == fingerprint) | (Kiosk.previous_token_hash == fingerprint)
    rows = list(db.session.execute(_active().where(either)).all())
    return _admissions(rows).get(fingerprint)


def kiosk_page(
    *,
    services: frozenset[str] | None,
    limit: int,
    cursor: str | None = None,
    service: str | None = None,
    state: str | None = None,
) -> Page[Kiosk]:
    """One page of the devices, newest first; `services` limits to what the reader may see (None: all).
    Posters have a list of their own (`places`)."""
    query = select(Kiosk).where(Kiosk.virtual.is_(False))
    if services is not None:
        query = query.where(Kiosk.service.in_(services))
    if service is not None:
        query = query.where(Kiosk.service == service)
    if state is not None:
        query = query.where(Kiosk.state == state)
    return page(query, Kiosk.id, limit, cursor)


def all_kiosks() -> list[Kiosk]:
    """Every device by number, for the command line."""
    devices = select(Kiosk).where(Kiosk.virtual.is_(False)).order_by(Kiosk.number)
    return list(db.session.scalars(devices))


def unrevoked_ids(service: str) -> list[str]:
    """Ids of the kiosks of a service that may still work."""
    return list(
        db.session.scalars(select(Kiosk.id).where(Kiosk.service == service, Kiosk.state != "revoked"))
    )


def kiosk_or_404(kiosk_id: str, services: frozenset[str] | None) -> Kiosk:
    """The kiosk, as far as the reader may see it (`services`; None: all); otherwise a 404."""
    kiosk = db.session.get(Kiosk, kiosk_id)
    if kiosk is None or (services is not None and kiosk.service not in services):
        raise Problem("not-found")
    return kiosk


def kiosk_of_service(service: str, kiosk_id: str) -> Kiosk | None:
    """The kiosk, if it is one of the service's and not revoked."""
    kiosk = db.session.get(Kiosk, kiosk_id)
    return None if kiosk is None or kiosk.service != service or kiosk.state == "revoked" else kiosk


def kiosks_of(service: str, most: int) -> list[Kiosk]:
    """The devices of a service that are not revoked, the one enrolled last first; posters are none."""
    mine = select(Kiosk).where(Kiosk.service == service, Kiosk.state != "revoked", Kiosk.virtual.is_(False))
    return list(db.session.scalars(mine.order_by(Kiosk.id.desc()).limit(most)))


def unreadable_counts(kiosk_id: str, days: int = 7) -> list[KioskCounter]:
    """What the kiosk could not read in the last days (UTC), newest day first."""
    first: date = (clock.now() - timedelta(days=days - 1)).date()
    recent = (KioskCounter.kiosk_id == kiosk_id) & (KioskCounter.day >= first)
    query = select(KioskCounter).where(recent, KioskCounter.reason != NO_ANSWER)
    return list(db.session.scalars(query.order_by(KioskCounter.day.desc(), KioskCounter.reason)))


def unanswered_uploads(service: str, first: date) -> int:
    """How often, from a day (UTC) on, a service had no answer to what one of its kiosks had read offline."""
    of_service = select(func.sum(KioskCounter.count)).join(Kiosk, Kiosk.id == KioskCounter.kiosk_id)
    asked = (Kiosk.service == service, KioskCounter.day >= first, KioskCounter.reason == NO_ANSWER)
    return int(db.session.scalar(of_service.where(*asked)) or 0)


def silent_kiosks(since: datetime, services: frozenset[str] | None, most: int = 50) -> list[Kiosk]:
    """Active kiosks of these services (None: all) that were not heard of since a moment, longest first; a
    poster says nothing."""
    quiet = Kiosk.last_seen_at.is_(None) | (Kiosk.last_seen_at < since)
    query = select(Kiosk).where(Kiosk.state == "active", Kiosk.virtual.is_(False), quiet)
    if services is not None:
        query = query.where(Kiosk.service.in_(sorted(services)))
    return list(db.session.scalars(query.order_by(Kiosk.last_seen_at, Kiosk.id).limit(most)))
