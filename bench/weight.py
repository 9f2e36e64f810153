"""What a start costs: CPU time and memory of the core without services, and what each service adds."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from bench.ratios import Budget, spread

ROOT: Final = Path(__file__).parent.parent
MEGABYTE: Final = 1_000_000
STARTS: Final = 5
CORE: Final = "the core alone"
ALL: Final = "all services"
CORE_SECONDS: Final = 2.0
CORE_MEGABYTES: Final = 120
SERVICE_SECONDS: Final = 0.15
SERVICE_MEGABYTES: Final = 6
START: Final = """
import gc, os, time
import wsgi
gc.collect()
with open("/proc/self/statm") as read:
    print(time.process_time(), int(read.read().split()[1]) * os.sysconf("SC_PAGE_SIZE"))
"""
"""What a worker of gunicorn does until it is ready (`post_worker_init`)."""


@dataclass(frozen=True, slots=True)
class Weight:
    """CPU seconds (user and system) of a start, and bytes in RAM after it: the least of several, which other
    work disturbs least."""

    seconds: float
    resident_bytes: int


def weights() -> dict[str, Weight]:
    """The weight of the core alone, with all services of the product, and with all but one (by its name), in
    turns."""
    services = {path.parent.name for path in (ROOT / "services").glob("[!_]*/manifest.py")}
    chosen = {
        CORE: set[str](),
        ALL: services,
        **{service: services - {service} for service in sorted(services)},
    }
    found: dict[str, list[Weight]] = {name: [] for name in chosen}
    with tempfile.TemporaryDirectory(prefix="weight-") as folder:
        for _ in range(STARTS + 1):
            for name, present in chosen.items():
                found[name].append(_start(Path(folder) / f"with {name}", present))
    return {name: _least(started[1:]) for name, started in found.items()}  # the first start compiles


def budgets(found: dict[str, Weight]) -> Iterator[Budget]:
    """Budget 7: of the core, and of each service beside all others (what a start would save without it)."""
    core, whole = found[CORE], found[ALL]
    yield Budget("7 core: CPU of a start", spread([core.seconds]), CORE_SECONDS, unit="s")
    yield Budget("7 core: memory", spread([core.resident_bytes / MEGABYTE]), CORE_MEGABYTES, unit="MB")
    for service in sorted(found.keys() - {CORE, ALL}):
        seconds = whole.seconds - found[service].seconds
        more = (whole.resident_bytes - found[service].resident_bytes) / MEGABYTE
        yield Budget(f"7 {service}: CPU of a start", spread([seconds]), SERVICE_SECONDS, unit="s")
        yield Budget(f"7 {service}: memory", spread([more]), SERVICE_MEGABYTES, unit="MB")


def _least(started: list[Weight]) -> Weight:
    return Weight(min(one.seconds for one in started), int(median(one.resident_bytes for one in started)))


def _start(folder: Path, present: set[str]) -> Weight:
    services = folder / "services"
    if not services.exists():
        shutil.copytree(ROOT / "services", services, ignore=shutil.ignore_patterns("tests", "__pycache__"))
        for place in services.glob("*/manifest.py"):
            if place.parent.name not in present:
                shutil.rmtree(place.parent)
    environ = {
        name: value for name, value in os.environ.items() if not name.startswith(("CITIZEN_", "PYTHONDONT"))
    }
    environ |= {
        "CITIZEN_DEMO": "1",
        "CITIZEN_DATA_DIR": str(folder / "data"),
        "CITIZEN_SERVICES_DIR": str(services),
        "PYTHONPYCACHEPREFIX": str(folder / "compiled"),
    }
    call = [sys.executable, "-c", START]
    done = subprocess.run(call, cwd=ROOT, env=environ, capture_output=True, text=True, check=True)  # noqa: S603
    seconds, resident = done.stdout.split()[-2:]
    return Weight(float(seconds), int(resident))
