"""Wrong passwords without pause: argon2 costs a third of a second of two cores, so whoever sends many of them
must not make kiosks wait (limits come before the hash)."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from citizen_app.factory import CitizenFlask
from citizen_app.toolkit.testing import City
from tests.drills.load import Load, eventually
from tests.drills.sizes import FLOOD_SECONDS, LONG_ON, SLOWER_AT_MOST
from tests.server import Server

KIOSKS = 3
SENDERS = 12
PACE_SECONDS = 0.4
"""Between two attempts of one sender: five times as many as could be hashed, and little work for the sender
itself, which has the same two cores."""
ATTEMPT = {"password": "wrong wrong wrong 7", "totp": "123456"}

pytestmark = [pytest.mark.processes, pytest.mark.parametrize("database_url", LONG_ON, indirect=True)]


@contextmanager
def flood(url: str) -> Iterator[Counter[int]]:
    """Sign in with passwords that nobody has, under many names, while the block runs; how that was
    answered."""
    answered: Counter[int] = Counter()
    over = threading.Event()

    def send(sender: int) -> None:
        with httpx.Client(timeout=30) as client:
            number = 0
            while not over.is_set():
                body = {"username": f"nobody-{sender}-{number}", **ATTEMPT}
                answered[client.post(f"{url}/api/v1/staff/sessions", json=body).status_code] += 1
                number += 1
                over.wait(PACE_SECONDS)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(SENDERS)]
    for thread in threads:
        thread.start()
    try:
        yield answered
    finally:
        over.set()
        for thread in threads:
            thread.join(40)


def slowest(load: Load, since: float) -> float:
    """The 99th percentile of the scans sent since a moment, in seconds."""
    taken = sorted(scan.seconds for scan in list(load.scans) if scan.at >= since)
    return taken[int(len(taken) * 0.99) - 1]


def ratio(city: City, server: Server) -> tuple[float, Counter[int]]:
    """How many times as long the slowest scans take beside a flood, and how the flood was answered."""
    load = Load(server.url, city.citizen(), [city.kiosk("probe") for _ in range(KIOSKS)])
    with load.running():
        eventually(30, lambda: len(load.acknowledged) > 20)
        began = time.monotonic()
        time.sleep(FLOOD_SECONDS)
        quiet = slowest(load, began)
        with flood(server.url) as answered:
            began = time.monotonic()
            time.sleep(FLOOD_SECONDS)
            loud = slowest(load, began)
    assert not load.unanswered, load.statuses()
    print(
        f"p99 of a scan {quiet * 1000:.0f} ms, beside the flood {loud * 1000:.0f} ms; flood: {dict(answered)}"
    )
    return loud / quiet, answered


def test_a_flood_of_sign_ins_leaves_scans_alone(city: City, server: Server) -> None:
    server.start()
    slower, answered = ratio(city, server)
    assert answered[429] > answered[401] > 0, "few passwords are hashed, most are told to wait"
    assert slower <= SLOWER_AT_MOST


def test_the_drill_notices_passwords_that_are_hashed_without_limits(
    city: City, app: CitizenFlask, app_environment: dict[str, str], tmp_path: Path
) -> None:
    del app
    server = Server(app_environment, tmp_path / "eager.log", "tests.drills.faulty:eager()")
    try:
        server.start()
        slower, answered = ratio(city, server)
    finally:
        server.kill()
    assert answered[429] == 0
    assert slower > 2  # as at full size: beside other tests, scans are slow without a flood, too
