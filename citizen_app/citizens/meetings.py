"""Whom services of this process have met for the first time it knows of, for whoever has kept something for
them.

Noted in memory after the commit and taken each second beside the watch, so that no scan waits for it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable

from citizen_app.flask_globals import extension


class NewlyMet:
    """Pairs of service and citizen that nobody has taken yet."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pairs: set[tuple[str, str]] = set()

    def add(self, service: str, citizen_ids: Iterable[str]) -> None:
        """Note whom a service has met."""
        self.keep((service, citizen_id) for citizen_id in citizen_ids)

    def keep(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Note what was taken and could not be used."""
        with self._lock:
            self._pairs.update(pairs)

    def take(self) -> set[tuple[str, str]]:
        """All that was noted since the last time."""
        with self._lock:
            taken, self._pairs = self._pairs, set()
        return taken


def newly_met() -> NewlyMet:
    """What the running application has noted."""
    noted: NewlyMet = extension("newly_met")
    return noted
