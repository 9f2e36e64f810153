"""Orders: the citizen wants to top up or to have their money, a service wants to be paid; the provider is
asked by the outbox, never inside a request."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select, update

from citizen_app.clock import now
from citizen_app.ids import new_id
from citizen_app.jobs.outbox import enqueue
from citizen_app.payments.models import Purse
from citizen_app.payments.payers import who_pays
from citizen_app.payments.policies import CITY, limits_of
from citizen_app.payments.provider_models import PaymentOrder
from citizen_app.payments.providers.chosen import current_provider
from citizen_app.payments.providers.interface import Asked
from citizen_app.payments.purses import opened, require_open
from citizen_app.payments.titles import order_title
from citizen_app.payments.transfers import pay_out
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.text import Text
from citizen_app.wire.problems import Problem, invalid_input

ASK: Final = "payments.ask"
OPEN: Final = ("asked", "pending")
FIRST_LOOK: Final = timedelta(seconds=60)
TOP_UP_LASTS: Final = timedelta(hours=2)

TOO_MUCH_AT_ONCE: Final = Text("一次最多充值 {most}。", "At most {most} at once.")
TOO_MUCH: Final = Text(
    "钱包最多存放 {most}，实名认证后可以更多。",
    "The purse holds at most {most}; with a proved name more.",
)
UNDER_WAY: Final = Text("有一笔充值还在进行，请稍后再关闭。", "A top-up is under way: close the purse later.")


def ask_top_up(citizen_id: str, level: int, amount: int, order_id: str) -> PaymentOrder:
    """Ask for a top-up, within the limits of the level; the same id means the same one. Raises a 409 for a
    purse that is not open, a 422 beyond the limits, a 503 where the city has no provider."""
    purse = opened(citizen_id)
    before = _repeated(order_id, purse, "top_up", amount)
    if before is not None:
        return before
    require_open(purse)
    limits = limits_of(level, now())
    if amount > limits["top_up"]:
        raise invalid_input("/amount", TOO_MUCH_AT_ONCE.fill(most=in_yuan(limits["top_up"])))
    coming = select(func.coalesce(func.sum(PaymentOrder.amount), 0)).where(
        PaymentOrder.purse_id == purse.id, PaymentOrder.kind == "top_up", PaymentOrder.state.in_(OPEN)
    )
    there = purse.balance + purse.held - purse.owed + int(db.session.scalar(coming) or 0)
    if there + amount > limits["balance"]:
        raise invalid_input("/amount", TOO_MUCH.fill(most=in_yuan(limits["balance"])))
    return _ask(order_id, purse, "top_up", amount, CITY, order_id, now() + TOP_UP_LASTS)


def ask_payment(citizen_id: str, amount: int, *, service: str, key: str, until: datetime) -> PaymentOrder:
    """A service asks the citizen (or who pays for them) to pay through the provider; it hears of the end by
    `on_payment`. The same key means the same one."""
    purse = opened(who_pays(citizen_id, now()))
    known = db.session.scalar(
        select(PaymentOrder).where(PaymentOrder.service == service, PaymentOrder.key == key)
    )
    if known is not None:
        if (known.purse_id, known.kind, known.amount) != (purse.id, "charge", amount):
            raise Problem("idempotency-conflict")
        return known
    return _ask(new_id(), purse, "charge", amount, service, key, until)


def close(citizen_id: str, order_id: str) -> PaymentOrder | None:
    """Close the purse and have what is in it paid out; returns the order, None where there was nothing.
    Raises a 409 while something is owed, set aside or on its way."""
    purse = opened(citizen_id)
    before = db.session.get(PaymentOrder, order_id)
    if before is not None and before.purse_id == purse.id and before.kind == "pay_out":
        return before
    if purse.state == "closed":
        return None
    coming = select(PaymentOrder.id).where(
        PaymentOrder.purse_id == purse.id, PaymentOrder.kind != "pay_out", PaymentOrder.state.in_(OPEN)
    )
    if db.session.scalar(coming.limit(1)) is not None:
        raise Problem("conflict", UNDER_WAY)
    provider = current_provider() if purse.balance else None
    amount = pay_out(purse, provider=provider.id if provider else "", key=order_id)
    return _ask(order_id, purse, "pay_out", amount, CITY, order_id, None) if amount else None


def order_of(citizen_id: str, order_id: str) -> PaymentOrder:
    """An order of a citizen's purse. Raises a 404 for anybody else's."""
    mine = (
        select(PaymentOrder)
        .join(Purse, Purse.id == PaymentOrder.purse_id)
        .where(Purse.citizen_id == citizen_id, PaymentOrder.id == order_id)
    )
    found = db.session.scalar(mine)
    if found is None:
        raise Problem("not-found")
    return found


def has_open_order(citizen_id: str) -> bool:
    """Whether money is on its way to or from a citizen's purse."""
    mine = select(PaymentOrder.id).join(Purse, Purse.id == PaymentOrder.purse_id)
    under_way = mine.where(Purse.citizen_id == citizen_id, PaymentOrder.state.in_(OPEN))
    return db.session.scalar(under_way.limit(1)) is not None


def open_order(order_id: str) -> PaymentOrder | None:
    """An order that the provider has been asked and that has not ended."""
    found = db.session.get(PaymentOrder, order_id)
    return found if found is not None and found.state in OPEN else None


def asked_of(order: PaymentOrder) -> Asked:
    """What the provider is asked."""
    title = order_title(order.kind, order.service).zh
    return Asked(order.id, order.kind, order.amount, title, order.until)


def send(message_id: str, payload: Mapping[str, Any]) -> None:
    """Sender of outbox messages of kind `ASK`: ask the provider, and note where the citizen pays."""
    provider = current_provider()
    with transaction(reading=True):
        order = db.session.get(PaymentOrder, payload["order_id"])
    if order is None or order.state != "asked":
        return
    address = provider.ask(asked_of(order))
    with transaction():
        db.session.execute(
            update(PaymentOrder)
            .where(PaymentOrder.id == order.id, PaymentOrder.state == "asked")
            .values(state="pending", address=address, look_at=now() + FIRST_LOOK)
        )


def in_yuan(amount: int) -> Text:
    """An amount (分) as people read it."""
    plain = f"{amount // 100:,}.{amount % 100:02}".removesuffix(".00")
    return Text(f"{plain} 元", f"¥{plain}")


def _ask(
    order_id: str, purse: Purse, kind: str, amount: int, service: str, key: str, until: datetime | None
) -> PaymentOrder:
    moment = now()
    order = PaymentOrder(
        id=order_id,
        purse_id=purse.id,
        kind=kind,
        service=service,
        key=key,
        provider=current_provider().id,
        amount=amount,
        state="asked",
        asked_at=moment,
        until=until,
        look_at=moment + FIRST_LOOK,
    )
    db.session.add(order)
    db.session.flush()
    enqueue(ASK, {"order_id": order_id})
    return order


def _repeated(order_id: str, purse: Purse, kind: str, amount: int) -> PaymentOrder | None:
    before = db.session.get(PaymentOrder, order_id)
    if before is not None and (before.purse_id, before.kind, before.amount) != (purse.id, kind, amount):
        raise Problem("idempotency-conflict")
    return before
