"""Scans that arrive at the same moment share one unit of work: one commit, and a row of each in one write (group commit).

Whoever finds nobody walking walks at once; nobody waits for company. Who comes meanwhile waits, and the first of them takes the others
along. Several only walk straight on. When they cannot, because the module failed over one of them, had no time for all, or somebody else
answers one of these scans at this moment, nothing of it stays and each walks alone, on its own thread.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from citizen_app.database import LOCK_TIMEOUT_SECONDS, WriteLockTimeout, is_outage, lost_a_race
from citizen_app.kiosks.queries import KioskView
from citizen_app.problems import Problem
from citizen_app.running import extension
from citizen_app.scans.attempt import Attempt, ScanRequest
from citizen_app.scans.decisions import Answer
from citizen_app.scans.meaning import ModuleFailed
from citizen_app.scans.pipeline import read, settle, walk
from citizen_app.transactions import transaction

MOST_TOGETHER: Final = 32


class Place:
    """One scan in the line. `turn` opens when its thread may go on: because it was taken along, or to lead."""

    __slots__ = ("attempt", "broken", "error", "outcome", "taken_along", "turn")

    def __init__(self, attempt: Attempt) -> None:
        self.attempt = attempt
        self.turn = threading.Lock()
        self.turn.acquire()
        self.taken_along = False
        self.outcome: Answer | Problem | None = None
        self.broken: ModuleFailed | None = None
        self.error: Exception | None = None


class Line:
    """The line of one service's scans in this process. `walk` answers the scans of several places, or raises."""

    def __init__(self, walk: Callable[[Sequence[Place]], None], at_once: int = 1) -> None:
        self._walk = walk
        self._lock = threading.Lock()
        self._free = at_once
        self._waiting: deque[Place] = deque()

    def pass_through(self, place: Place) -> None:
        """Come back when the place has its outcome, its error, or has to walk alone. Raises `WriteLockTimeout`."""
        if not self._leads(place):
            self._wait(place)
            if place.taken_along:
                return
        company = self._company(place)
        try:
            self._walk(company)
        finally:
            self._hand_on()
            for other in company[1:]:
                other.turn.release()

    def _leads(self, place: Place) -> bool:
        with self._lock:
            if self._free:
                self._free -= 1
                return True
            self._waiting.append(place)
            return False

    def _wait(self, place: Place) -> None:
        if place.turn.acquire(timeout=LOCK_TIMEOUT_SECONDS):
            return
        with self._lock:
            if place in self._waiting:
                self._waiting.remove(place)
                raise WriteLockTimeout(f"no scan was answered within {LOCK_TIMEOUT_SECONDS:.0f} s")
        place.turn.acquire()  # somebody has taken it along between the time-out and here

    def _company(self, leader: Place) -> list[Place]:
        """The leader and whoever waits, but one scan id of a kiosk once: its second is a retry, which must find the first answered."""
        company, left, ids = [leader], deque[Place](), {_identity(leader)}
        with self._lock:
            while self._waiting and len(company) < MOST_TOGETHER:
                place = self._waiting.popleft()
                if _identity(place) in ids:
                    left.append(place)
                else:
                    ids.add(_identity(place))
                    place.taken_along = True
                    company.append(place)
            self._waiting.extendleft(reversed(left))
        return company

    def _hand_on(self) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().turn.release()
            else:
                self._free += 1


def answer(kiosk: KioskView, request: ScanRequest) -> Answer | Problem:
    """Answer a scan that happens now, in no unit of work of the caller's; committed when it returns. The problems are `process`'s."""
    (attempt,) = read(kiosk, [request])
    if not attempt.names_somebody:  # rubbish writes nothing and waits for nobody
        return _alone(attempt)
    place = Place(attempt)
    _line_of(kiosk.service).pass_through(place)
    if place.error is not None:
        raise place.error
    if place.outcome is not None:
        return place.outcome
    (attempt,) = read(kiosk, [request])
    return _alone(attempt, place.broken)


def _alone(attempt: Attempt, broken: ModuleFailed | None = None) -> Answer | Problem:
    with transaction():
        (outcome,) = settle([attempt], broken)
    return outcome


def _walk_together(company: Sequence[Place]) -> None:
    if len(company) == 1:
        company[0].outcome = _alone(company[0].attempt)
        return
    try:
        with transaction():
            outcomes = walk([place.attempt for place in company])
    except ModuleFailed as failed:
        for place in company:
            place.broken = failed if place.attempt.request.scan_id == failed.scan_id else None
    except Exception as error:
        if is_outage(error) and not lost_a_race(error):
            for place in company:
                place.error = error
    else:
        for place, outcome in zip(company, outcomes, strict=True):
            place.outcome = None if place.attempt.was_not_reached else outcome


def _identity(place: Place) -> tuple[str, str]:
    return place.attempt.kiosk.id, place.attempt.request.scan_id


class Lines:
    """The lines of an application in this process, one for each service. With `at_once` several are led at the same time, as in several
    processes."""

    def __init__(self, at_once: int = 1) -> None:
        self._at_once = at_once
        self._lines: dict[str, Line] = {}

    def of(self, service: str) -> Line:
        """The line of a service."""
        return self._lines.get(service) or self._lines.setdefault(
            service, Line(_walk_together, self._at_once)
        )


def _line_of(service: str) -> Line:
    lines: Lines = extension("scan_lines")
    return lines.of(service)
