"""Time as a service sees it."""

from zoneinfo import ZoneInfo

from citizen_app.clock import now, rfc3339
from citizen_app.settings import current_settings


def city_zone() -> ZoneInfo:
    """The city's time zone."""
    return current_settings().timezone


__all__ = ["city_zone", "now", "rfc3339"]
