"""Reads of purses: how one stands, its statement, a receipt."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from citizen_app.clock import now
from citizen_app.payments.accounts import Account, Kind, Move, changes_of
from citizen_app.payments.models import Posting, Purse
from citizen_app.payments.policies import CITY, limits_of
from citizen_app.payments.purses import purse_of
from citizen_app.payments.refunding import refunded
from citizen_app.payments.titles import kind_title, whose
from citizen_app.storage.keyset import Page, page_of_rows
from citizen_app.storage.orm import db
from citizen_app.text import Text
from citizen_app.wire.inputs import UUID
from citizen_app.wire.problems import Problem


@dataclass(frozen=True, slots=True)
class PurseStanding:
    """A purse as its citizen sees it, in 分; one that was never used stands open and empty."""

    state: str
    balance: int
    held: int
    owed: int
    limits: Mapping[str, int]
    opened_at: datetime | None


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A posting as its citizen sees it: by how much what they have, what is set aside and what they owe
    changed."""

    id: str
    kind: str
    service: str
    amount: int
    balance_change: int
    held_change: int
    owed_change: int
    occurred_at: datetime
    recorded_at: datetime
    source: str
    concerns: str | None
    key: str

    @property
    def title(self) -> Text:
        """What it is."""
        return kind_title(self.kind, self.source)

    @property
    def event_id(self) -> str | None:
        """The use that it was charged for, where it was a scan: its key is the event's id."""
        return self.key if self.kind == Kind.CHARGE and re.fullmatch(UUID, self.key) else None

    @property
    def service_title(self) -> Text:
        """With whom, and nothing more."""
        return whose(self.service)


@dataclass(frozen=True, slots=True)
class Receipt:
    """A line with what came back of it."""

    line: StatementLine
    refunded: int


def standing_of(citizen_id: str, level: int) -> PurseStanding:
    """How a citizen's purse stands."""
    purse, limits = purse_of(citizen_id), limits_of(level, now())
    if purse is None:
        return PurseStanding("open", 0, 0, 0, limits, None)
    return PurseStanding(purse.state, purse.balance, purse.held, purse.owed, limits, purse.opened_at)


def statement_of(
    citizen_id: str,
    *,
    limit: int,
    cursor: str | None = None,
    within: Collection[str] | None = None,
) -> Page[StatementLine]:
    """One page of what moved in a citizen's purse, newest first; for who acts at some services only, those of
    these and the purse's own. Raises a 422 for a foreign cursor."""
    rows = select(Posting).join(Purse, Purse.id == Posting.purse_id).where(Purse.citizen_id == citizen_id)
    if within is not None:
        rows = rows.where(Posting.service.in_([CITY, *within]))
    return page_of_rows(rows, Posting.id, limit, cursor).map(lambda row: line_of(row[0]))


def receipt_of(citizen_id: str, posting_id: str, within: Collection[str] | None = None) -> Receipt:
    """One line. Raises a 404 for anybody else's."""
    mine = (
        select(Posting)
        .join(Purse, Purse.id == Posting.purse_id)
        .where(Purse.citizen_id == citizen_id, Posting.id == posting_id)
    )
    found = db.session.scalar(mine)
    if found is None or (within is not None and found.service not in {CITY, *within}):
        raise Problem("not-found")
    paid = found.target == Account.TAKINGS
    return Receipt(line_of(found), refunded(found.id) if paid else 0)


def receipts_of(citizen_id: str, charged: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The lines of a citizen's statement that their uses were charged on, by event; `charged` are services
    and events. What somebody else paid for them is not theirs to see."""
    wanted = list(charged)
    if not wanted:
        return {}
    query = (
        select(Posting.key, Posting.id)
        .join(Purse, Purse.id == Posting.purse_id)
        .where(
            Posting.service.in_({service for service, _ in wanted}),
            Posting.key.in_([event_id for _, event_id in wanted]),
            Posting.target == Account.TAKINGS,
            Purse.citizen_id == citizen_id,
        )
    )
    return {row.key: row.id for row in db.session.execute(query)}


def line_of(posting: Posting) -> StatementLine:
    """A posting as its citizen sees it."""
    move = Move(Kind(posting.kind), Account(posting.source), Account(posting.target))
    changes = changes_of(move, posting.amount)
    return StatementLine(
        id=posting.id,
        kind=posting.kind,
        service=posting.service,
        amount=posting.amount,
        balance_change=changes.get("balance", 0),
        held_change=changes.get("held", 0),
        owed_change=changes.get("owed", 0),
        occurred_at=posting.occurred_at,
        recorded_at=posting.recorded_at,
        source=posting.source,
        concerns=posting.concerns,
        key=posting.key,
    )
