"""Daily closings: what moved between which accounts, per day of the city's calendar, from the postings.

A posting gets its id before its transaction commits, so the watermark stays behind by longer than any
transaction lives; what is above it is counted when somebody asks. Each posting is read once: the time is
linear in their number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import select, update

from citizen_app import clock
from citizen_app.ids import first_id_at
from citizen_app.payments.accounts import Account
from citizen_app.payments.models import PaymentClosing, PaymentDay, Posting
from citizen_app.settings import current_settings
from citizen_app.storage.orm import db, table_of
from citizen_app.storage.statements import upsert
from citizen_app.storage.transactions import transaction

LAG: Final = timedelta(minutes=2)
CHUNK: Final = 20_000
DAYS: Final = "payment_days"
BEGINNING: Final = "00000000-0000-0000-0000-000000000000"
NO_PARTY: Final = ""

Key = tuple[date, str, str, str, str, str]
_DAYS: Final = table_of(PaymentDay)
_CLOSINGS: Final = table_of(PaymentClosing)
_READ: Final = (
    Posting.recorded_at,
    Posting.service,
    Posting.party,
    Posting.kind,
    Posting.source,
    Posting.target,
    Posting.amount,
    Posting.id,
)


@dataclass(frozen=True, slots=True)
class Moved:
    """So many postings of so much, on one day, of one kind between two accounts."""

    day: date
    service: str
    party: str
    kind: str
    source: str
    target: str
    postings: int
    amount: int


def close(chunk: int = CHUNK) -> int:
    """Bring the days up to date, in units of work of its own; returns how many postings were added."""
    closed = 0
    while True:
        with transaction():
            step = close_next(chunk)
        closed += step
        if step < chunk:
            return closed


def is_behind() -> bool:
    """Whether a posting waits to be closed; one index look-up."""
    query = select(Posting.id).where(Posting.id > _reached(), Posting.id < _horizon())
    return db.session.scalar(query.order_by(Posting.id).limit(1)) is not None


def close_next(chunk: int = CHUNK) -> int:
    """Add the next postings to the days and move the watermark, whose row is locked first; returns how
    many."""
    row = upsert(_CLOSINGS).values(name=DAYS, closed_to=BEGINNING)
    db.session.execute(row.on_conflict_do_nothing(index_elements=["name"]))
    locked = select(PaymentClosing.closed_to).where(PaymentClosing.name == DAYS).with_for_update()
    after = db.session.scalar(locked) or BEGINNING
    query = select(*_READ).where(Posting.id > after, Posting.id < _horizon())
    rows = db.session.execute(query.order_by(Posting.id).limit(chunk)).all()
    if rows:
        _add(_counted(rows))
        db.session.execute(update(_CLOSINGS).where(_CLOSINGS.c.name == DAYS).values(closed_to=rows[-1].id))
    return len(rows)


def moved(first: date, last: date, services: Collection[str] | None = None) -> list[Moved]:
    """What moved on these days, exact at any moment; of some services, or of all."""
    found = Counter[Key]()
    postings = Counter[Key]()
    days = select(PaymentDay).where(PaymentDay.day.between(first, last))
    fresh = select(*_READ).where(Posting.id > _reached())
    if services is not None:
        days = days.where(PaymentDay.service.in_(services))
        fresh = fresh.where(Posting.service.in_(services))
    for row in db.session.scalars(days):
        key = (row.day, row.service, row.party, row.kind, row.source, row.target)
        found[key] += row.amount
        postings[key] += row.postings
    for key, (number, amount) in _counted(db.session.execute(fresh)).items():
        if first <= key[0] <= last:
            found[key] += amount
            postings[key] += number
    return [Moved(*key, postings[key], found[key]) for key in sorted(found)]


def takings(first: date, last: date, service: str) -> int:
    """What a service has earned on these days, refunds taken off."""
    total = 0
    for row in moved(first, last, [service]):
        total += row.amount * ((row.target == Account.TAKINGS) - (row.source == Account.TAKINGS))
    return total


def _counted(rows: Any) -> dict[Key, tuple[int, int]]:
    zone = current_settings().timezone
    found: dict[Key, tuple[int, int]] = {}
    for at, service, party, kind, source, target, amount, _ in rows:
        key = (at.astimezone(zone).date(), service, party or NO_PARTY, kind, source, target)
        number, total = found.get(key, (0, 0))
        found[key] = (number + 1, total + amount)
    return found


def _add(counted: dict[Key, tuple[int, int]]) -> None:
    names = ("day", "service", "party", "kind", "source", "target")
    rows = [
        {**dict(zip(names, key, strict=True)), "postings": number, "amount": amount}
        for key, (number, amount) in counted.items()
    ]
    new = upsert(_DAYS).values(rows)
    db.session.execute(
        new.on_conflict_do_update(
            index_elements=list(names),
            set_={
                "postings": _DAYS.c.postings + new.excluded.postings,
                "amount": _DAYS.c.amount + new.excluded.amount,
            },
        )
    )


def _reached() -> str:
    reached = select(PaymentClosing.closed_to).where(PaymentClosing.name == DAYS)
    return db.session.scalar(reached) or BEGINNING


def _horizon() -> str:
    return first_id_at(clock.now() - LAG)
