"""Background work."""

from __future__ import annotations

from typing import Final

from citizen_app.toolkit.commands import transaction
from citizen_app.toolkit.jobs import Job, Paced
from citizen_app.toolkit.settings import service_settings
from citizen_app.toolkit.time import retention_now
from services._template.manifest import SERVICE
from services._template.operations import forget_visits


def forget() -> None:
    """Delete visits when their time is over, in short units."""
    with transaction(reading=True):
        moment = retention_now()
    forget_visits(moment, service_settings(SERVICE.id)["keep_days"], Paced())


JOBS: Final = (Job("parlour.forget", every_seconds=3_600, run=forget, own_transactions=True),)
