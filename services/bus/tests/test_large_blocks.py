"""Large files in a process of their own: how much memory each takes there is bounded, whatever is in them.

`make drills` takes stop_times.txt at its full 50 MB; files that are refused or never read are 50 MB
always.
"""

from __future__ import annotations

import random
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.bus.tests.feeds import DRILL, SMALL

ROOT = Path(__file__).resolve().parents[3]
MEGABYTE = 2**20
BLOCK = 50 * MEGABYTE
STOPS_OF_A_TRIP = 40
TRIPS = BLOCK // 40 // STOPS_OF_A_TRIP if DRILL else 5_000
HEADER = b"trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
Lines = Callable[[], Iterator[bytes]]

CHILD = """
import re, sys
from pathlib import Path
from services.bus.operations.gtfs import load
def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) * 1024
load(Path(sys.argv[1]))
before = peak()
feed, report = load(Path(sys.argv[2]))
kept = [visit if len(sys.argv) > 3 else None for visit in feed.visits()] if feed else []
print(peak() - before, len(kept), *sorted({found.rule for found in report.findings}))
"""
pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc"),
]


def in_trip_order() -> Iterator[bytes]:
    """Whole trips, one after the other."""
    yield HEADER
    for trip in range(TRIPS):
        for place in range(STOPS_OF_A_TRIP):
            yield _line(trip, place)


def in_no_order() -> Iterator[bytes]:
    """The first stop of every trip, then the second of every trip, and so on, in blocks that are shuffled."""
    yield HEADER
    places = list(range(STOPS_OF_A_TRIP))
    random.Random(5).shuffle(places)
    for place in places:
        for trip in range(TRIPS):
            yield _line(trip, place)


def never_closed() -> Iterator[bytes]:
    """A quotation mark in the second row, and 50 MB behind it."""
    yield HEADER + b't0,"08:00:00,08:00:00,s1,1\n'
    for number in range(BLOCK // 32):
        yield b"t%07d,08:00:00,08:00:00,s1,1\n" % number


def one_line() -> Iterator[bytes]:
    """50 MB without an end of line."""
    yield HEADER
    for _ in range(BLOCK // MEGABYTE):
        yield b"x" * MEGABYTE


def nothing_fits() -> Iterator[bytes]:
    """Every row is wrong in the same way, so that the findings are as many as the rows."""
    yield HEADER
    for number in range(TRIPS * STOPS_OF_A_TRIP):
        yield b"t%d,8:00,8:00,s1,%d\n" % (number // 9, number)


def shapes() -> Iterator[bytes]:
    """50 MB of a file that is not used."""
    yield b"shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\n"
    for number in range(BLOCK // 32):
        yield b"sh1,33.961234,118.281234,%07d\n" % number


def _line(trip: int, place: int) -> bytes:
    clock = b"%02d:%02d:00" % (6 + place // 60, place % 60)
    return b"t%d,%b,%b,s%d,%d\n" % (trip, clock, clock, 1 + place % 3, place)


@pytest.mark.parametrize(
    ("file", "lines", "most", "rows", "rule"),
    [
        ("stop_times.txt", in_trip_order, 32, TRIPS * STOPS_OF_A_TRIP, None),
        ("stop_times.txt", in_no_order, 96, TRIPS * STOPS_OF_A_TRIP, None),
        ("stop_times.txt", never_closed, 16, 0, "unclosed_quote"),
        ("stop_times.txt", one_line, 16, 0, "line_too_long"),
        ("stop_times.txt", nothing_fits, 32, 0, "invalid_time"),
        ("shapes.txt", shapes, 32, TRIPS * STOPS_OF_A_TRIP, "file_not_used"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_block_is_read_in_bounded_memory(
    tmp_path: Path, file: str, lines: Lines, most: int, rows: int, rule: str | None
) -> None:
    """`most` megabytes beyond what reading the small feed takes."""
    other = {"stop_times.txt": in_trip_order} if file != "stop_times.txt" else {}
    grown, read, rules = _read_in_a_child(_feed(tmp_path, {**other, file: lines}), tmp_path)
    assert grown < most * MEGABYTE
    assert read == rows
    assert (rule is None and rules == []) or rule in rules


def test_the_measure_sees_it_when_rows_are_kept(tmp_path: Path) -> None:
    grown, _, _ = _read_in_a_child(_feed(tmp_path, {"stop_times.txt": in_trip_order}), tmp_path, "keep")
    assert grown > 32 * MEGABYTE


def _feed(folder: Path, large: dict[str, Lines]) -> Path:
    """The small feed with `TRIPS` trips and the large files."""
    path = folder / "large.zip"
    trips = "route_id,service_id,trip_id\n" + "".join(f"r1,WD,t{trip}\n" for trip in range(TRIPS))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in {**SMALL, "trips.txt": trips}.items():
            if name not in large:
                archive.writestr(name, content)
        for name, lines in large.items():
            with archive.open(name, "w") as file:
                file.writelines(lines())
    return path


def _read_in_a_child(path: Path, folder: Path, *more: str) -> tuple[int, int, list[str]]:
    """(bytes that the process grew by, visits read, rules found)."""
    small = folder / "small.zip"
    with zipfile.ZipFile(small, "w") as archive:
        for name, content in SMALL.items():
            archive.writestr(name, content)
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(small), str(path), *more],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    grown, rows, *rules = done.stdout.split()
    return int(grown), int(rows), rules
