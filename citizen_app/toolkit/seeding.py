"""Demo data of a service: `seed.py` defines `seed(demo: DemoCity) -> Seed`, which stores the data once and
names its kiosks."""

from citizen_app.registry.seeding import DemoCity, DemoPerson, Seed, SeedKiosk

__all__ = ["DemoCity", "DemoPerson", "Seed", "SeedKiosk"]
