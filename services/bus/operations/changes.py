"""What a new timetable changes at the stops that citizens keep at hand, told to each of them in one notice.

Two timetables differ at a stop where another set of lines calls, or where the stop is gone. Times alone are
no news: they change with every feed. A city that changes its network tells many people, so each run tells a
few hundred and goes on where it stopped; an office that imports three feeds on one day tells each rider once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import or_, select, update

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import session, table_of
from citizen_app.toolkit.notices import send
from citizen_app.toolkit.time import city_zone, now
from services.bus.manifest import SERVICE
from services.bus.models import (
    BusFeedActivation,
    BusFeedVersion,
    BusLineStop,
    BusRoute,
    BusSavedStop,
    BusStop,
)

ACTIVATIONS: Final = table_of(BusFeedActivation)
VERSIONS: Final = table_of(BusFeedVersion)
SAVED: Final = table_of(BusSavedStop)
TOLD_AT_ONCE: Final = 200
"""Citizens in one unit of work, which is one run of the job: messages of others are not kept waiting."""
STOPS_AT_ONCE: Final = 400


@dataclass(frozen=True, slots=True)
class _Came:
    """A timetable that came into force, and who was told of it so far."""

    id: int
    version_id: int
    since: datetime
    told_through: str | None


@dataclass(frozen=True, slots=True)
class _Stop:
    """A stop of one timetable: what it is called, and the lines that call."""

    name: Text
    lines: frozenset[str]


def untold() -> bool:
    """Whether riders wait to be told of a timetable."""
    return _untold() is not None


def tell_some() -> None:
    """Tell the next few hundred riders of the newest timetable in force. Of two that came since the last run
    the newer one is told, compared with the one before both."""
    newest = _untold()
    if newest is None:
        return
    before = _told_last(newest.since, newest.id)
    riders = [] if before is None else _riders(newest.told_through)
    if before is not None:
        _tell(riders, before, newest)
    done = len(riders) < TOLD_AT_ONCE
    marked = update(ACTIVATIONS).where(ACTIVATIONS.c.since <= newest.since, ACTIVATIONS.c.told_at.is_(None))
    if done:
        session().execute(marked.values(told_at=now(), told_through=None))
    else:
        only = update(ACTIVATIONS).where(ACTIVATIONS.c.id == newest.id)
        session().execute(only.values(told_through=riders[-1]))


def _untold() -> _Came | None:
    newest = (
        select(ACTIVATIONS.c.id, ACTIVATIONS.c.version_id, ACTIVATIONS.c.since, ACTIVATIONS.c.told_through)
        .where(ACTIVATIONS.c.told_at.is_(None), ACTIVATIONS.c.since <= now())
        .order_by(ACTIVATIONS.c.since.desc(), ACTIVATIONS.c.id.desc())
    )
    found = session().execute(newest.limit(1)).one_or_none()
    return None if found is None else _Came(*found)


def _told_last(until: datetime, activation: int) -> int | None:
    """The timetable that riders know; None where there was none, or its rows are gone."""
    known = (
        select(ACTIVATIONS.c.version_id, VERSIONS.c.status)
        .outerjoin(VERSIONS, VERSIONS.c.id == ACTIVATIONS.c.version_id)
        .where(
            ACTIVATIONS.c.told_at.is_not(None), ACTIVATIONS.c.since <= until, ACTIVATIONS.c.id != activation
        )
        .order_by(ACTIVATIONS.c.since.desc(), ACTIVATIONS.c.id.desc())
    )
    found = session().execute(known.limit(1)).one_or_none()
    return found.version_id if found is not None and found.status in ("active", "retired") else None


def _riders(after: str | None) -> list[str]:
    """The next riders who keep a stop, in the order of their references."""
    wanted = select(SAVED.c.citizen_ref).distinct().order_by(SAVED.c.citizen_ref).limit(TOLD_AT_ONCE)
    return list(session().scalars(wanted if after is None else wanted.where(SAVED.c.citizen_ref > after)))


def _tell(riders: Sequence[str], before: int, newest: _Came) -> None:
    kept = defaultdict[str, list[str]](list)
    rows = select(SAVED.c.citizen_ref, SAVED.c.stop_gtfs_id).where(SAVED.c.citizen_ref.in_(riders))
    for ref, stop in session().execute(rows.order_by(SAVED.c.citizen_ref, SAVED.c.saved_at.desc())):
        kept[ref].append(stop)
    stops = sorted({stop for mine in kept.values() for stop in mine})
    changed = _changed(_lines_at(before, stops), _lines_at(newest.version_id, stops))
    day = newest.since.astimezone(city_zone()).date()
    for ref, mine in kept.items():
        news = [changed[stop] for stop in mine if stop in changed]
        if news:
            told = {"day": day, "stop": news[0], "stops": len(news)}
            send(SERVICE.id, ref, "line_changed", told, key=day.isoformat())


def _changed(before: dict[str, _Stop], after: dict[str, _Stop]) -> dict[str, Text]:
    """What the stops are called where other lines call than before."""
    found = {}
    for stop in before.keys() | after.keys():
        was, becomes = before.get(stop), after.get(stop)
        if (was.lines if was else frozenset()) != (becomes.lines if becomes else frozenset()):
            known = becomes or was
            if known is not None:
                found[stop] = known.name
    return found


def _lines_at(version: int, stops: Iterable[str]) -> dict[str, _Stop]:
    """Each of the stops that a timetable has; at a station the lines of all its stops."""
    found: dict[str, _Stop] = {}
    wanted = list(stops)
    for start in range(0, len(wanted), STOPS_AT_ONCE):
        found.update(_lines_at_some(version, wanted[start : start + STOPS_AT_ONCE]))
    return found


def _lines_at_some(version: int, stops: Collection[str]) -> dict[str, _Stop]:
    stop, line, route = table_of(BusStop), table_of(BusLineStop), table_of(BusRoute)
    names = select(stop.c.gtfs_id, stop.c.name_zh, stop.c.name_en)
    called = {
        row.gtfs_id: Text(row.name_zh, row.name_en)
        for row in session().execute(names.where(stop.c.version_id == version, stop.c.gtfs_id.in_(stops)))
    }
    calls = (
        select(stop.c.gtfs_id, stop.c.parent, route.c.name_zh)
        .distinct()
        .join(line, (line.c.version_id == stop.c.version_id) & (line.c.stop_id == stop.c.id))
        .join(route, (route.c.version_id == line.c.version_id) & (route.c.id == line.c.route_id))
        .where(stop.c.version_id == version, or_(stop.c.gtfs_id.in_(stops), stop.c.parent.in_(stops)))
    )
    lines = defaultdict[str, set[str]](set)
    for own, parent, name in session().execute(calls):
        lines[own].add(name)
        lines[parent].add(name)
    return {one: _Stop(name, frozenset(lines[one])) for one, name in called.items()}
