"""What deletions go by: as far as the clock has run without a jump."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask

from citizen_app.codes.reading import VALIDITY
from citizen_app.jobs.retention_clock import (
    BELIEVED_AFTER,
    LONGEST_STEP,
    advance_retention_clock,
    retention_now,
)
from citizen_app.scans.replay import LATE_UPLOAD
from citizen_app.storage.transactions import transaction

START = datetime.fromisoformat("2026-11-28T10:00:00Z")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Machine:
    """A machine whose clock and jobs the test moves."""

    def __init__(self, app: Flask, moving: time_machine.Traveller) -> None:
        self.app, self.moving = app, moving

    def look(self) -> None:
        with self.app.app_context(), transaction():
            advance_retention_clock()

    def run(self, time: timedelta) -> None:
        """Time passes, the jobs are run."""
        for _ in range(time // HOUR):
            self.moving.shift(HOUR)
            self.look()

    def jump(self, by: timedelta) -> None:
        """The clock is set; then the jobs are run."""
        self.moving.shift(by)
        self.look()

    def ahead(self) -> timedelta:
        """What deletions go by, from the start."""
        with self.app.app_context(), transaction(reading=True):
            return retention_now() - START


@pytest.fixture
def machine(app: Flask):
    with time_machine.travel(START, tick=False) as moving:
        yield Machine(app, moving)


def test_before_the_jobs_have_run_it_is_the_clock(machine: Machine) -> None:
    machine.moving.shift(DAY)
    assert machine.ahead() == DAY


def test_it_follows_the_clock(machine: Machine) -> None:
    machine.look()
    machine.run(DAY)
    machine.moving.shift(timedelta(seconds=50))
    assert machine.ahead() == DAY, "as far as the jobs have looked"
    machine.look()
    assert machine.ahead() == DAY + timedelta(seconds=50)


@pytest.mark.parametrize("jump", [LONGEST_STEP + timedelta(seconds=1), 5 * DAY, 400 * DAY])
def test_a_jump_and_back_moves_it_by_the_time_that_has_passed(machine: Machine, jump: timedelta) -> None:
    machine.look()
    machine.run(DAY)
    machine.jump(jump)
    assert machine.ahead() == DAY
    machine.run(2 * DAY)
    assert machine.ahead() == 3 * DAY
    machine.jump(-jump)
    assert machine.ahead() == 3 * DAY
    machine.run(DAY)
    assert machine.ahead() == 4 * DAY


def test_a_clock_set_back_takes_it_along(machine: Machine) -> None:
    machine.look()
    machine.run(2 * DAY)
    machine.jump(-DAY)
    assert machine.ahead() == DAY


def test_after_a_pause_the_clock_is_believed_when_nothing_older_can_be_asked_for(machine: Machine) -> None:
    machine.look()
    machine.jump(30 * DAY)
    machine.run(BELIEVED_AFTER - HOUR)
    assert machine.ahead() == BELIEVED_AFTER - HOUR
    machine.run(HOUR)
    assert machine.ahead() == 30 * DAY + BELIEVED_AFTER
    machine.run(DAY)
    assert machine.ahead() == 31 * DAY + BELIEVED_AFTER


def test_clocks_of_two_machines_may_differ_a_little(machine: Machine) -> None:
    machine.look()
    for second in range(120):
        machine.jump(timedelta(seconds=90 if second % 2 else -30))
    assert timedelta(0) <= timedelta(hours=1) - machine.ahead() <= timedelta(minutes=1)


def test_nothing_used_can_come_back_for_longer(app: Flask) -> None:
    longest = max(seconds for kind, seconds in VALIDITY.items() if kind.name != "PAPER")
    assert LATE_UPLOAD + timedelta(seconds=longest) + DAY < BELIEVED_AFTER
