"""A payment provider as a process of its own, and the city on a real server: whatever is told late, twice, in
any order, or not at all has one end."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
import time_machine
from sqlalchemy import delete

from citizen_app.clock import now
from citizen_app.factory import CitizenFlask
from citizen_app.ids import new_id
from citizen_app.jobs.outbox import send_due
from citizen_app.payments import comparing, events, proving
from citizen_app.payments.provider_models import ProviderDay
from citizen_app.settings import current_settings
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City, TestCitizen
from tests.server import Server

pytestmark = pytest.mark.processes
SECRET: Final = "a secret shared with the provider, long enough"
PROVIDER: Final = Path(__file__).with_name("standin_provider.py")
PURSE: Final = "/api/v1/me/purse"
AMOUNT: Final = 1_000
PLANS: Final[dict[str, dict[str, Any]]] = {
    "paid": {"outcomes": ["paid"], "told": True},
    "failed": {"outcomes": ["failed"], "told": True},
    "paid after all": {"outcomes": ["failed", "paid"], "told": True},
    "lost, and asked for": {"outcomes": ["paid"], "answers": True},
    "lost, and failed": {"outcomes": ["failed"], "answers": True},
    "lost, and in the file": {"outcomes": ["paid"], "filed": True},
    "told failed, and paid by the file": {"outcomes": ["failed"], "told": True, "filed": True},
}
"""What becomes of orders: whether the city is told, whether questions are answered, whether it stands in
yesterday's file, as paid."""
PAID: Final = 5


@pytest.fixture
def provider() -> Iterator[str]:
    """The address of the stand-in."""
    process = subprocess.Popen([sys.executable, str(PROVIDER), SECRET], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def app_settings(provider: str) -> dict[str, str]:
    """A city that pays there."""
    return {"CITIZEN_PAYMENTS_URL": provider, "CITIZEN_PAYMENTS_SECRET": SECRET}


@pytest.fixture
def server(app: CitizenFlask, app_environment: dict[str, str], tmp_path: Path) -> Iterator[Server]:
    """A real server on the database of `app`, without jobs: the test says when the city asks and compares."""
    made = Server({**app_environment, "CITIZEN_JOBS_IN_SERVER": "0"}, tmp_path / "server.log")
    made.start()
    yield made
    made.stop()


def asked_for(server: Server, citizen: TestCitizen) -> dict[str, str]:
    """A top-up for each plan, by its name."""
    headers = {"Authorization": f"Bearer {citizen.access_token}"}
    made = {}
    for name in PLANS:
        made[name] = new_id()
        body = {"top_up_id": made[name], "amount": AMOUNT}
        answer = httpx.post(f"{server.url}{PURSE}/top-ups", json=body, headers=headers)
        assert answer.status_code == 202, answer.text
    return made


def planned(provider: str, order_ids: dict[str, str], *, filed: bool = False) -> None:
    """Tell the provider what shall become of them; `filed`: what was paid of them since, too."""
    zone, today = current_settings().timezone, now()
    days = [(today.astimezone(zone) - timedelta(days=back)).date() for back in (0, 1)]
    plans = {}
    for name, order_id in order_ids.items():
        plan = PLANS[name]
        plans[order_id] = {
            "outcomes": [*plan["outcomes"], "paid"] if filed and plan.get("filed") else plan["outcomes"],
            "answers": plan.get("answers", False),
            "amount": AMOUNT,
            "day": str(days[plan.get("filed", 0)]),
        }
    httpx.post(f"{provider}/plan", json=plans)


def told(provider: str, server: Server, order_ids: list[str], seed: int) -> None:
    """Let the provider tell the city."""
    wanted = {"city": server.url, "orders": order_ids, "seed": seed}
    statuses = httpx.post(f"{provider}/deliver", json=wanted, timeout=60).json()
    assert set(statuses) == {204}, statuses


def ends(server: Server, citizen: TestCitizen, order_ids: dict[str, str]) -> dict[str, Any]:
    """What the citizen sees of each, and what is in the purse."""
    headers = {"Authorization": f"Bearer {citizen.access_token}"}
    with httpx.Client(base_url=server.url, headers=headers) as client:
        found = {
            name: client.get(f"{PURSE}/top-ups/{one}").json()["state"] for name, one in order_ids.items()
        }
        return {**found, "balance": client.get(PURSE).json()["balance"]}


def test_whatever_is_told_late_twice_shuffled_or_not_at_all_has_one_end(
    app: CitizenFlask, provider: str, server: Server
) -> None:
    city = City(app)
    found = []
    for seed in (1, 2):
        citizen = city.citizen()
        order_ids = asked_for(server, citizen)
        with app.app_context():
            send_due()
            planned(provider, order_ids)
        told(provider, server, [one for name, one in order_ids.items() if PLANS[name].get("told")], seed)
        waiting = ends(server, citizen, order_ids)
        assert waiting["balance"] == 2 * AMOUNT
        assert waiting["lost, and asked for"] == waiting["lost, and in the file"] == "pending"
        with app.app_context(), time_machine.travel(now() + timedelta(seconds=90)):
            events.look_after()
        assert ends(server, citizen, order_ids)["balance"] == 3 * AMOUNT
        with app.app_context():
            with transaction():
                db.session.execute(delete(ProviderDay))
            planned(provider, order_ids, filed=True)
            comparing.compare_due()
        found.append(ends(server, citizen, order_ids))
        told(provider, server, list(order_ids.values()), seed + 10)  # all of it late, and once more
        assert ends(server, citizen, order_ids) == found[-1]
    assert found[0] == found[1]
    assert found[0]["balance"] == PAID * AMOUNT
    assert city.count("payment_postings") == 2 * PAID
    assert city.count("payment_differences") == 0
    with app.app_context(), transaction(reading=True):
        assert proving.prove().holds
