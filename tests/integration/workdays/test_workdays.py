"""Which days people work on, and what the city decides."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from citizen_app.storage.transactions import transaction
from citizen_app.workdays.calendar import add, between, is_workday, judged
from citizen_app.workdays.operations import decide, undo


@pytest.mark.parametrize(
    ("day", "works", "source"),
    [
        (date(2026, 10, 1), False, "announced"),  # National Day
        (date(2026, 10, 10), True, "announced"),  # a Saturday worked for it (调休)
        (date(2026, 11, 28), False, "announced"),  # a plain Saturday
        (date(2031, 10, 1), False, "statutory"),
        (date(2031, 10, 8), True, "weekday"),
        (date(2031, 10, 12), False, "weekday"),
    ],
)
def test_the_first_source_that_knows_answers(app: Flask, day: date, works: bool, source: str) -> None:
    with app.app_context():
        assert judged(day) == (works, source)


def test_the_city_decides_about_a_day_and_takes_it_back(app: Flask) -> None:
    day = date(2031, 10, 12)
    with app.app_context():
        with transaction():
            decide(day, True, "调休")
            decide(day, True, "国办发明电〔2030〕1号")
        assert judged(day) == (True, "city")
        with transaction():
            assert undo(day)
        with transaction():
            assert not undo(day)
        assert judged(day) == (False, "weekday")


def test_workdays_are_counted_over_a_long_holiday(app: Flask) -> None:
    with app.app_context():
        assert add(date(2026, 9, 30), 1) == date(2026, 10, 8)
        assert add(date(2026, 10, 8), -1) == date(2026, 9, 30)
        assert add(date(2026, 10, 1), 0) == date(2026, 10, 8)
        assert add(date(2026, 10, 9), 1) == date(2026, 10, 10)
        assert between(date(2026, 9, 28), date(2026, 10, 11)) == 6
        assert between(date(2026, 10, 11), date(2026, 10, 10)) == 0
        with pytest.raises(ValueError, match="at most"):
            add(date(2026, 1, 1), 10_000)


def test_commands_show_and_change_the_exceptions_of_a_year(app: Flask) -> None:
    run = app.test_cli_runner().invoke
    said = run(args=["workdays", "set", "2031-10-12", "work", "--why", "调休"])
    assert (said.exit_code, said.output) == (0, "2031-10-12: workday\n")
    listed = run(args=["workdays", "list", "2031"]).output
    assert "2031-10-12  workday   city        调休\n" in listed
    assert "2031-10-01  day off   statutory\n" in listed
    assert '"source":"announced"' in run(args=["workdays", "list", "2026", "--json"]).output
    assert run(args=["workdays", "unset", "2031-10-12"]).exit_code == 0
    assert run(args=["workdays", "unset", "2031-10-12"]).exit_code == 1
    assert run(args=["workdays", "set", "2031-10-12", "off", "--why", " "]).exit_code == 2


def test_people_work_on_a_day_that_the_calendar_calls_free(app: Flask) -> None:
    with app.app_context():
        assert not is_workday(date(2026, 11, 29))
