"""How it stands between a citizen and the services: what they see, why, since when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import select

from citizen_app.consent.models import Agreed, CitizenConsent, NoticeAcceptance
from citizen_app.consent.notice import Notice, notice_shown
from citizen_app.consent.terms import covers
from citizen_app.registry.contract import SCOPES, Scope
from citizen_app.registry.modules import current_registry
from citizen_app.registry.state import standing_of
from citizen_app.registry.words import words_of
from citizen_app.storage.orm import db
from citizen_app.text import Text

FieldState = Literal["by_law", "agreed", "withheld"]
NOT_ASKED_NOW: Final = Text("此服务目前不使用这项信息。", "The service does not use this field at present.")


@dataclass(frozen=True, slots=True)
class FieldStanding:
    """One field of one service: `carried_over` from the time before consent was asked for."""

    scope: Scope
    state: FieldState
    since: datetime | None = None
    by_name: bool = False
    carried_over: bool = False


@dataclass(frozen=True, slots=True)
class ServiceConsent:
    """One service, with the fields that it sees or would like to see of the citizen."""

    service: str
    title: Text
    scopes: tuple[FieldStanding, ...]

    @property
    def state(self) -> str:
        """`nothing_asked`, `agreed`, `partly_agreed`, or `withheld`."""
        asked = [field.state for field in self.scopes if field.state != "by_law"]
        if not asked:
            return "nothing_asked"
        given = asked.count("agreed")
        return "agreed" if given == len(asked) else "partly_agreed" if given else "withheld"


@dataclass(frozen=True, slots=True)
class NoticeStanding:
    """The notice in force, and what the citizen has done about it. `changed`: what they accepted is another
    version."""

    notice: Notice
    accepted_version: str | None
    accepted_at: datetime | None

    @property
    def state(self) -> str:
        """`accepted`, `changed` or `not_accepted`."""
        if self.accepted_version is None:
            return "not_accepted"
        return "accepted" if self.accepted_version == self.notice.version else "changed"


def notice_standing(citizen_id: str) -> NoticeStanding:
    """The notice, as one citizen stands to it."""
    known = db.session.get(NoticeAcceptance, citizen_id)
    if known is None or known.withdrawn_at is not None:
        return NoticeStanding(notice_shown(), None, None)
    return NoticeStanding(notice_shown(), known.version, known.accepted_at)


def consents_of(citizen_id: str, services: frozenset[str] | None = None) -> list[ServiceConsent]:
    """Every enabled service, and every other of which the citizen has agreed to something; of `services`
    only where they are given."""
    wanted = select(CitizenConsent).where(CitizenConsent.citizen_id == citizen_id)
    rows = {row.service: row for row in db.session.scalars(wanted)}
    enabled = {module.id for module in current_registry() if standing_of(module.id).enabled}
    kept = {service for service, row in rows.items() if row.agreed}
    return [
        _of_service(service, rows.get(service))
        for service in sorted(enabled | kept)
        if services is None or service in services
    ]


def consent_of(citizen_id: str, service: str) -> ServiceConsent:
    """How it stands with one service."""
    row = db.session.get(CitizenConsent, (citizen_id, service))
    return _of_service(service, row)


def _of_service(service: str, row: CitizenConsent | None) -> ServiceConsent:
    module, standing = current_registry().get(service), standing_of(service)
    declared = module.descriptor.scopes if module and standing.enabled else ()
    asked = [scope for scope in declared if scope.name in standing.granted]
    agreed: Mapping[str, Agreed] = row.agreed if row else {}
    fields = (*asked, *_not_asked_now(agreed, asked))
    return ServiceConsent(
        service, words_of(service).title, tuple(_standing_of(scope, agreed) for scope in fields)
    )


def _not_asked_now(agreed: Iterable[str], asked: Iterable[Scope]) -> list[Scope]:
    """What was agreed to and is not seen: the service is off or gone, or has dropped the field."""
    names = {scope.name for scope in asked}
    return [Scope(name, NOT_ASKED_NOW) for name in sorted(agreed) if name in SCOPES and name not in names]


def _standing_of(scope: Scope, agreed: Mapping[str, Agreed]) -> FieldStanding:
    if scope.basis == "legal_duty":
        return FieldStanding(scope, "by_law")
    entry = agreed.get(scope.name)
    if entry is None or not covers(agreed, scope):
        return FieldStanding(scope, "withheld")
    return FieldStanding(
        scope,
        "agreed",
        datetime.fromisoformat(entry["since"]),
        entry["by_name"],
        entry.get("carried_over", False),
    )
