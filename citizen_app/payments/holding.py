"""Holds: an amount is set aside for a service until a moment, then captured, released or expired.

Whoever ends a hold holds the purse's row, so it ends once. That a hold is over is judged by its moment also
before the sweep has come by.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select

from citizen_app.clock import now
from citizen_app.payments.accounts import CAPTURE, HOLD, RELEASE, Kind
from citizen_app.payments.models import Hold, Posting, Purse
from citizen_app.payments.payers import who_pays
from citizen_app.payments.postings import post, repeated
from citizen_app.payments.purses import held, opened, require_open
from citizen_app.payments.telling import tell
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.text import Text
from citizen_app.wire.problems import Problem

OVER: Final = Text("预留的款项已经释放。", "The money that was set aside has been released.")
TOO_MUCH: Final = Text("不能多于预留的金额。", "That is more than was set aside.")
SLICE: Final = 100


def hold(citizen_id: str, amount: int, *, service: str, key: str, until: datetime) -> str:
    """Set an amount aside in the purse of whoever pays for a citizen; returns the hold's id, the same for the
    same key. Raises a 402 where the purse has not so much, a 409 where it is not open."""
    if amount <= 0:
        raise ValueError("a hold is of more than nothing")
    moment = now()
    purse = opened(who_pays(citizen_id, moment))
    before = repeated(service, key, HOLD.kind, purse.id, amount)
    if before is not None:
        return before.id
    require_open(purse)
    made = post(HOLD, purse, amount, service=service, key=key, party=None)
    db.session.add(
        Hold(id=made, purse_id=purse.id, service=service, amount=amount, taken=0, state="open", until=until)
    )
    db.session.flush()
    return made


def capture(service: str, hold_id: str, amount: int | None = None) -> str:
    """Take what was set aside, or a part of it, and release the rest; returns the posting's id, which is
    what a refund goes on from. A second call returns the first's.

    Raises a 404 for a hold that is not the service's, a 409 for another amount, a 410 where it is over.
    """
    found, purse = _held(service, hold_id)
    taken = found.amount if amount is None else amount
    if found.state == "captured":
        before = repeated(service, _key(hold_id, Kind.CAPTURE), CAPTURE.kind, purse.id, taken)
        assert before is not None, "a captured hold has its posting"
        return before.id
    if found.state != "open" or found.until <= now():
        raise Problem("gone", OVER)
    if not 0 < taken <= found.amount:
        raise Problem("conflict", TOO_MUCH)
    key = _key(hold_id, Kind.CAPTURE)
    made = post(CAPTURE, purse, taken, service=service, key=key, party=service, concerns=hold_id)
    if taken < found.amount:
        _give_back(found, purse, found.amount - taken)
    _end(found, "captured", taken)
    return made


def release(service: str, hold_id: str) -> None:
    """Give back what was set aside; harmless where that was done. Raises a 404 for a hold that is not the
    service's, a 409 for one that was captured."""
    found, purse = _held(service, hold_id)
    if found.state == "captured":
        raise Problem("conflict", Text("款项已经收取，请办理退款。", "It has been taken already: refund it."))
    if found.state == "open":
        _give_back(found, purse, found.amount)
        _end(found, "released", 0)


def expired() -> bool:
    """Whether a hold is over and has not been given back: a cheap look."""
    return bool(_overdue(1))


def sweep() -> None:
    """Give back what was set aside too long ago, hold by hold, in units of work of its own; each service is
    told."""
    while True:
        with transaction(reading=True):
            overdue = _overdue(SLICE)
        for hold_id, service in overdue:
            with transaction():
                _expire(service, hold_id)
        if len(overdue) < SLICE:
            return


def _expire(service: str, hold_id: str) -> None:
    found, purse = _held(service, hold_id)
    if found.state == "open" and found.until <= now():
        _give_back(found, purse, found.amount)
        _end(found, "expired", 0)
        tell(service, "hold_expired", hold_id, _key_of(hold_id))


def _overdue(limit: int) -> list[tuple[str, str]]:
    late = select(Hold.id, Hold.service).where(Hold.state == "open", Hold.until <= now())
    return [(row.id, row.service) for row in db.session.execute(late.order_by(Hold.until).limit(limit))]


def _held(service: str, hold_id: str) -> tuple[Hold, Purse]:
    """A hold of a service, with its purse locked first."""
    mine = select(Hold.purse_id).where(Hold.id == hold_id, Hold.service == service)
    purse_id = db.session.scalar(mine)
    if purse_id is None:
        raise Problem("not-found")
    purse = held(purse_id)
    return db.session.get_one(Hold, hold_id, populate_existing=True), purse


def _give_back(found: Hold, purse: Purse, amount: int) -> None:
    key = _key(found.id, Kind.RELEASE)
    post(RELEASE, purse, amount, service=found.service, key=key, party=None, concerns=found.id)


def _end(found: Hold, state: str, taken: int) -> None:
    found.state, found.taken, found.ended_at = state, taken, now()
    db.session.flush()


def _key_of(hold_id: str) -> str:
    """The service's own key of a hold."""
    return db.session.get_one(Posting, hold_id).key


def _key(hold_id: str, kind: Kind) -> str:
    return f"{kind}:{hold_id}"
