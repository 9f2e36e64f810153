"""The one place that reads the clock, so that tests can move it and nothing reads it at import."""

from __future__ import annotations

import time
from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def timestamp() -> int:
    """The present moment in whole seconds since 1970, the unit of the code format."""
    return int(time.time())


def at(seconds: int) -> datetime:
    """The moment so many seconds after the beginning of 1970, in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def rfc3339(moment: datetime) -> str:
    """A moment as RFC 3339 text in UTC with millisecond precision, for example `2026-11-21T08:31:00.000Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
