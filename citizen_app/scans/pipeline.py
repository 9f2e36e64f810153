"""The path of a scan, from the route to the commit. Read this file from top to bottom, then `walk`, which
names the steps.

    caller      factory               the kiosk is told from memory; these routes open their own units of work
    route       web.kiosk_api.scans   a request becomes an attempt (`intake`: steps 1 to 3, no table is read)
    decide_…    here                  now, in an upload, or with the input that the service needed
    decide      here                  an optimistic walk in one unit of work, retried if it cannot commit
    walk        scans.walk            steps 4 to 8
    answer      scans.decisions       `Answer.say`, in the caller's language, after the commit

A database outage is a 503 with `Retry-After` (web.boundary.errors), and the kiosk sends the same scan id
again. Nothing is acknowledged before it is committed. Concurrent scans share a walk (group commit).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from operator import attrgetter
from typing import Final

from citizen_app.flask_globals import extension
from citizen_app.scans.attempt import Attempt
from citizen_app.scans.decisions import Answer
from citizen_app.scans.intake import retry_of
from citizen_app.scans.meaning import ModuleFailed
from citizen_app.scans.walk import walk
from citizen_app.storage.dialects import is_conflict
from citizen_app.storage.group_commit import GroupCommit
from citizen_app.storage.transactions import transaction
from citizen_app.wire.problems import Problem

Outcome = Answer | Problem
"""A problem means that nothing was decided: `idempotency-conflict` when the scan id was used for another
request, `unavailable` when the module failed over an uploaded scan or had no time left for it."""

UPLOAD_SECONDS: Final = 10.0
"""Time of a module for one upload. Scans that were not reached are answered `unavailable`, and the kiosk
sends them again."""
GROUP_SECONDS: Final = 0.1
"""After so long no further scan of a group is put to the module; the call that runs is finished."""
MOST_CONFLICTS: Final = 3
"""Most retries of one call after conflicts with other transactions."""


def decide_now(attempt: Attempt) -> Outcome:
    """Decide a scan that happens now, in a group commit with concurrent ones; committed when it returns."""
    if not attempt.names_somebody:  # an unreadable code writes nothing and needs no turn
        return _alone(attempt)
    queues: ScanQueues = extension("scan_queues")
    return queues.of(attempt.kiosk.service).submit(attempt)


def decide_upload(attempts: Sequence[Attempt]) -> list[Outcome]:
    """Decide scans of one kiosk that happened earlier, offline. Returns the outcomes in the order given."""
    return [outcome or Problem("unavailable") for outcome in decide(attempts, UPLOAD_SECONDS)]


def decide_completion(attempt: Attempt) -> Outcome:
    """Decide a scan that needed input, with that input."""
    return _alone(attempt)


def _alone(attempt: Attempt) -> Outcome:
    (outcome,) = decide([attempt], UPLOAD_SECONDS)
    assert outcome is not None, "the module has time for the first scan of a walk"
    return outcome


def decide(attempts: Sequence[Attempt], seconds: float) -> list[Outcome | None]:
    """Decide scans at kiosks of one service; None for those that were not reached before the module's time
    was up.

    An optimistic walk with retry. All scans go into one unit of work, the oldest first. When the module fails
    over one, the unit is rolled back; the scans up to and including it (now marked as failed) are walked
    again and committed, and the later ones follow in a unit of their own. After a conflict with another
    transaction (the same scan answered elsewhere, a deadlock) the same scans are walked again and find what
    the other committed. A database outage is raised; what was committed before it is found by a retry.
    """
    began, left = time.monotonic(), seconds  # a first wait for the database is not the module's
    outcomes: dict[tuple[str, str], Outcome | None] = {}
    failed: set[tuple[str, str]] = set()
    conflicts = 0
    waiting = [sorted(attempts, key=lambda attempt: attempt.occurred_at)] if attempts else []
    while waiting:
        batch = waiting.pop()
        try:
            with transaction():
                walk(batch, failed, left)
        except ModuleFailed as failure:
            if failure.key is None:
                waiting += [_retries([attempt]) for attempt in reversed(batch)]
            else:
                failed.add(failure.key)
                cut = 1 + [attempt.key for attempt in batch].index(failure.key)
                waiting += [_retries(part) for part in (batch[cut:], batch[:cut]) if part]
        except Exception as error:
            conflicts += 1
            if not is_conflict(error) or conflicts > MOST_CONFLICTS:
                raise
            waiting.append(_retries(batch))
        else:
            outcomes.update((attempt.key, attempt.outcome) for attempt in batch)
        left = seconds - (time.monotonic() - began)
    return [outcomes[attempt.key] for attempt in attempts]


def _retries(attempts: Sequence[Attempt]) -> list[Attempt]:
    return [retry_of(attempt) for attempt in attempts]


class ScanQueues:
    """The group-commit queues of this process, one for each service, so that no service waits for another's
    module.

    With several `leaders`, scans of one service are walked concurrently, as in several processes.
    """

    def __init__(self, leaders: int = 1) -> None:
        self._leaders = leaders
        self._of: dict[str, GroupCommit[Attempt, Outcome]] = {}

    def of(self, service: str) -> GroupCommit[Attempt, Outcome]:
        """The queue of a service."""
        queue = self._of.get(service)
        key = attrgetter("key")  # a second request with one scan id is a retry, which must find the first
        return queue or self._of.setdefault(service, GroupCommit(_group, key, leaders=self._leaders))


def _group(attempts: Sequence[Attempt]) -> list[Outcome | None]:
    return decide(attempts, GROUP_SECONDS)
