"""Codes that somebody shows for another: a delegation's number stands where a subject's does, and the scan is
the ward's from here on. Part of steps 4 to 6 of the walk."""

from __future__ import annotations

from collections.abc import Sequence

from citizen_app.citizens.acting import ACTING_TITLES
from citizen_app.delegations.showing import delegations_by_numbers, give_use_back, take_use
from citizen_app.registry.behaviour import Presenter
from citizen_app.scans.attempt import Attempt


def resolve(service: str, attempts: Sequence[Attempt]) -> None:
    """Find the wards, in one SELECT where there is a delegate at all. A delegation that is over, does not
    cover the service or is used up is refused; an upload is judged by the time of reading."""
    delegated = [a for a in attempts if a.delegation_number is not None]
    found = delegations_by_numbers(
        [a.delegation_number for a in delegated if a.delegation_number is not None]
    )
    for attempt in delegated:
        shown = found.get(attempt.delegation_number or 0)
        if shown is not None:
            attempt.delegation = shown
            attempt.presenter = Presenter(shown.kind, ACTING_TITLES[shown.kind])
            if attempt.begins:
                attempt.subject_number = shown.ward_number
        if attempt.undecided and not _may(attempt, service):
            attempt.refuse("delegation_invalid")


def take_uses(attempts: Sequence[Attempt]) -> None:
    """Count the uses of delegations that are good for some times only: the first of each code, not what a
    kiosk goes on with. Before the code is claimed, so that a refusal consumes neither; in one order, so that
    two uploads do not wait for each other."""
    counted = [a for a in attempts if a.undecided and _is_counted(a)]
    for attempt in sorted(counted, key=lambda a: (a.delegation_number or 0, a.occurred_at)):
        if take_use(attempt.delegation_number or 0):
            attempt.took_use = True
        else:
            attempt.refuse("delegation_invalid")


def give_uses_back(attempts: Sequence[Attempt]) -> None:
    """Give back the uses of scans that came to nothing: refused later, or not decided."""
    for attempt in attempts:
        if attempt.took_use and (attempt.verdict is None or attempt.verdict.decision == "deny"):
            give_use_back(attempt.delegation_number or 0)


def _may(attempt: Attempt, service: str) -> bool:
    shown = attempt.delegation
    if shown is None:
        return False
    if not attempt.begins and shown.uses_left == 0:  # the use was counted when the code was read
        shown = shown._replace(uses_left=None)
    return shown.allows(service, attempt.read_at)


def _is_counted(attempt: Attempt) -> bool:
    shown = attempt.delegation
    return shown is not None and shown.uses_left is not None and attempt.begins
