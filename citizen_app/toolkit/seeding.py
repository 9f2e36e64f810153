"""Demo data of a service: `seed.py` defines `seed() -> Seed`, which stores the data once and names its kiosks."""

from citizen_app.registry.seeding import Seed, SeedKiosk

__all__ = ["Seed", "SeedKiosk"]
