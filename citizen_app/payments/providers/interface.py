"""What the ledger asks of a payment provider, and what a provider says.

A provider learns an order's number, an amount and a title that names the city's service, never who pays or
what was bought. Nothing here is called inside a unit of work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

Outcome = Literal["paid", "failed"]


class ProviderFailed(Exception):
    """The provider did not answer, or not as agreed; `safe_words` holds nothing personal."""

    def __init__(self, safe_words: str) -> None:
        super().__init__(safe_words)
        self.safe_words = safe_words


@dataclass(frozen=True, slots=True)
class Asked:
    """What a provider is asked: to take (`top_up`, `charge`) or to give (`pay_out`) an amount in 分, until a
    moment."""

    order_id: str
    kind: str
    amount: int
    title: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """What became of an order: final, except that a payment which failed may still be made later.
    `reference` is the provider's own number."""

    order_id: str
    outcome: Outcome
    amount: int
    reference: str
    at: datetime


class Provider(Protocol):
    """A payment provider. Each call ends within a few seconds, or raises `ProviderFailed`; the same order id
    means the same order."""

    @property
    def id(self) -> str:
        """The name of its clearing account."""

    def ask(self, asked: Asked) -> str | None:
        """Open an order; returns the address where the citizen pays, None where there is nothing to do for
        them."""

    def look(self, asked: Asked) -> Event | None:
        """What became of an order; None while it is open."""

    def day(self, day: date) -> Sequence[Event] | None:
        """Everything that was paid on a day of the city's calendar; None while that is not known."""
