"""A provider's file of a day, compared with the ledger: what was lost is taken in, what differs is noted for
people to settle."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlalchemy import func, select

from citizen_app.clock import now
from citizen_app.payments.events import differ, take
from citizen_app.payments.provider_models import PaymentDifference, PaymentOrder, ProviderDay
from citizen_app.payments.providers.chosen import provider_of
from citizen_app.payments.providers.interface import Event
from citizen_app.settings import current_settings
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction

DAYS_BACK: Final = 7
SLICE: Final = 500


def compare_due() -> None:
    """Compare the files of the last days that have not been compared, in units of work of their own."""
    provider = provider_of(current_settings())
    if provider is None:
        return
    with transaction(reading=True):
        missing = _days_to_compare(provider.id)
    for day in missing:
        events = provider.day(day)
        if events is not None:
            compare(provider.id, day, events)


def any_due() -> bool:
    """Whether a day waits: a cheap look."""
    provider = provider_of(current_settings())
    return provider is not None and bool(_days_to_compare(provider.id))


def compare(provider: str, day: date, events: Sequence[Event]) -> int:
    """Compare one day's file; returns how many differences are open of it. Doing it again is harmless."""
    for start in range(0, len(events), SLICE):
        with transaction():
            for event in events[start : start + SLICE]:
                take(provider, event)
    told = {event.order_id: event for event in events if event.outcome == "paid"}
    with transaction():
        for order in _paid_on(provider, day):
            if order.id not in told:
                differ(provider, order.id, "missing", order.amount, 0)
        done = ProviderDay(
            provider=provider,
            day=day,
            rows=len(events),
            amount=sum(event.amount for event in told.values()),
            compared_at=now(),
        )
        db.session.merge(done)
        still = PaymentDifference.settled_at.is_(None), PaymentDifference.provider == provider
        return db.session.scalar(select(func.count()).select_from(PaymentDifference).where(*still)) or 0


def _days_to_compare(provider: str) -> list[date]:
    today = now().astimezone(current_settings().timezone).date()
    days = [today - timedelta(days=back) for back in range(DAYS_BACK, 0, -1)]
    first = db.session.scalar(select(PaymentOrder.asked_at).where(PaymentOrder.provider == provider).limit(1))
    if first is None:
        return []
    done = set(db.session.scalars(select(ProviderDay.day).where(ProviderDay.provider == provider)))
    return [day for day in days if day not in done]


def _paid_on(provider: str, day: date) -> list[PaymentOrder]:
    zone = current_settings().timezone
    begins = datetime.combine(day, time(), zone)
    ends = datetime.combine(day + timedelta(days=1), time(), zone)
    mine = select(PaymentOrder).where(
        PaymentOrder.provider == provider,
        PaymentOrder.state == "paid",
        PaymentOrder.ended_at >= begins,
        PaymentOrder.ended_at < ends,
    )
    return list(db.session.scalars(mine))
