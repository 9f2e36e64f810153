"""Somebody's money, for the addresses that name a line of a statement, a top-up or a ward."""

from __future__ import annotations

from typing import Final

from citizen_app.clock import now
from citizen_app.ids import new_id
from citizen_app.payments.purses import opened
from citizen_app.payments.transfers import receive
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City, TestCitizen

PURSE: Final = "/api/v1/me/purse"


def used_purse(citizen: TestCitizen) -> dict[str, str]:
    """Put money into a citizen's purse and ask for more; returns the ids by URL parameter."""
    with citizen.app.app_context(), transaction():
        made = receive(opened(citizen.id).id, 1_000, provider="demo", key=new_id())
    top_up_id = new_id()
    asked = citizen.call("POST", f"{PURSE}/top-ups", json={"top_up_id": top_up_id, "amount": 2_000})
    assert asked.status_code == 202, asked.text
    return {"posting_id": made, "order_id": top_up_id}


def ward_of(city: City, guardian: TestCitizen) -> str:
    """The delegation by which a citizen is guardian of a child."""
    child = city.citizen("王小明", born=now().date().replace(year=now().year - 8, day=1))
    acting = city.acting(guardian, child, "guardian").signed_in.acting
    assert acting is not None and acting.delegation_id is not None
    return acting.delegation_id


def headers_of(citizen: TestCitizen) -> dict[str, str]:
    """Their bearer token."""
    return {"Authorization": f"Bearer {citizen.access_token}"}
