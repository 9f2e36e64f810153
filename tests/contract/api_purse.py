"""Writes about one's own money, each by somebody new."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from citizen_app.ids import new_id
from citizen_app.payments.charging import charge
from citizen_app.payments.purses import opened
from citizen_app.payments.transfers import receive
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import TestCitizen
from tests.contract.api_city import Callers
from tests.contract.api_desk import Sent
from tests.contract.api_money import PURSE, headers_of, ward_of
from tests.contract.api_repeating import Write


def in_credit(callers: Callers, owed: int = 0) -> TestCitizen:
    """A citizen with money, who owes something where asked."""
    citizen = callers.city.citizen()
    with callers.app.app_context(), transaction():
        purse = opened(citizen.id).id
        receive(purse, 100, provider="simulated", key=new_id())
        if owed:
            charge(citizen.id, owed, service="bus", key=new_id())
    return citizen


def purse(rest: str, owed: int = 0, **body: Any) -> Callable[[Callers], Sent]:
    """A request about the purse; values that are callable are made for it."""

    def make(callers: Callers) -> Sent:
        values = {name: value() if callable(value) else value for name, value in body.items()}
        return Sent(f"{PURSE}{rest}", headers_of(in_credit(callers, owed)), values)

    return make


def ward(callers: Callers) -> Sent:
    """A guardian's purse pays for the child."""
    guardian = in_credit(callers)
    return Sent(f"{PURSE}/wards/{ward_of(callers.city, guardian)}", headers_of(guardian))


PURSE_WRITES: Final = {
    f"POST {PURSE}/top-ups": Write("id", purse("/top-ups", top_up_id=new_id, amount=2_000)),
    f"POST {PURSE}/repayments": Write("id", purse("/repayments", owed=200, repayment_id=new_id, amount=100)),
    f"POST {PURSE}/freeze": Write("state", purse("/freeze")),
    f"POST {PURSE}/open": Write("state", purse("/open")),
    f"POST {PURSE}/close": Write("id", purse("/close", closing_id=new_id)),
    f"PUT {PURSE}/wards/{{delegation_id}}": Write("state", ward),
    f"DELETE {PURSE}/wards/{{delegation_id}}": Write("state", ward),
}
