"""Brings stop_times.txt into trip order in bounded memory.

GTFS promises no order of rows, but nearly every feed keeps the rows of a trip together. When one does not,
its rows are sorted outside memory: sorted runs in temporary files, then merged.
"""

from __future__ import annotations

import csv
import heapq
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import groupby, islice
from typing import IO

from services.bus.operations.gtfs.parsing import RawRow
from services.bus.operations.gtfs.rows import StopTime
from services.bus.operations.gtfs.sources import ReadError

Numbered = tuple[int, StopTime]


def keeps_trips_together(rows: Iterable[RawRow], header: list[str], most_trips: int) -> bool:
    """Whether no trip's rows are interrupted by another trip's. Holds at most `most_trips` trip ids."""
    column = header.index("trip_id")
    closed: set[str] = set()
    current: str | None = None
    for _, values in rows:
        trip = values[column]
        if trip != current:
            if trip in closed:
                return False
            closed.add(trip)
            if len(closed) > most_trips:
                raise ReadError("too_many_rows", detail=f"trips > {most_trips}")
            current = trip
    return True


def sorted_by_trip(rows: Iterable[RawRow], header: list[str], rows_in_memory: int) -> Iterator[RawRow]:
    """The rows in order of trip id, else as they came, at most `rows_in_memory` of them in memory at once."""
    column = header.index("trip_id")

    def key(row: RawRow) -> tuple[str, int]:
        return row[1][column], row[0]

    source = iter(rows)
    with ExitStack() as files:
        runs: list[Iterator[RawRow]] = []
        while chunk := list(islice(source, rows_in_memory)):
            chunk.sort(key=key)
            file = files.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8", newline=""))
            _write(file, chunk)
            runs.append(_read(file))
            del chunk
        yield from heapq.merge(*runs, key=key)


def by_trip(rows: Iterable[Numbered], most: int) -> Iterator[tuple[str, list[Numbered]]]:
    """Adjacent rows of one trip as (trip id, rows in order of stop_sequence).

    Rows after `most` + 1 are lost; a group longer than `most` is for the caller to refuse.
    """
    for trip_id, group in groupby(rows, key=lambda numbered: numbered[1].trip_id):
        kept = islice(group, most + 1)
        yield trip_id, sorted(kept, key=lambda numbered: (numbered[1].stop_sequence, numbered[0]))


def _write(file: IO[str], rows: list[RawRow]) -> None:
    writer = csv.writer(file)
    writer.writerows((str(line), *values) for line, values in rows)
    file.seek(0)


def _read(file: IO[str]) -> Iterator[RawRow]:
    for line, *values in csv.reader(file):
        yield int(line), values
