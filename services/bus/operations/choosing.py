"""What a driver chooses from on a validator: the lines, the directions of the chosen one, its stops."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from citizen_app.toolkit.contract import Text
from services.bus.operations.timetable.lines import Direction, Line
from services.bus.queries import all_lines, lines_called
from services.bus.snapshot import ActiveFeed

Choice = tuple[str, Text]
LONG: Final = Text("{name}（{long}）", "{name} ({long})")
TOWARDS: Final = Text("开往 {headsign}", "To {headsign}")
NUMBERED: Final = Text("方向 {number}", "Direction {number}")


def choices(feed: ActiveFeed, field: str, chosen: Mapping[str, Any]) -> list[Choice]:
    """Lines in the order in which riders know them; directions and stops of the chosen line, in order.

    Nothing for a field that is typed, or before a line is chosen.
    """
    if field == "line":
        return [(line.gtfs_id, _named(line)) for line in all_lines(feed)]
    line = chosen.get("line")
    found = lines_called(feed, line) if line else ()
    if field == "direction":
        return [(str(way.number), _towards(way)) for way in _ways(found, None)]
    if field == "stop":
        stops = [stop for way in _ways(found, chosen.get("direction")) for stop in way.stops]
        return list({stop.gtfs_id: stop.name for stop in stops}.items())
    return []


def _named(line: Line) -> Text:
    return LONG.fill(name=line.name, long=line.long_name) if line.long_name else line.name


def _ways(lines: tuple[Line, ...], direction: str | None) -> Iterator[Direction]:
    """The directions, each number once; several lines share a name in some feeds."""
    seen: set[int] = set()
    for line in lines:
        for way in line.directions:
            wanted = direction is None or way.is_called(direction)
            if wanted and way.number not in seen:
                seen.add(way.number)
                yield way


def _towards(way: Direction) -> Text:
    return TOWARDS.fill(headsign=way.headsigns[0]) if way.headsigns else NUMBERED.fill(number=way.number)
