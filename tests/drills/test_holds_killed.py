"""Killed at every statement between hold and capture: the books are right, and asking again ends as if
nothing had happened."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from citizen_app.ids import new_id
from citizen_app.payments import proving, purses, transfers
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import City
from tests.drills.holding import TAKEN

pytestmark = pytest.mark.processes

ROOT = Path(__file__).resolve().parents[2]


def test_the_ledger_is_right_wherever_a_process_was_killed(
    city: City, app_environment: dict[str, str]
) -> None:
    citizen = city.citizen()
    with city.app.app_context(), transaction():
        transfers.receive(purses.opened(citizen.id).id, 100_000, provider="demo", key=new_id())
    done = subprocess.run(
        [sys.executable, "-m", "tests.drills.holding", citizen.id, "seat"],
        cwd=ROOT,
        env={**os.environ, **app_environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    lines = [line.split() for line in done.stdout.splitlines()]
    killed = [line for line in lines if line[1] == str(int(signal.SIGKILL))]
    assert len(killed) > 8, "it was killed before each statement and each commit"
    assert lines[-1][1] == "0", "the last number is beyond the last statement"
    assert all(line[2] == "0" for line in lines if line[1] == "again")
    with city.app.app_context(), transaction(reading=True):
        found, purse = proving.prove(), purses.purse_of(citizen.id)
    assert found.holds, [fault.en for fault in found.faults]
    assert purse is not None
    assert (purse.balance, purse.held) == (100_000 - TAKEN * (len(killed) + 1), 0)
