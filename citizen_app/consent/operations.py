"""Giving consent and taking it back. Acts of one citizen take turns: each holds the citizen's row."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import delete, select

from citizen_app.citizens.models import Citizen
from citizen_app.clock import now, rfc3339
from citizen_app.consent.models import (
    WHOLE_SERVICE,
    Agreed,
    CitizenConsent,
    ConsentEvent,
    NoticeAcceptance,
)
from citizen_app.consent.notice import notice_in_force, terms_in_force
from citizen_app.registry.contract import Scope
from citizen_app.storage.locking import lock_row
from citizen_app.storage.orm import db
from citizen_app.text import Text
from citizen_app.wire.problems import Problem, invalid_input

Act = Literal["given", "withdrawn", "carried_over"]
Channel = Literal["notice", "service", "upgrade"]
ActorKind = Literal["self", "guardian", "carer", "agent", "clerk", "system"]

NOT_CURRENT: Final = Text(
    "说明已更新，请重新阅读后再同意。", "The notice has changed. Read it again before you accept it."
)
NOT_ASKED: Final = Text("此服务不需要您同意：{fields}", "this service does not ask your consent to: {fields}")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who gives or withdraws: the citizen, or whoever acts for them by a delegation."""

    kind: ActorKind = "self"
    delegation_id: str | None = None


SELF: Final = Actor()


@dataclass(frozen=True, slots=True)
class _Deed:
    """One act of one citizen, whose row is held until the end of the unit of work."""

    citizen: Citizen
    actor: Actor
    channel: Channel
    at: datetime
    notice: str | None

    def note(self, act: Act, service: str | None, scopes: Iterable[str]) -> None:
        """Into the ledger."""
        db.session.add(
            ConsentEvent(
                subject_key=self.citizen.log_key,
                service=service,
                act=act,
                scopes=sorted(scopes),
                notice=self.notice,
                channel=self.channel,
                actor=self.actor.kind,
                delegation_id=self.actor.delegation_id,
                at=self.at,
            )
        )

    def store(
        self, row: CitizenConsent, agreed: dict[str, Agreed], refused: Collection[str]
    ) -> CitizenConsent:
        """How it stands now, with what has changed in the ledger; nothing where nothing changes."""
        before = row.agreed
        gone = before.keys() - agreed.keys()
        more = {name for name, entry in agreed.items() if before.get(name) != entry}
        declined = sorted(refused)
        if not gone and not more and declined == row.refused:
            return row
        if more:
            self.note("given", row.service, more)
        if gone or not more:
            self.note("withdrawn", row.service, gone)
        row.agreed, row.refused = agreed, declined
        row.notice, row.channel, row.changed_at = self.notice, self.channel, self.at
        db.session.add(row)
        return row

    def row_of(self, service: str) -> CitizenConsent:
        """How it stands with a service; a row that is not stored yet where nothing was decided."""
        found = db.session.get(CitizenConsent, (self.citizen.id, service), populate_existing=True)
        return found or self.first(service)

    def first(self, service: str) -> CitizenConsent:
        """The row of a first decision, to be stored."""
        return CitizenConsent(citizen_id=self.citizen.id, service=service, agreed={}, refused=[])

    def rows(self) -> dict[str, CitizenConsent]:
        """How it stands, by service, with those of which something was decided."""
        wanted = select(CitizenConsent).where(CitizenConsent.citizen_id == self.citizen.id)
        found = db.session.scalars(wanted.execution_options(populate_existing=True))
        return {row.service: row for row in found}


def accept_notice(citizen_id: str, version: str, actor: Actor = SELF) -> NoticeAcceptance:
    """Accept the notice, and with it the fields that enabled services ask for and that are not sensitive;
    what the citizen has declined or taken back themselves stays so.

    Raises a 409 unless `version` is the one in force.
    """
    citizen, notice = _held(citizen_id), notice_in_force()
    if version != notice.version:
        raise Problem("conflict", NOT_CURRENT)
    deed = _Deed(citizen, actor, "notice", now(), version)
    known = db.session.get(NoticeAcceptance, citizen_id, populate_existing=True)
    if known is None or known.withdrawn_at is not None or known.version != version:
        known = known or NoticeAcceptance(citizen_id=citizen_id)
        known.version, known.accepted_at, known.withdrawn_at = version, deed.at, None
        db.session.add(known)
        deed.note("given", None, ())
    rows = deed.rows()
    for service, names in notice.asks.items():
        row = rows.get(service) or deed.first(service)
        if WHOLE_SERVICE in row.refused:
            continue
        more = [name for name in names if name not in row.refused and not _is_given(row.agreed.get(name))]
        if more:
            given = {name: Agreed(since=rfc3339(deed.at), by_name=False) for name in more}
            deed.store(row, {**row.agreed, **given}, row.refused)
    db.session.flush()
    return known


def withdraw_notice(citizen_id: str, actor: Actor = SELF) -> None:
    """Take back the acceptance and all that came with it; what was agreed to by name stays."""
    citizen = _held(citizen_id)
    known = db.session.get(NoticeAcceptance, citizen_id, populate_existing=True)
    deed = _Deed(citizen, actor, "notice", now(), known.version if known else None)
    if known is not None and known.withdrawn_at is None:
        known.withdrawn_at = deed.at
        deed.note("withdrawn", None, ())
    for row in deed.rows().values():
        deed.store(row, {name: entry for name, entry in row.agreed.items() if entry["by_name"]}, row.refused)
    db.session.flush()


def agree(citizen_id: str, service: str, scopes: Collection[str], actor: Actor = SELF) -> None:
    """Let a service see these fields from now on, and no others of those that it asks for.

    Raises a 404 for a service that is not enabled, and a 422 for a field for which it does not ask consent.
    """
    citizen = _held(citizen_id)
    terms = terms_in_force().get(service)
    if terms is None:
        raise Problem("not-found")
    asked = {scope.name: scope for scope in terms.asked}
    strange = [name for name in scopes if name not in asked]
    if strange:
        raise invalid_input("/scopes", NOT_ASKED.fill(fields=", ".join(strange)))
    deed = _Deed(citizen, actor, "service", now(), _accepted_version(citizen_id))
    row = deed.row_of(service)
    agreed = {name: _by_name(row.agreed.get(name), asked[name], deed.at) for name in scopes}
    deed.store(row, agreed, asked.keys() - agreed.keys())
    db.session.flush()


def withdraw(citizen_id: str, service: str, actor: Actor = SELF) -> None:
    """Let a service see nothing more that needs consent, whatever notice is accepted later.

    Raises a 404 for a service that is not enabled and of which nothing was decided.
    """
    citizen = _held(citizen_id)
    deed = _Deed(citizen, actor, "service", now(), _accepted_version(citizen_id))
    row = deed.row_of(service)
    if row not in db.session and service not in terms_in_force():
        raise Problem("not-found")
    deed.store(row, {}, [WHOLE_SERVICE])
    db.session.flush()


def forget_service(service: str) -> None:
    """Delete how it stands with a service that has left for good; the ledger stays."""
    db.session.execute(delete(CitizenConsent).where(CitizenConsent.service == service))


def _is_given(entry: Agreed | None) -> bool:
    return entry is not None and not entry.get("carried_over")


def _by_name(before: Agreed | None, scope: Scope, moment: datetime) -> Agreed:
    """Agreed to by name; since earlier where it was already in force."""
    in_force = before is not None and _is_given(before) and (before["by_name"] or not scope.sensitive)
    return Agreed(since=before["since"] if before and in_force else rfc3339(moment), by_name=True)


def _held(citizen_id: str) -> Citizen:
    citizen = lock_row(Citizen, citizen_id)
    if citizen is None:
        raise Problem("sign-in-required", headers={"WWW-Authenticate": "Bearer"})
    return citizen


def _accepted_version(citizen_id: str) -> str | None:
    known = db.session.get(NoticeAcceptance, citizen_id, populate_existing=True)
    return known.version if known is not None and known.withdrawn_at is None else None
