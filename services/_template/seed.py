"""Demo data: closed on the next New Year's Day, and a kiosk and a poster at the door."""

from __future__ import annotations

from datetime import date

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.seeding import DemoCity, Seed, SeedKiosk, SeedPoster
from citizen_app.toolkit.time import city_zone, now
from services._template.operations import close_on


def seed(demo: DemoCity) -> Seed:
    """Store the demo data; a second time changes nothing."""
    close_on(date(now().astimezone(city_zone()).year + 1, 1, 1))
    door = SeedKiosk("邻里客厅门口", ("enter",), Text("入口", "Entrance"), {"room": "101"})
    sheet = SeedPoster("邻里客厅海报", Text("入口", "Entrance"), "enter", context={"room": "101"})
    return Seed(kiosks=(door,), posters=(sheet,))
