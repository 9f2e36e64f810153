"""The path of a scan, from the route to the commit. Read this file from top to bottom, then `walk`, which names the steps.

    route       web.kiosk_api.scans      what was sent becomes an attempt (`intake`: steps 1 to 3, no table is read)
    decide_…    here                     now, in an upload, or with the input that was asked for
    decide      here                     an optimistic walk, each in one unit of work, and again when it cannot be committed
    walk        scans.walk               steps 4 to 8

Nothing is acknowledged before it is committed. Scans that arrive at the same moment share a walk (group commit).
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
"""A problem stands where nothing was decided: `idempotency-conflict` when the scan id was used for another request, `unavailable` when
the module cannot say what an uploaded scan means, or had no time left for it."""

UPLOAD_SECONDS: Final = 10.0
"""How long a module may work on one upload. What was not reached comes back as `unavailable`, and the kiosk sends it again."""
GROUP_SECONDS: Final = 0.1
"""How long a module may work on scans that arrived together, so that a slow one keeps nobody waiting for others' scans."""
MOST_CONFLICTS: Final = 3
"""How often one call walks again because other transactions were faster."""


def decide_now(attempt: Attempt) -> Outcome:
    """Decide a scan that happens now, together with others that arrive at this moment; committed when it returns."""
    if not attempt.names_somebody:  # rubbish writes nothing and waits for nobody
        return _alone(attempt)
    queues: ScanQueues = extension("scan_queues")
    return queues.of(attempt.kiosk.service).submit(attempt)


def decide_upload(attempts: Sequence[Attempt]) -> list[Outcome]:
    """Decide scans of one kiosk that happened earlier, offline. Outcomes in the order given."""
    return [outcome or Problem("unavailable") for outcome in decide(attempts, UPLOAD_SECONDS)]


def decide_completion(attempt: Attempt) -> Outcome:
    """Decide a scan with the input it had asked for."""
    return _alone(attempt)


def _alone(attempt: Attempt) -> Outcome:
    (outcome,) = decide([attempt], UPLOAD_SECONDS)
    assert outcome is not None, "the module has time for the first scan of a walk"
    return outcome


def decide(attempts: Sequence[Attempt], seconds: float) -> list[Outcome | None]:
    """Decide scans at kiosks of one service; None for those that were left over when the module's time was up.

    An optimistic walk with retry. All go into one unit of work, the oldest first. When the module fails over one of them, all of it is
    rolled back: those before it and itself, known as failed, are walked again and committed, those after it follow in a unit of their own.
    When another transaction was faster (the same scan was answered elsewhere at this moment, a deadlock), the same scans are walked again
    and find what the other has committed. Raises what the database says when it is away; what was committed by then is found by a retry.
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
    """The group commits of an application in this process, one for each service, so that none waits for another's module.

    With several `leaders` scans of one service are walked at the same time, as in several processes.
    """

    def __init__(self, leaders: int = 1) -> None:
        self._leaders = leaders
        self._of: dict[str, GroupCommit[Attempt, Outcome]] = {}

    def of(self, service: str) -> GroupCommit[Attempt, Outcome]:
        """The queue of a service."""
        queue = self._of.get(service)
        key = attrgetter(
            "key"
        )  # a second request with a scan id is a retry, which must find the first committed
        return queue or self._of.setdefault(service, GroupCommit(_group, key, leaders=self._leaders))


def _group(attempts: Sequence[Attempt]) -> list[Outcome | None]:
    return decide(attempts, GROUP_SECONDS)
