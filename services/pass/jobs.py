"""Background work of the passes."""

from __future__ import annotations

from typing import Final

from citizen_app.toolkit.jobs import Job, Paced

from .operations.forgetting import forget
from .operations.sealing import seal_plain


def forget_old_trails() -> None:
    """Delete what no place may keep any more."""
    forget(Paced())


def seal_what_stood_in_plain_text() -> None:
    """Seal what the version before wrote, and may still write while workers are replaced."""
    seal_plain()


JOBS: Final = (
    Job("pass.forget", every_seconds=600, run=forget_old_trails, own_transactions=True),
    Job("pass.seal", every_seconds=3_600, run=seal_what_stood_in_plain_text, own_transactions=True),
)
