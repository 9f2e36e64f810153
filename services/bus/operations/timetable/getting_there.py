"""To a place by a moment: the stops near it with their lines, and the last journeys that are in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final
from urllib.parse import urlencode

from citizen_app.toolkit.contract import Text
from services.bus.operations.timetable.network import DETOUR, WALKING, great_circle
from services.bus.operations.timetable.stop_words import places_called
from services.bus.operations.timetable.stored_network import (
    Pole,
    StoredNetwork,
    Terminal,
    network_of_feed,
    terminal_of,
)
from services.bus.operations.timetable.told_journeys import ToldJourney, told_journeys
from services.bus.snapshot import ActiveFeed

NEAR: Final = 800
"""Metres that people walk from a bus."""
STOPS: Final = 3
JOURNEYS: Final = 3
CHOICES: Final = 8
SEARCHED_BEFORE: Final = (timedelta(hours=2), timedelta(hours=6))
"""How long before the moment journeys may begin: the first of these within which one is in time."""


@dataclass(frozen=True, slots=True)
class StopNear:
    """A stop near the place: both directions are one, on foot in `walk_seconds`."""

    pole: Pole
    walk_seconds: int
    lines: tuple[Text, ...]

    @property
    def gtfs_id(self) -> str:
        """GTFS stop_id."""
        return self.pole.gtfs_id

    @property
    def name(self) -> Text:
        """As riders know it."""
        return self.pole.name

    @property
    def walk_minutes(self) -> int:
        """On foot, at least one."""
        return max(1, ceil(self.walk_seconds / 60))


@dataclass(frozen=True, slots=True)
class WayThere:
    """What a rider is told. Where the words for the start mean several stops, they are `choices`."""

    stops: Sequence[StopNear]
    start: Pole | None
    choices: Sequence[Pole]
    journeys: Sequence[ToldJourney]
    link: str


def way_there(
    feed: ActiveFeed, latitude: float, longitude: float, arrive_by: datetime, start: str
) -> WayThere:
    """How to be at a place by a moment, from the stop that `start` (an id, or words) means; without it, or
    where that is open, the stops near the place alone."""
    held = network_of_feed(feed)
    walks = _walks(held, latitude, longitude)
    near = _stops_near(held, walks)
    choices = _meant(feed, held, start)
    origin = terminal_of(feed, choices[0].gtfs_id) if len(choices) == 1 else None
    journeys = _in_time(feed, held, origin, walks, near, arrive_by) if origin and near else []
    end = {"end": near[0].gtfs_id} if near else {}
    return WayThere(
        near,
        origin.pole if origin else None,
        choices if len(choices) > 1 else (),
        journeys,
        f"/services/bus/journeys?{urlencode(end)}" if end else "/services/bus/",
    )


def _walks(held: StoredNetwork, latitude: float, longitude: float) -> dict[int, int]:
    """The stops within reach where something stops, with the seconds on foot."""
    found = {}
    for number, pole in held.poles.items():
        at = pole.at
        if at.lat is None or at.lon is None or number not in held.network.serving:
            continue
        metres = great_circle(latitude, longitude, at.lat, at.lon)
        if metres <= NEAR:
            found[number] = ceil(metres * DETOUR / WALKING)
    return found


def _stops_near(held: StoredNetwork, walks: dict[int, int]) -> list[StopNear]:
    """One for each name, the nearest first, with the lines of all its poles."""
    by_name: dict[str, list[int]] = {}
    for number in sorted(walks, key=lambda one: (walks[one], one)):
        by_name.setdefault(held.poles[number].name.zh, []).append(number)
    return [
        StopNear(held.poles[numbers[0]], walks[numbers[0]], _lines_at(held, numbers))
        for numbers in list(by_name.values())[:STOPS]
    ]


def _lines_at(held: StoredNetwork, stops: Sequence[int]) -> tuple[Text, ...]:
    served = {
        held.network.patterns[pattern].route
        for stop in stops
        for pattern, place in held.network.serving[stop]
        if held.network.patterns[pattern].alights[place]
    }
    names = {held.lines[route].name for route in served}
    return tuple(sorted(names, key=lambda name: (len(name.zh), name.zh)))


def _meant(feed: ActiveFeed, held: StoredNetwork, start: str) -> list[Pole]:
    """The stops that an id or words may mean."""
    words = start.strip()
    if not words:
        return []
    called = places_called(feed, words, CHOICES)
    exact = [one for one in called if words in (*one.name, one.gtfs_id)]
    return [held.poles[one.number] for one in (exact if len(exact) == 1 else called)]


def _in_time(
    feed: ActiveFeed,
    held: StoredNetwork,
    origin: Terminal,
    walks: dict[int, int],
    near: Sequence[StopNear],
    arrive_by: datetime,
) -> list[ToldJourney]:
    """The last journeys from which the rider is there on foot by the moment; none from a stop that is near
    itself."""
    if origin.stops & walks.keys():
        return []
    target = Terminal(near[0].pole, frozenset(walks))
    for before in SEARCHED_BEFORE:
        found = [
            one
            for one in told_journeys(feed, origin, target, arrive_by - before, limit=None)
            if one.arrives_at + timedelta(seconds=walks[_number(held, one)]) <= arrive_by
        ]
        if found:
            return found[-JOURNEYS:]
    return []


def _number(held: StoredNetwork, journey: ToldJourney) -> int:
    return held.numbers[journey.legs[-1].alight.gtfs_id]
