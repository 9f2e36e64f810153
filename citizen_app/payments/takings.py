"""Takings: what each service has earned and given back, by day, and how the city's purses stand. Sums of the
daily closings, exact at any moment; nobody's single payment is among them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from citizen_app.payments.accounts import Account, Kind
from citizen_app.payments.closing import moved
from citizen_app.payments.policies import CITY
from citizen_app.text import Text
from citizen_app.usage.titles import service_title

BEGINNING: Final = date(2000, 1, 1)
END: Final = date(9000, 12, 31)


@dataclass(frozen=True, slots=True)
class Takings:
    """What a service has earned (`charges` payments of `charged`) and given back, in 分. `day` is that of the
    city's calendar on which it was recorded; None: all days of the period."""

    service: str
    day: date | None
    charges: int
    charged: int
    refunded: int

    @property
    def net(self) -> int:
        """What is left."""
        return self.charged - self.refunded

    @property
    def service_title(self) -> Text:
        """The service's title."""
        return service_title(self.service)


@dataclass(frozen=True, slots=True)
class CityMoney:
    """The money of all purses, in 分: what came in and was paid out in a period, and how they stand now."""

    topped_up: int
    paid_out: int
    repaid: int
    in_purses: int
    held: int
    owed: int
    with_provider: int


def takings_by_day(first: date, last: date, services: Collection[str] | None = None) -> list[Takings]:
    """Each service on each day on which something moved, in the order of days and services."""
    charges, charged, refunded = (
        Counter[tuple[date, str]](),
        Counter[tuple[date, str]](),
        Counter[tuple[date, str]](),
    )
    for row in moved(first, last, services):
        key = (row.day, row.service)
        if row.target == Account.TAKINGS:
            charges[key] += row.postings
            charged[key] += row.amount
        elif row.source == Account.TAKINGS:
            refunded[key] += row.amount
    return [
        Takings(service, day, charges[day, service], charged[day, service], refunded[day, service])
        for day, service in sorted(charged.keys() | refunded.keys())
    ]


def by_service(rows: Iterable[Takings]) -> list[Takings]:
    """The sum of each service."""
    found: dict[str, Takings] = {}
    for row in rows:
        before = found.get(row.service, Takings(row.service, None, 0, 0, 0))
        found[row.service] = Takings(
            row.service,
            None,
            before.charges + row.charges,
            before.charged + row.charged,
            before.refunded + row.refunded,
        )
    return [found[service] for service in sorted(found)]


def city_money(first: date, last: date) -> CityMoney:
    """The money of all purses."""
    kinds = Counter[str]()
    for row in moved(first, last, [CITY]):
        kinds[row.kind] += row.amount
    stands = Counter[str]()
    for row in moved(BEGINNING, END):
        stands[row.target] += row.amount
        stands[row.source] -= row.amount
    return CityMoney(
        topped_up=kinds[Kind.TOP_UP],
        paid_out=kinds[Kind.PAY_OUT] - kinds[Kind.RETURN],
        repaid=kinds[Kind.REPAY],
        in_purses=stands[Account.PURSE],
        held=stands[Account.HELD],
        owed=-stands[Account.DEBT],
        with_provider=-stands[Account.CLEARING],
    )
