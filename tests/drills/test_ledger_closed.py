"""Many postings close in linear time, and to the same 分 as a naive sum; then the whole is proved."""

from __future__ import annotations

import random
import time
from collections import Counter
from datetime import timedelta

from sqlalchemy import insert

from citizen_app.clock import now
from citizen_app.ids import first_id_at, new_id
from citizen_app.payments import closing, proving, purses
from citizen_app.payments.accounts import CHARGE_ON_DEBT
from citizen_app.payments.models import Posting, Purse
from citizen_app.settings import current_settings
from citizen_app.storage.orm import db, table_of
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City
from tests.drills.sizes import POSTINGS

SLICE = 20_000
SERVICES = ("bus", "pass", "probe")


def fill(city: City, number: int) -> Counter[tuple[object, str]]:
    """Store so many charges of some days, on one debt; returns what a naive sum says of day and service."""
    chance, summed, owed = random.Random(3), Counter[tuple[object, str]](), 0
    zone, began = current_settings().timezone, now() - timedelta(days=3)
    citizen = city.citizen()
    with transaction():
        purse_id = purses.opened(citizen.id).id
    for start in range(0, number, SLICE):
        rows = []
        for n in range(start, min(start + SLICE, number)):
            at = began + timedelta(seconds=n * 200_000 / number)
            amount, service = chance.randint(1, 999), SERVICES[n % len(SERVICES)]
            one = first_id_at(at)[:13] + new_id()[13:]
            rows.append(
                {
                    "id": one,
                    "service": service,
                    "key": one,
                    "part": 0,
                    "kind": CHARGE_ON_DEBT.kind,
                    "source": CHARGE_ON_DEBT.source,
                    "target": CHARGE_ON_DEBT.target,
                    "purse_id": purse_id,
                    "party": service,
                    "amount": amount,
                    "concerns": None,
                    "occurred_at": at,
                    "recorded_at": at,
                }
            )
            summed[at.astimezone(zone).date(), service] += amount
            owed += amount
        with transaction():
            db.session.execute(insert(table_of(Posting)), rows)
    with transaction():
        db.session.get_one(Purse, purse_id).owed = owed
    return summed


def test_closing_is_linear_and_equals_a_naive_sum(city: City) -> None:
    with city.app.app_context():
        summed = fill(city, POSTINGS)
        times = []
        left = POSTINGS
        while left:
            began = time.perf_counter()
            with transaction():
                left -= closing.close_next(max(POSTINGS // 10, 1))
            times.append(time.perf_counter() - began)
        days = [day for day, _ in summed]
        with transaction(reading=True):
            found = Counter[tuple[object, str]]()
            for row in closing.moved(min(days), max(days)):  # type: ignore[type-var]
                found[row.day, row.service] += row.amount
            began = time.perf_counter()
            proof = proving.prove()
            proved = time.perf_counter() - began
        assert found == summed
        assert proof.holds and proof.postings == POSTINGS
        assert proof.moved == sum(summed.values())
        print(f"{POSTINGS} postings: closed in {sum(times):.1f} s, proved in {proved:.1f} s")
        early, late = sorted(times[:5])[2], sorted(times[5:10])[2]
        assert late < 3 * early, f"the last tenths took {late:.2f} s, the first {early:.2f} s"
