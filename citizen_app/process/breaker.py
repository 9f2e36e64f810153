"""A circuit breaker with a limit on concurrent calls (bulkhead), for whatever may fail: a service module,
another system."""

from __future__ import annotations

import threading
import time
from typing import Final

FAILURES_TO_OPEN: Final = 5
OPEN_SECONDS: Final = 10.0
MOST_CONCURRENT: Final = 16


class Breaker:
    """Opens for ten seconds after five consecutive failures; then one trial call decides whether it closes
    (half-open)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Close the breaker and forget all failures and running calls."""
        self._failures = 0
        self._open_until = 0.0
        self._running = 0

    @property
    def is_open(self) -> bool:
        """Whether calls are refused now."""
        return time.monotonic() < self._open_until

    def enter(self) -> bool:
        """Begin a call, which `leave` ends; False while the breaker is open or too many calls run."""
        with self._lock:
            now = time.monotonic()
            if now < self._open_until or self._running >= MOST_CONCURRENT:
                return False
            if self._failures >= FAILURES_TO_OPEN:
                self._open_until = (
                    now + OPEN_SECONDS
                )  # this call is the trial; the others wait for its outcome
            self._running += 1
            return True

    def leave(self, failed: bool | None) -> None:
        """End a call. `failed` is None when the call does not tell whether the other side works."""
        self.release()
        self.heard(failed)

    def release(self) -> None:
        """End a call without saying how it ended; `heard` says that."""
        with self._lock:
            self._running -= 1

    def heard(self, failed: bool | None) -> None:
        """Note how a call ended."""
        with self._lock:
            if failed is False:
                self._failures, self._open_until = 0, 0.0
            elif failed:
                self._failures += 1
                if self._failures >= FAILURES_TO_OPEN:
                    self._open_until = time.monotonic() + OPEN_SECONDS
