"""`python -m bench.profile`: where the CPU time of one path goes, in this process, without the noise of a
network.

The profiler makes a Python call several times dearer and leaves C code as it is: believe the order, not the
figures. The number of calls does not depend on the machine.
"""

from __future__ import annotations

import argparse
import cProfile
import io
import pstats
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from bench.city import City, environment, open_city
from citizen_app.toolkit.testing import Databases

OWN: Final = "citizen_app|services|sqlalchemy|flask|werkzeug|marshmallow|structlog|psycopg|sqlite3"
Sent = tuple[str, str, dict[str, Any] | None]


def main() -> None:
    """Profile what was asked for and print it."""
    parser = argparse.ArgumentParser(prog="python -m bench.profile")
    parser.add_argument("path", choices=["accept", "show", "batch"])
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--number", type=int, default=300, help="requests (scans of a batch come by 500)")
    parser.add_argument("--lines", type=int, default=60)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        databases = Databases(folder)
        on_file = asked.database == "sqlite"
        url = databases.fresh_sqlite(folder) if on_file else databases.own_postgresql()
        try:
            with open_city(environment(folder, url)) as city:
                print(profiled(city, _sender(city, asked.path), asked.number, asked.lines))
        finally:
            if not on_file:
                databases.drop_postgresql(url)


def profiled(city: City, sender: Callable[[int], list[Sent]], number: int, lines: int) -> str:
    """Send `number` requests twice, unprofiled to warm up and measure, then profiled by CPU time of this
    thread."""
    client = city.app.test_client()

    def send(requests: list[Sent]) -> None:
        for path, token, body in requests:
            method = "GET" if body is None else "POST"
            answer = client.open(path, method=method, json=body, headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code == 200, answer.text

    send(sender(number))
    requests = sender(number)
    began = time.thread_time()
    send(requests)
    plain = (time.thread_time() - began) / len(requests)
    requests = sender(number)
    profile = cProfile.Profile(time.thread_time)
    profile.runcall(send, requests)
    text = io.StringIO()
    figures = pstats.Stats(profile, stream=text)
    figures.sort_stats("cumtime").print_stats(OWN, lines)
    figures.sort_stats("tottime").print_stats(lines // 2)
    calls = figures.total_calls / len(requests)  # type: ignore[attr-defined]
    return f"{text.getvalue()}\nunprofiled {plain * 1e6:.0f} µs of CPU and {calls:.0f} calls per request"


def _sender(city: City, path: str) -> Callable[[int], list[Sent]]:
    def accept(number: int) -> list[Sent]:
        return [("/api/v1/scans", token, body) for token, body in city.scans(number)]

    def batch(number: int) -> list[Sent]:
        return [("/api/v1/scans/batch", token, body) for token, body in city.batches(max(1, number // 500))]

    def show(number: int) -> list[Sent]:
        return [("/api/v1/me/code", token, None) for token in city.access_tokens(number)]

    return {"accept": accept, "batch": batch, "show": show}[path]


if __name__ == "__main__":
    main()
