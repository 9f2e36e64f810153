"""Tries in any order, on any days: never more than five of a day are let through, and what is over is
deleted."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from citizen_app.clock import now
from citizen_app.identity.tries import MOST_TRIES, count_try, give_back_try, sweep_tries
from citizen_app.settings import current_settings
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City
from citizen_app.toolkit.testing.races import in_unit

START = datetime(2026, 11, 28, 12, tzinfo=UTC)
STEPS = st.lists(st.tuples(st.integers(0, 10 * 3600), st.booleans()), max_size=25)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(STEPS)
def test_never_more_than_five_of_a_day(city: City, steps: list[tuple[int, bool]]) -> None:
    """Each step waits some seconds and tries; half of the providers are away and the try is given back."""
    citizen, let_through = city.citizen(), Counter[object]()
    with time_machine.travel(START, tick=False) as travel, city.app.app_context():
        for seconds, away in steps:
            travel.shift(timedelta(seconds=seconds))
            day = now().astimezone(current_settings().timezone).date()
            refused = in_unit(city.app, lambda: count_try(citizen.id))
            assert (refused is None) == (let_through[day] < MOST_TRIES)
            if refused is None and away:
                with transaction():
                    give_back_try(citizen.id)
            elif refused is None:
                let_through[day] += 1


def test_what_was_counted_on_days_that_are_over_is_deleted(city: City) -> None:
    app, citizen = city.app, city.citizen()
    with app.app_context(), transaction():
        count_try(citizen.id)
    for days, left in ((0, 1), (1, 1), (3, 0)):
        with time_machine.travel(now() + timedelta(days=days)), app.app_context(), transaction():
            sweep_tries()
        assert city.count("identity_tries") == left
