"""Demo data: the demonstration network, and validators on its first lines."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.seeding import DemoCity, DemoPerson, Seed, SeedCharge, SeedKiosk, SeedPoster
from citizen_app.toolkit.time import city_zone, now
from services.bus.models import BusFeedVersion
from services.bus.operations.importing import import_feed
from services.bus.operations.timetable.lines import Line
from services.bus.operations.versions import version_in_force
from services.bus.queries import line_list, line_of
from services.bus.seed.feed import demo_zip
from services.bus.snapshot import ActiveFeed, feed_of

DEMO_SOURCE: Final = "demo-network.zip"
ENDS_SOON: Final = timedelta(days=30)
VALIDATORS: Final = 4
FARE: Final = 200
COMES_HERE: Final = Text("这一站接下来有什么车", "What comes at this stop")


def seed(demo: DemoCity) -> Seed:
    """Load the demonstration network where there is no timetable, or its own is about to end; a real one
    stays."""
    today = now().astimezone(city_zone()).date()
    if _is_wanted(version_in_force(), today):
        _import_demo(today)
    version = version_in_force()
    assert version is not None  # just imported, if it was not there
    lines = _lines(feed_of(version))
    validators = [_validator(number, line) for number, line in enumerate(lines[:VALIDATORS], 1)]
    return Seed(tuple(validators), tuple(_poster(line) for line in lines[:1]), tuple(_charges(demo.citizens)))


def _charges(citizens: tuple[DemoPerson, ...]) -> Iterator[SeedCharge]:
    """The first citizen has ridden with money in the purse, and once too dear; the last without."""
    for person in citizens[:1]:
        for number, hours in enumerate((35, 26, 11, 2)):
            back = FARE // 2 if number == 0 else 0
            yield SeedCharge(person, FARE, f"demo-{number}", timedelta(hours=hours), refunded=back)
    for person in citizens[1:][-1:]:
        for number, hours in enumerate((44, 20, 3)):
            yield SeedCharge(person, FARE, f"demo-owed-{number}", timedelta(hours=hours))


def _is_wanted(active: BusFeedVersion | None, today: date) -> bool:
    if active is None:
        return True
    return active.source == DEMO_SOURCE and (active.last_day is None or active.last_day < today + ENDS_SOON)


def _import_demo(today: date) -> None:
    """From yesterday on, so that last night's buses are still running."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / DEMO_SOURCE
        path.write_bytes(demo_zip(today - timedelta(days=1)))
        import_feed(path, nullcontext, today=today)


def _lines(feed: ActiveFeed) -> list[Line]:
    """The first lines that have stops: what is said of them in the demo city, the timetable knows."""
    names = [row.gtfs_id for row in line_list(feed, limit=100, cursor=None).items]
    return [found for found in (line_of(feed, name) for name in names) if found and found.directions]


def _validator(number: int, line: Line) -> SeedKiosk:
    direction = line.directions[0]
    vehicle = f"BUS-{number:04}"
    return SeedKiosk(
        name=f"{line.name.zh} {vehicle}",
        purposes=("board",),
        place=Text("{line}公交车 {vehicle}", "Bus {vehicle}, {line}").fill(line=line.name, vehicle=vehicle),
        context={
            "line": line.name.zh,
            "direction": str(direction.number),
            "stop": direction.stops[0].gtfs_id,
            "vehicle": vehicle,
        },
    )


def _poster(line: Line) -> SeedPoster:
    """At the first stop of a line, for whoever waits there."""
    stop = line.directions[0].stops[0]
    return SeedPoster(
        name=f"站牌 {stop.gtfs_id}",
        place=stop.name,
        page=f"stops/{stop.gtfs_id}",
        title=COMES_HERE,
    )
