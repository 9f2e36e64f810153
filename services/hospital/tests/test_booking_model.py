"""Numbers keep their promises, whatever is done in which order."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from citizen_app.toolkit.commands import transaction
from citizen_app.toolkit.data import session
from citizen_app.toolkit.testing import City
from services.hospital.models import HospitalPool
from services.hospital.operations.states import PLACES

from .booking_model import RULES, World, machine
from .conftest import MakeWard


@pytest.fixture
def world(make_ward: MakeWard, city: City, database_url: str) -> World:
    """The hospitals; on SQLite only, for the order of things is what is tried and not the database."""
    if not database_url.startswith("sqlite"):
        pytest.skip("races are tried on both databases elsewhere")
    first, second = make_ward(**RULES), make_ward("H2", **RULES)
    surgery = first.entity(
        "POST", "/departments", 201, campus_id=first.campus, code="sur", name_zh="外科", name_en="Surgery"
    )["id"]
    citizens = [city.citizen() for _ in range(3)]
    for one in citizens:
        city.top_up(one, 100_000)
        first.mine(one, "PUT", "/sharing", shares=True)  # the service knows them now

    class Unit:
        def __enter__(self) -> None:
            self.context = city.app.app_context()
            self.context.push()
            self.work = transaction()
            self.work.__enter__()

        def __exit__(self, *raised: Any) -> None:
            try:
                self.work.__exit__(*raised)
            finally:
                self.context.pop()

    places = [(first, first.department), (first, surgery), (second, second.department)]
    return World(city, places, [one.ref("hospital") for one in citizens], Unit)


def test_numbers_keep_their_promises(world: World) -> None:
    chosen = settings(
        max_examples=6, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(machine(world), settings=chosen)


def test_the_model_reaches_every_end(world: World) -> None:
    """One walk that is written down, so that what the machine tries is known to happen at all."""
    numbers: Any = machine(world)()
    numbers.begin()
    walk: list[tuple[str, dict[str, Any]]] = [
        ("hold_some", {"wanted": [(0, 0, False)]}),
        ("wait", {"minutes": 11, "sweeps": True}),
        ("hold_some", {"wanted": [(0, 0, True)]}),
        ("cancel", {"which": 0}),
        ("wait", {"minutes": 11, "sweeps": True}),
        ("hold_some", {"wanted": [(0, 0, True)]}),
        ("add", {"who": 2, "at": 0}),
        ("move", {"which": 2, "at": 2}),
        ("hold_some", {"wanted": [(1, 10, True)]}),
        ("stop", {"at": 0}),
        ("wait", {"minutes": 60 * 24 * 60, "sweeps": True}),
    ]
    for act, given in walk:
        getattr(numbers, act)(**given)
        numbers.keeps_its_promises()
    for state in ("lapsed", "booked", "cancelled", "moved", "stopped", "no_show"):
        assert world.city.count("hospital_moves", f"to_state = '{state}'") > 0, f"never {state}"
    assert world.city.count("hospital_bookings", "channel = 'added'") == 1
    assert world.city.count("hospital_bookings", "refunded > 0") > 0


def test_the_model_notices_a_number_sold_twice(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A control: without the guard of the counter the same machine fails."""

    def naive(pool_id: str, *_: Any, **__: Any) -> bool:
        session().get_one(HospitalPool, pool_id).taken += 1
        session().flush()
        return True

    monkeypatch.setattr(PLACES, "_take", naive)
    numbers: Any = machine(world)()
    numbers.begin()
    numbers.hold(who=0, at=0, pays=True)
    numbers.keeps_its_promises()
    with pytest.raises(AssertionError):
        numbers.hold(who=1, at=0, pays=True)
    with pytest.raises(AssertionError, match="oversold"):
        numbers.keeps_its_promises()
