"""Time as a service sees it.

Code that deletes expired rows uses the retention clock, `retention_now()`: it follows `now()`, but a clock
that jumps ahead for an hour or a day deletes nothing early.
"""

from zoneinfo import ZoneInfo

from citizen_app.clock import now, rfc3339
from citizen_app.jobs.retention_clock import retention_now
from citizen_app.settings import current_settings


def city_zone() -> ZoneInfo:
    """The city's time zone."""
    return current_settings().timezone


__all__ = ["city_zone", "now", "retention_now", "rfc3339"]
