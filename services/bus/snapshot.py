"""The timetable in force, as each worker holds it: a few facts, and what was asked of it lately.

A timetable that waits for its day is held, too, and is in force from its moment on by this machine's clock:
no worker has to hear of it then, and one that slept through midnight is right when it wakes.

The object follows the active feed version: another version is another object, so nothing cached outlives the
timetable it came from.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from threading import Lock
from typing import Any, Final, Generic, Protocol, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import CachedValue, table_of
from citizen_app.toolkit.time import now
from services.bus.models import BusFeedActivation, BusFeedVersion
from services.bus.operations.gtfs import ServiceDays
from services.bus.operations.gtfs.rows import Visit
from services.bus.operations.timetable.lines import Line
from services.bus.operations.versions import TOPIC

Value = TypeVar("Value")


class Lately(Generic[Value]):
    """The values asked for most recently, at most `size`, shared by threads. Two threads that miss at once
    both load."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._lock = Lock()
        self._values: OrderedDict[Hashable, Value] = OrderedDict()

    def get(self, key: Hashable, load: Callable[[], Value]) -> Value:
        """The value of a key, loaded when it is not held."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        value = load()
        with self._lock:
            self._values[key] = value
            while len(self._values) > self._size:
                self._values.popitem(last=False)
        return value


class Once(Generic[Value]):
    """One value, loaded by whoever needs it first; the others wait for it: it is large."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._held: list[Value] = []

    def get(self, load: Callable[[], Value]) -> Value:
        """The value."""
        if not self._held:
            with self._lock:
                if not self._held:
                    self._held.append(load())
        return self._held[0]


@dataclass(frozen=True, slots=True)
class Place:
    """A stop or station: its name, and the names of all its stops by GTFS id; `ids` are their numbers and
    GTFS ids."""

    name: Text
    stops: Mapping[str, Text]
    ids: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Span:
    """What leaves a place on a service day until the second `end`, with names: of lines by GTFS id, in
    English of headsigns."""

    end: int
    visits: Sequence[Visit]
    lines: Mapping[str, Text]
    english: Mapping[str, str]


@dataclass(frozen=True)
class ActiveFeed:
    """The feed version in force. `lines` is by what a device calls a line, `places` by stop.

    `spans` are what leaves a stop, by stop, day and seconds. `days` says when services run, `running` which
    of them by day, `calling` which ever call at a stop. `max_departure` is the latest departure in seconds of
    a service day. `network`, `service_days` and `words` are what journeys (`stored_network`) and stops
    by name (`stop_words`) are found in.
    """

    version_id: int
    zone: ZoneInfo
    first_day: date | None
    last_day: date | None
    max_departure: int
    source: str
    counts: dict[str, int]
    lines: Lately[tuple[Line, ...]] = field(default_factory=lambda: Lately(512), compare=False)
    places: Lately[Place | None] = field(default_factory=lambda: Lately(512), compare=False)
    spans: Lately[Span] = field(default_factory=lambda: Lately(256), compare=False)
    days: Lately[ServiceDays] = field(default_factory=lambda: Lately(1), compare=False)
    running: Lately[frozenset[str]] = field(default_factory=lambda: Lately(32), compare=False)
    calling: Lately[frozenset[str]] = field(default_factory=lambda: Lately(512), compare=False)
    network: Once[Any] = field(default_factory=Once, compare=False)
    service_days: Lately[Any] = field(default_factory=lambda: Lately(6), compare=False)
    words: Once[Any] = field(default_factory=Once, compare=False)


class VersionRow(Protocol):
    """The columns of `bus_feed_versions` that matter here."""

    id: Any
    timezone: Any
    first_day: Any
    last_day: Any
    max_departure: Any
    source: Any
    counts: Any


@dataclass(frozen=True, slots=True)
class Waiting:
    """A feed that comes into force at a moment."""

    since: datetime
    feed: ActiveFeed


@dataclass(frozen=True)
class Timetables:
    """The feeds that are kept, by number, and when each came or will come into force, the earliest first."""

    feeds: Mapping[int, ActiveFeed]
    active: ActiveFeed | None
    waiting: Sequence[Waiting]
    since: Sequence[datetime]
    in_force: Sequence[int]

    def now(self) -> ActiveFeed | None:
        """The feed in force: the latest of those whose moment has come, else the one that was active when
        this was loaded."""
        moment = now()
        due = [waiting.feed for waiting in self.waiting if waiting.since <= moment]
        return due[-1] if due else self.active

    def ahead(self) -> list[Waiting]:
        """The feeds that still wait, the next first."""
        moment = now()
        return [waiting for waiting in self.waiting if waiting.since > moment]

    def at(self, moment: datetime) -> ActiveFeed | None:
        """The feed that was in force at a moment; None before the first, and for one that is kept no
        longer."""
        place = bisect_right(self.since, moment)
        return self.feeds.get(self.in_force[place - 1]) if place else None


def _load(connection: Connection) -> Timetables:
    versions, activations = table_of(BusFeedVersion), table_of(BusFeedActivation)
    held = versions.c.status.in_(("active", "waiting", "retired"))
    kept = connection.execute(
        select(versions).where(held).order_by(versions.c.activated_at, versions.c.id)
    ).all()
    history = connection.execute(select(activations).order_by(activations.c.since, activations.c.id)).all()
    feeds = {row.id: feed_of(row) for row in kept}
    return Timetables(
        feeds,
        next((feeds[row.id] for row in kept if row.status == "active"), None),
        [Waiting(row.activated_at, feeds[row.id]) for row in kept if row.status == "waiting"],
        [row.since for row in history],
        [row.version_id for row in history],
    )


def feed_of(version: VersionRow) -> ActiveFeed:
    """A version as the reads want it. `active_feed` gives the one in force from memory."""
    zone = ZoneInfo(version.timezone)
    return ActiveFeed(
        version.id,
        zone,
        version.first_day,
        version.last_day,
        version.max_departure,
        version.source,
        dict(version.counts),
    )


_timetables: Final = CachedValue(TOPIC, _load)


def active_feed() -> ActiveFeed | None:
    """The timetable in force, from memory; None before the first import."""
    return _timetables.get().now()


def feeds_ahead() -> list[Waiting]:
    """The timetables that wait for their day, from memory, the next first."""
    return _timetables.get().ahead()


def feed_at(moment: datetime) -> ActiveFeed | None:
    """The timetable that was in force at a moment, from memory: a late tap is rated by it, however much later
    it is uploaded."""
    return _timetables.get().at(moment)
