"""Departures worked out the slow way, straight from the CSV text: every day, trip and run, then sort.

Shares no code with the product, so that both being wrong in the same way is unlikely.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from math import floor
from pathlib import Path
from zoneinfo import ZoneInfo

Answer = tuple[float, str, str, int, int]
Record = dict[str, str]


class NaiveFeed:
    """A feed as lists of dictionaries of text."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._tables = {
            name: [
                {str(k).strip(): (v or "").strip() for k, v in row.items() if k}
                for row in csv.DictReader(io.StringIO(content.lstrip("\ufeff")))
            ]
            for name, content in files.items()
        }
        self.zone = ZoneInfo(self._tables["agency.txt"][0]["agency_timezone"])
        self._times: dict[str, list[Record]] = defaultdict(list)
        for row in self._tables["stop_times.txt"]:
            self._times[row["trip_id"]].append(row)
        self._trips_at: dict[str, set[str]] = defaultdict(set)
        for trip_id, rows in self._times.items():
            rows.sort(key=lambda row: int(row["stop_sequence"]))
            for row in rows:
                self._trips_at[row["stop_id"]].add(trip_id)

    @classmethod
    def of_zip(cls, path: Path) -> NaiveFeed:
        """The feed in a zip file."""
        with zipfile.ZipFile(path) as archive:
            names = [n for n in archive.namelist() if n.endswith(".txt") and not n.startswith("shapes")]
            return cls({name: archive.read(name).decode() for name in names})

    def table(self, file: str) -> list[Record]:
        """The rows of a file; none where the feed has no such file."""
        return self._tables.get(file, [])

    def active(self, service_id: str, day: datetime) -> bool:
        """Whether a service runs on a day."""
        return self._active(service_id, day)

    def runs(self, trip_id: str) -> list[list[tuple[str, int, int, bool, bool]]]:
        """Each vehicle of a trip as (stop, arrival, departure, boards, alights) in order."""
        rows = self._times.get(trip_id, [])
        leaves = [self._seconds(rows, place) for place in range(len(rows))]
        reaches = [
            _clock(row["arrival_time"]) if row["arrival_time"] else leaves[place]
            for place, row in enumerate(rows)
        ]
        return [
            [
                (
                    row["stop_id"],
                    reaches[place] + shift,
                    leaves[place] + shift,
                    place < len(rows) - 1 and row.get("pickup_type", "") != "1",
                    place > 0 and row.get("drop_off_type", "") != "1",
                )
                for place, row in enumerate(rows)
            ]
            for shift in self._shifts(trip_id, leaves)
        ]

    @property
    def stops(self) -> list[str]:
        """Every stop some trip calls at."""
        return sorted(self._trips_at)

    def departures(
        self, stop_id: str, after: datetime, limit: int, days_ahead: int, days_back: int = 5
    ) -> list[Answer]:
        """The next departures as (POSIX time, route, trip, run, stop_sequence)."""
        found: list[Answer] = []
        today = after.astimezone(self.zone)
        trips = [trip for trip in self._tables["trips.txt"] if trip["trip_id"] in self._trips_at[stop_id]]
        calls = {trip["trip_id"]: self._calls(trip["trip_id"], stop_id) for trip in trips}
        for offset in range(-days_back, days_ahead + 1):
            day = datetime(today.year, today.month, today.day, 12) + timedelta(days=offset)
            zero = day.replace(tzinfo=self.zone).timestamp() - 12 * 3600
            active = {trip["service_id"]: self._active(trip["service_id"], day) for trip in trips}
            for trip in trips:
                if active[trip["service_id"]]:
                    found += [
                        (zero + seconds, trip["route_id"], trip["trip_id"], run, sequence)
                        for run, sequence, seconds in calls[trip["trip_id"]]
                        if zero + seconds >= after.timestamp()
                    ]
        return sorted(found)[:limit]

    def _active(self, service_id: str, day: datetime) -> bool:
        text = day.strftime("%Y%m%d")
        for row in self._tables.get("calendar_dates.txt", []):
            if (row["service_id"], row["date"]) == (service_id, text):
                return row["exception_type"] == "1"
        return any(
            row["service_id"] == service_id
            and row["start_date"] <= text <= row["end_date"]
            and row[day.strftime("%A").lower()] == "1"
            for row in self._tables.get("calendar.txt", [])
        )

    def _calls(self, trip_id: str, stop_id: str) -> list[tuple[int, int, int]]:
        """(run, stop_sequence, seconds) wherever the trip can be boarded at the stop."""
        rows = self._times[trip_id]
        times = [self._seconds(rows, place) for place in range(len(rows))]
        return [
            (run, int(row["stop_sequence"]), time + shift)
            for run, shift in enumerate(self._shifts(trip_id, times))
            for row, time in zip(rows[:-1], times[:-1], strict=True)
            if row["stop_id"] == stop_id and row.get("pickup_type", "") != "1"
        ]

    def _shifts(self, trip_id: str, times: list[int]) -> list[int]:
        periods = [row for row in self._tables.get("frequencies.txt", []) if row["trip_id"] == trip_id]
        if not periods:
            return [0]
        shifts = []
        for row in sorted(periods, key=lambda row: _clock(row["start_time"])):
            start = _clock(row["start_time"])
            while start < _clock(row["end_time"]):
                shifts.append(start - times[0])
                start += int(row["headway_secs"])
        return shifts

    def _seconds(self, rows: list[Record], place: int) -> int:
        if rows[place]["departure_time"]:
            return _clock(rows[place]["departure_time"])
        before = max(p for p in range(place) if rows[p]["departure_time"])
        behind = min(p for p in range(place, len(rows)) if rows[p]["arrival_time"])
        left, reached = _clock(rows[before]["departure_time"]), _clock(rows[behind]["arrival_time"])
        return floor(left + Fraction(place - before, behind - before) * (reached - left))


def _clock(text: str) -> int:
    hours, minutes, seconds = text.split(":")
    return (int(hours) * 60 + int(minutes)) * 60 + int(seconds)
