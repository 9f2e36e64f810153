"""Memory stays bounded: it may grow with the number of trips, not with the number of stop times."""

from __future__ import annotations

import random
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from services.bus.operations.gtfs import Feed, Limits
from services.bus.tests.feeds import LARGE, SMALL

MEGABYTE = 2**20
pytestmark = LARGE


def write_large(folder: Path, trips: int, stops: int, *, shuffled: bool = False) -> Path:
    """A feed of `trips` trips that each call at `stops` stops."""
    path = folder / f"large-{trips}-{stops}.zip"
    lines = [
        f"t{trip},{6 + place // 60:02}:{place % 60:02}:{trip % 60:02},"
        f"{6 + place // 60:02}:{place % 60:02}:{trip % 60:02},s{1 + place},{place}\n"
        for trip in range(trips)
        for place in range(stops)
    ]
    if shuffled:
        random.Random(1).shuffle(lines)
    content = {
        **SMALL,
        "stops.txt": "stop_id,stop_name,stop_lat,stop_lon\n"
        + "".join(f"s{number},站{number},33.9,118.2\n" for number in range(1, stops + 1)),
        "trips.txt": "route_id,service_id,trip_id\n" + "".join(f"r1,WD,t{trip}\n" for trip in range(trips)),
        "stop_times.txt": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n" + "".join(lines),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in content.items():
            archive.writestr(name, text)
    return path


def peak_of_reading(path: Path, limits: Limits | None = None, *, keep: bool = False) -> tuple[int, int]:
    """(visits read, peak bytes) of a check and a full stream, whose rows are dropped or kept."""
    tracemalloc.start()
    try:
        with Feed.open(path, limits) as feed:
            assert feed.check().ok
            visits = len(list(feed.visits())) if keep else sum(1 for _ in feed.visits())
        return visits, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the large feeds of this module."""
    return tmp_path_factory.mktemp("large")


def test_forty_thousand_stop_times_fit_in_little_memory(folder: Path) -> None:
    visits, peak = peak_of_reading(write_large(folder, trips=400, stops=100))
    assert visits == 40_000
    assert peak < 4 * MEGABYTE


def test_the_measure_sees_it_when_rows_are_kept(folder: Path) -> None:
    visits, peak = peak_of_reading(write_large(folder, trips=500, stops=40), keep=True)
    assert visits == 20_000
    assert peak > 4 * MEGABYTE


def test_rows_in_any_order_are_sorted_outside_memory(folder: Path) -> None:
    path = write_large(folder, trips=400, stops=40, shuffled=True)
    visits, few = peak_of_reading(path, Limits(rows_in_memory=2_000))
    assert visits == 16_000
    _, all_at_once = peak_of_reading(path, Limits(rows_in_memory=50_000))
    assert few < all_at_once / 2
