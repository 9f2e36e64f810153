"""While a large feed is stored, riders board: nobody waits behind the import."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from citizen_app.toolkit.testing import City
from services.bus.tests.feeds import DRILL
from services.bus.tests.integration.test_boarding import HERE
from services.bus.tests.test_large_feed import write_large

ROOT = Path(__file__).resolve().parents[4]
TRIPS = 5_000 if DRILL else 1_500
IMPORT = """
import sys
from datetime import date
from pathlib import Path
from services.bus.operations import importing
from citizen_app.toolkit.jobs import Paced
from wsgi import app
importing.ROWS_PER_STEP = int(sys.argv[2])
with app.app_context():
    importing.import_feed(Path(sys.argv[1]), Paced(), today=date(2026, 6, 1), force=True)
"""


class Boardings(NamedTuple):
    """Seconds that each boarding took, and how many rows of feeds there were when it was done."""

    seconds: list[float]
    stored: list[int]


@pytest.mark.processes
@pytest.mark.parametrize("in_steps", [True, False], ids=["in steps", "control: in one unit"])
def test_riders_board_while_a_large_feed_is_stored(
    in_steps: bool, city: City, import_small: Any, app_environment: dict[str, str], tmp_path: Path
) -> None:
    """Between two steps of an import others write: somebody boards while a part of the feed is there and the
    rest is not. Of what is stored in one unit nobody ever sees a part, and on SQLite nobody writes
    meanwhile."""
    import_small()
    before = city.count("bus_stop_times")
    path = write_large(tmp_path, TRIPS, 60)
    own = {name: value for name, value in os.environ.items() if not name.startswith("CITIZEN_")}
    command = [sys.executable, "-c", IMPORT, str(path), "2000" if in_steps else "1000000"]
    with subprocess.Popen(command, cwd=ROOT, env=own | app_environment) as running:
        boarded = _board_until_it_ends(city, running)
        assert running.returncode == 0
    after = city.count("bus_stop_times")
    amid = [rows for rows in boarded.stored if before < rows < after]
    assert bool(amid) is in_steps, (before, after, boarded.stored)
    if DRILL and in_steps:
        assert sorted(boarded.seconds)[int(len(boarded.seconds) * 0.99)] < 0.2


def _board_until_it_ends(city: City, running: subprocess.Popen[bytes]) -> Boardings:
    city.choose("bus", charge_rides=False)  # one citizen rides more often than any debt allows
    kiosk, citizen, found = city.kiosk("bus"), city.citizen(), Boardings([], [])
    while running.poll() is None:
        code, vehicle = citizen.code(), f"B{len(found.seconds)}"
        began = time.monotonic()
        answer = kiosk.scan(code, "board", context={**HERE, "vehicle": vehicle}).get_json()
        found.seconds.append(time.monotonic() - began)
        assert answer.get("decision") == "allow", answer
        found.stored.append(city.count("bus_stop_times"))
        time.sleep(0.1 if DRILL else 0.03)  # below what one kiosk may ask
    return found
