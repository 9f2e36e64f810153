"""Journeys as riders are told of them: lines, stops and moments instead of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.web import invalid_input
from services.bus.operations.timetable.journeys import Journey, Ride
from services.bus.operations.timetable.lines import LineName
from services.bus.operations.timetable.stored_network import (
    Pole,
    StoredNetwork,
    Terminal,
    journeys_of,
    network_of_feed,
    terminal_of,
)
from services.bus.snapshot import ActiveFeed

NO_SUCH_STOP: Final = Text("时刻表里没有这个站点", "the timetable has no such stop")
ONE_PLACE: Final = Text("出发站和到达站是同一处", "both are the same place")


@dataclass(frozen=True, slots=True)
class Leg:
    """A ride. `stops` counts them from the one after boarding to the one of getting off; `headway_secs` are
    the seconds between vehicles where no time is promised, else None."""

    line: LineName
    headsign: Text | None
    board: Pole
    alight: Pole
    departs_at: datetime
    arrives_at: datetime
    stops: int
    approximate: bool
    headway_secs: int | None
    trip_id: str

    @property
    def minutes(self) -> int:
        """On board."""
        return round((self.arrives_at - self.departs_at).total_seconds() / 60)


@dataclass(frozen=True, slots=True)
class ToldJourney:
    """One or two rides, with the seconds on foot between them."""

    legs: tuple[Leg, ...]
    walk_seconds: int

    @property
    def departs_at(self) -> datetime:
        """When the first vehicle leaves."""
        return self.legs[0].departs_at

    @property
    def arrives_at(self) -> datetime:
        """When the last one arrives."""
        return self.legs[-1].arrives_at

    @property
    def changes(self) -> int:
        """How often one changes."""
        return len(self.legs) - 1

    @property
    def minutes(self) -> int:
        """From the first departure on."""
        return round((self.arrives_at - self.departs_at).total_seconds() / 60)

    @property
    def walks(self) -> bool:
        """Whether the change is to another stop."""
        return self.changes > 0 and self.legs[0].alight.gtfs_id != self.legs[1].board.gtfs_id

    @property
    def walk_minutes(self) -> int:
        """On foot at the change, at least one."""
        return max(1, round(self.walk_seconds / 60))

    @property
    def wait_minutes(self) -> int:
        """At the change, the way on foot included."""
        between = self.legs[-1].departs_at - self.legs[0].arrives_at
        return round(between.total_seconds() / 60) if self.changes else 0


@dataclass(frozen=True, slots=True)
class Answered:
    """The journeys between two terminals from a moment on."""

    origin: Terminal
    target: Terminal
    at: datetime
    journeys: Sequence[ToldJourney]


def answered(feed: ActiveFeed, start: str, end: str, after: datetime, limit: int) -> Answered:
    """The first journeys between two stops, by GTFS id. Raises a 422 for a stop that the timetable does not
    have, and where both are one place."""
    origin, target = terminal_of(feed, start), terminal_of(feed, end)
    if origin is None:
        raise invalid_input("?from", NO_SUCH_STOP)
    if target is None:
        raise invalid_input("?to", NO_SUCH_STOP)
    if origin.stops & target.stops:
        raise invalid_input("?to", ONE_PLACE)
    return Answered(origin, target, after, told_journeys(feed, origin, target, after, limit))


def told_journeys(
    feed: ActiveFeed, origin: Terminal, target: Terminal, after: datetime, limit: int | None
) -> list[ToldJourney]:
    """The first journeys that begin at or after a moment, all of them without a limit, in the order in which
    they begin."""
    held = network_of_feed(feed)
    return [_told(held, journey) for journey in journeys_of(feed, origin, target, after)[:limit]]


def _told(held: StoredNetwork, journey: Journey) -> ToldJourney:
    return ToldJourney(tuple(_leg(held, ride) for ride in journey.rides), journey.walk)


def _leg(held: StoredNetwork, ride: Ride) -> Leg:
    pattern = held.network.patterns[ride.pattern]
    first = ride.run * len(pattern.stops)
    words = held.trips[pattern.trips[ride.run]]
    return Leg(
        held.lines[pattern.route],
        words.headsign,
        held.poles[pattern.stops[ride.place]],
        held.poles[pattern.stops[ride.until]],
        datetime.fromtimestamp(ride.departs, UTC),
        datetime.fromtimestamp(ride.arrives, UTC),
        ride.until - ride.place,
        bool(pattern.approximate[first + ride.place] or pattern.approximate[first + ride.until]),
        pattern.headways[ride.run] or None,
        words.gtfs_id,
    )
