"""Appeals against strikes: made once, decided once; one that is granted forgives its strike.

appeals.make(HospitalAppeal, HospitalStrike, strike_id, ref, "the machine was broken", now())
appeals.decide(HospitalAppeal, HospitalStrike, appeal_id, True, "that is so", officer.name, now())

Where strikes count by place, the appeals' table has the same column, and `decide` takes it by name.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import select

from citizen_app.booking import strikes as ledger
from citizen_app.booking.columns import AppealColumns, StrikeColumns
from citizen_app.ids import new_id
from citizen_app.storage.locking import guarded_update
from citizen_app.storage.orm import db
from citizen_app.storage.statements import upsert
from citizen_app.text import Text
from citizen_app.wire.problems import Problem

Appeal = TypeVar("Appeal", bound=AppealColumns)
Strike = TypeVar("Strike", bound=StrikeColumns)

APPEALED: Final = Text("这一条已经申诉过。", "You have appealed against this already.")
FORGIVEN: Final = Text("这一条已经撤销。", "This one does not count any more.")
DECIDED: Final = Text("这份申诉已经处理。", "This appeal has been decided.")
MOST: Final = 100


def make(
    appeals: type[Appeal],
    strikes: type[Strike],
    strike_id: str,
    citizen_ref: str,
    reason: str,
    moment: datetime,
    *place: str,
) -> Appeal:
    """Appeal against a strike of one's own. `place` names the columns that an appeal has from its strike.
    Raises a 404 for another's, a 409 for a second time."""
    strike = db.session.get(strikes, strike_id)
    if strike is None or strike.citizen_ref != citizen_ref:
        raise Problem("not-found")
    if strike.forgiven_at is not None:
        raise Problem("conflict", FORGIVEN)
    appeal_id = new_id()
    made = upsert(appeals).values(
        id=appeal_id,
        strike_id=strike_id,
        citizen_ref=citizen_ref,
        state="waiting",
        reason_sealed=appeals.reason.seal(appeal_id, reason),
        created_at=moment,
        **{name: getattr(strike, name) for name in place},
    )
    if db.session.scalar(made.on_conflict_do_nothing().returning(appeals.id)) is None:
        raise Problem("conflict", APPEALED)
    return db.session.get_one(appeals, appeal_id)


def decide(
    appeals: type[Appeal],
    strikes: type[Strike],
    appeal_id: str,
    granted: bool,
    answer: str,
    by: str,
    moment: datetime,
    **place: Any,
) -> Appeal:
    """Decide an appeal; granted, its strike counts no more. Raises a 404 for one of another place, a 409 for
    one that is decided."""
    found = select(appeals.id).where(appeals.id == appeal_id).filter_by(**place)
    if db.session.scalar(found) is None:
        raise Problem("not-found")
    decided = guarded_update(
        appeals,
        appeals.id == appeal_id,
        appeals.state == "waiting",
        state="granted" if granted else "refused",
        answer_sealed=appeals.answer.seal(appeal_id, answer),
        decided_at=moment,
        decided_by=by,
    )
    if decided is None:
        raise Problem("conflict", DECIDED)
    if granted:
        ledger.forgive(strikes, decided.strike_id, moment, by, "appeal")
    return decided


def strikes_of(
    appeals: type[Appeal], strikes: type[Strike], citizen_ref: str, kinds: Collection[str]
) -> list[tuple[Strike, Appeal | None]]:
    """Strikes of these kinds that count against somebody, or did, the latest first, a hundred at most; each
    with its appeal."""
    found = (
        select(strikes, appeals)
        .outerjoin(appeals, appeals.strike_id == strikes.id)
        .where(strikes.citizen_ref == citizen_ref, strikes.kind.in_(kinds))
        .order_by(strikes.occurred_at.desc(), strikes.id)
        .limit(MOST)
    )
    return [(strike, appeal) for strike, appeal in db.session.execute(found)]
