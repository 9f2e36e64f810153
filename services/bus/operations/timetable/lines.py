"""A line as a validator sees it, and whether what the validator says of itself is on it. Pure.

Source of the fields: GTFS Schedule reference, routes.txt, trips.txt (direction_id, trip_headsign) and
stops.txt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from citizen_app.toolkit.contract import Text

Misplaced = Literal["unknown_direction", "not_on_this_line"]
DIRECTIONS = ("0", "1")


@dataclass(frozen=True, slots=True)
class StopOfLine:
    """A stop as riders and devices name it: its GTFS id, its code on the pole, its station's id."""

    gtfs_id: str
    code: str
    station: str
    name: Text
    lat: float | None = None
    lon: float | None = None

    def is_called(self, word: str) -> bool:
        """Whether a device that says `word` means this stop."""
        return word in (self.gtfs_id, self.code, self.station)


@dataclass(frozen=True, slots=True)
class Direction:
    """One direction of a line: 0 or 1, where it goes (the most frequent first), and its stops in order."""

    number: int
    headsigns: tuple[Text, ...]
    stops: tuple[StopOfLine, ...]

    def is_called(self, word: str) -> bool:
        """Whether a device that says `word` means this direction: its number or one of its headsigns."""
        if word in DIRECTIONS:
            return word == str(self.number)
        return any(word in (headsign.zh, headsign.en) for headsign in self.headsigns)


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its directions. Colours are six hexadecimal digits, or '' where the feed gives none."""

    gtfs_id: str
    name: Text
    directions: tuple[Direction, ...]
    long_name: Text | None = None
    route_type: int = 3
    color: str = ""
    text_color: str = ""


@dataclass(frozen=True, slots=True)
class LineName:
    """A line, named."""

    gtfs_id: str
    name: Text


@dataclass(frozen=True, slots=True)
class FoundStop(StopOfLine):
    """A stop or station with the lines that call there; `wheelchair` is None where the feed does not say."""

    is_station: bool = False
    platform: str = ""
    wheelchair: bool | None = None
    lines: tuple[LineName, ...] = ()


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a boarding takes place, as far as the device said and the timetable knows.

    `line_id` is None for a line that is written down as the device gave it.
    """

    line: Text
    line_id: str | None = None
    direction: int | None = None
    headsign: Text | None = None
    stop: Text | None = None
    stop_id: str | None = None


def as_given(line: str, direction: str | None, stop: str | None) -> Placed:
    """What the device said, unchecked: there is no timetable, or the ride is over already."""
    number = int(direction) if direction in DIRECTIONS else None
    headsign = Text(direction, direction) if direction and number is None else None
    return Placed(
        Text(line, line),
        direction=number,
        headsign=headsign,
        stop=Text(stop, stop) if stop else None,
    )


def placed(lines: Sequence[Line], direction: str | None, stop: str | None) -> Placed | Misplaced:
    """Find direction and stop on the lines of one name (several share a name in some feeds); the first that
    fits wins.

    What the device leaves out is not checked. The fault of the line that fits best is the answer otherwise.
    """
    fault: Misplaced = "unknown_direction"
    for line in lines:
        fitting = [d for d in line.directions if direction is None or d.is_called(direction)]
        for found in fitting:
            if stop is None:
                return _placed(line, found if direction is not None else None, None)
            calling = next((s for s in found.stops if s.is_called(stop)), None)
            if calling is not None:
                both_ways = direction is None and _calls_both_ways(line, stop)
                return _placed(line, None if both_ways else found, calling)
        if fitting:
            fault = "not_on_this_line"
        elif direction is None and stop is None:  # a line that no trip serves
            return _placed(line, None, None)
    return fault


def _calls_both_ways(line: Line, stop: str) -> bool:
    return sum(any(s.is_called(stop) for s in d.stops) for d in line.directions) > 1


def _placed(line: Line, direction: Direction | None, stop: StopOfLine | None) -> Placed:
    return Placed(
        line.name,
        line.gtfs_id,
        direction.number if direction else None,
        direction.headsigns[0] if direction and direction.headsigns else None,
        stop.name if stop else None,
        stop.gtfs_id if stop else None,
    )
