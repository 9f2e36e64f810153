"""Money of the demo city: a purse with some, what services say was paid from it, and a difference that waits
to be settled."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from sqlalchemy import select

from citizen_app.citizens.models import Citizen
from citizen_app.citizens.personal import phone_index
from citizen_app.clock import now
from citizen_app.demo.people import CITIZENS
from citizen_app.payments import charging, events, orders, refunding
from citizen_app.payments.postings import posted
from citizen_app.payments.provider_models import ProviderDay
from citizen_app.payments.providers.chosen import provider_of
from citizen_app.payments.providers.demo import DemoProvider
from citizen_app.payments.providers.interface import Event
from citizen_app.registry.seeding import SeedCharge
from citizen_app.settings import current_settings
from citizen_app.storage.orm import db

TOP_UP: Final = "01932c07-de30-7000-8000-000000000001"
NOBODYS: Final = "01932c07-de30-7000-8000-000000000002"
AMOUNT: Final = 5_000
UNKNOWN: Final = 1_500


def load_purse() -> None:
    """The first citizen has topped up, once."""
    if not _pays_with_play_money():
        return
    citizen = _citizen(CITIZENS[0].phone)
    made = orders.ask_top_up(citizen.id, citizen.assurance_level, AMOUNT, TOP_UP)
    if made.state != "paid":
        events.take(DemoProvider.id, Event(made.id, "paid", AMOUNT, "demo-top-up", now()))


def load_charges(service: str, charges: Iterable[SeedCharge]) -> None:
    """What demo citizens have paid a service, each once."""
    for wanted in charges:
        if posted(service, wanted.key) is not None:
            continue
        citizen, at = _citizen(wanted.person.phone), now() - wanted.ago
        made = charging.charge(citizen.id, wanted.amount, service=service, key=wanted.key, at=at, forced=True)
        if wanted.refunded:
            refunding.refund(service, made.id, wanted.refunded, key=f"{wanted.key}:back")


def load_difference() -> None:
    """Yesterday's file of the provider told of a payment that nobody here had asked for."""
    yesterday = now().astimezone(current_settings().timezone).date() - timedelta(days=1)
    known = select(ProviderDay).where(ProviderDay.provider == DemoProvider.id)
    if not _pays_with_play_money() or db.session.scalar(known.limit(1)) is not None:
        return
    events.differ(DemoProvider.id, NOBODYS, "unknown", 0, UNKNOWN)
    done = ProviderDay(
        provider=DemoProvider.id, day=yesterday, rows=2, amount=AMOUNT + UNKNOWN, compared_at=now()
    )
    db.session.add(done)
    db.session.flush()


def _pays_with_play_money() -> bool:
    return isinstance(provider_of(current_settings()), DemoProvider)


def _citizen(phone: str) -> Citizen:
    return db.session.scalars(select(Citizen).where(Citizen.phone_index == phone_index(phone))).one()
