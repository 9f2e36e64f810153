"""While a large feed is stored, riders board: nobody waits behind the import."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from citizen_app.toolkit.testing import City
from services.bus.tests.integration.test_boarding import HERE
from services.bus.tests.test_large_feed import write_large

ROOT = Path(__file__).resolve().parents[4]
DRILL = int(os.environ.get("CITIZEN_DRILL", "1")) > 1
TRIPS = 5_000 if DRILL else 1_500
IMPORT = """
import sys
from datetime import date
from pathlib import Path
from services.bus.operations import importing
from services.bus.operations.slices import Paced
from wsgi import app
importing.ROWS_PER_STEP = int(sys.argv[2])
with app.app_context():
    importing.import_feed(Path(sys.argv[1]), Paced(), today=date(2026, 6, 1), force=True)
"""


def test_riders_board_while_a_large_feed_is_stored(
    app: Any,
    city: City,
    import_small: Any,
    app_environment: dict[str, str],
    database_url: str,
    tmp_path: Path,
) -> None:
    """The negative control stores 60,000 rows in one unit: on SQLite somebody waits for all of them."""
    import_small()
    path = write_large(tmp_path, TRIPS, 60)
    own = {name: value for name, value in os.environ.items() if not name.startswith("CITIZEN_")}
    waits: dict[int, list[float]] = {}
    for rows_per_step in (2_000, 60_000):
        command = [sys.executable, "-c", IMPORT, str(path), str(rows_per_step)]
        with subprocess.Popen(command, cwd=ROOT, env=own | app_environment) as running:
            waits[rows_per_step] = _board_until_it_ends(city, running)
            assert running.returncode == 0
    usual, control = (sorted(found) for found in waits.values())
    assert len(usual) > 20
    assert usual[len(usual) // 2] < 0.1
    if DRILL:
        assert usual[int(len(usual) * 0.99)] < 0.2
    if database_url.startswith("sqlite"):
        assert (
            usual[int(len(usual) * 0.95)] < control[-1] / 2
        )  # the very longest of many is the machine's own


def _board_until_it_ends(city: City, running: subprocess.Popen[bytes]) -> list[float]:
    """Seconds that each boarding took."""
    kiosk, citizen, waits = city.kiosk("bus"), city.citizen(), list[float]()
    while running.poll() is None:
        code, vehicle = citizen.code(), f"B{len(waits)}"
        began = time.monotonic()
        answer = kiosk.scan(code, "board", context={**HERE, "vehicle": vehicle}).get_json()
        waits.append(time.monotonic() - began)
        assert answer.get("decision") == "allow", answer
        time.sleep(0.1 if DRILL else 0.03)  # below what one kiosk may ask
    return waits
