"""What a provider says, taken in whatever order and however often it comes: a callback, an answer to a
question, a line of a day's file. All of them lead to one end.

The states of an order are ordered, and an event only ever moves it up; money that has come in is never
refused, even after "failed". What contradicts the ledger changes nothing and is noted as a difference.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy import select, update

from citizen_app.clock import now
from citizen_app.ids import new_id
from citizen_app.payments.accounts import CHARGE, TOP_UP
from citizen_app.payments.models import Purse
from citizen_app.payments.orders import asked_of
from citizen_app.payments.policies import CITY
from citizen_app.payments.postings import order_key, post
from citizen_app.payments.provider_models import PaymentDifference, PaymentOrder
from citizen_app.payments.providers.chosen import provider_of
from citizen_app.payments.providers.interface import Event, ProviderFailed
from citizen_app.payments.purses import held
from citizen_app.payments.telling import tell
from citizen_app.payments.transfers import come_back, receive
from citizen_app.settings import current_settings
from citizen_app.storage.orm import db, table_of
from citizen_app.storage.statements import upsert
from citizen_app.storage.transactions import transaction

log = structlog.get_logger(__name__)

RANK: Final = {"asked": 0, "pending": 1, "failed": 2, "paid": 3}
LONGEST_WAIT: Final = timedelta(hours=1)
LOOKED_FOR: Final = timedelta(days=3)
SLICE: Final = 20


def take(provider: str, event: Event) -> None:
    """Take in what a provider says of an order, in a unit of work."""
    found = db.session.execute(
        select(PaymentOrder.purse_id, PaymentOrder.provider).where(PaymentOrder.id == event.order_id)
    ).first()
    if found is None or found.provider != provider:
        differ(provider, event.order_id, "unknown", 0, event.amount)
        return
    purse = held(found.purse_id)
    order = db.session.get_one(PaymentOrder, event.order_id, populate_existing=True)
    if event.amount != order.amount:
        differ(provider, order.id, "amount", order.amount, event.amount)
    elif order.kind == "pay_out" and order.state in ("failed", "paid"):
        if order.state != event.outcome:  # the provider promises one end of what it gives
            differ(provider, order.id, "state", order.amount, event.amount)
    elif purse.citizen_id is None and event.outcome == "paid" and order.kind != "pay_out":
        differ(provider, order.id, "state", 0, event.amount)  # its citizen is erased: staff give it back
    elif RANK[event.outcome] > RANK[order.state]:
        order.state, order.reference, order.ended_at = event.outcome, event.reference, event.at
        order.look_at, order.address = None, None
        db.session.flush()
        _act(order, purse)


def look_after() -> None:
    """Ask the provider what became of orders of which nothing was heard, each in units of work of its own."""
    provider = provider_of(current_settings())
    with transaction(reading=True):
        due = _due(SLICE) if provider is not None else []
    for order in due:
        assert provider is not None
        try:
            event = provider.look(asked_of(order))
        except ProviderFailed as error:
            log.warning("a payment provider did not answer", error=error.safe_words)
            event = None
        with transaction():
            if event is not None:
                take(provider.id, event)
            else:
                _look_later(order)


def anything_open() -> bool:
    """Whether nothing was heard of an order for some time: a cheap look."""
    return bool(_due(1))


def differ(provider: str, order_id: str, kind: str, ours: int, theirs: int) -> None:
    """Note a difference, once."""
    log.error("a payment provider and the ledger differ", order=order_id, kind=kind)
    row = {
        "id": new_id(),
        "provider": provider,
        "order_id": order_id,
        "kind": kind,
        "ours": ours,
        "theirs": theirs,
        "found_at": now(),
    }
    new = upsert(table_of(PaymentDifference)).values(row)
    db.session.execute(new.on_conflict_do_nothing(index_elements=["order_id", "kind"]))


def _act(order: PaymentOrder, purse: Purse) -> None:
    """What an end means to the ledger."""
    if order.kind == "top_up":
        if order.state == "paid":
            receive(purse.id, order.amount, provider=order.provider, key=order.id)
    elif order.kind == "pay_out":
        if order.state == "failed":
            come_back(purse.id, order.amount, provider=order.provider, key=f"{order.id}:back")
    else:
        if order.state == "paid":
            post(TOP_UP, purse, order.amount, service=CITY, key=order.id, party=order.provider)
            post(
                CHARGE,
                purse,
                order.amount,
                service=order.service,
                key=order_key(order.id),
                party=order.service,
            )
        tell(order.service, order.state, order.id, order.key)


def _due(limit: int) -> list[PaymentOrder]:
    waiting = select(PaymentOrder).where(PaymentOrder.look_at <= now()).order_by(PaymentOrder.look_at)
    return list(db.session.scalars(waiting.limit(limit)))


def _look_later(order: PaymentOrder) -> None:
    """Twice as late each time; after some days the answer can only come by itself, or in a day's file."""
    moment = now()
    waited = moment - order.asked_at
    later = None if waited > LOOKED_FOR else moment + min(waited, LONGEST_WAIT)
    values: dict[str, object] = {"look_at": later}
    if later is None and order.kind != "pay_out":
        take(order.provider, Event(order.id, "failed", order.amount, "", moment))
        return
    db.session.execute(
        update(PaymentOrder)
        .where(PaymentOrder.id == order.id, PaymentOrder.look_at.is_not(None))
        .values(**values)
    )
