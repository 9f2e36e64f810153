"""Counts by kiosk of scans of which nothing else is stored: those that name no citizen (`malformed`,
`unknown_issuer`, `bad_signature`, …), and uploads that the service did not answer (`service_unavailable`).

Counted in memory and written each second by the cache-watch thread (write-behind), so that a flood of
unreadable codes costs no write each and cannot delay other scans. A killed process loses the count of its
last second.
"""

from __future__ import annotations

import threading
from collections import Counter
from typing import Final

from sqlalchemy import Date, bindparam, text

from citizen_app import clock
from citizen_app.flask_globals import extension
from citizen_app.storage.columns import Id
from citizen_app.storage.orm import db
from citizen_app.storage.transactions import transaction

_ADD: Final = text(
    "INSERT INTO kiosk_counters (kiosk_id, day, reason, count) VALUES (:kiosk_id, :day, :reason, :count)"
    " ON CONFLICT (kiosk_id, day, reason) DO UPDATE SET count = kiosk_counters.count + excluded.count"
).bindparams(bindparam("kiosk_id", type_=Id), bindparam("day", type_=Date))


class UnreadableTally:
    """The counts of one process that are not yet written."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[tuple[str, str]] = Counter()

    def add(self, kiosk_id: str, reason: str) -> None:
        """Count one."""
        with self._lock:
            self._counts[kiosk_id, reason] += 1

    def write(self) -> None:
        """Store what has been counted, in a transaction of its own; what cannot be stored is kept for the
        next time."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
        if not counts:
            return
        day = clock.now().date()
        rows = [
            {"kiosk_id": kiosk_id, "day": day, "reason": reason, "count": count}
            for (kiosk_id, reason), count in sorted(counts.items())
        ]
        try:
            with transaction():
                db.session.execute(_ADD, rows)
        except Exception:
            with self._lock:
                self._counts.update(counts)
            raise


def current_tally() -> UnreadableTally:
    """The tally of the running application."""
    tally: UnreadableTally = extension("unreadable_tally")
    return tally
