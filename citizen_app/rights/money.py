"""What the ledger keeps of a citizen, as tables of their copy. Of services it has their titles."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from sqlalchemy import ScalarSelect, select

from citizen_app.citizens.models import Citizen
from citizen_app.payments.models import Hold, Posting, Purse
from citizen_app.payments.provider_models import PaymentOrder
from citizen_app.payments.titles import kind_title, order_title, whose
from citizen_app.rights.rows import rows_of
from citizen_app.text import Text


def _purse_of(citizen: Citizen) -> ScalarSelect[str]:
    return select(Purse.id).where(Purse.citizen_id == citizen.id).scalar_subquery()


def _purse(citizen: Citizen) -> Iterator[Mapping[str, Any]]:
    return rows_of(Purse, Purse.citizen_id == citizen.id, omit=("citizen_id",))


def _statement(citizen: Citizen) -> Iterator[Mapping[str, Any]]:
    return rows_of(
        Posting,
        Posting.purse_id == _purse_of(citizen),
        omit=("purse_id", "key", "party", "part"),
        title=lambda row: kind_title(row.kind, row.source),
        service_title=lambda row: whose(row.service),
    )


def _holds(citizen: Citizen) -> Iterator[Mapping[str, Any]]:
    return rows_of(
        Hold,
        Hold.purse_id == _purse_of(citizen),
        omit=("purse_id",),
        service_title=lambda row: whose(row.service),
    )


def _orders(citizen: Citizen) -> Iterator[Mapping[str, Any]]:
    return rows_of(
        PaymentOrder,
        PaymentOrder.purse_id == _purse_of(citizen),
        omit=("purse_id", "key", "address", "look_at"),
        title=lambda row: order_title(row.kind, row.service),
    )


MONEY: Final[tuple[tuple[str, Text, Callable[[Citizen], Iterator[Mapping[str, Any]]]], ...]] = (
    ("purse", Text("钱包", "Purse"), _purse),
    ("statement", Text("账单", "Statement"), _statement),
    ("money_set_aside", Text("预留的款项", "Money set aside"), _holds),
    ("payment_orders", Text("充值和退款", "Top-ups and pay-outs"), _orders),
)
