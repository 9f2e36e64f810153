"""The work behind requests of citizens."""

from __future__ import annotations

from typing import Final

from citizen_app.clock import now
from citizen_app.jobs.runner import Job
from citizen_app.rights.asking import copies_due, forget_over, make_copies
from citizen_app.rights.steps import run_steps, steps_due


def _copies_due() -> bool:
    return copies_due(now())


def _steps_due() -> bool:
    return steps_due(now())


JOBS: Final = (
    Job("rights.copies", 2, make_copies, own_transactions=True, has_work=_copies_due),
    Job("rights.erasures", 2, run_steps, own_transactions=True, has_work=_steps_due),
    Job("rights.sweep", every_seconds=3600, run=forget_over),
)
