"""Background work of the passes."""

from __future__ import annotations

from typing import Final

from citizen_app.toolkit.commands import transaction
from citizen_app.toolkit.jobs import Job

from .operations.forgetting import forget


def forget_old_trails() -> None:
    """Delete what no place may keep any more."""
    forget(transaction)


JOBS: Final = (Job("pass.forget", every_seconds=600, run=forget_old_trails, own_transactions=True),)
