"""What was paid to services, as staff who refund it find it: by the number on a receipt, or by the service's
own key. Who paid is known to the caller alone, who notes the look; staff are not shown."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import and_, or_, select

from citizen_app.payments.accounts import Account, Kind
from citizen_app.payments.models import Posting, Purse
from citizen_app.payments.postings import order_key
from citizen_app.payments.provider_models import PaymentOrder
from citizen_app.payments.titles import kind_title, whose
from citizen_app.registry.modules import current_registry
from citizen_app.storage.orm import db
from citizen_app.text import Text
from citizen_app.wire.inputs import UUID
from citizen_app.wire.problems import Problem

MOST_FOUND: Final = 20


@dataclass(frozen=True, slots=True)
class GivenBack:
    """A refund of a payment; of one deed that took two moves, each."""

    id: str
    amount: int
    at: datetime


@dataclass(frozen=True, slots=True)
class StaffCharge:
    """Something that was paid to a service, with what came back of it, in 分. `subject_id` and `key` are how
    the service knows it; `payer_id` is who paid, None for an account that is gone."""

    id: str
    service: str
    kind: str
    source: str
    amount: int
    occurred_at: datetime
    recorded_at: datetime
    subject_id: str
    key: str
    payer_id: str | None
    refunds: tuple[GivenBack, ...]

    @property
    def refunded(self) -> int:
        """What came back."""
        return sum(one.amount for one in self.refunds)

    @property
    def left(self) -> int:
        """What can still be given back."""
        return self.amount - self.refunded

    @property
    def title(self) -> Text:
        """What it is."""
        return kind_title(self.kind, self.source)

    @property
    def service_title(self) -> Text:
        """The service's title."""
        return whose(self.service)


def charge_of(charge_id: str, services: Collection[str] | None = None) -> StaffCharge:
    """One payment, of these services (None: all). Raises a 404."""
    paid = db.session.get(Posting, charge_id)
    if paid is None or paid.target != Account.TAKINGS or not _among(paid, services):
        raise Problem("not-found")
    return _opened(paid)


def charges_called(number: str, services: Collection[str] | None = None) -> list[StaffCharge]:
    """The payments that a number leads to: that of a receipt (of the payment, of what was set aside before
    it, of a refund), or a key of the service's own (a booking). Of these services, or of all; a few at
    most."""
    names = services if services is not None else [module.id for module in current_registry()]
    keys = [number, *(order_key(one) for one in _orders_called(number, names))]
    wanted = and_(Posting.service.in_(names), Posting.key.in_(keys))
    if re.fullmatch(UUID, number):
        wanted = or_(Posting.id == number.lower(), wanted)
    named = db.session.scalars(select(Posting).where(wanted).limit(MOST_FOUND))
    found = {paid.id: paid for paid in _paid_by(named) if _among(paid, services)}
    return [_opened(paid) for paid in found.values()]


def _orders_called(number: str, names: Collection[str]) -> list[str]:
    wanted = and_(PaymentOrder.service.in_(names), PaymentOrder.key == number)
    if re.fullmatch(UUID, number):
        wanted = or_(PaymentOrder.id == number.lower(), wanted)
    return list(db.session.scalars(select(PaymentOrder.id).where(wanted).limit(MOST_FOUND)))


def _paid_by(named: Iterable[Posting]) -> Iterable[Posting]:
    """The payments that postings belong to: themselves, what a hold became, what a refund gives back."""
    for one in named:
        if one.target == Account.TAKINGS:
            yield one
        elif one.source == Account.TAKINGS and one.concerns is not None:
            yield db.session.get_one(Posting, one.concerns)
        elif one.kind == Kind.HOLD:
            captured = select(Posting).where(Posting.concerns == one.id, Posting.kind == Kind.CAPTURE)
            yield from db.session.scalars(captured)


def _among(paid: Posting, services: Collection[str] | None) -> bool:
    return services is None or paid.service in services


def _opened(paid: Posting) -> StaffCharge:
    back = (
        select(Posting).where(Posting.concerns == paid.id, Posting.kind == Kind.REFUND).order_by(Posting.id)
    )
    subject_id, key = _known_as(paid)
    return StaffCharge(
        id=paid.id,
        service=paid.service,
        kind=paid.kind,
        source=paid.source,
        amount=paid.amount,
        occurred_at=paid.occurred_at,
        recorded_at=paid.recorded_at,
        subject_id=subject_id,
        key=key,
        payer_id=db.session.scalar(select(Purse.citizen_id).where(Purse.id == paid.purse_id)),
        refunds=tuple(GivenBack(one.id, one.amount, one.recorded_at) for one in db.session.scalars(back)),
    )


def _known_as(paid: Posting) -> tuple[str, str]:
    """The id and the key under which the service knows a payment: of the hold, of what was asked for, or of
    the charge."""
    if paid.kind == Kind.CAPTURE and paid.concerns is not None:
        return paid.concerns, db.session.get_one(Posting, paid.concerns).key
    asked = paid.key.removeprefix(order_key(""))
    if asked != paid.key and re.fullmatch(UUID, asked):
        order = db.session.get(PaymentOrder, asked)
        if order is not None:
            return order.id, order.key
    return paid.id, paid.key
