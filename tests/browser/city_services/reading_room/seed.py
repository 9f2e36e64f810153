"""Kiosks of the demo city."""

from __future__ import annotations

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.seeding import DemoCity, Seed, SeedKiosk


def seed(demo: DemoCity) -> Seed:
    """A desk for both purposes and a door."""
    desk = SeedKiosk(
        "阅览室一号机", ("borrow", "enter"), Text("一楼大厅", "Ground floor"), {"barcode": "9787020002207"}
    )
    door = SeedKiosk("阅览室门口", ("enter",), Text("二楼东侧", "Second floor, east"))
    return Seed((desk, door))
