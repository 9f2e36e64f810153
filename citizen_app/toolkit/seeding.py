"""Demo data of a service: `seed.py` defines `seed(demo: DemoCity) -> Seed`, which stores the data once and
names its kiosks and its posters, and what demo citizens have paid."""

from citizen_app.registry.seeding import DemoCity, DemoPerson, Seed, SeedCharge, SeedKiosk, SeedPoster

__all__ = ["DemoCity", "DemoPerson", "Seed", "SeedCharge", "SeedKiosk", "SeedPoster"]
