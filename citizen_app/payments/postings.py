"""Writing the ledger: one posting, and the purse it changes, in one unit of work.

Who writes more than one statement holds the purse's row first (`purses.held`), so that deeds of one purse
take turns and a key that is used again is found.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, insert, select

from citizen_app.clock import now
from citizen_app.ids import new_id
from citizen_app.payments.accounts import Kind, Move, changes_of
from citizen_app.payments.models import Posting, Purse
from citizen_app.storage.locking import guarded_update
from citizen_app.storage.orm import db, table_of
from citizen_app.storage.statements import Prepared
from citizen_app.text import Text
from citizen_app.wire.problems import Problem

INSERT_POSTING: Final = Prepared(insert(table_of(Posting)))
NOT_ENOUGH: Final = Text("钱包余额不足。", "There is not enough money in the purse.")


def row_of(
    move: Move,
    purse_id: str,
    amount: int,
    *,
    service: str,
    key: str,
    party: str | None,
    part: int = 0,
    concerns: str | None = None,
    occurred_at: datetime | None = None,
) -> Mapping[str, Any]:
    """A posting, to be stored."""
    moment = now()
    return {
        "id": new_id(),
        "service": service,
        "key": key,
        "part": part,
        "kind": move.kind,
        "source": move.source,
        "target": move.target,
        "purse_id": purse_id,
        "party": party,
        "amount": amount,
        "concerns": concerns,
        "occurred_at": occurred_at or moment,
        "recorded_at": moment,
    }


def order_key(order_id: str) -> str:
    """The key of what a service has earned by a payment that it asked for."""
    return f"order:{order_id}"


def posted(service: str, key: str, part: int = 0) -> Posting | None:
    """The posting of a business key."""
    mine = select(Posting).where(Posting.service == service, Posting.key == key, Posting.part == part)
    return db.session.scalar(mine)


def repeated(service: str, key: str, kind: Kind, purse_id: str, amount: int) -> Posting | None:
    """What was posted under this key before, if it is the same deed. Raises a 422,
    `idempotency-conflict`, for another."""
    before = posted(service, key)
    if before is None:
        return None
    parts = select(func.sum(Posting.amount)).where(Posting.service == service, Posting.key == key)
    if (before.kind, before.purse_id, db.session.scalar(parts)) != (kind, purse_id, amount):
        raise Problem("idempotency-conflict")
    return before


def post(move: Move, purse: Purse, amount: int, **known: Any) -> str:
    """Move an amount and write it down; returns the posting's id. Raises a 402 where the purse has not that
    much; no row lock is needed for that."""
    changes = changes_of(move, amount)
    guards = [getattr(Purse, name) >= -change for name, change in changes.items() if change < 0]
    values = {name: getattr(Purse, name) + change for name, change in changes.items()}
    if guarded_update(Purse, Purse.id == purse.id, *guards, **values) is None:
        raise Problem("payment-required", NOT_ENOUGH)
    row = row_of(move, purse.id, amount, **known)
    INSERT_POSTING.run(row)
    found: str = row["id"]
    return found
