"""Demo data: the demonstration network, and validators on its first lines."""

from __future__ import annotations

import tempfile
from contextlib import nullcontext
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.seeding import DemoCity, Seed, SeedKiosk
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


def seed(demo: DemoCity) -> Seed:
    """Load the demonstration network where there is no timetable, or its own is about to end; a real one
    stays."""
    today = now().astimezone(city_zone()).date()
    if _is_wanted(version_in_force(), today):
        _import_demo(today)
    version = version_in_force()
    assert version is not None  # just imported, if it was not there
    return Seed(kiosks=tuple(_validators(feed_of(version))))


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


def _validators(feed: ActiveFeed) -> list[SeedKiosk]:
    """One validator each on the first lines that have stops; every context is one that the timetable
    knows."""
    names = [row.gtfs_id for row in line_list(feed, limit=100, cursor=None).items]
    lines = [found for found in (line_of(feed, name) for name in names) if found and found.directions]
    return [_validator(number, line) for number, line in enumerate(lines[:VALIDATORS], 1)]


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
