"""Lines over weekdays and holidays; pools of slots that fit a changed line, and give back what was not
sold."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import event, func, select

from citizen_app.ids import new_id
from citizen_app.storage.orm import db
from citizen_app.toolkit.booking import timetable
from citizen_app.toolkit.commands import transaction
from citizen_app.toolkit.testing import City
from citizen_app.toolkit.testing.races import concurrently
from tests.integration.booking.conftest import NOON, Unit

HOUR = timedelta(hours=1)


def line(**more: object) -> Any:
    usual = {"closed": False, "weekday": 3, "days": "workdays", "valid_from": date(2026, 1, 1)}
    return SimpleNamespace(**{**usual, "valid_until": None, **more})


@pytest.mark.parametrize(
    ("days", "weekday", "day", "holds"),
    [
        ("workdays", 3, date(2026, 5, 14), True),
        ("workdays", 4, date(2026, 5, 1), False),  # Labour Day
        ("always", 4, date(2026, 5, 1), True),
        ("days_off", 6, date(2026, 5, 10), True),
        ("workdays", 6, date(2026, 5, 10), False),
        ("workdays", 2, date(2026, 5, 14), False),
    ],
)
def test_days_on_which_a_line_holds(city: City, days: str, weekday: int, day: date, holds: bool) -> None:
    with city.app.app_context(), transaction(reading=True):
        assert timetable.holds_on(line(days=days, weekday=weekday), day) is holds


def test_a_line_holds_while_it_is_valid_and_open(city: City) -> None:
    first, last = date(2026, 5, 1), date(2026, 5, 31)
    with city.app.app_context(), transaction(reading=True):
        assert [day.day for day in timetable.days_of(line(), first, last)] == [7, 14, 21, 28]
        until = line(valid_from=date(2026, 5, 8), valid_until=date(2026, 5, 21))
        assert [day.day for day in timetable.days_of(until, first, last)] == [14, 21]
        assert list(timetable.days_of(line(closed=True), first, last)) == []


def pools_of(hall: Any, evening: str, *slots: tuple[int, str, int]) -> dict[tuple[int, str], str]:
    """Pools of an evening: how many hours from noon on, channel and places of each."""
    made = {}
    for hours, channel, capacity in slots:
        starts_at = NOON + hours * HOUR
        back = None if channel == "app" else starts_at - HOUR
        row = hall.HallSlot(
            id=new_id(), evening_id=evening, channel=channel, capacity=capacity, taken=0,
            starts_at=starts_at, ends_at=starts_at + HOUR, gives_back_at=back,
        )  # fmt: skip
        db.session.add(row)
        made[hours, channel] = row.id
    db.session.flush()
    return made


def test_pools_that_nobody_uses_fit_what_is_wanted(unit: Unit, hall: Any) -> None:
    evening, other = new_id(), new_id()
    with unit():
        made = pools_of(hall, evening, (1, "app", 2), (1, "desk", 2), (2, "app", 2))
        pools_of(hall, other, (1, "app", 2))
        held = hall.SLOT_SEATS.hold(made[1, "app"], "ann", NOON, seconds=60)
        mine = hall.SLOTS.locked(evening)
        assert {one.id for one in mine} == set(made.values())
        assert hall.SLOTS.are_used(mine, NOON)
        assert not hall.SLOTS.are_used(mine, NOON + HOUR), "what is overdue is nobody's"
        wanted = {(NOON + hours * HOUR, "app"): {"capacity": 5} for hours in (2, 3)}
        assert list(hall.SLOTS.fit(mine, wanted)) == [(NOON + 3 * HOUR, "app")]
    with unit():
        left = {one.id: one.capacity for one in hall.SLOTS.locked(evening)}
        assert left == {made[1, "app"]: 0, made[2, "app"]: 5}, "where somebody had a place the row stays"
        assert held.pool_id in left
        assert len(hall.SLOTS.locked(other)) == 1


@pytest.mark.parametrize("has_main", [True, False])
def test_what_a_channel_did_not_sell_goes_to_the_main_one_once(
    city: City, unit: Unit, hall: Any, has_main: bool
) -> None:
    told: list[str] = []
    with unit():
        slots = ((1, "desk", 3), (2, "desk", 1), *(((1, "app", 2),) if has_main else ()))
        made = pools_of(hall, new_id(), *slots)
        hall.SLOT_SEATS.hold(made[1, "desk"], "ann", NOON, seconds=None)
    with city.app.app_context():
        for expected in (2 if has_main else 0, 0):
            assert hall.SLOTS.give_back(NOON, transaction, told.append) == expected
    with unit():
        found = select(hall.HallSlot.id, hall.HallSlot.capacity, hall.HallSlot.gives_back_at)
        rows = {row.id: (row.capacity, row.gives_back_at) for row in db.session.execute(found)}
    assert rows[made[2, "desk"]] == (1, NOON + HOUR), "not yet"
    assert rows[made[1, "desk"]] == (1 if has_main else 3, None)
    assert told == ([made[1, "app"]] if has_main else [])


def test_a_hold_that_lapsed_is_given_back_too(city: City, unit: Unit, hall: Any) -> None:
    with unit():
        made = pools_of(hall, new_id(), (1, "app", 1), (1, "desk", 2))
        hall.SLOT_SEATS.hold(made[1, "desk"], "ann", NOON - HOUR, seconds=60)
    with city.app.app_context():
        assert hall.SLOTS.give_back(NOON, transaction) == 2
    with unit():
        assert hall.SLOT_SEATS.left_in(list(made.values()), NOON) == {made[1, "app"]: 3, made[1, "desk"]: 0}


def test_many_are_given_back_in_a_few_statements_and_once_where_two_do_it(
    city: City, unit: Unit, hall: Any
) -> None:
    evenings = [new_id() for _ in range(60)]
    with unit():
        for evening in evenings:
            pools_of(hall, evening, (1, "app", 1), (1, "desk", 2))
    asked: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        asked.append(statement)

    def work() -> int:
        with city.app.app_context():
            moved: int = hall.SLOTS.give_back(NOON, transaction)
            return moved

    with city.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert sum(concurrently(work, 2)) == 120
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len(asked) <= 20, asked
    with unit():
        places = select(hall.HallSlot.channel, func.sum(hall.HallSlot.capacity)).group_by(
            hall.HallSlot.channel
        )
        assert dict(db.session.execute(places).all()) == {"app": 180, "desk": 0}
