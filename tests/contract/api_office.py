"""Money at the city's offices, for the addresses that name a payment or a difference."""

from __future__ import annotations

from typing import Any, Final

from citizen_app.ids import new_id
from citizen_app.payments.charging import charge
from citizen_app.payments.differences import differences
from citizen_app.payments.events import differ
from citizen_app.payments.purses import opened
from citizen_app.payments.transfers import receive
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import TestCitizen
from tests.contract.api_city import Callers
from tests.contract.api_desk import Sent
from tests.contract.api_owners import Owner
from tests.contract.api_repeating import Write
from tests.contract.api_town import Town

MONEY: Final = "/api/v1/admin/payments"
REASON: Final = "Complaint 2026-118"


def paid(citizen: TestCitizen, service: str) -> str:
    """A payment of a citizen's to a service."""
    with citizen.app.app_context(), transaction():
        receive(opened(citizen.id).id, 1_000, provider="demo", key=new_id())
        return charge(citizen.id, 600, service=service, key=new_id()).id


def a_charge(town: Town) -> Owner:
    """An operator, and something that was paid to their service."""
    return Owner(town.office("probe"), {"charge_id": paid(town.city.citizen(), "probe")})


def a_refund(_: Owner) -> dict[str, Any]:
    """A body."""
    return {"json": {"refund_id": new_id(), "amount": 100, "reason": REASON}}


def refund(callers: Callers) -> Sent:
    """An operator gives back a part."""
    made = paid(callers.city.citizen(), "probe")
    body = {"refund_id": new_id(), "amount": 100, "reason": REASON}
    return Sent(f"{MONEY}/charges/{made}/refunds", callers.headers("service_operator:probe"), body)


def settlement(callers: Callers) -> Sent:
    """Somebody has dealt with a difference."""
    with callers.app.app_context(), transaction():
        differ("demo", new_id(), "unknown", 0, 100)
        (newest,) = differences(limit=1).items
    path = f"{MONEY}/differences/{newest.row.id}/settle"
    return Sent(path, callers.headers("finance_clerk"), {"reason": REASON})


OFFICE_WRITES: Final = {
    f"POST {MONEY}/charges/{{charge_id}}/refunds": Write("id", refund),
    f"POST {MONEY}/differences/{{difference_id}}/settle": Write("once", settlement, again=409),
}
