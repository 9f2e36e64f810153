"""Refund ladders: how much of what was paid comes back, by how long before the event it is given up. Pure.

The document of a ladder is `{"steps": [[seconds, percent], …]}`: whoever cancels at least so many seconds
before gets so many percent; below the last step nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

WHOLE = 100


@dataclass(frozen=True, slots=True)
class Ladder:
    """Steps of (seconds before, percent), the longest time first."""

    steps: tuple[tuple[int, int], ...]

    def __post_init__(self) -> None:
        times = [seconds for seconds, _ in self.steps]
        percents = [percent for _, percent in self.steps]
        if times != sorted(set(times), reverse=True) or percents != sorted(percents, reverse=True):
            raise ValueError("the steps of a refund ladder fall in both time and percent")
        if any(not 0 <= percent <= WHOLE for percent in percents):
            raise ValueError("a refund is between 0 and 100 percent")

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Ladder:
        """The ladder of a policy's document. Raises `ValueError` for another shape."""
        try:
            steps = tuple((int(seconds), int(percent)) for seconds, percent in document["steps"])
        except (KeyError, TypeError) as error:
            raise ValueError('a refund ladder is {"steps": [[seconds, percent], …]}') from error
        return cls(steps)

    def refund_of(self, paid: int, begins_at: datetime, cancelled_at: datetime) -> int:
        """What comes back of `paid` (分); half a 分 is rounded up, in favour of the citizen."""
        before = (begins_at - cancelled_at).total_seconds()
        percent = next((percent for seconds, percent in self.steps if before >= seconds), 0)
        return (paid * percent + WHOLE // 2) // WHOLE
